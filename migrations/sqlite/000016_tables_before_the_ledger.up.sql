-- What the ledger took the place of.
DROP TABLE IF EXISTS reset_outcomes;
DROP TABLE IF EXISTS resets;
DROP TABLE IF EXISTS notes;
DROP TABLE IF EXISTS account_log;
