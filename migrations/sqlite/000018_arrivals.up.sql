-- How recipients come in without anybody opening their page. Nothing of this is a record:
-- what was fetched stands in fetches, and who imported a list in the ledger.

-- What the server asks Yoti for by itself: one row for each recipient or envelope, however
-- often it is wanted.
CREATE TABLE jobs (
    kind        TEXT    NOT NULL CHECK (kind IN ('recipient', 'envelope')),
    subject     TEXT    NOT NULL CHECK (length(subject) = 36), -- UUID, lower case
    cause       TEXT    NOT NULL CHECK (cause IN ('hook', 'again')), -- an event goes before what is asked again
    since       INTEGER NOT NULL,                 -- when it was first wanted, or first had
    queued_at   INTEGER NOT NULL,                 -- when it was last asked for by an event
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,       -- that gave nothing
    taken_at    INTEGER,                          -- when a worker began with it; NULL while none has
    envelope    TEXT    NOT NULL DEFAULT '',      -- of a recipient, where Yoti has named one
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (cause, due_at);

-- Who may do what only one may do at a time.
CREATE TABLE leases (
    name        TEXT    PRIMARY KEY,
    holder      TEXT    NOT NULL,                 -- as no other names itself
    until       INTEGER NOT NULL,
    paused_at   INTEGER,                          -- when Yoti last wanted to be left alone
    paused_until INTEGER
) STRICT, WITHOUT ROWID;

-- Lists of recipients that people import.
CREATE TABLE imports (
    id          INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    entry       INTEGER NOT NULL UNIQUE,          -- of the ledger, by which it was started
    started_at  INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('running', 'stopped', 'done')),
    total       INTEGER NOT NULL
) STRICT;
CREATE INDEX imports_running ON imports (id) WHERE state = 'running';

CREATE TABLE import_lines (
    import      INTEGER NOT NULL REFERENCES imports (id),
    number      INTEGER NOT NULL,                 -- of the line in the list
    recipient   TEXT    NOT NULL CHECK (length(recipient) = 36), -- UUID, lower case
    state       TEXT    NOT NULL,                 -- as arrivals.LineState
    at          INTEGER,                          -- when it came to that; NULL while it waits
    PRIMARY KEY (import, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_lines_by_state ON import_lines (import, state, number);
CREATE INDEX import_lines_by_recipient ON import_lines (recipient);

-- Events of the webhook, for a week. They hold IDs and nothing else of their bodies.
CREATE TABLE hook_events (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,                 -- empty when it names none
    digest      BLOB    NOT NULL CHECK (length(digest) = 32), -- SHA-256 of the body
    named       TEXT    NOT NULL CHECK (json_valid(named)), -- the IDs in it
    outcome     TEXT    NOT NULL                  -- as arrivals.Outcome
) STRICT;
CREATE INDEX hook_events_by_time ON hook_events (at);
CREATE INDEX hook_events_by_digest ON hook_events (digest, at);
