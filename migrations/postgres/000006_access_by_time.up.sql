-- What was shown on a day is found without reading what was shown since.
CREATE INDEX access_log_by_time ON access_log (at, id);
