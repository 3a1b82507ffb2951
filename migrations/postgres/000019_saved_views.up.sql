-- Views of the queue that people gave a name, for themselves or for everybody. Those for
-- everybody follow from the ledger.
CREATE TABLE saved_views (
    id       BIGINT           PRIMARY KEY,
    owner    BIGINT           NOT NULL REFERENCES accounts (id),
    name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    query    TEXT COLLATE "C" NOT NULL,                          -- tab and filter, as in the address of the queue
    entry    BIGINT           REFERENCES ledger (seq),           -- by which it was shared; NULL where only its owner has it
    UNIQUE (owner, name)
);
CREATE INDEX saved_views_shared ON saved_views (name) WHERE entry IS NOT NULL;
