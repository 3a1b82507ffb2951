-- Accounts that are looked after in the browser.

-- One-time links by which somebody chooses a password. An account whose password is
-- empty cannot sign in until its link was used.
CREATE TABLE password_links (
    account     INTEGER PRIMARY KEY REFERENCES accounts (id),
    token_hash  BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- SHA-256 of the link's token
    until       INTEGER NOT NULL
) STRICT;

-- Every change of an account.
CREATE TABLE account_log (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    by_account  INTEGER REFERENCES accounts (id), -- NULL for the command line and the set-up link
    account     INTEGER NOT NULL REFERENCES accounts (id),
    what        TEXT    NOT NULL,                 -- as account.Deed
    role        TEXT    NOT NULL                  -- of the account, after the change
) STRICT;

CREATE TRIGGER account_log_is_not_changed BEFORE UPDATE ON account_log
BEGIN SELECT RAISE(ABORT, 'changes of accounts are never changed'); END;
CREATE TRIGGER account_log_is_not_deleted BEFORE DELETE ON account_log
BEGIN SELECT RAISE(ABORT, 'changes of accounts are never deleted'); END;
