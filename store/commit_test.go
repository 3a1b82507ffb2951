package store

import (
	"context"
	"database/sql"
	"errors"
	"testing"
)

// A write that is refused leaves nothing behind and does not touch those that share
// its transaction.
func TestWritesShareATransaction(t *testing.T) {
	s := openInside(t)
	insert := func(name string, err error) func(context.Context, *sql.Tx) error {
		return func(ctx context.Context, tx *sql.Tx) error {
			_, execErr := tx.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ($1, x'00')`, name)
			return errors.Join(execErr, err)
		}
	}
	refused := errors.New("refused")
	jobs := []*job{{do: insert("a", nil)}, {do: insert("b", refused)}, {do: insert("a", nil)}, {do: insert("c", nil)}}
	must(t, s.commit(t.Context(), jobs))
	if jobs[0].err != nil || !errors.Is(jobs[1].err, refused) || jobs[2].err == nil || jobs[3].err != nil {
		t.Errorf("errors are %v, %v, %v, %v", jobs[0].err, jobs[1].err, jobs[2].err, jobs[3].err)
	}
	var names string
	must(t, s.readers.QueryRow(`SELECT group_concat(name) FROM (SELECT name FROM facts WHERE length(name) = 1 ORDER BY name)`).Scan(&names))
	if names != "a,c" {
		t.Errorf("kept %s, want a,c", names)
	}
}

func TestWriteThatIsGivenUp(t *testing.T) {
	s := openInside(t)
	s.turn <- struct{}{} // somebody writes
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.write(ctx, func(context.Context, *sql.Tx) error {
		t.Error("it was written")
		return nil
	})
	wantErr(t, err, context.Canceled)
	<-s.turn
	must(t, s.write(t.Context(), func(context.Context, *sql.Tx) error { return nil }))
}

func TestWriteThatPanics(t *testing.T) {
	s := openInside(t)
	func() {
		defer func() { recover() }()
		_ = s.write(t.Context(), func(context.Context, *sql.Tx) error { panic("oh") })
	}()
	must(t, s.EndSession(t.Context(), [32]byte{}))
}

// A write that shares its transaction with one that panics is not on the disk, and nobody
// is told that it is.
func TestNeighbourThatPanics(t *testing.T) {
	s := openInside(t)
	insert := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ('a', x'00')`)
		return err
	}
	jobs := []*job{
		{do: insert, err: errUnfinished, done: make(chan struct{})},
		{do: func(context.Context, *sql.Tx) error { panic("oh") }, err: errUnfinished, done: make(chan struct{})},
	}
	s.queue = jobs
	func() {
		defer func() { recover() }()
		s.turn <- struct{}{}
		s.takeTurn(t.Context())
	}()
	wantErr(t, jobs[0].err, errUnfinished)
	var kept bool
	must(t, s.readers.QueryRow(`SELECT EXISTS (SELECT 1 FROM facts WHERE name = 'a')`).Scan(&kept))
	if kept {
		t.Error("it was written after all")
	}
}
