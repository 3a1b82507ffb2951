package store_test

import (
	"errors"
	"testing"

	"countersign/internal/postgrestest"
	"countersign/store"
)

// A step of the schema that fails leaves the database as it was, so that it can be taken later, and
// nobody is told to restore a backup.
func TestStepThatFailsLeavesNothing(t *testing.T) {
	d := newDesk(t)
	must(t, d.Store.Close())
	upgrade := func() error {
		if postgrestest.Chosen() {
			_, err := store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, postgrestest.URLIn(t, d.folder))}, "")
			return err
		}
		s, err := store.Open(t.Context(), d.options)
		if err == nil {
			t.Cleanup(func() { s.Close() })
		}
		return err
	}
	exec(t, d.raw(), `UPDATE schema_migrations SET version = version - 1`) // the last step cannot be taken twice
	for range 2 {
		if err := upgrade(); err == nil || errors.Is(err, store.ErrDirty) {
			t.Fatalf("a step that was taken is taken again: error %v", err)
		}
	}
	exec(t, d.raw(), `UPDATE schema_migrations SET version = version + 1`)
	must(t, upgrade())
}
