-- How many hits search results held when somebody opened them: the results themselves are
-- never kept, and what the report counts can be fewer.
ALTER TABLE access_log ADD COLUMN hits_read TEXT COLLATE "C" CHECK (hits_read IS NULL OR hits_read::json IS NOT NULL); -- as review.HitsRead; NULL where no hits were shown
CREATE INDEX access_log_hits_read ON access_log (recipient, id) WHERE hits_read IS NOT NULL;
