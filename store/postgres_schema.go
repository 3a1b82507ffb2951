package store

import (
	"context"
	"database/sql"
	_ "embed"
)

// writtenPostgresSchema is for PostgreSQL what writtenSchema is for SQLite, and made anew in
// the same way. Its texts are those that a server makes of its catalogs, without the name of the
// schema, which every database may choose.
//
//go:embed postgres_schema.txt
var writtenPostgresSchema string

// wantedSchema returns the texts of the objects that the steps of the schema make.
func (*postgresEngine) wantedSchema() map[string]string { return parseSchema(writtenPostgresSchema) }

// schemaOf returns the texts of the objects in a schema.
func (*postgresEngine) schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error) {
	all := map[string]string{}
	for _, query := range []string{tableLines, columnLines, constraintLines, indexLines, triggerLines, functionLines, ruleLines, policyLines} {
		if err := addSchemaLines(ctx, db, query, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// addSchemaLines adds what a query finds, an object and a line of its text, to the texts.
func addSchemaLines(ctx context.Context, db *sql.DB, query string, all map[string]string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var object, line string
		if err := rows.Scan(&object, &line); err != nil {
			return err
		}
		if before, more := all[object]; more {
			line = before + "\n" + line
		}
		all[object] = line
	}
	return rows.Err()
}

// ofSchema is the condition that something is in the schema, and was not put there by an extension
// such as pg_stat_statements. A table of ours that is said to be of one is missing.
const ofSchema = `quote_ident(current_schema())::regnamespace AND NOT EXISTS (
	SELECT 1 FROM pg_depend AS e WHERE e.deptype = 'e' AND e.classid = c.tableoid AND e.objid = c.oid)`

// tableLines finds everything that has rows, and what about it changes them: a table that is
// not logged is emptied by a crash, one that others inherit from has their rows too, and one
// behind another of its name is not the one that statements mean.
const tableLines = `
	SELECT CASE relkind WHEN 'r' THEN 'table ' WHEN 'v' THEN 'view ' WHEN 'S' THEN 'sequence ' ELSE 'relation ' END || relname,
		CASE relkind WHEN 'v' THEN pg_get_viewdef(oid, true) ELSE 'kind ' || relkind::text END
		|| CASE relpersistence WHEN 'p' THEN '' ELSE ', not logged' END
		|| CASE WHEN relrowsecurity OR relforcerowsecurity THEN ', row level security' ELSE '' END
		|| CASE WHEN EXISTS (SELECT 1 FROM pg_inherits WHERE oid IN (inhrelid, inhparent)) THEN ', inherited' ELSE '' END
		|| CASE WHEN pg_table_is_visible(oid) THEN '' ELSE ', hidden' END
	FROM pg_class AS c
	WHERE relkind NOT IN ('i', 'I') AND relnamespace = ` + ofSchema

const columnLines = `
	SELECT 'table ' || relname,
		attname || ' ' || format_type(atttypid, atttypmod)
		|| coalesce((
			SELECT ' COLLATE ' || quote_ident(collname) FROM pg_collation WHERE pg_collation.oid = attcollation AND collname <> 'default'), '')
		|| CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
		|| CASE WHEN attidentity = '' THEN '' ELSE ' IDENTITY ' || attidentity::text END
		|| CASE WHEN attgenerated = '' THEN coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid, true), '')
			ELSE ' GENERATED ' || attgenerated::text || ' AS ' || pg_get_expr(adbin, adrelid, true) END
	FROM pg_class AS c
	JOIN pg_attribute ON attrelid = c.oid
	LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE relkind IN ('r', 'p', 'f') AND attnum > 0 AND NOT attisdropped AND relnamespace = ` + ofSchema + `
	ORDER BY relname, attnum`

// constraintLines leaves out what newer versions list beside the columns: NOT NULL. That a
// constraint refers to another table is kept by triggers of PostgreSQL's own, which somebody may
// have disabled.
const constraintLines = `
	SELECT 'table ' || relname,
		'CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(pg_constraint.oid, true)
		|| CASE WHEN EXISTS (SELECT 1 FROM pg_trigger WHERE tgconstraint = pg_constraint.oid AND tgenabled <> 'O') THEN ' DISABLED' ELSE '' END
		|| CASE WHEN EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = conindid AND contype <> 'f' AND NOT (indisvalid AND indisready)) THEN ' INVALID' ELSE '' END
	FROM pg_class AS c
	JOIN pg_constraint ON conrelid = c.oid
	WHERE contype NOT IN ('n', 't') AND relnamespace = ` + ofSchema + `
	ORDER BY relname, conname`

// indexLines leaves out the indexes of constraints.
const indexLines = `
	SELECT 'index ' || relname,
		pg_get_indexdef(indexrelid, 0, true) || CASE WHEN indisvalid AND indisready THEN '' ELSE ' INVALID' END
	FROM pg_class AS c
	JOIN pg_index ON indexrelid = c.oid
	WHERE NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f') AND relnamespace = ` + ofSchema

const triggerLines = `
	SELECT 'trigger ' || tgname || ' on ' || relname,
		pg_get_triggerdef(pg_trigger.oid, true) || CASE tgenabled WHEN 'O' THEN '' ELSE ' DISABLED ' || tgenabled::text END
	FROM pg_class AS c
	JOIN pg_trigger ON tgrelid = c.oid
	WHERE NOT tgisinternal AND relnamespace = ` + ofSchema

// functionLines finds all functions: those of triggers call others.
const functionLines = `
	SELECT 'function ' || proname || '(' || pg_get_function_identity_arguments(c.oid) || ')',
		pg_get_function_result(c.oid) || ' ' || lanname || ' ' || prokind::text || ' ' || provolatile::text
		|| CASE WHEN prosecdef THEN ' SECURITY DEFINER' ELSE '' END
		|| coalesce(' SET ' || replace(array_to_string(proconfig, ' SET '), '=' || quote_ident(current_schema()) || ',', '=current_schema,'), '')
		|| ' AS' || prosrc
	FROM pg_proc AS c
	JOIN pg_language ON pg_language.oid = prolang
	WHERE pronamespace = ` + ofSchema

// ruleLines leaves out those by which views are made.
const ruleLines = `
	SELECT 'rule ' || rulename || ' on ' || relname, pg_get_ruledef(pg_rewrite.oid, true)
	FROM pg_class AS c
	JOIN pg_rewrite ON ev_class = c.oid
	WHERE rulename <> '_RETURN' AND relnamespace = ` + ofSchema

const policyLines = `
	SELECT 'policy ' || polname || ' on ' || relname, polcmd::text
	FROM pg_class AS c
	JOIN pg_policy ON polrelid = c.oid
	WHERE relnamespace = ` + ofSchema

// checkForm has nothing to look for: the server keeps to its rules by itself, and a client
// cannot ask it for a check of its pages.
func (*postgresEngine) checkForm(context.Context, *sql.Tx, progressFunc) error { return nil }
