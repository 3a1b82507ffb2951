package store

import (
	"context"
	"database/sql"
)

// wantedSchema returns the texts of the objects that the steps of the schema make.
func (*postgresEngine) wantedSchema() map[string]string { return nil }

// schemaOf returns the texts of the objects in a schema.
func (*postgresEngine) schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error) {
	return nil, nil
}

// checkForm has nothing to look for: the server keeps to its rules by itself, and a client
// cannot ask it for a check of its pages.
func (*postgresEngine) checkForm(context.Context, *sql.Tx) error { return nil }
