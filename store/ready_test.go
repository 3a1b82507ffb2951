package store_test

import (
	"errors"
	"testing"

	"countersign/internal/review"
	"countersign/store"
)

func wantUnready(t *testing.T, s *store.Store, want review.UnreadyReason) {
	t.Helper()
	var unready *review.Unready
	if err := s.Ready(t.Context()); !errors.As(err, &unready) || unready.Reason != want {
		t.Errorf("it is not ready because of %v, want %s", err, want)
	}
}

func TestReadyAndReopened(t *testing.T) {
	d := newDesk(t)
	must(t, d.Ready(t.Context()))
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(digest, "k", "kept"))
	must(t, d.Store.Close())
	d.Store = mustOpen(t, d.options)
	must(t, d.Ready(t.Context()))
	if f := d.file(d.id, d.ann); len(f.Record.Notes) != 1 || f.Record.Notes[0].Text != "kept" {
		t.Errorf("after reopening, notes are %+v", f.Record.Notes)
	}
	exec(t, d.raw(), `UPDATE schema_migrations SET version = version + 1`)
	wantErr(t, d.Ready(t.Context()), store.ErrNewer)
}
