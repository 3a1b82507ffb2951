-- Each copy of a medium goes when its own time is over, however long later ones are kept.
-- Those from before are kept for a year.
ALTER TABLE sealed_media ADD COLUMN until INTEGER NOT NULL DEFAULT 0;   -- when it goes
UPDATE sealed_media SET until = at + 31536000000;
DROP INDEX sealed_media_by_age;
CREATE INDEX sealed_media_by_end ON sealed_media (until);
