-- The first schema. Times are milliseconds since 1970 in UTC. "sealed" columns hold
-- AES-256-GCM under the data key of their recipient.

-- People who may sign in.
CREATE TABLE accounts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL UNIQUE,          -- the name without its letter case
    role        TEXT    NOT NULL,
    password    TEXT    NOT NULL,                 -- argon2id, PHC string
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER                           -- NULL while the account may sign in
) STRICT;

-- Browsers that are signed in.
CREATE TABLE sessions (
    token_hash  BLOB    PRIMARY KEY CHECK (length(token_hash) = 32), -- SHA-256 of the cookie's token
    account     INTEGER NOT NULL REFERENCES accounts (id),
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account);

-- Failed sign-ins, counted per name and per network address.
CREATE TABLE sign_in_failures (
    subject     TEXT    PRIMARY KEY,
    count       INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each recipient that was ever asked for.
CREATE TABLE recipients (
    id          TEXT    PRIMARY KEY CHECK (length(id) = 36), -- UUID, lower case
    data_key    BLOB    NOT NULL,                 -- wrapped by the key in the data-key file
    newest      INTEGER REFERENCES fetches (id),  -- the last fetch that gave a result
    state       TEXT    NOT NULL DEFAULT '',      -- of the session in that result, as on the wire
    final       INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1)) -- whether Yoti has nothing to add
) STRICT, WITHOUT ROWID;
CREATE INDEX recipients_waiting ON recipients (newest) WHERE final = 0 AND newest IS NOT NULL;

-- The bodies of results: canonical JSON without secrets, apart from the lists.
CREATE TABLE snapshots (
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    digest      BLOB    NOT NULL CHECK (length(digest) = 32), -- SHA-256 of body
    body        BLOB    NOT NULL,
    PRIMARY KEY (recipient, digest)
) STRICT;

-- Every attempt to get a result, with its outcome: a digest or a failure.
CREATE TABLE fetches (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    at          INTEGER NOT NULL,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    digest      BLOB    CHECK (length(digest) = 32),
    run         INTEGER,                          -- first fetch of the unbroken run with this digest
    token_ttl   INTEGER,                          -- client_session_token_ttl in seconds, when given
    failure     TEXT,                             -- kind of failure, as review.FailureKind
    until       INTEGER,                          -- Yoti asked not to be asked before
    CHECK ((digest IS NULL) <> (failure IS NULL)),
    CHECK ((digest IS NULL) = (run IS NULL)),
    FOREIGN KEY (recipient, digest) REFERENCES snapshots (recipient, digest)
) STRICT;
CREATE INDEX fetches_by_recipient ON fetches (recipient, id);

-- Notes on results. A key is what a form was given, so that twice sent is once recorded.
CREATE TABLE notes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    digest      BLOB    NOT NULL,
    author      INTEGER NOT NULL REFERENCES accounts (id),
    at          INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    text        BLOB    NOT NULL,                 -- sealed
    UNIQUE (author, key),
    FOREIGN KEY (recipient, digest) REFERENCES snapshots (recipient, digest)
) STRICT;
CREATE INDEX notes_by_recipient ON notes (recipient, id);

-- What somebody is typing about a recipient.
CREATE TABLE drafts (
    author      INTEGER NOT NULL REFERENCES accounts (id),
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    saved_at    INTEGER NOT NULL,
    text        BLOB    NOT NULL,                 -- sealed
    PRIMARY KEY (author, recipient)
) STRICT, WITHOUT ROWID;

-- Who saw what, written before it was shown.
CREATE TABLE access_log (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    digest      BLOB    NOT NULL,
    what        TEXT    NOT NULL                  -- as review.Seen
) STRICT;
CREATE INDEX access_log_by_account ON access_log (account, recipient, id);
CREATE INDEX access_log_in_order ON access_log (account, id);

-- Facts about the database itself.
CREATE TABLE facts (
    name        TEXT    PRIMARY KEY,
    value       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- What is recorded stays as it was recorded.
CREATE TRIGGER notes_are_not_changed BEFORE UPDATE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are never changed'); END;
CREATE TRIGGER notes_are_not_deleted BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are never deleted'); END;
CREATE TRIGGER snapshots_are_not_changed BEFORE UPDATE ON snapshots
BEGIN SELECT RAISE(ABORT, 'snapshots are never changed'); END;
CREATE TRIGGER snapshots_are_not_deleted BEFORE DELETE ON snapshots
BEGIN SELECT RAISE(ABORT, 'snapshots are never deleted'); END;
CREATE TRIGGER fetches_are_not_changed BEFORE UPDATE ON fetches
BEGIN SELECT RAISE(ABORT, 'fetches are never changed'); END;
CREATE TRIGGER fetches_are_not_deleted BEFORE DELETE ON fetches
BEGIN SELECT RAISE(ABORT, 'fetches are never deleted'); END;
CREATE TRIGGER access_log_is_not_changed BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'access entries are never changed'); END;
CREATE TRIGGER access_log_is_not_deleted BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'access entries are never deleted'); END;
