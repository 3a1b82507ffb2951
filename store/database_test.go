package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// How tests get at a database beside the store. What assumes here that it is a file of SQLite stands
// in this file, or in those whose names begin with sqlite.

// raw opens a file without any of our settings.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// raw opens the database of a desk beside the store. It holds no connection between statements:
// the last to close a database writes its log into the file.
func (d *desk) raw() *sql.DB {
	d.t.Helper()
	db := raw(d.t, d.options.Path)
	db.SetMaxIdleConns(0)
	return db
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// holding counts the secrets of which a part is in some file of the database.
func (d *desk) holding(secrets [][]byte) int {
	d.t.Helper()
	files, err := filepath.Glob(d.options.Path + "*")
	must(d.t, err)
	var all []byte
	for _, name := range files {
		text, err := os.ReadFile(name)
		must(d.t, err)
		all = append(all, text...)
	}
	n := 0
	for _, secret := range secrets {
		if middle := len(secret) / 2; bytes.Contains(all, secret[middle-12:middle+12]) {
			n++
		}
	}
	return n
}

// wantAbsent looks for a text in every byte of the database's files.
func (d *desk) wantAbsent(text string) {
	d.t.Helper()
	for _, name := range []string{d.options.Path, d.options.Path + "-wal"} {
		bytes, err := os.ReadFile(name)
		must(d.t, err)
		if strings.Contains(string(bytes), text) {
			d.t.Errorf("%q stands in %s", text, name)
		}
	}
}
