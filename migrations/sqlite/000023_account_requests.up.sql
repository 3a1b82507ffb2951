-- What admins ask for and do not do alone. For what is in the entry of the ledger with which it
-- was asked.
CREATE TABLE account_requests (
    seq           INTEGER PRIMARY KEY,      -- of that entry
    asked_at      INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
    ended_at      INTEGER,                  -- NULL while it is open
    ended_by      TEXT    NOT NULL          -- name of who carried it out or cancelled it; empty while it is open
) STRICT;

-- The day on which an account was last signed in to; NULL where that is not known.
ALTER TABLE accounts ADD COLUMN signed_in_on INTEGER;
