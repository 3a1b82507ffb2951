-- Who the signer should be, as somebody said, is an entry of the ledger like a note. An entry
-- that takes the place of another names it, and is about none where nothing stands.
CREATE TRIGGER expected_signer_replaces_the_newest BEFORE INSERT ON ledger
WHEN new.act IN ('expected-set', 'expected-cleared')
BEGIN
    SELECT RAISE(ABORT, 'an expected signer takes the place of the newest')
    WHERE new.about <> coalesce((
        SELECT iif(e.act = 'expected-set', e.seq, 0)
        FROM ledger AS e
        WHERE e.recipient = new.recipient AND e.act IN ('expected-set', 'expected-cleared')
        ORDER BY e.seq DESC
        LIMIT 1), 0);
    SELECT RAISE(ABORT, 'only an expected signer is cleared')
    WHERE new.act = 'expected-cleared' AND new.about = 0;
END;
