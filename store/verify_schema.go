package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"modernc.org/sqlite"

	"countersign/migrations"
)

// checkSchema compares the tables, indexes and triggers of the database with those that
// this program makes.
func (v *verifying) checkSchema(ctx context.Context) error {
	if err := v.checkVersion(ctx); err != nil {
		return err
	}
	want, err := madeSchema(ctx)
	if err != nil {
		return err
	}
	found, err := schemaOf(ctx, v.db)
	if err != nil {
		return err
	}
	for _, object := range slices.Sorted(maps.Keys(want)) {
		switch text, there := found[object]; {
		case !there:
			return &Misfit{"the schema", "the " + object + " is missing"}
		case text != want[object]:
			return &Misfit{"the schema", "the " + object + " is not the one that this program made"}
		}
		delete(found, object)
	}
	// How far the schema was upgraded is kept by the library that does it.
	delete(found, "table schema_migrations")
	delete(found, "index version_unique")
	if more := slices.Sorted(maps.Keys(found)); len(more) > 0 {
		return &Misfit{"the schema", "the " + more[0] + " was put in"}
	}
	return nil
}

// checkVersion returns an error unless the database has the schema of this program.
func (v *verifying) checkVersion(ctx context.Context) error {
	newest, err := newestVersion()
	if err != nil {
		return err
	}
	s := &Store{path: v.path, version: newest}
	found, err := lookInto(ctx, v.db, v.path)
	if err != nil {
		return s.explain(err)
	}
	switch {
	case found.version == 0 && !found.dirty:
		return fmt.Errorf("the file %s %w", v.path, ErrNotDatabase)
	case found.version < newest && !found.dirty:
		return fmt.Errorf("the database %s is of an earlier version of this program; start this one with it, or with a copy, to bring it up to date", v.path)
	}
	return s.judge(found.version, found.dirty)
}

// madeSchema returns what the steps of the schema make, without the tables that are
// dropped when their rows have been carried over.
func madeSchema(ctx context.Context) (map[string]string, error) {
	inner, err := sqlite.NewConnector(":memory:")
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(inner)
	defer db.Close()
	db.SetMaxOpenConns(1) // each has a database of its own
	files, err := fs.Glob(migrations.Files, "*.up.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		text, err := migrations.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := db.ExecContext(ctx, string(text)); err != nil {
			return nil, fmt.Errorf("make the schema of %s: %w", name, err)
		}
	}
	for _, table := range carriedTables() {
		if _, err := db.ExecContext(ctx, `DROP TABLE `+table); err != nil {
			return nil, fmt.Errorf("make the schema: %w", err)
		}
	}
	return schemaOf(ctx, db)
}

// schemaOf returns the texts of the objects in a schema.
func schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error) {
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
			return nil, &Misfit{"the schema", "the " + object + " is there twice"}
		}
		all[object] = text
	}
	return all, rows.Err()
}
