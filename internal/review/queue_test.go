package review

import (
	"errors"
	"net/url"
	"reflect"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
)

func TestQueueFilterRefusesWhatNamesNothing(t *testing.T) {
	for query, field := range map[string]string{
		"bucket=purple":              "bucket",
		"bucket=clear&bucket=":       "",
		"stage=lost":                 "stage",
		"check=face":                 "check",
		"check=ID_DOCUMENT:":         "check",
		"check=FACE_MATCH":           "",
		"check=FACE_MATCH:REJECT":    "",
		"reason=a b":                 "reason",
		"document=passport":          "document",
		"country=GB":                 "country",
		"country=GBR&country=BEL":    "",
		"assignee=-":                 "",
		"reviewer=-":                 "reviewer",
		"reviewer=%ff":               "reviewer",
		"tag=born-12-03-1980":        "tag",
		"tag=VIP":                    "",
		"from=2026-02-30":            "from",
		"from=2026-02-03":            "",
		"until=2026-02-03&until=now": "until",
		"unheard=of":                 "",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseQueueFilter(values)
		var refused *FilterError
		if errors.As(err, &refused); field == "" && err != nil || field != "" && (refused == nil || refused.Field != field) {
			t.Errorf("%s: error %v, want one about %q", query, err, field)
		}
	}
}

func FuzzQueueFilter(f *testing.F) {
	f.Add("bucket=clear&stage=decided&check=FACE_MATCH:REJECT&tag=VIP&from=2026-01-02")
	f.Add("assignee=-&assignee=ann&reviewer=%C3%A9&country=GBR&reason=X&document=PASSPORT&until=2026-01-02")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		filter, err := ParseQueueFilter(values)
		if err != nil {
			if !reflect.DeepEqual(filter, QueueFilter{}) {
				t.Errorf("%q: a filter beside the error %v", query, err)
			}
			return
		}
		canonical := filter.Query()
		again, err := ParseQueueFilter(canonical)
		if err != nil || !reflect.DeepEqual(again, filter) {
			t.Errorf("%q: %+v, written %q and read %+v, error %v", query, filter, canonical.Encode(), again, err)
		}
		if again.Query().Encode() != canonical.Encode() {
			t.Errorf("%q is written as %q and %q", query, canonical.Encode(), again.Query().Encode())
		}
	})
}

func FuzzPageKey(f *testing.F) {
	id, err := idv.ParseRecipientID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
	if err != nil {
		f.Fatal(err)
	}
	key := PageKey{Overdue: true, Phase: PhaseWaiting, Concern: 3, Since: time.UnixMilli(5), Recipient: id, At: time.UnixMilli(9)}
	f.Add(key.String())
	f.Add("p.0.2.0.-5.7c9e6679-7425-40de-944b-e07fc1f90ae7.1")
	f.Add("n.0.9.0.5.7c9e6679-7425-40de-944b-e07fc1f90ae7.1")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParsePageKey(text)
		if err != nil {
			if !errors.Is(err, ErrPageKey) || !key.IsZero() {
				t.Errorf("%q: key %v, error %v", text, key, err)
			}
			return
		}
		if key.String() != text {
			t.Errorf("%q is written as %q", text, key)
		}
	})
}

func TestPageKeyIsReadStrictly(t *testing.T) {
	good := "n.1.0.0.1764443000000.7c9e6679-7425-40de-944b-e07fc1f90ae7.1764443999000"
	if _, err := ParsePageKey(good); err != nil {
		t.Errorf("%q: %v", good, err)
	}
	for _, tampered := range []string{
		"x", good + ".1", "q" + good[1:], "n.2" + good[3:], "n.1.3" + good[5:], "n.1.0.7" + good[7:], "n.1.00" + good[5:], "n.1.0.0.+1" + good[9:],
		"n.1.0.0.1764443000000.7C9E6679-7425-40de-944b-e07fc1f90ae7.1764443999000",
		"n.1.0.0.1764443000000.00000000-0000-0000-0000-000000000000.1764443999000",
	} {
		if _, err := ParsePageKey(tampered); !errors.Is(err, ErrPageKey) {
			t.Errorf("%q: error %v, want %v", tampered, err, ErrPageKey)
		}
	}
}

func TestDueTimesAreReadStrictly(t *testing.T) {
	policy, err := ParseDue([]string{"adverse=4h", "clear=48h"})
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	if due := policy.Due(idv.Adverse, since); !due.Equal(since.Add(4 * time.Hour)) {
		t.Errorf("adverse is due at %v", due)
	}
	if due := policy.Due(idv.NotCleared, since); !due.IsZero() {
		t.Errorf("a bucket without a due time is due at %v", due)
	}
	for _, wrong := range []string{"adverse", "adverse=", "purple=4h", "clear=-1h", "clear=30s", "=4h", "clear=4"} {
		var refused *DueError
		if _, err := ParseDue([]string{wrong}); !errors.As(err, &refused) || refused.Text != wrong {
			t.Errorf("%q: error %v", wrong, err)
		}
	}
	if _, err := ParseDue([]string{"clear=1h", "clear=2h"}); err == nil {
		t.Error("a bucket was given two due times")
	}
}

