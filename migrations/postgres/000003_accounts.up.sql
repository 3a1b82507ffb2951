-- Accounts that are looked after in the browser.

-- One-time links by which somebody chooses a password. An account whose password is
-- empty cannot sign in until its link was used.
CREATE TABLE password_links (
    account     BIGINT           PRIMARY KEY REFERENCES accounts (id),
    token_hash  BYTEA            NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- SHA-256 of the link's token
    until       BIGINT           NOT NULL
);
