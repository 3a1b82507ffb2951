-- Evidence: which medium somebody saw, and resets of session limits.

-- NULL where what was seen is no medium.
ALTER TABLE access_log ADD COLUMN medium TEXT CHECK (length(medium) = 36); -- UUID, lower case
CREATE INDEX access_log_by_recipient ON access_log (recipient, id);

-- Resets of session limits, written before Yoti is asked.
CREATE TABLE resets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    account     INTEGER NOT NULL REFERENCES accounts (id),
    at          INTEGER NOT NULL,
    key         TEXT    NOT NULL,                 -- idempotency key of the form
    reason      BLOB    NOT NULL,                 -- sealed
    UNIQUE (account, key)
) STRICT;
CREATE INDEX resets_by_recipient ON resets (recipient, id);

-- What came of them. A reset without a row was broken off: nobody knows.
CREATE TABLE reset_outcomes (
    reset       INTEGER PRIMARY KEY REFERENCES resets (id),
    at          INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,                 -- as review.ResetOutcome
    failure     TEXT                              -- kind of failure, as review.FailureKind
) STRICT;

CREATE TRIGGER resets_are_not_changed BEFORE UPDATE ON resets
BEGIN SELECT RAISE(ABORT, 'resets are never changed'); END;
CREATE TRIGGER resets_are_not_deleted BEFORE DELETE ON resets
BEGIN SELECT RAISE(ABORT, 'resets are never deleted'); END;
CREATE TRIGGER reset_outcomes_are_not_changed BEFORE UPDATE ON reset_outcomes
BEGIN SELECT RAISE(ABORT, 'outcomes of resets are never changed'); END;
CREATE TRIGGER reset_outcomes_are_not_deleted BEFORE DELETE ON reset_outcomes
BEGIN SELECT RAISE(ABORT, 'outcomes of resets are never deleted'); END;
