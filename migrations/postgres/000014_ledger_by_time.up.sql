-- The first entry at a time or later is found by it.
CREATE INDEX ledger_by_time ON ledger (at, seq);

-- Which copy of a medium is the newest, whatever the clock shows.
ALTER TABLE sealed_media ADD COLUMN copy BIGINT NOT NULL DEFAULT 0;         -- grows with each further copy of the medium
