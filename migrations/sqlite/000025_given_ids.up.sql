-- The largest number that was ever given to a row of these tables: the next one is larger, so that
-- a row which is taken off the end leaves a gap, whoever comes after it. SQLite keeps it.
CREATE VIEW given_ids AS
SELECT name, seq AS last FROM sqlite_sequence;
