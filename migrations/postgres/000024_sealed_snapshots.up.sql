-- Bodies of results are sealed under the data key of their recipient, as texts are: a byte 01,
-- and what is sealed. None was ever stored otherwise; that of an erased recipient is empty.
ALTER TABLE snapshots ADD CONSTRAINT snapshots_are_sealed CHECK (length(body) = 0 OR substr(body, 1, 1) = '\x01');

-- SHA-256 of the body as it is stored, so that the entry which covers the fetch commits to the
-- sealed bytes; NULL where the fetch gave no result, and in rows that were copied from before.
ALTER TABLE fetches ADD COLUMN sealed_sha256 BYTEA CHECK (length(sealed_sha256) = 32);
