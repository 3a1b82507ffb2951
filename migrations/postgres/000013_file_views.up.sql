-- A result that somebody opens from a file is about no recipient that is known here.
ALTER TABLE access_log ALTER COLUMN recipient DROP NOT NULL;
ALTER TABLE access_log ADD CONSTRAINT recipient_unless_file CHECK ((recipient IS NULL) = (what = 'file'));
