-- What a security team wants to hear of; see internal/securityevent. These rows are no record:
-- they go when their time is over. Nobody's data is in them.
CREATE TABLE security_events (
    id          BIGINT           PRIMARY KEY,
    at          BIGINT           NOT NULL,
    event       TEXT COLLATE "C" NOT NULL,                       -- as securityevent.Kind
    outcome     TEXT COLLATE "C" NOT NULL,                       -- as securityevent.Outcome
    account     BIGINT           REFERENCES accounts (id),       -- who did it, or was named at a failed sign-in; NULL where that is not known
    role        TEXT COLLATE "C" NOT NULL,                       -- of the account, as it was then; empty where nobody proved to be them
    subject     BIGINT           REFERENCES accounts (id),       -- whose account it is about; NULL where it is about none
    session     TEXT COLLATE "C" NOT NULL,                       -- as securityevent.SessionDigest
    address     TEXT COLLATE "C" NOT NULL,                       -- network address
    request     TEXT COLLATE "C" NOT NULL,                       -- ID of the request
    route       TEXT COLLATE "C" NOT NULL,                       -- pattern of the route, or the command
    reason      TEXT COLLATE "C" NOT NULL,                       -- as securityevent.Reason
    count       BIGINT           NOT NULL CHECK (count >= 0),    -- for how many it stands; 0 where it stands for itself
    on_log      BIGINT           NOT NULL CHECK (on_log IN (0, 1)), -- whether its line was written to a log
    sign_in     BIGINT                                           -- NULL where it is no act on the ledger
);
CREATE INDEX security_events_by_time ON security_events (at, id);
CREATE INDEX security_events_by_kind ON security_events (event, id);
CREATE INDEX security_events_by_account ON security_events (account, id);
CREATE INDEX security_events_by_subject ON security_events (subject, id);
CREATE INDEX security_events_anonymous ON security_events (id) WHERE role = '' AND outcome = 'failure';
CREATE INDEX security_events_unwritten ON security_events (id) WHERE on_log = 0;

-- Sign-ins, second factors and sign-outs of people who are known. They are entered into the
-- ledger in batches, and stay: from where somebody came is not in them, and goes with the event.
CREATE TABLE sign_ins (
    id          BIGINT           PRIMARY KEY,
    at          BIGINT           NOT NULL,
    account     BIGINT           NOT NULL REFERENCES accounts (id),
    event       TEXT COLLATE "C" NOT NULL,                       -- as in security_events, like the columns below
    outcome     TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    session     TEXT COLLATE "C" NOT NULL,
    count       BIGINT           NOT NULL,
    line        BYTEA            NOT NULL CHECK (length(line) = 32), -- SHA-256 of the event's line on the log, with its end
    after_entry BIGINT                                           -- the newest entry when it was made
);
ALTER TABLE security_events ADD FOREIGN KEY (sign_in) REFERENCES sign_ins (id);
CREATE INDEX sign_ins_by_account ON sign_ins (account, id);
CREATE TRIGGER sign_ins_are_not_changed BEFORE UPDATE ON sign_ins FOR EACH ROW
EXECUTE FUNCTION refuse('sign-ins are never changed');
CREATE TRIGGER sign_ins_are_not_deleted BEFORE DELETE ON sign_ins FOR EACH ROW
EXECUTE FUNCTION refuse('sign-ins are never deleted');
CREATE TRIGGER sign_ins_are_not_truncated BEFORE TRUNCATE ON sign_ins FOR EACH STATEMENT
EXECUTE FUNCTION refuse('sign-ins are never deleted');
