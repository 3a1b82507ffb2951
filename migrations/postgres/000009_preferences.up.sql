-- How people want pages to be. Nothing that is recorded depends on it.
CREATE TABLE preferences (
    account     BIGINT           PRIMARY KEY REFERENCES accounts (id),
    chosen      TEXT COLLATE "C" NOT NULL CHECK (chosen::json IS NOT NULL) -- as account.Preferences
);

-- Who opened a recipient's results, a day of each person together: every page of a case counts
-- them.
CREATE INDEX access_log_openings ON access_log (recipient, account, (at / 86400000), id, at, after_entry) WHERE what = 'result';
CREATE INDEX access_log_latest_openings ON access_log (recipient, id) WHERE what = 'result';
