-- Each copy of a medium goes when its own time is over, however long later ones are kept.
ALTER TABLE sealed_media ADD COLUMN until BIGINT NOT NULL DEFAULT 0;        -- when it goes
DROP INDEX sealed_media_by_age;
CREATE INDEX sealed_media_by_end ON sealed_media (until);
