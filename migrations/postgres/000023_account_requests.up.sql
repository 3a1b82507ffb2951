-- What admins ask for and do not do alone. For what is in the entry of the ledger with which it
-- was asked.
CREATE TABLE account_requests (
    seq           BIGINT           PRIMARY KEY,                  -- of that entry
    asked_at      BIGINT           NOT NULL,
    state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
    ended_at      BIGINT,                                        -- NULL while it is open
    ended_by      TEXT COLLATE "C" NOT NULL                      -- name of who carried it out or cancelled it; empty while it is open
);

-- The day on which an account was last signed in to; NULL where that is not known.
ALTER TABLE accounts ADD COLUMN signed_in_on BIGINT;
