package store

import (
	"errors"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"countersign/internal/review"
)

// Only after a commit that failed without saying that the disk is full may something be on
// the disk that nobody was told of.
func TestWhatHalts(t *testing.T) {
	t.Parallel()
	full := sqliteError(t, sqlite3.SQLITE_FULL)
	for name, test := range map[string]struct {
		fail   func(*Store) error
		want   error
		halted bool
	}{
		"full before the commit":   {func(s *Store) error { return s.notDone(full) }, review.ErrNotRecorded, false},
		"full at the commit":       {func(s *Store) error { return s.notDone(s.judgeCommit(t.Context(), full)) }, review.ErrNotRecorded, false},
		"failed before the commit": {func(s *Store) error { return s.notDone(ErrDisk) }, review.ErrNotRecorded, false},
		"failed at the commit":     {func(s *Store) error { return s.notDone(s.judgeCommit(t.Context(), ErrDisk)) }, review.ErrOutcomeUnknown, true},
		"refused at the commit":    {func(s *Store) error { return s.notDone(s.judgeCommit(t.Context(), errors.New("busy"))) }, review.ErrOutcomeUnknown, false},
	} {
		s := openInside(t)
		if err := test.fail(s); !errors.Is(err, test.want) || s.Halted() != test.halted {
			t.Errorf("%s: %v, halted %t", name, err, s.Halted())
		}
	}
}

// sqliteError makes SQLite report a full disk.
func sqliteError(t *testing.T, code int) error {
	t.Helper()
	db := openFile(t, ":memory:")
	db.SetMaxOpenConns(1)
	_, err := db.Exec(`PRAGMA max_page_count = 1`)
	must(t, err)
	_, err = db.Exec(`CREATE TABLE t (a)`)
	var refused *sqlite.Error
	if !errors.As(err, &refused) || refused.Code() != code {
		t.Fatalf("SQLite reports %v", err)
	}
	return err
}
