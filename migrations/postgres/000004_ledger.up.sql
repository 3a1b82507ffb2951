-- The ledger: everything that people do is an entry in it.

-- One row for each entry; see internal/ledger for the bytes that make its leaf.
CREATE TABLE ledger (
    seq         BIGINT           PRIMARY KEY CHECK (seq >= 0),
    at          BIGINT           NOT NULL,
    actor       BIGINT           NOT NULL,                       -- ID of the account; 0 for whoever runs the program
    name        TEXT COLLATE "C" NOT NULL,                       -- of the actor, as it was then
    role        TEXT COLLATE "C" NOT NULL,                       -- of the actor, as it was then
    recipient   TEXT COLLATE "C" NOT NULL,                       -- empty when it is about nobody
    snapshot    BYTEA            NOT NULL CHECK (length(snapshot) IN (0, 32)),
    act         TEXT COLLATE "C" NOT NULL,
    about       BIGINT           NOT NULL,                       -- the entry that this one answers; 0 when none
    facts       TEXT COLLATE "C" NOT NULL CHECK (facts::json IS NOT NULL),
    content     BYTEA            NOT NULL CHECK (length(content) IN (0, 32)), -- commitment to salt and text
    sealed      BYTEA            NOT NULL CHECK (length(sealed) IN (0, 32)), -- SHA-256 of text_sealed
    text_sealed BYTEA,                                           -- sealed: salt and text; NULL when there is none or it was erased
    hashes      BYTEA            NOT NULL,                       -- of the tree that end with this entry, from the leaf up
    form        TEXT COLLATE "C" GENERATED ALWAYS AS (facts::json ->> 'form') STORED
);
CREATE UNIQUE INDEX ledger_by_form ON ledger (actor, form) WHERE form IS NOT NULL;
CREATE INDEX ledger_by_recipient ON ledger (recipient, act, seq);
CREATE INDEX ledger_by_actor ON ledger (actor, seq);
CREATE INDEX ledger_by_act ON ledger (act, seq);
-- A decision has one answer of each kind, and one decision that takes its place.
CREATE UNIQUE INDEX ledger_second ON ledger (about) WHERE act IN ('second-agreed', 'second-disagreed');
CREATE UNIQUE INDEX ledger_withdrawn ON ledger (about) WHERE act = 'withdrawn';
CREATE UNIQUE INDEX ledger_superseded ON ledger (about) WHERE act = 'decision' AND about <> 0;
CREATE UNIQUE INDEX ledger_reset_ended ON ledger (about) WHERE act = 'reset-ended';

-- Roots of the tree that were signed. The text is a signed note as in C2SP tlog-checkpoint.
CREATE TABLE checkpoints (
    size        BIGINT           PRIMARY KEY CHECK (size > 0),
    at          BIGINT           NOT NULL,
    text        TEXT COLLATE "C" NOT NULL
);

-- Where a recipient's case stands: what follows from the ledger, for the start page.
ALTER TABLE recipients ADD COLUMN decision BIGINT;                          -- the newest; NULL when there is none
ALTER TABLE recipients ADD COLUMN verdict TEXT COLLATE "C" NOT NULL DEFAULT ''; -- of that decision
ALTER TABLE recipients ADD COLUMN decided TEXT COLLATE "C" NOT NULL DEFAULT ''; -- its state, as review.DecisionState
ALTER TABLE recipients ADD COLUMN referred BIGINT;                          -- account; 0 for any supervisor; NULL when not referred
ALTER TABLE recipients ADD COLUMN changed BIGINT NOT NULL DEFAULT 0 CHECK (changed IN (0, 1)); -- whether the result changed after a decision that stands
ALTER TABLE recipients ADD COLUMN erased_at BIGINT;                         -- when its texts and results were erased
CREATE INDEX recipients_proposed ON recipients (decision) WHERE decided = 'proposed';
CREATE INDEX recipients_referred ON recipients (referred, decision) WHERE referred IS NOT NULL;
CREATE INDEX recipients_changed ON recipients (decision) WHERE changed = 1;

