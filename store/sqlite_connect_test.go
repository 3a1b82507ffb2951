package store

import (
	"database/sql"
	"maps"
	"strings"
	"testing"

	"modernc.org/sqlite"
)

func TestSettingsOfEveryConnection(t *testing.T) {
	s := openInside(t)
	common := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
		"secure_delete": "1", "trusted_schema": "0",
	}
	for _, pool := range []struct {
		name      string
		db        *sql.DB
		count     int
		queryOnly string
	}{{"writer", s.writer, 1, "0"}, {"reader", s.readers, maxReaders, "1"}} {
		for range pool.count {
			conn, err := pool.db.Conn(t.Context()) // held, so that each is another
			must(t, err)
			defer conn.Close()
			want := maps.Clone(common)
			want["query_only"] = pool.queryOnly
			for name, value := range want {
				var got string
				must(t, conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got))
				if got != value {
					t.Errorf("%s: %s = %s, want %s", pool.name, name, got, value)
				}
			}
		}
	}
}

// A database in memory cannot have a write-ahead log.
func TestSettingThatDoesNotStick(t *testing.T) {
	inner, err := sqlite.NewConnector(":memory:")
	must(t, err)
	_, err = connector{inner, writing}.Connect(t.Context())
	if err == nil || !strings.Contains(err.Error(), "journal_mode") {
		t.Errorf("error is %v, want one about journal_mode", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s := openInside(t)
	if _, err := s.readers.Exec(`DELETE FROM sessions`); err == nil {
		t.Error("a reader wrote")
	}
}

// Placeholders have the numbers of their arguments, in whatever order they stand and however
// often.
func TestPlaceholders(t *testing.T) {
	s := openInside(t)
	for range 2 { // the second time the statement was kept
		var got string
		must(t, s.readers.QueryRow(`SELECT $2 || $1 || $3 || $2 || $1`, "a", "b", "c").Scan(&got))
		if got != "bacba" {
			t.Errorf("bound as %q, want bacba", got)
		}
	}
	var got string
	must(t, s.readers.QueryRow(`SELECT $11 || $1 || $10`, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).Scan(&got))
	if got != "11110" {
		t.Errorf("bound as %q, want 11110", got)
	}
}
