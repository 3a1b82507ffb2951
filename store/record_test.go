package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// What a desk records, in short.

func (d *desk) keepNote(ctx context.Context, n review.NewNote) error {
	_, err := d.Record(ctx, n.Author, n.Recipient, n.Key, n.Acts)
	return err
}

func (d *desk) keepDecision(ctx context.Context, n review.NewDecision) (int64, error) {
	return first(d.Record(ctx, n.By, n.Recipient, n.Key, n.Acts))
}

func (d *desk) keepSecond(ctx context.Context, n review.NewSecond) error {
	_, err := d.Record(ctx, n.By, n.Recipient, n.Key, n.Acts)
	return err
}

func (d *desk) keepWithdrawal(ctx context.Context, n review.NewWithdrawal) error {
	_, err := d.Record(ctx, n.By, n.Recipient, n.Key, n.Acts)
	return err
}

func (d *desk) keepDispositions(ctx context.Context, n review.NewDispositions) ([]int64, error) {
	return d.Record(ctx, n.By, n.Recipient, n.Key, n.Acts)
}

func (d *desk) keepExpected(ctx context.Context, n review.NewExpected) error {
	_, err := d.Record(ctx, n.By, n.Recipient, n.Key, n.Acts)
	return err
}

func (d *desk) keepExport(ctx context.Context, n review.NewExport) error {
	_, err := d.Record(ctx, n.By, n.Recipient, "", n.Acts)
	return err
}

func (d *desk) beginReset(ctx context.Context, r review.NewReset) (int64, error) {
	return first(d.Record(ctx, r.By, r.Recipient, r.Key, r.Acts))
}

func (d *desk) endReset(ctx context.Context, r review.NewReset, reset int64, end review.ResetEnd) error {
	n := review.NewResetEnd{Reset: reset, End: end}
	_, err := d.Record(ctx, r.By, r.Recipient, "", n.Acts)
	return err
}

func first(seqs []int64, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return seqs[0], nil
}

// However long a record is, recording reads the newest decision and what was said to it; an
// answer to an older decision is judged by all of it.
func TestRecordingReadsTheNewestActs(t *testing.T) {
	d, sue := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	var seqs []int64
	for i := range 20 {
		n := d.decision(d.id, a, d.ann, fmt.Sprint("k", i))
		if i > 0 {
			n.Statement.Supersedes = seqs[i-1]
		}
		seq, err := d.keepDecision(t.Context(), n)
		must(t, err)
		seqs = append(seqs, seq)
	}
	must(t, d.expect(d.ann, 31, "x1", "Anna"))
	must(t, d.expect(d.ann, 32, "x2", "Bea"))
	must(t, d.keepSecond(t.Context(), review.NewSecond{Recipient: d.id, Digest: a, Decision: seqs[19], By: sue, At: after(33), Agrees: true, Key: "s"}))
	_, err := d.Record(t.Context(), d.ann, d.id, "", func(now *review.OnRecord) ([]review.Act, error) {
		for _, test := range []struct {
			family review.ActFamily
			want   string
		}{
			{review.OfDecisions(), "decision second-agreed"},
			{review.OfExpected(), "expected-set"},
			{review.OfResets(), ""},
		} {
			record, err := now.Record(test.family)
			must(t, err)
			var acts []string
			for i := range record.Entries {
				acts = append(acts, string(record.Entries[i].Act))
			}
			if got := strings.Join(acts, " "); got != test.want {
				t.Errorf("of %s the rules look at %q, want %q", test.family.Act, got, test.want)
			}
		}
		return nil, nil
	})
	must(t, err)

	answer := review.NewSecond{Recipient: d.id, Digest: a, Decision: seqs[3], By: sue, At: after(34), Agrees: true, Key: "s2"}
	wantErr(t, d.keepSecond(t.Context(), answer), review.ErrSettled)
	answer.By = d.ann
	wantErr(t, d.keepSecond(t.Context(), answer), review.ErrOwnDecision)
	answer.Decision = 1
	wantErr(t, d.keepSecond(t.Context(), answer), review.ErrNoDecision)
}

// Of resets that overlap, the first can still be answered after the second was begun.
func TestAnOlderResetIsAnswered(t *testing.T) {
	d := newDesk(t)
	var begun []int64
	for i := range 3 {
		seq, err := d.beginReset(t.Context(), review.NewReset{Recipient: d.id, By: d.ann, At: after(i), Reason: "why", Key: fmt.Sprint(i)})
		must(t, err)
		begun = append(begun, seq)
	}
	end := review.ResetEnd{At: after(5), Outcome: review.ResetDone}
	must(t, d.endReset(t.Context(), review.NewReset{Recipient: d.id, By: d.ann}, begun[0], end))
	wantErr(t, d.endReset(t.Context(), review.NewReset{Recipient: d.id, By: d.ann}, begun[0], end), review.ErrResetEnded)
}

// A form with several hits is one form: sent again it returns what it recorded, and with
// other hits it is another.
func TestAFormOfSeveralEntries(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	hit := func(id string) *idv.Hit { return &idv.Hit{EntityID: id, JSON: "{}"} }
	form := func(key string, hits ...*idv.Hit) review.NewDispositions {
		return review.NewDispositions{
			Recipient: d.id, Digest: a, By: d.ann, At: after(1), Check: &idv.Check{Type: "WATCHLIST"}, Hits: hits,
			Disposition: review.HitFalsePositive, Note: "another birthday", Key: key,
		}
	}
	made, err := d.keepDispositions(t.Context(), form("1", hit("a"), hit("b")))
	must(t, err)
	next, err := d.keepDispositions(t.Context(), form("2", hit("c")))
	must(t, err)
	if len(made) != 2 || len(next) != 1 {
		t.Fatalf("recorded %v and %v", made, next)
	}
	again, err := d.keepDispositions(t.Context(), form("1", hit("a"), hit("b")))
	must(t, err)
	wantEqual(t, "sent again", again, made)
	_, err = d.keepDispositions(t.Context(), form("1", hit("a")))
	wantErr(t, err, review.ErrKeyUsed)
	_, err = d.keepDispositions(t.Context(), form("2", hit("c"), hit("d")))
	wantErr(t, err, review.ErrKeyUsed)
	if n := len(d.file(d.id, d.ann).Record.Dispositions); n != 3 {
		t.Errorf("%d dispositions are on record, want 3", n)
	}
}

// What came of a reset is recorded although the recipient was erased meanwhile.
func TestAResetThatEndsAfterAnErasure(t *testing.T) {
	d := newDesk(t)
	reset := review.NewReset{Recipient: d.id, By: d.ann, At: noon, Reason: "why", Key: "k"}
	begun, err := d.beginReset(t.Context(), reset)
	must(t, err)
	must(t, d.Erase(t.Context(), d.id, d.ann, "Asked for."))
	must(t, d.endReset(t.Context(), reset, begun, review.ResetEnd{At: after(1), Outcome: review.ResetDone}))
	reset.Key = "another"
	_, err = d.beginReset(t.Context(), reset)
	wantErr(t, err, review.ErrErased)
	_, err = d.keepDecision(t.Context(), d.decision(d.id, idv.Digest{1}, d.ann, "k2"))
	wantErr(t, err, review.ErrStale)
}
