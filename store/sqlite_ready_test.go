package store_test

import (
	"testing"

	"countersign/internal/review"
)

// A database that others made read-only, or whose schema is another, is not ready.
func TestUnready(t *testing.T) {
	d := newDesk(t)
	exec(t, d.Writer(), `PRAGMA query_only = ON`)
	wantUnready(t, d.Store, review.UnreadyReadOnly)
	if d.WhyNotRecording() == "" || d.Halted() {
		t.Errorf("it says %q, halted %t", d.WhyNotRecording(), d.Halted())
	}
	exec(t, d.Writer(), `PRAGMA query_only = OFF`)
	must(t, d.Touch(t.Context()))
	if said := d.WhyNotRecording(); said != "" {
		t.Errorf("after a write it still says %q", said)
	}
	exec(t, d.raw(), `UPDATE schema_migrations SET dirty = 1`)
	wantUnready(t, d.Store, review.UnreadySchema)
}

// Whoever wants to hear is told once when recording stops, with the reason, and once when it is
// resumed.
func TestRecordingIsTold(t *testing.T) {
	d := newDesk(t)
	var told []review.UnreadyReason
	d.options.Recording = func(reason review.UnreadyReason) { told = append(told, reason) }
	d.restart()
	must(t, d.Touch(t.Context()))
	for range 2 {
		exec(t, d.Writer(), `PRAGMA query_only = ON`)
		for range 2 {
			wantErr(t, d.Touch(t.Context()), review.ErrNotRecorded)
		}
		exec(t, d.Writer(), `PRAGMA query_only = OFF`)
		must(t, d.Touch(t.Context()))
	}
	d.StopRecording(review.UnreadyMoved, "")
	d.StopRecording(review.UnreadyDisk, "")
	wantEqual(t, "told", told, []review.UnreadyReason{review.UnreadyReadOnly, "", review.UnreadyReadOnly, "", review.UnreadyMoved})
}
