-- Who the signer should be, as somebody said, is an entry of the ledger like a note. An entry
-- that takes the place of another names it, and is about none where nothing stands.
-- Functions that read tables read those of this schema, whatever path or temporary table a session
-- has when they are called.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION check_expected_signer() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF new.about <> coalesce((
        SELECT CASE WHEN e.act = 'expected-set' THEN e.seq ELSE 0 END
        FROM ledger AS e
        WHERE e.recipient = new.recipient AND e.act IN ('expected-set', 'expected-cleared')
        ORDER BY e.seq DESC
        LIMIT 1), 0) THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'an expected signer takes the place of the newest';
    END IF;
    IF new.act = 'expected-cleared' AND new.about = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'only an expected signer is cleared';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER expected_signer_replaces_the_newest BEFORE INSERT ON ledger FOR EACH ROW
WHEN (new.act IN ('expected-set', 'expected-cleared'))
EXECUTE FUNCTION check_expected_signer();
