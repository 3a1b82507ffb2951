-- Entries keep the clock's own reading, stand in the order of their numbers whatever it
-- showed, and say what an account signs in with.

ALTER TABLE ledger ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0); -- of the entry's form
ALTER TABLE ledger ADD COLUMN behind BIGINT NOT NULL DEFAULT 0 CHECK (behind >= 0); -- milliseconds by which the clock stood behind the entry before
ALTER TABLE ledger ADD COLUMN account BIGINT GENERATED ALWAYS AS ((facts::json ->> 'account')::BIGINT) STORED; -- that was changed
CREATE INDEX ledger_behind ON ledger (seq) WHERE behind > 0;            -- where times run backwards
CREATE INDEX ledger_by_account ON ledger (account, seq) WHERE account IS NOT NULL;

DROP TRIGGER ledger_is_not_changed ON ledger;
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger FOR EACH ROW
WHEN (new.seq <> old.seq OR new.at <> old.at OR new.actor <> old.actor OR new.name <> old.name OR new.role <> old.role
    OR new.recipient <> old.recipient OR new.snapshot <> old.snapshot OR new.act <> old.act OR new.about <> old.about
    OR new.facts <> old.facts OR new.content <> old.content OR new.sealed <> old.sealed OR new.hashes <> old.hashes
    OR new.version <> old.version OR new.behind <> old.behind
    OR new.text_sealed IS NOT NULL
    OR NOT is_erased(old.recipient))
EXECUTE FUNCTION refuse('the ledger is never changed');

-- Where a row stands among the entries of the ledger; NULL in rows from before.
ALTER TABLE access_log ADD COLUMN after_entry BIGINT;                       -- the newest entry when it was made
ALTER TABLE fetches ADD COLUMN after_entry BIGINT;                          -- the newest entry when it was made

-- Where the clock may have been set, a copy goes when its time has been over for a day.
ALTER TABLE sealed_media ADD COLUMN over_since BIGINT;                      -- when its time was first seen to be over
