-- How people want pages to be. Nothing that is recorded depends on it.
CREATE TABLE preferences (
    account     INTEGER PRIMARY KEY REFERENCES accounts (id),
    chosen      TEXT    NOT NULL CHECK (json_valid(chosen)) -- as account.Preferences
) STRICT;
