package store

import (
	"os"
	"testing"

	"countersign/migrations"
)

// What audit verify compares a database with is what the steps of the schema make.
func TestWrittenSchemaIsThatOfTheSteps(t *testing.T) {
	path := t.TempDir() + "/made.db"
	must(t, os.WriteFile(path, nil, 0o600))
	compareWritten(t, &sqliteEngine{}, openFile(t, path), migrations.SQLite, "sqlite_schema.txt")
}
