package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
)

// writtenSchema is what the steps of the schema make, written out so that nobody has to take
// them to know it. A test compares it with them, and writes it anew:
//
//	go test ./store -run WrittenSchema -update
//
//go:embed sqlite_schema.txt
var writtenSchema string

// wantedSchema returns the texts of the objects that the steps of the schema make.
func (*sqliteEngine) wantedSchema() map[string]string { return parseSchema(writtenSchema) }

// schemaOf returns the texts of the objects in a schema.
func (*sqliteEngine) schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT type || ' ' || name, tbl_name || ' ' || coalesce(sql, '')
		FROM sqlite_schema`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var object, text string
		if err := rows.Scan(&object, &text); err != nil {
			return nil, err
		}
		if _, twice := all[object]; twice {
			return nil, &Inconsistency{"the schema", "the " + object + " is there twice"}
		}
		all[object] = text
	}
	return all, rows.Err()
}

// checkForm has SQLite look whether every value is of the kind that its column takes,
// whether every index knows every row, and whether rows that are referred to are there.
func (*sqliteEngine) checkForm(ctx context.Context, tx *sql.Tx, tell progressFunc) error {
	tell.begin(verifying, "the pages of the file", 0)
	var found string
	err := tx.QueryRowContext(ctx, `PRAGMA integrity_check (1)`).Scan(&found)
	if err != nil {
		return err
	}
	if found != "ok" {
		return &Inconsistency{"the file", "its pages do not fit together: " + found}
	}
	var table, parent string
	err = tx.QueryRowContext(ctx, `SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1`).Scan(&table, &parent)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &Inconsistency{table, "a row refers to one that is missing from " + parent}
}
