-- Bodies of results are sealed under the data key of their recipient, as texts are: a byte 01,
-- and what is sealed.
CREATE TRIGGER snapshots_are_sealed BEFORE INSERT ON snapshots FOR EACH ROW
WHEN (length(new.body) > 0 AND substr(new.body, 1, 1) <> '\x01')
EXECUTE FUNCTION refuse('results are sealed');

-- A body that is not sealed yet is sealed once, and the bodies of an erased recipient go.
DROP TRIGGER snapshots_are_not_changed ON snapshots;
CREATE TRIGGER snapshots_are_not_changed BEFORE UPDATE ON snapshots FOR EACH ROW
WHEN (new.recipient <> old.recipient OR new.digest <> old.digest OR NOT (
    length(new.body) = 0 AND is_erased(old.recipient)
    OR length(old.body) > 0 AND substr(old.body, 1, 1) <> '\x01' AND length(new.body) > 0 AND substr(new.body, 1, 1) = '\x01'))
EXECUTE FUNCTION refuse('snapshots are never changed');

-- SHA-256 of the body as it is stored, so that the entry which covers the fetch commits to the
-- sealed bytes; NULL where the fetch gave no result, and in rows that were copied from before.
ALTER TABLE fetches ADD COLUMN sealed_sha256 BYTEA CHECK (length(sealed_sha256) = 32);
