-- How people prove who they are, and that they are there.

-- How a session was begun. proved_at is when its person last proved to be there; a session of
-- before, which has zero, was not proved lately.
ALTER TABLE sessions ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proof TEXT NOT NULL DEFAULT 'password'; -- as account.Proof
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';       -- network address from which it was begun
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';       -- kind of browser, in words

-- Passkeys: public keys that stay in people's devices with their private halves.
CREATE TABLE passkeys (
    id            INTEGER PRIMARY KEY,
    account       INTEGER NOT NULL REFERENCES accounts (id),
    credential_id BLOB    NOT NULL UNIQUE,  -- by which the device knows it
    credential    TEXT    NOT NULL,         -- public key, flags and origin, as JSON
    sign_count    INTEGER NOT NULL,         -- as the device counted when it was last used
    name          TEXT    NOT NULL,         -- by which its owner knows it
    created_at    INTEGER NOT NULL,
    used_at       INTEGER                   -- NULL while it was not used
) STRICT;

CREATE INDEX passkeys_by_account ON passkeys (account);

-- The secret that an authenticator app makes codes from. It has a data key of its own, as
-- recipients have, so that another data-key file leaves it as it is on record.
CREATE TABLE code_secrets (
    account       INTEGER PRIMARY KEY REFERENCES accounts (id),
    data_key      BLOB    NOT NULL,         -- sealed under the key of the data-key file
    sealed        BLOB    NOT NULL,         -- the secret, under that data key
    created_at    INTEGER NOT NULL,
    confirmed_at  INTEGER,                  -- NULL until a code showed that the app has the secret
    last_step     INTEGER NOT NULL          -- time step of the last code that was taken: each code once
) STRICT;

-- Codes for whoever lost their factors. Each works once.
CREATE TABLE recovery_codes (
    account       INTEGER NOT NULL REFERENCES accounts (id),
    code_hash     BLOB    NOT NULL CHECK (length(code_hash) = 32), -- SHA-256
    used_at       INTEGER,                  -- NULL while it was not
    PRIMARY KEY (account, code_hash)
) STRICT, WITHOUT ROWID;

-- Questions that were asked of a browser, a device or a provider, each to be answered once.
CREATE TABLE challenges (
    hash          BLOB    PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the question
    purpose       TEXT    NOT NULL,         -- as account.ChallengePurpose
    account       INTEGER REFERENCES accounts (id), -- NULL where anybody may answer
    state         TEXT    NOT NULL,         -- what is needed to check the answer; no secret
    until         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX challenges_by_end ON challenges (until);

-- What holds for this database alone.
CREATE TABLE settings (
    name          TEXT    PRIMARY KEY,
    value         TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Who must have a second factor where no flag says so: a house that works already goes on as it
-- did until it is told otherwise.
INSERT INTO settings (name, value)
SELECT 'second-factor', CASE WHEN EXISTS (SELECT 1 FROM accounts WHERE id > 0) THEN 'none' ELSE 'admins-and-supervisors' END;
