package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// What tests of the inside of a store need. All others open theirs through a desk.

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// openInside opens a store in a folder of its own, with nothing recorded.
func openInside(t testing.TB) *Store {
	t.Helper()
	folder := t.TempDir()
	s, err := Open(t.Context(), Options{
		Path:        filepath.Join(folder, "countersign.db"),
		DataKeyFile: filepath.Join(folder, "countersign.key"),
		Now:         func() time.Time { return noon },
	})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

// openFile opens a file of SQLite without any of our settings.
func openFile(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}
