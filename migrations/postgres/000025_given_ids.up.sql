-- The largest number that was ever given to a row of these tables: the next one is larger, so that
-- a row which is taken off the end leaves a gap, whoever comes after it.
CREATE TABLE given_ids (
    name TEXT COLLATE "C" PRIMARY KEY CHECK (name IN ('access_log', 'fetches', 'sign_ins')),
    last BIGINT NOT NULL CHECK (last > 0)
);
INSERT INTO given_ids (name, last)
SELECT 'access_log', max(id) FROM access_log HAVING count(*) > 0
UNION ALL SELECT 'fetches', max(id) FROM fetches HAVING count(*) > 0
UNION ALL SELECT 'sign_ins', max(id) FROM sign_ins HAVING count(*) > 0;

CREATE TRIGGER given_ids_grow BEFORE UPDATE ON given_ids FOR EACH ROW
WHEN (new.name <> old.name OR new.last < old.last)
EXECUTE FUNCTION refuse('a number that was given stays so');
CREATE TRIGGER given_ids_are_not_deleted BEFORE DELETE ON given_ids FOR EACH ROW
EXECUTE FUNCTION refuse('a number that was given stays so');
CREATE TRIGGER given_ids_are_not_truncated BEFORE TRUNCATE ON given_ids FOR EACH STATEMENT
EXECUTE FUNCTION refuse('a number that was given stays so');

-- The role that serves adds rows, and has no right to change this table: its owner does, for it.
-- Within this step the search path is fixed to the schema in use; the function keeps what it has
-- when it is called.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION keep_given_id() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO given_ids AS known (name, last)
    SELECT TG_TABLE_NAME, max(id) FROM added HAVING count(*) > 0
    ON CONFLICT (name) DO UPDATE SET last = excluded.last WHERE known.last < excluded.last;
    RETURN NULL;
END $$;
CREATE TRIGGER access_log_ids_are_kept AFTER INSERT ON access_log REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION keep_given_id();
CREATE TRIGGER fetches_ids_are_kept AFTER INSERT ON fetches REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION keep_given_id();
CREATE TRIGGER sign_ins_ids_are_kept AFTER INSERT ON sign_ins REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION keep_given_id();
