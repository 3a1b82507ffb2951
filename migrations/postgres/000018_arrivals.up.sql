-- How recipients come in without anybody opening their page. Nothing of this is a record:
-- what was fetched stands in fetches, and who imported a list in the ledger.

-- What the server asks Yoti for by itself: one row for each recipient or envelope, however
-- often it is wanted.
CREATE TABLE jobs (
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('recipient', 'envelope')),
    subject     TEXT COLLATE "C" NOT NULL CHECK (length(subject) = 36), -- UUID, lower case
    cause       TEXT COLLATE "C" NOT NULL CHECK (cause IN ('hook', 'again')), -- an event goes before what is asked again
    since       BIGINT           NOT NULL,                       -- when it was first wanted, or first had
    queued_at   BIGINT           NOT NULL,                       -- when it was last asked for by an event
    due_at      BIGINT           NOT NULL,
    attempts    BIGINT           NOT NULL DEFAULT 0,             -- that gave nothing
    taken_at    BIGINT,                                          -- when a worker began with it; NULL while none has
    envelope    TEXT COLLATE "C" NOT NULL DEFAULT '',            -- of a recipient, where Yoti has named one
    PRIMARY KEY (kind, subject)
);
CREATE INDEX jobs_due ON jobs (cause, due_at);

-- Who may do what only one may do at a time.
CREATE TABLE leases (
    name        TEXT COLLATE "C" PRIMARY KEY,
    holder      TEXT COLLATE "C" NOT NULL,                       -- as no other names itself
    until       BIGINT           NOT NULL,
    paused_at   BIGINT,                                          -- when Yoti last wanted to be left alone
    paused_until BIGINT
);

-- Lists of recipients that people import.
CREATE TABLE imports (
    id          BIGINT           PRIMARY KEY,
    account     BIGINT           NOT NULL REFERENCES accounts (id),
    entry       BIGINT           NOT NULL UNIQUE,                -- of the ledger, by which it was started
    started_at  BIGINT           NOT NULL,
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'stopped', 'done')),
    total       BIGINT           NOT NULL
);
CREATE INDEX imports_running ON imports (id) WHERE state = 'running';

CREATE TABLE import_lines (
    import      BIGINT           NOT NULL REFERENCES imports (id),
    number      BIGINT           NOT NULL,                       -- of the line in the list
    recipient   TEXT COLLATE "C" NOT NULL CHECK (length(recipient) = 36), -- UUID, lower case
    state       TEXT COLLATE "C" NOT NULL,                       -- as arrivals.LineState
    at          BIGINT,                                          -- when it came to that; NULL while it waits
    PRIMARY KEY (import, number)
);
CREATE INDEX import_lines_by_state ON import_lines (import, state, number);
CREATE INDEX import_lines_by_recipient ON import_lines (recipient);

-- Events of the webhook, for a week. They hold IDs and nothing else of their bodies.
CREATE TABLE hook_events (
    id          BIGINT           PRIMARY KEY,
    at          BIGINT           NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,                       -- empty when it names none
    digest      BYTEA            NOT NULL CHECK (length(digest) = 32), -- SHA-256 of the body
    named       TEXT COLLATE "C" NOT NULL CHECK (named::json IS NOT NULL), -- the IDs in it
    outcome     TEXT COLLATE "C" NOT NULL                        -- as arrivals.Outcome
);
CREATE INDEX hook_events_by_time ON hook_events (at);
CREATE INDEX hook_events_by_digest ON hook_events (digest, at);