func TestStageFollowsFromRecordAndResult(t *testing.T) {
	decision := func(v Verdict, s DecisionState, digest byte) *Record {
		return &Record{Decisions: []Decision{{Seq: 5, Verdict: v, State: s, Digest: idv.Digest{digest}}}}
	}
	for name, test := range map[string]struct {
		record *Record
		newest byte
		final  bool
		want   Stage
	}{
		"never fetched":             {&Record{}, 0, false, ""},
		"not final":                 {&Record{}, 1, false, StageWaiting},
		"final":                     {&Record{}, 1, true, StageUndecided},
		"confirmed":                 {decision(Approve, Confirmed, 1), 1, true, StageDecided},
		"confirmed, not final":      {decision(Reject, Confirmed, 1), 1, false, StageDecided},
		"proposed":                  {decision(Approve, Proposed, 1), 1, true, StageSecond},
		"proposed, then changed":    {decision(Approve, Proposed, 1), 2, true, StageChanged},
		"confirmed, then changed":   {decision(Approve, Confirmed, 1), 2, true, StageChanged},
		"referred":                  {decision(Refer, Confirmed, 1), 1, true, StageReferred},
		"referred, then changed":    {decision(Refer, Confirmed, 1), 2, true, StageReferred},
		"declined":                  {decision(Approve, Declined, 1), 1, true, StageUndecided},
		"withdrawn, and not final":  {decision(Approve, Withdrawn, 1), 1, false, StageWaiting},
		"erased after the decision": {&Record{Decisions: decision(Approve, Confirmed, 1).Decisions, Erasure: &Erasure{}}, 1, true, ""},
		"erased without a decision": {&Record{Erasure: &Erasure{}}, 1, true, ""},
	} {
		var newest idv.Digest
		newest[0] = test.newest
		if got := test.record.Stage(newest, test.final); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestCountsStayHonest(t *testing.T) {
	for want, c := range map[string]Count{"0": {}, "43": {N: 43}, "1,000": {N: 1000}, "more than 1,000": {1000, true}, "more than 7": {7, true}} {
		if c.String() != want {
			t.Errorf("%+v is said as %q, want %q", c, c, want)
		}
	}
	if got := (Neighbours{Before: Count{N: 6}, All: Count{N: 43}}).Position(); got != "7 of 43" {
		t.Errorf("position %q", got)
	}
}

func TestTagsCanHoldNoNumbers(t *testing.T) {
	for text, want := range map[string]string{"VIP": "vip", " second  look ": "second-look", "batch-2026": "batch-2026", "été": "été"} {
		if tag, err := ParseTag(text); err != nil || tag != want {
			t.Errorf("%q: %q, error %v, want %q", text, tag, err, want)
		}
	}
	for _, text := range []string{"", "-", "a/b", "1980-01-02", "<b>", "\xff", "an-overlong-label-that-nobody-reads"} {
		if tag, err := ParseTag(text); !errors.Is(err, ErrRefused) {
			t.Errorf("%q became the tag %q", text, tag)
		}
	}
}

func TestAssigneeAndTagsAreWhatTheLedgerSays(t *testing.T) {
	r := &Record{}
	for i, step := range []struct {
		entry    Recorded
		assignee int64
		tags     int
	}{
		{entryOf(ActTaken, 7, Facts{}), 7, 0},
		{entryOf(ActAssigned, 8, Facts{Assignee: 9, AssigneeName: "bob"}), 9, 0},
		{entryOf(ActTagged, 8, Facts{Tag: "vip"}), 9, 1},
		{entryOf(ActTagged, 8, Facts{Tag: "vip"}), 9, 1},
		{entryOf(ActReleased, 9, Facts{}), 0, 1},
		{entryOf(ActTaken, 7, Facts{}), 7, 1},
		{entryOf(ActUntagged, 7, Facts{Tag: "vip"}), 7, 0},
		{entryOf(ActDecision, 7, Facts{Verdict: Approve, Second: NotNeeded}), 0, 0},
	} {
		step.entry.Seq = int64(i + 1)
		if err := r.Follow(step.entry); err != nil {
			t.Fatal(err)
		}
		var assignee int64
		if r.Assignee != nil {
			assignee = r.Assignee.Account
		}
		if assignee != step.assignee || len(r.Tags) != step.tags {
			t.Errorf("after %s: assignee %d, tags %v", step.entry.Act, assignee, r.Tags)
		}
	}
}

func entryOf(act ledger.Act, actor int64, facts Facts) Recorded {
	return Recorded{Entry: ledger.Entry{Act: act, Actor: actor, Name: "ann", Facts: facts.String()}}
}
