package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"modernc.org/sqlite"

	"countersign/migrations"
)

// madeSchema returns what the steps of the schema make.
func (e engine) madeSchema(ctx context.Context) (map[string]string, error) {
	inner, err := sqlite.NewConnector(":memory:")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(inner)
	defer db.Close()
	db.SetMaxOpenConns(1) // each has a database of its own
	files, err := fs.Glob(migrations.SQLite, "sqlite/*.up.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		text, err := migrations.SQLite.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := db.ExecContext(ctx, string(text)); err != nil {
			return nil, fmt.Errorf("make the schema of %s: %w", name, err)
		}
	}
	return e.schemaOf(ctx, db)
}

// schemaOf returns the texts of the objects in a schema.
func (engine) schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error) {
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
func (engine) checkForm(ctx context.Context, tx *sql.Tx) error {
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
