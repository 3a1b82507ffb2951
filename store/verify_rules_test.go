package store

import (
	"testing"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// The verifier says of each rule of the domain in words that it was broken.
func TestBrokenRulesAreSaidInWords(t *testing.T) {
	decided := func(seq, actor, about int64, second review.Second) review.Recorded {
		facts := review.Facts{Verdict: review.Approve, Second: second}.String()
		return review.Recorded{Entry: ledger.Entry{Seq: seq, Actor: actor, Role: "reviewer", Snapshot: idv.Digest{1}, Act: review.ActDecision, About: about, Facts: facts}}
	}
	act := func(act ledger.Act, actor int64, role string, about int64, snapshot idv.Digest) ledger.Entry {
		return ledger.Entry{Seq: 9, At: noon, Actor: actor, Role: role, Act: act, About: about, Snapshot: snapshot, Facts: "{}"}
	}
	awaits, stands := decided(1, 1, 0, review.Awaited), decided(1, 1, 0, review.NotNeeded)
	agreed := review.Recorded{Entry: act(review.ActAgreed, 3, "supervisor", 1, idv.Digest{1})}
	withdrawn := review.Recorded{Entry: act(review.ActWithdrawn, 1, "reviewer", 1, idv.Digest{1})}
	expected := review.Recorded{Entry: act(review.ActExpectedSet, 1, "reviewer", 0, idv.Digest{})}
	for _, test := range []struct {
		before []review.Recorded
		next   ledger.Entry
		want   string
	}{
		{[]review.Recorded{awaits}, agreed.Entry, ""},
		{[]review.Recorded{awaits}, withdrawn.Entry, ""},
		{nil, agreed.Entry, "the decision that it answers is not there"},
		{[]review.Recorded{stands}, agreed.Entry, "it is a second review of a decision that awaited none"},
		{[]review.Recorded{awaits}, act(review.ActAgreed, 1, "supervisor", 1, idv.Digest{1}), "it is a second review by the author of the decision"},
		{[]review.Recorded{awaits}, act(review.ActAgreed, 2, "reviewer", 1, idv.Digest{1}), "it is a second review by somebody who was no supervisor"},
		{[]review.Recorded{awaits}, act(review.ActAgreed, 3, "supervisor", 1, idv.Digest{2}), "it is a second review of another result than the decision"},
		{[]review.Recorded{awaits, agreed}, agreed.Entry, "it answers a decision that was answered, withdrawn or superseded before"},
		{[]review.Recorded{stands}, act(review.ActWithdrawn, 2, "reviewer", 1, idv.Digest{1}), "it withdraws the decision of somebody else"},
		{[]review.Recorded{stands}, act(review.ActWithdrawn, 1, "reviewer", 1, idv.Digest{2}), "it is about another result than the decision that it withdraws"},
		{[]review.Recorded{stands, withdrawn}, withdrawn.Entry, "it withdraws a decision that did not stand any more"},
		{[]review.Recorded{stands, withdrawn}, decided(9, 2, 1, review.NotNeeded).Entry, "it takes the place of a decision that did not stand any more"},
		{[]review.Recorded{stands}, decided(9, 2, 0, review.NotNeeded).Entry, "it does not take the place of the decision that stood"},
		{[]review.Recorded{expected}, expected.Entry, "it does not take the place of the expected signer that stood"},
		{nil, act(review.ActExpectedCleared, 1, "reviewer", 0, idv.Digest{}), "it clears an expected signer where none stood"},
		{nil, act(review.ActResetEnded, 3, "supervisor", 1, idv.Digest{}), "it ends a reset that was not asked for, or that ended before"},
	} {
		r := &fileRead{}
		for _, e := range test.before {
			if why := r.addEntry(&e.Entry); why != "" {
				t.Fatalf("before: %s", why)
			}
		}
		if why := r.addEntry(&test.next); why != test.want {
			t.Errorf("%s about %d: %q, want %q", test.next.Act, test.next.About, why, test.want)
		}
	}
	r := &fileRead{}
	r.addEntry(&awaits.Entry)
	if got, want := r.caseStatus(), r.record.CaseStatus(idv.Digest{}); got != want {
		t.Errorf("without a result: %+v, want %+v", got, want)
	}
}
