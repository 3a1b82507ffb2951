-- How people prove who they are, and that they are there.

-- How a session was begun. proved_at is when its person last proved to be there; a session of
-- before, which has zero, was not proved lately.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proof TEXT COLLATE "C" NOT NULL DEFAULT 'password'; -- as account.Proof
ALTER TABLE sessions ADD COLUMN address TEXT COLLATE "C" NOT NULL DEFAULT ''; -- network address from which it was begun
ALTER TABLE sessions ADD COLUMN browser TEXT COLLATE "C" NOT NULL DEFAULT ''; -- kind of browser, in words

-- Passkeys: public keys that stay in people's devices with their private halves.
CREATE TABLE passkeys (
    id            BIGINT           PRIMARY KEY,
    account       BIGINT           NOT NULL REFERENCES accounts (id),
    credential_id BYTEA            NOT NULL UNIQUE,              -- by which the device knows it
    credential    TEXT COLLATE "C" NOT NULL,                     -- public key, flags and origin, as JSON
    sign_count    BIGINT           NOT NULL,                     -- as the device counted when it was last used
    name          TEXT COLLATE "C" NOT NULL,                     -- by which its owner knows it
    created_at    BIGINT           NOT NULL,
    used_at       BIGINT                                         -- NULL while it was not used
);

CREATE INDEX passkeys_by_account ON passkeys (account);

-- The secret that an authenticator app makes codes from. It has a data key of its own, as
-- recipients have, so that another data-key file leaves it as it is on record.
CREATE TABLE code_secrets (
    account       BIGINT           NOT NULL REFERENCES accounts (id),
    data_key      BYTEA            NOT NULL,                     -- sealed under the key of the data-key file
    sealed        BYTEA            NOT NULL,                     -- the secret, under that data key
    created_at    BIGINT           NOT NULL,
    confirmed_at  BIGINT,                                        -- NULL until a code showed that the app has the secret
    last_step     BIGINT           NOT NULL                      -- time step of the last code that was taken: each code once
);

-- An account has one secret that counts, and one that is being set up, perhaps in its place.
CREATE UNIQUE INDEX code_secrets_confirmed ON code_secrets (account) WHERE confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX code_secrets_pending ON code_secrets (account) WHERE confirmed_at IS NULL;

-- Codes for whoever lost their factors. Each works once.
CREATE TABLE recovery_codes (
    account       BIGINT           NOT NULL REFERENCES accounts (id),
    code_hash     BYTEA            NOT NULL CHECK (length(code_hash) = 32), -- SHA-256
    used_at       BIGINT,                                        -- NULL while it was not
    PRIMARY KEY (account, code_hash)
);

-- Questions that were asked of a browser, a device or a provider, each to be answered once.
CREATE TABLE challenges (
    hash          BYTEA            PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the question
    purpose       TEXT COLLATE "C" NOT NULL,                     -- as account.ChallengePurpose
    account       BIGINT           REFERENCES accounts (id),     -- NULL where anybody may answer
    state         TEXT COLLATE "C" NOT NULL,                     -- what is needed to check the answer; no secret
    until         BIGINT           NOT NULL
);

CREATE INDEX challenges_by_end ON challenges (until);

-- What holds for this database alone.
CREATE TABLE settings (
    name          TEXT COLLATE "C" PRIMARY KEY,
    value         TEXT COLLATE "C" NOT NULL
);

-- Who must have a second factor where no flag says so.
INSERT INTO settings (name, value)
VALUES ('second-factor', 'admins-and-supervisors');
