-- The company's own sign-in, and the account that opens the house without it.

-- Who somebody is there. Both are as the provider gives them, and never an e-mail address.
CREATE TABLE identities (
    account       BIGINT           PRIMARY KEY REFERENCES accounts (id),
    issuer        TEXT COLLATE "C" NOT NULL,
    subject       TEXT COLLATE "C" NOT NULL,
    bound_at      BIGINT           NOT NULL,
    UNIQUE (issuer, subject)
);

-- Accounts for emergencies, which may sign in with their password where passwords are off.
CREATE TABLE break_glass (
    account       BIGINT           PRIMARY KEY REFERENCES accounts (id),
    made_at       BIGINT           NOT NULL
);

-- Of sessions that were begun through the provider: when it last said that their person may come
-- in, and its own session, where it names one.
ALTER TABLE sessions ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN provider_session TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Logout tokens that came, so that none counts twice.
CREATE TABLE logout_tokens (
    hash          BYTEA            PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of its ID
    until         BIGINT           NOT NULL                      -- after which it is refused by its age
);
