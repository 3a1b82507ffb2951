package store

import (
	"context"
	"database/sql"
	"embed"
	"flag"
	"io/fs"
	"maps"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the schemas anew that the steps make")

// compareWritten compares what the steps of a schema make in an empty database with what is
// written out in a file.
func compareWritten(t *testing.T, e verifiedEngine, db *sql.DB, steps embed.FS, path string) {
	t.Helper()
	takeAllSteps(t, db, steps)
	made, err := e.schemaOf(t.Context(), db)
	must(t, err)
	if *update {
		must(t, os.WriteFile(path, []byte(formatSchema(made)), 0o644))
		t.Skip(path + " is written anew: build the test once more")
	}
	if written := e.wantedSchema(); !maps.Equal(made, written) {
		t.Errorf("%s is not what the steps make; see writtenSchema (-made +written):\n%s", path, cmp.Diff(made, written))
	}
}

// takeAllSteps takes the steps of a schema as they stand, without the library that counts them.
func takeAllSteps(t *testing.T, db *sql.DB, steps embed.FS) {
	t.Helper()
	files, err := fs.Glob(steps, "*/*.up.sql")
	must(t, err)
	for _, name := range files {
		text, err := steps.ReadFile(name)
		must(t, err)
		_, err = db.ExecContext(context.Background(), string(text))
		must(t, err)
	}
}
