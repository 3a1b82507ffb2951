-- Evidence: which medium somebody saw.

-- NULL where what was seen is no medium.
ALTER TABLE access_log ADD COLUMN medium TEXT COLLATE "C" CHECK (length(medium) = 36); -- UUID, lower case
CREATE INDEX access_log_by_recipient ON access_log (recipient, id);
