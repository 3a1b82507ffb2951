package store

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/migrations"
)

var update = flag.Bool("update", false, "write the schema anew that the steps make")

// What audit verify compares a database with is what the steps of the schema make.
func TestWrittenSchemaIsThatOfTheSteps(t *testing.T) {
	path := t.TempDir() + "/made.db"
	must(t, os.WriteFile(path, nil, 0o600))
	db := openFile(t, path)
	files, err := fs.Glob(migrations.SQLite, "sqlite/*.up.sql")
	must(t, err)
	for _, name := range files {
		text, err := migrations.SQLite.ReadFile(name)
		must(t, err)
		_, err = db.Exec(string(text))
		must(t, err)
	}
	made, err := (&sqliteEngine{}).schemaOf(t.Context(), db)
	must(t, err)
	if *update {
		must(t, os.WriteFile("sqlite_schema.txt", []byte(formatSchema(made)), 0o644))
		t.Skip("sqlite_schema.txt is written anew: build the test once more")
	}
	if written := (&sqliteEngine{}).wantedSchema(); !maps.Equal(made, written) {
		t.Errorf("sqlite_schema.txt is not what the steps make; see writtenSchema (-made +written):\n%s", cmp.Diff(made, written))
	}
}