-- Copies of media that were shown, where they are asked for. They go when their time is
-- over, and with their recipient.
CREATE TABLE sealed_media (
    recipient   TEXT COLLATE "C" NOT NULL REFERENCES recipients (id),
    medium      TEXT COLLATE "C" NOT NULL CHECK (length(medium) = 36), -- UUID, lower case
    sha256      BYTEA            NOT NULL CHECK (length(sha256) = 32), -- of the medium
    at          BIGINT           NOT NULL,                       -- when it was first shown
    body        BYTEA            NOT NULL,                       -- sealed
    PRIMARY KEY (recipient, medium, sha256)
);
CREATE INDEX sealed_media_by_age ON sealed_media (at);

-- What of a result somebody was shown.
ALTER TABLE access_log ADD COLUMN part TEXT COLLATE "C" NOT NULL DEFAULT ''; -- key of a resource or check
ALTER TABLE access_log ADD COLUMN hits TEXT COLLATE "C" NOT NULL DEFAULT ''; -- which hits of that check
ALTER TABLE access_log ADD COLUMN sha256 BYTEA CHECK (length(sha256) = 32); -- of a medium that was shown to its end
CREATE INDEX fetches_by_account ON fetches (account, id);

-- Functions that read tables read those of this schema, whatever path or temporary table a session
-- has when they are called.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION next_entry() RETURNS BIGINT LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RETURN (SELECT coalesce(max(seq) + 1, 0) FROM ledger);
END $$;
CREATE FUNCTION is_erased(who TEXT) RETURNS BOOLEAN LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM ledger AS e WHERE e.recipient = who AND e.act = 'erasure');
END $$;

CREATE TRIGGER ledger_is_gapless BEFORE INSERT ON ledger FOR EACH ROW
WHEN (new.seq <> next_entry())
EXECUTE FUNCTION refuse('the ledger has no gaps');
CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger FOR EACH ROW
EXECUTE FUNCTION refuse('the ledger is never cut');
CREATE TRIGGER ledger_is_not_truncated BEFORE TRUNCATE ON ledger FOR EACH STATEMENT
EXECUTE FUNCTION refuse('the ledger is never cut');
-- Only the text of an erased recipient goes; all that the tree covers stays.
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger FOR EACH ROW
WHEN (new.seq <> old.seq OR new.at <> old.at OR new.actor <> old.actor OR new.name <> old.name OR new.role <> old.role
    OR new.recipient <> old.recipient OR new.snapshot <> old.snapshot OR new.act <> old.act OR new.about <> old.about
    OR new.facts <> old.facts OR new.content <> old.content OR new.sealed <> old.sealed OR new.hashes <> old.hashes
    OR new.text_sealed IS NOT NULL
    OR NOT is_erased(old.recipient))
EXECUTE FUNCTION refuse('the ledger is never changed');

-- Nobody reviews their own decision, nor a decision on another result.
CREATE FUNCTION check_second_review() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ledger AS d
        WHERE d.seq = new.about AND d.act = 'decision' AND d.recipient = new.recipient
            AND d.facts::json ->> 'second_review' = 'awaited') THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'a second review is of a decision that awaits one';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger AS d WHERE d.seq = new.about AND d.actor = new.actor) THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'nobody reviews their own decision';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger AS d WHERE d.seq = new.about AND d.snapshot <> new.snapshot) THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'a second review is of the same result';
    END IF;
    IF new.role <> 'supervisor' THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'a second review is by a supervisor';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger AS l WHERE l.about = new.about AND l.act IN ('withdrawn', 'decision')) THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = 'the decision no longer awaits an answer';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER second_review_has_a_decision BEFORE INSERT ON ledger FOR EACH ROW
WHEN (new.act IN ('second-agreed', 'second-disagreed'))
EXECUTE FUNCTION check_second_review();

CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints FOR EACH ROW
EXECUTE FUNCTION refuse('checkpoints are never changed');
CREATE TRIGGER checkpoints_are_not_deleted BEFORE DELETE ON checkpoints FOR EACH ROW
EXECUTE FUNCTION refuse('checkpoints are never deleted');
CREATE TRIGGER checkpoints_are_not_truncated BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT
EXECUTE FUNCTION refuse('checkpoints are never deleted');

-- The results of an erased recipient go; that there were such stays.
DROP TRIGGER snapshots_are_not_changed ON snapshots;
CREATE TRIGGER snapshots_are_not_changed BEFORE UPDATE ON snapshots FOR EACH ROW
WHEN (new.recipient <> old.recipient OR new.digest <> old.digest OR length(new.body) <> 0
    OR NOT is_erased(old.recipient))
EXECUTE FUNCTION refuse('snapshots are never changed');
