package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// Wherever a case is listed it says by when it is due, as the queue does: in a search, among
// the recipients of an envelope, and on its own page in a view.
func TestDueWhereverCasesAreListed(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.server.Desk.Due = review.DuePolicy{idv.Adverse: 4 * time.Hour, idv.Clear: 48 * time.Hour}
	b := d.signedIn("sue")
	d.fetchAll(b, []int{1, 4, 9})
	d.later(5 * time.Hour)
	b = d.signedIn("sue")
	for _, test := range []struct{ path, place, want string }{
		{"/search?q=00000000-0000-4000-8000", "[data-line$='00000004'] .overdue[data-due]", "overdue 1 h"},
		{"/search?q=00000000-0000-4000-8000", "[data-line$='00000001'] [data-due]", "due in 43 h"},
		{"/search?q=00000000-0000-4000-8000", "[data-line$='00000009'] [data-due]", ""},
		{"/envelopes/00000000-0000-4000-9000-000000000002", "[data-member$='00000001'] [data-due]", "due in 43 h"},
		{recipientNumber(4) + "?view=tab%3Dall", ".overdue[data-queue-due]", "overdue 1 h"},
		{recipientNumber(1) + "?view=tab%3Dall", "[data-queue-due]", "due in 43 h"},
		{recipientNumber(9) + "?view=tab%3Dall", "[data-queue-due]", ""},
	} {
		a, err := b.get(test.path)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("%s: status %d, error %v", test.path, a.status, err)
		}
		doc, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		if got := squeeze(doc.Find(test.place).Text()); got != test.want {
			t.Errorf("%s: %q, want %q", test.path, got, test.want)
		}
	}
}
