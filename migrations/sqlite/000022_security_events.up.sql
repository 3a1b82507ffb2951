-- What a security team wants to hear of; see internal/securityevent. These rows are no record:
-- they go when their time is over. Nobody's data is in them.
CREATE TABLE security_events (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    event       TEXT    NOT NULL,                 -- as securityevent.Kind
    outcome     TEXT    NOT NULL,                 -- as securityevent.Outcome
    account     INTEGER REFERENCES accounts (id), -- who did it, or was named at a failed sign-in; NULL where that is not known
    role        TEXT    NOT NULL,                 -- of the account, as it was then; empty where nobody proved to be them
    subject     INTEGER REFERENCES accounts (id), -- whose account it is about; NULL where it is about none
    session     TEXT    NOT NULL,                 -- as securityevent.SessionDigest
    address     TEXT    NOT NULL,                 -- network address
    request     TEXT    NOT NULL,                 -- ID of the request
    route       TEXT    NOT NULL,                 -- pattern of the route, or the command
    reason      TEXT    NOT NULL,                 -- as securityevent.Reason
    count       INTEGER NOT NULL CHECK (count >= 0), -- for how many it stands; 0 where it stands for itself
    on_log      INTEGER NOT NULL CHECK (on_log IN (0, 1)), -- whether its line was written to a log
    sign_in     INTEGER REFERENCES sign_ins (id)  -- NULL where it is no act on the ledger
) STRICT;
CREATE INDEX security_events_by_time ON security_events (at, id);
CREATE INDEX security_events_by_kind ON security_events (event, id);
CREATE INDEX security_events_by_account ON security_events (account, id);
CREATE INDEX security_events_by_subject ON security_events (subject, id);
CREATE INDEX security_events_anonymous ON security_events (id) WHERE role = '' AND outcome = 'failure';
CREATE INDEX security_events_unwritten ON security_events (id) WHERE on_log = 0;

-- Sign-ins, second factors and sign-outs of people who are known. They are entered into the
-- ledger in batches, and stay: from where somebody came is not in them, and goes with the event.
CREATE TABLE sign_ins (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    event       TEXT    NOT NULL,                 -- as in security_events, like the columns below
    outcome     TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    session     TEXT    NOT NULL,
    count       INTEGER NOT NULL,
    line        BLOB    NOT NULL CHECK (length(line) = 32), -- SHA-256 of the event's line on the log, with its end
    after_entry INTEGER                           -- the newest entry when it was made
) STRICT;
CREATE INDEX sign_ins_by_account ON sign_ins (account, id);
CREATE TRIGGER sign_ins_are_not_changed BEFORE UPDATE ON sign_ins
BEGIN SELECT RAISE(ABORT, 'sign-ins are never changed'); END;
CREATE TRIGGER sign_ins_are_not_deleted BEFORE DELETE ON sign_ins
BEGIN SELECT RAISE(ABORT, 'sign-ins are never deleted'); END;
