package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"countersign/internal/review"
)

func wantUnready(t *testing.T, s *Store, want review.UnreadyReason) {
	t.Helper()
	var unready *review.Unready
	if err := s.Ready(t.Context()); !errors.As(err, &unready) || unready.Reason != want {
		t.Errorf("it is not ready because of %v, want %s", err, want)
	}
}

// A database that others made read-only, or whose schema is another, is not ready.
func TestUnready(t *testing.T) {
	d := newDesk(t)
	exec(t, d.writer, `PRAGMA query_only = ON`)
	wantUnready(t, d.Store, review.UnreadyReadOnly)
	if d.WhyNotRecording() == "" || d.Halted() {
		t.Errorf("it says %q, halted %t", d.WhyNotRecording(), d.Halted())
	}
	exec(t, d.writer, `PRAGMA query_only = OFF`)
	must(t, d.write(t.Context(), touchDatabase))
	if said := d.WhyNotRecording(); said != "" {
		t.Errorf("after a write it still says %q", said)
	}
	exec(t, d.writer, `UPDATE schema_migrations SET dirty = 1`)
	wantUnready(t, d.Store, review.UnreadySchema)
}

// Whoever wants to hear is told once when recording stops, with the reason, and once when it is
// resumed.
func TestRecordingIsTold(t *testing.T) {
	d := newDesk(t)
	var told []review.UnreadyReason
	d.recording = func(reason review.UnreadyReason) { told = append(told, reason) }
	must(t, d.write(t.Context(), touchDatabase))
	for range 2 {
		exec(t, d.writer, `PRAGMA query_only = ON`)
		for range 2 {
			wantErr(t, d.write(t.Context(), touchDatabase), review.ErrNotRecorded)
		}
		exec(t, d.writer, `PRAGMA query_only = OFF`)
		must(t, d.write(t.Context(), touchDatabase))
	}
	d.stopRecording(stopReason{reason: review.UnreadyMoved})
	d.stopRecording(stopReason{reason: review.UnreadyDisk})
	wantEqual(t, "told", told, []review.UnreadyReason{review.UnreadyReadOnly, "", review.UnreadyReadOnly, "", review.UnreadyMoved})
}

// Whoever asks does not wait for a disk that does not answer.
func TestReadyDoesNotWait(t *testing.T) {
	d := newDesk(t)
	d.turn <- struct{}{} // somebody writes
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	err := d.probing.tryShared(ctx, d.tryWrite)
	wantErr(t, err, context.DeadlineExceeded)
	<-d.turn
	must(t, d.write(t.Context(), touchDatabase))
}

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
		s := newDesk(t).Store
		if err := test.fail(s); !errors.Is(err, test.want) || s.Halted() != test.halted {
			t.Errorf("%s: %v, halted %t", name, err, s.Halted())
		}
	}
}

// sqliteError makes SQLite report a full disk.
func sqliteError(t *testing.T, code int) error {
	t.Helper()
	db := raw(t, ":memory:")
	db.SetMaxOpenConns(1)
	exec(t, db, `PRAGMA max_page_count = 1`)
	_, err := db.Exec(`CREATE TABLE t (a)`)
	var refused *sqlite.Error
	if !errors.As(err, &refused) || refused.Code() != code {
		t.Fatalf("SQLite reports %v", err)
	}
	return err
}

// Whoever asks all the time does not keep the disk busy.
func TestProbesAreLimited(t *testing.T) {
	var p sharedProbe
	now, tries := noon, 0
	for range 10 * maxProbes {
		if p.mayTry(now) {
			tries++
		}
	}
	if tries != maxProbes || !p.mayTry(now.Add(time.Second)) {
		t.Errorf("%d tries within a second, want %d", tries, maxProbes)
	}
}
