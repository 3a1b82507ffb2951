package store_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

func born(t testing.TB, text string) idv.Date {
	t.Helper()
	date, err := idv.ReadTypedDate(text)
	must(t, err)
	return date
}

// expect records who the signer of d.id should be; an empty name clears it.
func (d *desk) expect(by account.Person, minutes int, key, name string, seen ...int64) error {
	n := review.NewExpected{Recipient: d.id, By: by, At: after(minutes), Expected: idv.Expected{Name: name}, Key: key}
	if len(seen) > 0 {
		n.Seen = &seen[0]
	}
	return d.keepExpected(d.t.Context(), n)
}

func (d *desk) expected() *review.ExpectedSigner {
	d.t.Helper()
	found, err := d.Store.Expected(d.t.Context(), d.id)
	must(d.t, err)
	wantEqual(d.t, "expected signer in the record", d.file(d.id, d.ann).Record.Expected(), found)
	return found
}

// Setting, replacing and clearing are entries; the newest counts, and all stay.
func TestExpectedSigner(t *testing.T) {
	d := newDesk(t)
	if got := d.expected(); got != nil {
		t.Errorf("nobody said anything, yet %+v", got)
	}
	must(t, d.keepExpected(t.Context(), review.NewExpected{
		Recipient: d.id, By: d.ann, At: after(1), Expected: idv.Expected{Name: "Anna Kovács", BirthDate: born(t, "1985-03-12")}, Key: "1",
	})) // before anything was fetched
	d.fetch(d.id, 2, d.ann, decode(t, "COMPLETED", "a"))
	first := review.ExpectedSigner{Seq: 3, At: after(1), By: "Ann", Expected: idv.Expected{Name: "Anna Kovács", BirthDate: born(t, "1985-03-12")}}
	wantEqual(t, "expected signer", d.expected(), &first)

	must(t, d.expect(d.bob, 3, "1", "Anna Maria Kovács", 3))
	second := review.ExpectedSigner{Seq: 4, At: after(3), By: "Bob", Expected: idv.Expected{Name: "Anna Maria Kovács"}, Replaces: 3}
	wantEqual(t, "expected signer", d.expected(), &second)

	must(t, d.expect(d.bob, 4, "2", "", 4))
	if got := d.expected(); got != nil {
		t.Errorf("it was cleared, yet %+v", got)
	}
	must(t, d.expect(d.ann, 5, "3", "Anna", 0))
	wantEqual(t, "all that was said", d.file(d.id, d.ann).Record.Signers, []review.ExpectedSigner{
		{Seq: 6, At: after(5), By: "Ann", Expected: idv.Expected{Name: "Anna"}},
		{Seq: 5, At: after(4), By: "Bob", Cleared: true, Replaces: 4},
		second, first,
	})
	if got, err := d.Store.Expected(t.Context(), d.id2); got != nil || err != nil {
		t.Errorf("of another recipient: %+v, %v", got, err)
	}
	d.wantAbsent("Kovács")
	d.wantAbsent("1985-03-12")
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: d.options.DataKeyFile}); err != nil {
		t.Error(err)
	}
}

// A form is recorded once, what is expected already is not recorded again, and nobody
// replaces what they did not see.
func TestExpectedSignerSentAgain(t *testing.T) {
	d := newDesk(t)
	must(t, d.expect(d.ann, 1, "1", "Anna"))
	must(t, d.expect(d.ann, 2, "1", "Anna"))
	must(t, d.expect(d.bob, 3, "1", "Anna")) // as it is
	wantErr(t, d.expect(d.ann, 4, "1", "Bea"), review.ErrKeyUsed)
	wantErr(t, d.expect(d.ann, 4, "1", ""), review.ErrKeyUsed)
	wantErr(t, d.expect(d.bob, 5, "2", "Bea", 0), review.ErrExpectedChanged)
	wantErr(t, d.expect(d.bob, 5, "2", "", 99), review.ErrExpectedChanged)
	must(t, d.expect(d.bob, 6, "2", "Bea", 3))
	must(t, d.expect(d.bob, 7, "2", "Bea", 3)) // sent again, although it stands since
	must(t, d.expect(d.ann, 8, "1", "Anna"))   // and so does the first
	must(t, d.expect(d.bob, 9, "3", ""))
	must(t, d.expect(d.bob, 9, "4", "")) // there is nothing to clear
	var acts []string
	for _, e := range d.file(d.id, d.ann).Record.Entries {
		acts = append(acts, string(e.Act))
	}
	if got := strings.Join(acts, " "); got != "expected-set expected-set expected-cleared" {
		t.Errorf("entries are %s", got)
	}
}

func TestExpectedSignerAtTheSameTime(t *testing.T) {
	d := newDesk(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := d.expect(d.ann, 1, "k", "Anna"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := len(d.file(d.id, d.ann).Record.Signers); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

// The schema takes no entry that replaces another than the newest.
func TestExpectedSignerReplacesTheNewest(t *testing.T) {
	d := newDesk(t)
	must(t, d.expect(d.ann, 1, "1", "Anna"))
	must(t, d.expect(d.ann, 2, "2", "Bea"))
	for about, what := range map[int64]string{0: "expected-set", 3: "expected-set", 2: "expected-cleared"} {
		err := d.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			return d.Append(ctx, tx, d.ann, d.id, review.Act{At: noon.Add(time.Hour), Act: ledger.Act(what), About: about})
		})
		if err == nil || !strings.Contains(err.Error(), "takes the place of the newest") {
			t.Errorf("%s about entry %d: error is %v", what, about, err)
		}
	}
	err := d.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return d.Append(ctx, tx, d.ann, d.id2, review.Act{At: noon.Add(time.Hour), Act: review.ActExpectedCleared})
	})
	if err == nil || !strings.Contains(err.Error(), "only an expected signer is cleared") {
		t.Errorf("error is %v", err)
	}
}
