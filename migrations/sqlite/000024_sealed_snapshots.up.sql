-- Bodies of results are sealed under the data key of their recipient, as texts are: a byte 01,
-- and what is sealed. The program seals those from before; see Store.SealResults.
CREATE TRIGGER snapshots_are_sealed BEFORE INSERT ON snapshots
WHEN length(new.body) > 0 AND substr(new.body, 1, 1) <> x'01'
BEGIN SELECT RAISE(ABORT, 'results are sealed'); END;

-- A body that is not sealed yet is sealed once, and the bodies of an erased recipient go.
DROP TRIGGER snapshots_are_not_changed;
CREATE TRIGGER snapshots_are_not_changed BEFORE UPDATE ON snapshots
WHEN new.recipient <> old.recipient OR new.digest <> old.digest OR NOT (
    length(new.body) = 0 AND EXISTS (SELECT 1 FROM ledger AS e WHERE e.recipient = old.recipient AND e.act = 'erasure')
    OR length(old.body) > 0 AND substr(old.body, 1, 1) <> x'01' AND length(new.body) > 0 AND substr(new.body, 1, 1) = x'01')
BEGIN SELECT RAISE(ABORT, 'snapshots are never changed'); END;

-- SHA-256 of the body as it is stored, so that the entry which covers the fetch commits to the
-- sealed bytes; NULL where that is not sealed yet, and in rows from before.
ALTER TABLE fetches ADD COLUMN sealed_sha256 BLOB CHECK (length(sealed_sha256) = 32);
