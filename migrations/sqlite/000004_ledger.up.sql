-- The ledger: everything that people do is an entry in it. What earlier schemas kept in
-- tables of its own (notes, resets, reset_outcomes, account_log) is entered when the
-- database is next opened, and those tables go in the same transaction.

-- One row for each entry; see internal/ledger for the bytes that make its leaf.
CREATE TABLE ledger (
    seq         INTEGER PRIMARY KEY CHECK (seq >= 0),
    at          INTEGER NOT NULL,
    actor       INTEGER NOT NULL,                 -- ID of the account; 0 for whoever runs the program
    name        TEXT    NOT NULL,                 -- of the actor, as it was then
    role        TEXT    NOT NULL,                 -- of the actor, as it was then
    recipient   TEXT    NOT NULL,                 -- empty when it is about nobody
    snapshot    BLOB    NOT NULL CHECK (length(snapshot) IN (0, 32)),
    act         TEXT    NOT NULL,
    about       INTEGER NOT NULL,                 -- the entry that this one answers; 0 when none
    facts       TEXT    NOT NULL CHECK (json_valid(facts)),
    content     BLOB    NOT NULL CHECK (length(content) IN (0, 32)), -- commitment to salt and text
    sealed      BLOB    NOT NULL CHECK (length(sealed) IN (0, 32)),  -- SHA-256 of text_sealed
    text_sealed BLOB,                             -- sealed: salt and text; NULL when there is none or it was erased
    hashes      BLOB    NOT NULL,                 -- of the tree that end with this entry, from the leaf up
    form        TEXT    GENERATED ALWAYS AS (json_extract(facts, '$.form')) VIRTUAL
) STRICT;
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
    size        INTEGER PRIMARY KEY CHECK (size > 0),
    at          INTEGER NOT NULL,
    text        TEXT    NOT NULL
) STRICT;

-- Where a recipient's case stands: what follows from the ledger, for the start page.
ALTER TABLE recipients ADD COLUMN decision INTEGER;                     -- the newest; NULL when there is none
ALTER TABLE recipients ADD COLUMN verdict TEXT NOT NULL DEFAULT '';     -- of that decision
ALTER TABLE recipients ADD COLUMN decided TEXT NOT NULL DEFAULT '';     -- its state, as review.DecisionState
ALTER TABLE recipients ADD COLUMN referred INTEGER;                     -- account; 0 for any supervisor; NULL when not referred
ALTER TABLE recipients ADD COLUMN changed INTEGER NOT NULL DEFAULT 0 CHECK (changed IN (0, 1)); -- whether the result changed after a decision that stands
ALTER TABLE recipients ADD COLUMN erased_at INTEGER;                    -- when its texts and results were erased
CREATE INDEX recipients_proposed ON recipients (decision) WHERE decided = 'proposed';
CREATE INDEX recipients_referred ON recipients (referred, decision) WHERE referred IS NOT NULL;
CREATE INDEX recipients_changed ON recipients (decision) WHERE changed = 1;

-- Copies of media that were shown, where they are asked for. They go when their time is
-- over, and with their recipient.
CREATE TABLE sealed_media (
    recipient   TEXT    NOT NULL REFERENCES recipients (id),
    medium      TEXT    NOT NULL CHECK (length(medium) = 36), -- UUID, lower case
    sha256      BLOB    NOT NULL CHECK (length(sha256) = 32), -- of the medium
    at          INTEGER NOT NULL,                 -- when it was first shown
    body        BLOB    NOT NULL,                 -- sealed
    PRIMARY KEY (recipient, medium, sha256)
) STRICT;
CREATE INDEX sealed_media_by_age ON sealed_media (at);

-- What of a result somebody was shown.
ALTER TABLE access_log ADD COLUMN part TEXT NOT NULL DEFAULT '';        -- key of a resource or check
ALTER TABLE access_log ADD COLUMN hits TEXT NOT NULL DEFAULT '';        -- which hits of that check
ALTER TABLE access_log ADD COLUMN sha256 BLOB CHECK (length(sha256) = 32); -- of a medium that was shown to its end
CREATE INDEX fetches_by_account ON fetches (account, id);

CREATE TRIGGER ledger_is_gapless BEFORE INSERT ON ledger
WHEN new.seq <> coalesce((SELECT max(seq) + 1 FROM ledger), 0)
BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps'); END;
CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never cut'); END;
-- Only the text of an erased recipient goes; all that the tree covers stays.
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
WHEN new.seq <> old.seq OR new.at <> old.at OR new.actor <> old.actor OR new.name <> old.name OR new.role <> old.role
    OR new.recipient <> old.recipient OR new.snapshot <> old.snapshot OR new.act <> old.act OR new.about <> old.about
    OR new.facts <> old.facts OR new.content <> old.content OR new.sealed <> old.sealed OR new.hashes <> old.hashes
    OR new.text_sealed IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM ledger AS e WHERE e.recipient = old.recipient AND e.act = 'erasure')
BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;

-- Nobody reviews their own decision, nor a decision on another result.
CREATE TRIGGER second_review_has_a_decision BEFORE INSERT ON ledger
WHEN new.act IN ('second-agreed', 'second-disagreed')
BEGIN
    SELECT RAISE(ABORT, 'a second review is of a decision that awaits one')
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger AS d
        WHERE d.seq = new.about AND d.act = 'decision' AND d.recipient = new.recipient
            AND json_extract(d.facts, '$.second_review') = 'awaited');
    SELECT RAISE(ABORT, 'nobody reviews their own decision')
    WHERE EXISTS (SELECT 1 FROM ledger AS d WHERE d.seq = new.about AND d.actor = new.actor);
    SELECT RAISE(ABORT, 'a second review is of the same result')
    WHERE EXISTS (SELECT 1 FROM ledger AS d WHERE d.seq = new.about AND d.snapshot <> new.snapshot);
    SELECT RAISE(ABORT, 'a second review is by a supervisor')
    WHERE new.role <> 'supervisor';
    SELECT RAISE(ABORT, 'the decision no longer awaits an answer')
    WHERE EXISTS (SELECT 1 FROM ledger AS l WHERE l.about = new.about AND l.act IN ('withdrawn', 'decision'));
END;

CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER checkpoints_are_not_deleted BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;

-- The results of an erased recipient go; that there were such stays.
DROP TRIGGER snapshots_are_not_changed;
CREATE TRIGGER snapshots_are_not_changed BEFORE UPDATE ON snapshots
WHEN new.recipient <> old.recipient OR new.digest <> old.digest OR length(new.body) <> 0
    OR NOT EXISTS (SELECT 1 FROM ledger AS e WHERE e.recipient = old.recipient AND e.act = 'erasure')
BEGIN SELECT RAISE(ABORT, 'snapshots are never changed'); END;
