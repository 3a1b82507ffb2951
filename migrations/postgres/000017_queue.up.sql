-- The day's work: what lists of cases and searches need stands in columns, written in the
-- transaction that makes it true. It follows from results and the ledger, and holds nothing of
-- a person. Cases from before have it when they were assessed again.

-- What follows from the newest result, as review.ResultColumns.
ALTER TABLE recipients ADD COLUMN assessed BIGINT NOT NULL DEFAULT 0;       -- review.AssessmentVersion by which; 0 before that was done
ALTER TABLE recipients ADD COLUMN bucket TEXT COLLATE "C" NOT NULL DEFAULT ''; -- as idv.Bucket
ALTER TABLE recipients ADD COLUMN why TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the reasons for the bucket, in a few words
ALTER TABLE recipients ADD COLUMN document TEXT COLLATE "C" NOT NULL DEFAULT ''; -- type of the identity document, as on the wire
ALTER TABLE recipients ADD COLUMN country TEXT COLLATE "C" NOT NULL DEFAULT ''; -- that issued it, as on the wire
ALTER TABLE recipients ADD COLUMN session TEXT COLLATE "C" NOT NULL DEFAULT ''; -- ID of the session
ALTER TABLE recipients ADD COLUMN tracking TEXT COLLATE "C" NOT NULL DEFAULT ''; -- user tracking ID
ALTER TABLE recipients ADD COLUMN envelope TEXT COLLATE "C" NOT NULL DEFAULT ''; -- ID of the envelope, where that is known

-- What follows from the ledger, as review.CaseColumns.
ALTER TABLE recipients ADD COLUMN stage TEXT COLLATE "C" NOT NULL DEFAULT ''; -- as review.Stage; empty where no list has the case
ALTER TABLE recipients ADD COLUMN phase BIGINT;                             -- as review.Phase; NULL where no list has the case
ALTER TABLE recipients ADD COLUMN concern BIGINT NOT NULL DEFAULT 0;        -- place of the bucket in the order of attention; 0 when decided
ALTER TABLE recipients ADD COLUMN since BIGINT NOT NULL DEFAULT 0;          -- when the case came to its stage
ALTER TABLE recipients ADD COLUMN assignee BIGINT REFERENCES accounts (id); -- who has the case
ALTER TABLE recipients ADD COLUMN assigned_at BIGINT;
ALTER TABLE recipients ADD COLUMN active_at BIGINT;                         -- when the assignee last looked at the case or did something about it
ALTER TABLE recipients ADD COLUMN holder BIGINT;                            -- whom an open case awaits: account; 0 for anybody; NULL for other cases
ALTER TABLE recipients ADD COLUMN notes BIGINT NOT NULL DEFAULT 0;          -- how many
ALTER TABLE recipients ADD COLUMN reviewer BIGINT REFERENCES accounts (id); -- who made the newest decision
ALTER TABLE recipients ADD COLUMN decided_at BIGINT;                        -- when that was made

-- What a case can have several of. Where few cases have a value, as review.FacetKind.Selective
-- says, the row has the place of the case in lists, so that those with the value are found in
-- order. The others, such as checks that Yoti approves, stay where they are when the case moves.
CREATE TABLE case_facets (
    recipient   TEXT COLLATE "C" NOT NULL REFERENCES recipients (id),
    kind        TEXT COLLATE "C" NOT NULL,                       -- as review.FacetKind
    value       TEXT COLLATE "C" NOT NULL,
    phase       BIGINT,                                          -- as in recipients, and so the next two; NULL without a place
    concern     BIGINT,
    since       BIGINT,
    PRIMARY KEY (recipient, kind, value)
);
CREATE INDEX case_facets_listed ON case_facets (kind, value, phase, concern, since, recipient) WHERE phase IS NOT NULL;

-- One index for each way of listing. Each makes a decision dearer, which moves its case in all
-- of them: what has few values, such as the bucket of what is decided or the type of the document, has none.
CREATE INDEX recipients_by_stage ON recipients (stage, concern, since, id);
CREATE INDEX recipients_by_holder ON recipients (holder, concern, since, id) WHERE holder IS NOT NULL;
CREATE INDEX recipients_by_referral ON recipients (referred, concern, since, id) WHERE referred IS NOT NULL;
CREATE INDEX recipients_by_reviewer ON recipients (reviewer, phase, concern, since, id) WHERE reviewer IS NOT NULL;
CREATE INDEX recipients_by_assignee ON recipients (assignee, phase, concern, since, id) WHERE assignee IS NOT NULL;
CREATE INDEX recipients_by_country ON recipients (country, phase, concern, since, id);
CREATE INDEX recipients_idle ON recipients (active_at) WHERE assignee IS NOT NULL;
CREATE INDEX recipients_assessed ON recipients (assessed, id) WHERE newest IS NOT NULL;

-- What a search finds. IDs are found by their beginnings.
CREATE INDEX recipients_by_session ON recipients (session) WHERE session <> '';
CREATE INDEX recipients_by_tracking ON recipients (tracking) WHERE tracking <> '';
CREATE INDEX recipients_by_envelope ON recipients (envelope) WHERE envelope <> '';
CREATE INDEX snapshots_by_digest ON snapshots (digest);

-- Whose pages were opened on some days, for figures.
CREATE INDEX access_log_opened ON access_log (at, account, recipient) WHERE what = 'result';

-- Who fetches where no person does: see account.System. No name that somebody types has this key.
INSERT INTO accounts (id, name, name_key, role, password, created_at)
VALUES (-2, 'Countersign (system)', 'SYSTEM', 'system', '', 0);
CREATE TRIGGER system_account_is_not_changed BEFORE UPDATE ON accounts FOR EACH ROW
WHEN (old.id = -2)
EXECUTE FUNCTION refuse('the account of the system is never changed');
CREATE TRIGGER system_account_is_not_deleted BEFORE DELETE ON accounts FOR EACH ROW
WHEN (old.id = -2)
EXECUTE FUNCTION refuse('the account of the system is never deleted');
CREATE TRIGGER system_account_does_not_sign_in BEFORE INSERT ON sessions FOR EACH ROW
WHEN (new.account = -2)
EXECUTE FUNCTION refuse('nobody signs in as the system');
CREATE TRIGGER system_account_has_no_link BEFORE INSERT ON password_links FOR EACH ROW
WHEN (new.account = -2)
EXECUTE FUNCTION refuse('nobody chooses a password for the system');
