-- How an expected signer compared with what was extracted from a document when somebody was
-- shown both: what was extracted is never kept, and decisions are to know of a difference.
ALTER TABLE access_log ADD COLUMN signer_compared TEXT COLLATE "C" CHECK (signer_compared IS NULL OR signer_compared::json IS NOT NULL); -- as review.SignerCompared; NULL where nothing was compared
CREATE INDEX access_log_signer_compared ON access_log (recipient, id) WHERE signer_compared IS NOT NULL;
