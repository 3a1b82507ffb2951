-- The first schema. Times are milliseconds since 1970 in UTC. "sealed" columns hold
-- AES-256-GCM under the data key of their recipient.
--
-- The steps have the numbers of those for SQLite and make the same tables. No database of
-- PostgreSQL is older than all of them, so tables that later steps drop are not made, and no
-- step moves data of earlier ones. Texts sort by their bytes, as in SQLite and in Go. IDs are
-- chosen by the program, under a lock: there are no sequences.

-- People who may sign in.
CREATE TABLE accounts (
    id          BIGINT           PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    name_key    TEXT COLLATE "C" NOT NULL UNIQUE,                -- the name without its letter case
    role        TEXT COLLATE "C" NOT NULL,
    password    TEXT COLLATE "C" NOT NULL,                       -- argon2id, PHC string
    created_at  BIGINT           NOT NULL,
    disabled_at BIGINT                                           -- NULL while the account may sign in
);

-- Browsers that are signed in.
CREATE TABLE sessions (
    token_hash  BYTEA            PRIMARY KEY CHECK (length(token_hash) = 32), -- SHA-256 of the cookie's token
    account     BIGINT           NOT NULL REFERENCES accounts (id),
    created_at  BIGINT           NOT NULL,
    seen_at     BIGINT           NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account);

-- Failed sign-ins, counted per name and per network address.
CREATE TABLE sign_in_failures (
    subject     TEXT COLLATE "C" PRIMARY KEY,
    count       BIGINT           NOT NULL,
    last_at     BIGINT           NOT NULL
);

-- One row for each recipient that was ever asked for.
CREATE TABLE recipients (
    id          TEXT COLLATE "C" PRIMARY KEY CHECK (length(id) = 36), -- UUID, lower case
    data_key    BYTEA            NOT NULL,                       -- wrapped by the key in the data-key file
    newest      BIGINT,                                          -- the last fetch that gave a result
    state       TEXT COLLATE "C" NOT NULL DEFAULT '',            -- of the session in that result, as on the wire
    final       BIGINT           NOT NULL DEFAULT 0 CHECK (final IN (0, 1)) -- whether Yoti has nothing to add
);
CREATE INDEX recipients_waiting ON recipients (newest) WHERE final = 0 AND newest IS NOT NULL;

-- The bodies of results: canonical JSON without secrets, apart from the lists.
CREATE TABLE snapshots (
    recipient   TEXT COLLATE "C" NOT NULL REFERENCES recipients (id),
    digest      BYTEA            NOT NULL CHECK (length(digest) = 32), -- SHA-256 of body
    body        BYTEA            NOT NULL,
    PRIMARY KEY (recipient, digest)
);

-- Every attempt to get a result, with its outcome: a digest or a failure.
CREATE TABLE fetches (
    id          BIGINT           PRIMARY KEY,
    recipient   TEXT COLLATE "C" NOT NULL REFERENCES recipients (id),
    at          BIGINT           NOT NULL,
    account     BIGINT           NOT NULL REFERENCES accounts (id),
    digest      BYTEA            CHECK (length(digest) = 32),
    run         BIGINT,                                          -- first fetch of the unbroken run with this digest
    token_ttl   BIGINT,                                          -- client_session_token_ttl in seconds, when given
    failure     TEXT COLLATE "C",                                -- kind of failure, as review.FailureKind
    until       BIGINT,                                          -- Yoti asked not to be asked before
    CHECK ((digest IS NULL) <> (failure IS NULL)),
    CHECK ((digest IS NULL) = (run IS NULL)),
    FOREIGN KEY (recipient, digest) REFERENCES snapshots (recipient, digest)
);
ALTER TABLE recipients ADD FOREIGN KEY (newest) REFERENCES fetches (id);
CREATE INDEX fetches_by_recipient ON fetches (recipient, id);

-- What somebody is typing about a recipient.
CREATE TABLE drafts (
    author      BIGINT           NOT NULL REFERENCES accounts (id),
    recipient   TEXT COLLATE "C" NOT NULL REFERENCES recipients (id),
    saved_at    BIGINT           NOT NULL,
    text        BYTEA            NOT NULL,                       -- sealed
    PRIMARY KEY (author, recipient)
);

-- Who saw what, written before it was shown.
CREATE TABLE access_log (
    id          BIGINT           PRIMARY KEY,
    at          BIGINT           NOT NULL,
    account     BIGINT           NOT NULL REFERENCES accounts (id),
    recipient   TEXT COLLATE "C" NOT NULL REFERENCES recipients (id),
    digest      BYTEA            NOT NULL,
    what        TEXT COLLATE "C" NOT NULL                        -- as review.Seen
);
CREATE INDEX access_log_by_account ON access_log (account, recipient, id);
CREATE INDEX access_log_in_order ON access_log (account, id);

-- Facts about the database itself.
CREATE TABLE facts (
    name        TEXT COLLATE "C" PRIMARY KEY,
    value       BYTEA            NOT NULL
);

-- What is recorded stays as it was recorded. Everything that a trigger refuses has the SQLSTATE
-- CS001, by which it is told apart from the errors of PostgreSQL's own.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = TG_ARGV[0];
END $$;
CREATE TRIGGER snapshots_are_not_changed BEFORE UPDATE ON snapshots FOR EACH ROW
EXECUTE FUNCTION refuse('snapshots are never changed');
CREATE TRIGGER snapshots_are_not_deleted BEFORE DELETE ON snapshots FOR EACH ROW
EXECUTE FUNCTION refuse('snapshots are never deleted');
CREATE TRIGGER snapshots_are_not_truncated BEFORE TRUNCATE ON snapshots FOR EACH STATEMENT
EXECUTE FUNCTION refuse('snapshots are never deleted');
CREATE TRIGGER fetches_are_not_changed BEFORE UPDATE ON fetches FOR EACH ROW
EXECUTE FUNCTION refuse('fetches are never changed');
CREATE TRIGGER fetches_are_not_deleted BEFORE DELETE ON fetches FOR EACH ROW
EXECUTE FUNCTION refuse('fetches are never deleted');
CREATE TRIGGER fetches_are_not_truncated BEFORE TRUNCATE ON fetches FOR EACH STATEMENT
EXECUTE FUNCTION refuse('fetches are never deleted');
CREATE TRIGGER access_log_is_not_changed BEFORE UPDATE ON access_log FOR EACH ROW
EXECUTE FUNCTION refuse('access entries are never changed');
CREATE TRIGGER access_log_is_not_deleted BEFORE DELETE ON access_log FOR EACH ROW
EXECUTE FUNCTION refuse('access entries are never deleted');
CREATE TRIGGER access_log_is_not_truncated BEFORE TRUNCATE ON access_log FOR EACH STATEMENT
EXECUTE FUNCTION refuse('access entries are never deleted');
