-- What was loaded for which page view, and what of it was on the screen.
ALTER TABLE access_log ADD COLUMN page_view BIGINT CHECK (page_view >= 0);  -- ID of the entry of the page; 0 where it is by itself; NULL in rows from before
CREATE INDEX access_log_by_page_view ON access_log (page_view, id) WHERE page_view > 0;
-- A thumbnail is on the screen once for its page view, however often that is reported.
CREATE UNIQUE INDEX access_log_on_screen ON access_log (page_view, medium) WHERE what = 'on-screen';
-- What somebody was shown of a recipient is found without reading how often its page was.
CREATE INDEX access_log_evidence ON access_log (account, recipient, id) WHERE what NOT IN ('result', 'medium');
