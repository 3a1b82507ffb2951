package review

import (
	"errors"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// onRecord is what the rules look at where a record is all that there is.
func onRecord(r *Record) *OnRecord {
	return &OnRecord{
		Newest:         first,
		Record:         func(ActFamily) (*Record, error) { return r, nil },
		Opened:         func(*Recorded) (bool, error) { return false, nil },
		AccountChanges: func(time.Time) ([]AccountChange, error) { return nil, nil },
		Content: func(seq int64) ([]byte, error) {
			if e := r.Entry(seq); e != nil {
				return e.Content, nil
			}
			return nil, nil
		},
	}
}

// What is put on record, given what is on record.
func TestActs(t *testing.T) {
	awaits, stands := by(ann, first, decided(Approve, Awaited, 0)), by(ann, first, decided(Approve, NotNeeded, 0))
	set := Recorded{Entry: ledger.Entry{Act: ActExpectedSet}, Content: []byte(`{"name":"Ada"}`)}
	begun := by(ann, idv.Digest{}, Recorded{Entry: ledger.Entry{Act: ActReset}})
	ended := by(ann, idv.Digest{}, Recorded{Entry: ledger.Entry{Act: ActResetEnded, About: 1}})
	seen := func(seq int64) *int64 { return &seq }
	ada, bea := idv.Expected{Name: "Ada"}, idv.Expected{Name: "Bea"}
	hits := NewDispositions{Digest: first, By: ann, Check: listed("media-1"), Hits: []*idv.Hit{hit("E1", "{}"), hit("E2", "{}")}, Disposition: HitUndecided}
	staleHits := hits
	staleHits.Digest = second
	for _, test := range []struct {
		name string
		acts func(*OnRecord) ([]Act, error)
		list []Recorded // on record
		want error
		made int
	}{
		{"a note", (&NewNote{Digest: first}).Acts, nil, nil, 1},
		{"a note on an older result", (&NewNote{Digest: second}).Acts, nil, ErrStale, 0},
		{"a decision", (&NewDecision{Digest: first, By: ann}).Acts, nil, nil, 1},
		{"a decision on an older result", (&NewDecision{Digest: second, By: ann}).Acts, nil, ErrStale, 0},
		{"a decision on top of another", (&NewDecision{Digest: first, By: bob, Seen: seen(1), Statement: Statement{Supersedes: 1}}).Acts, []Recorded{stands}, nil, 1},
		{"a decision past another", (&NewDecision{Digest: first, By: bob, Seen: seen(0)}).Acts, []Recorded{stands}, ErrDecided, 0},
		{"a decision whose form does not say what it showed", (&NewDecision{Digest: first, By: bob, Statement: Statement{Supersedes: 1}}).Acts, []Recorded{stands}, ErrDecided, 0},
		{"a second review", (&NewSecond{Digest: first, By: sue, Decision: 1}).Acts, []Recorded{awaits}, nil, 1},
		{"a second review of nothing", (&NewSecond{Digest: first, By: sue, Decision: 1}).Acts, nil, ErrNoDecision, 0},
		{"a second review of one's own", (&NewSecond{Digest: first, By: ann, Decision: 1}).Acts, []Recorded{awaits}, ErrOwnDecision, 0},
		{"a withdrawal", (&NewWithdrawal{By: ann, Decision: 1}).Acts, []Recorded{stands}, nil, 1},
		{"a withdrawal of somebody else's", (&NewWithdrawal{By: bob, Decision: 1}).Acts, []Recorded{stands}, ErrNotYours, 0},
		{"dispositions", hits.Acts, nil, nil, 2},
		{"dispositions on an older result", staleHits.Acts, nil, ErrStale, 0},
		{"an expected signer", (&NewExpected{Expected: ada}).Acts, nil, nil, 1},
		{"the same expected signer", (&NewExpected{Expected: ada}).Acts, []Recorded{set}, nil, 0},
		{"another expected signer", (&NewExpected{Expected: bea, Seen: seen(1)}).Acts, []Recorded{set}, nil, 1},
		{"one past another", (&NewExpected{Expected: bea, Seen: seen(0)}).Acts, []Recorded{set}, ErrExpectedChanged, 0},
		{"an expected signer who was erased", (&NewExpected{Expected: bea, Seen: seen(9)}).Acts, []Recorded{set, erased()}, ErrErased, 0},
		{"nobody, where somebody is expected", (&NewExpected{}).Acts, []Recorded{set}, nil, 1},
		{"nobody, where nobody is", (&NewExpected{}).Acts, nil, nil, 0},
		{"a reset", (&NewReset{}).Acts, nil, nil, 1},
		{"a reset of whom was erased", (&NewReset{}).Acts, []Recorded{erased()}, ErrErased, 0},
		{"the end of a reset", (&NewResetEnd{Reset: 1}).Acts, []Recorded{begun}, nil, 1},
		{"the end of a reset that ended", (&NewResetEnd{Reset: 1}).Acts, []Recorded{begun, ended}, ErrResetEnded, 0},
		{"the end of no reset", (&NewResetEnd{Reset: 2}).Acts, []Recorded{begun}, ErrResetEnded, 0},
		{"an export", (&NewExport{LastDecisionSeq: 1}).Acts, []Recorded{stands}, nil, 1},
		{"an export without the newest decision", (&NewExport{}).Acts, []Recorded{stands}, ErrDecided, 0},
	} {
		acts, err := test.acts(onRecord(record(t, test.list...)))
		if !errors.Is(err, test.want) || len(acts) != test.made {
			t.Errorf("%s: %d acts, %v, want %d, %v", test.name, len(acts), err, test.made, test.want)
		}
	}
}

// A form that was sent before puts nothing on record, whatever happened since; with other
// words it is refused.
func TestActsOfAFormSentBefore(t *testing.T) {
	sent := func(act ledger.Act, about int64, content string) []Recorded {
		e := by(ann, second, Recorded{Entry: ledger.Entry{Act: act, About: about, Recipient: idv.RecipientID{}.String()}, Content: []byte(content)})
		e.Seq, e.Facts = 1, "{}"
		return []Recorded{e}
	}
	expected := NewExpected{Expected: idv.Expected{Name: "Ada"}}
	for _, test := range []struct {
		name string
		acts func(*OnRecord) ([]Act, error)
		sent []Recorded
		want error
	}{
		{"note", (&NewNote{Digest: second, Text: "a"}).Acts, sent(ActNote, 0, "a"), nil},
		{"another note", (&NewNote{Digest: second, Text: "b"}).Acts, sent(ActNote, 0, "a"), ErrKeyUsed},
		{"second review", (&NewSecond{Digest: second, Decision: 7, Note: "a"}).Acts, sent(ActDisagreed, 7, "a"), nil},
		{"another second review", (&NewSecond{Digest: second, Decision: 8, Note: "a"}).Acts, sent(ActDisagreed, 7, "a"), ErrKeyUsed},
		{"withdrawal", (&NewWithdrawal{Decision: 7, Reason: "a"}).Acts, sent(ActWithdrawn, 7, "a"), nil},
		{"another withdrawal", (&NewWithdrawal{Decision: 7, Reason: "b"}).Acts, sent(ActWithdrawn, 7, "a"), ErrKeyUsed},
		{"expected signer", expected.Acts, sent(ActExpectedSet, 0, `{"name":"Ada"}`), nil},
		{"another expected signer", expected.Acts, sent(ActExpectedSet, 0, `{"name":"Bea"}`), ErrKeyUsed},
		{"decision", (&NewDecision{Digest: second, Statement: Statement{Verdict: Approve}}).Acts, sent(ActDecision, 0, `{"verdict":"approve"}`), nil},
		{"another decision", (&NewDecision{Digest: second, Statement: Statement{Verdict: Reject}}).Acts, sent(ActDecision, 0, `{"verdict":"approve"}`), ErrKeyUsed},
		{"reset", (&NewReset{Reason: "a"}).Acts, sent(ActReset, 0, "a"), ErrKeyUsed},
	} {
		now := onRecord(&Record{})
		now.Sent = test.sent
		acts, err := test.acts(now)
		if !errors.Is(err, test.want) || len(acts) > 0 {
			t.Errorf("%s: %v, %v, want no act and %v", test.name, acts, err, test.want)
		}
	}
}

// Who could have acted as whom stands in the entry of a second review.
func TestSecondReviewSaysWhoCouldBeOne(t *testing.T) {
	r := record(t, by(ann, first, decided(Approve, Awaited, 0)))
	now, at := onRecord(r), r.Decisions[0].At.Add(time.Hour)
	var asked time.Time
	now.AccountChanges = func(since time.Time) ([]AccountChange, error) {
		asked = since
		return []AccountChange{{Seq: 9, By: ann.ID, ByName: "Ann", Account: sue.ID, AccountName: "Sue", Change: account.LinkMade}}, nil
	}
	acts, err := (&NewSecond{Digest: first, By: sue, Decision: 1, Agrees: true, At: at}).Acts(now)
	if err != nil || len(acts) != 1 || len(acts[0].Facts.OnePerson) != 1 || acts[0].Facts.OnePerson[0].Entry != 9 {
		t.Errorf("acts %+v, %v", acts, err)
	}
	if want := r.Decisions[0].At.Add(-TrustedAgainAfter); !asked.Equal(want) {
		t.Errorf("asked for changes since %s, want %s", asked, want)
	}
}
