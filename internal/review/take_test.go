package review

import (
	"errors"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// caseAct is an act on who has a case, or how it is tagged.
func caseAct(who account.Person, act ledger.Act, facts Facts) Recorded {
	return by(who, first, Recorded{Entry: ledger.Entry{Act: act, Facts: facts.String()}})
}

func TestCaseActs(t *testing.T) {
	auditor := ann
	auditor.Role = account.Auditor
	taken := caseAct(ann, ActTaken, Facts{})
	given := caseAct(sue, ActAssigned, Facts{Assignee: bob.ID, AssigneeName: bob.Name})
	released := caseAct(ann, ActReleased, Facts{})
	stands, awaits := by(ann, first, decided(Approve, NotNeeded, 0)), by(ann, first, decided(Approve, Awaited, 0))
	tagged := caseAct(ann, ActTagged, Facts{Tag: "vip"})
	take := func(who account.Person) func(*OnRecord) ([]Act, error) { return (&NewTake{By: who}).Acts }
	release := func(who account.Person) func(*OnRecord) ([]Act, error) { return (&NewRelease{By: who}).Acts }
	assign := func(who, to account.Person) func(*OnRecord) ([]Act, error) {
		return (&NewAssign{By: who, assignee: to}).Acts
	}
	tag := func(name string, remove bool) func(*OnRecord) ([]Act, error) {
		return (&NewTag{By: ann, Tag: name, Remove: remove}).Acts
	}
	var many []Recorded
	for i := range MaxTags {
		many = append(many, caseAct(ann, ActTagged, Facts{Tag: string(rune('a' + i))}))
	}
	for _, test := range []struct {
		name string
		acts func(*OnRecord) ([]Act, error)
		list []Recorded
		want error
		made int
	}{
		{"nobody's", take(ann), nil, nil, 1},
		{"one's own, again", take(ann), []Recorded{taken}, nil, 0},
		{"somebody else's", take(bob), []Recorded{taken}, ErrTaken, 0},
		{"somebody else's, as a supervisor", take(sue), []Recorded{taken}, ErrTaken, 0},
		{"released", take(bob), []Recorded{taken, released}, nil, 1},
		{"decided", take(bob), []Recorded{stands}, ErrCaseDecided, 0},
		{"before the second review", take(sue), []Recorded{taken, awaits}, nil, 1},
		{"erased", take(bob), []Recorded{erased()}, ErrErased, 0},
		{"by an auditor", take(auditor), nil, ErrMayNotTake, 0},
		{"release one's own", release(ann), []Recorded{taken}, nil, 1},
		{"release what is assigned", release(bob), []Recorded{taken, given}, nil, 1},
		{"release what was one's own", release(ann), []Recorded{taken, given}, ErrTaken, 0},
		{"release somebody else's", release(bob), []Recorded{taken}, ErrTaken, 0},
		{"release anybody's", release(sue), []Recorded{taken}, nil, 1},
		{"release nobody's", release(ann), nil, nil, 0},
		{"release what a decision ended", release(ann), []Recorded{taken, awaits}, nil, 0},
		{"assign", assign(sue, bob), []Recorded{taken}, nil, 1},
		{"assign to whom it is assigned", assign(sue, bob), []Recorded{given}, nil, 0},
		{"assign as a reviewer", assign(ann, bob), nil, ErrMayNotAssign, 0},
		{"assign what is decided", assign(sue, bob), []Recorded{stands}, ErrCaseDecided, 0},
		{"tag", tag("vip", false), nil, nil, 1},
		{"tag again", tag("vip", false), []Recorded{tagged}, nil, 0},
		{"remove a tag", tag("vip", true), []Recorded{tagged}, nil, 1},
		{"remove no tag", tag("vip", true), nil, nil, 0},
		{"tag what is erased", tag("vip", false), []Recorded{erased()}, ErrErased, 0},
		{"one tag too many", tag("vip", false), many, ErrRefused, 0},
	} {
		r := record(t, test.list...)
		now := onRecord(r)
		now.Case = func() (*Record, error) { return r, nil }
		acts, err := test.acts(now)
		if !errors.Is(err, test.want) || len(acts) != test.made {
			t.Errorf("%s: %d acts, %v, want %d, %v", test.name, len(acts), err, test.made, test.want)
		}
	}
	now := onRecord(record(t))
	now.Newest, now.Case = idv.Digest{}, func() (*Record, error) { return record(t), nil }
	for name, acts := range map[string]func(*OnRecord) ([]Act, error){"take": take(ann), "assign": assign(sue, bob), "tag": tag("vip", false)} {
		if made, err := acts(now); !errors.Is(err, ErrNoCase) || len(made) > 0 {
			t.Errorf("%s of what nobody opened: %v, %v", name, made, err)
		}
	}
}

// The verifier asks the same rules.
func TestCheckCaseActs(t *testing.T) {
	taken := caseAct(ann, ActTaken, Facts{})
	for name, test := range map[string]struct {
		list []Recorded
		next Recorded
		want error
	}{
		"take what is taken":         {[]Recorded{taken}, caseAct(bob, ActTaken, Facts{}), ErrTaken},
		"take one's own again":       {[]Recorded{taken}, caseAct(ann, ActTaken, Facts{}), ErrTaken},
		"release nobody's":           {nil, caseAct(ann, ActReleased, Facts{}), ErrNotTaken},
		"release somebody else's":    {[]Recorded{taken}, caseAct(bob, ActReleased, Facts{}), ErrTaken},
		"the system releases":        {[]Recorded{taken}, caseAct(account.System(), ActReleased, Facts{}), nil},
		"assign as a reviewer":       {nil, caseAct(ann, ActAssigned, Facts{Assignee: 2}), ErrMayNotAssign},
		"tag twice":                  {[]Recorded{caseAct(ann, ActTagged, Facts{Tag: "vip"})}, caseAct(ann, ActTagged, Facts{Tag: "vip"}), ErrTagStands},
		"remove what is not there":   {nil, caseAct(ann, ActUntagged, Facts{Tag: "vip"}), ErrTagStands},
		"take a decided case":        {[]Recorded{by(ann, first, decided(Approve, NotNeeded, 0))}, caseAct(bob, ActTaken, Facts{}), ErrCaseDecided},
		"take without naming result": {nil, by(bob, idv.Digest{}, Recorded{Entry: ledger.Entry{Act: ActTaken, Facts: "{}"}}), ErrNoCase},
	} {
		if err := record(t, test.list...).Check(&test.next.Entry); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestReleaseOfIdleCases(t *testing.T) {
	since := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	r := record(t, caseAct(ann, ActTaken, Facts{}))
	now := onRecord(r)
	now.Case = func() (*Record, error) { return r, nil }
	for name, test := range map[string]struct {
		active time.Time
		made   int
	}{"idle": {since, 1}, "at work": {since.Add(time.Minute), 0}} {
		now.Active = func() (time.Time, error) { return test.active, nil }
		acts, err := (&NewRelease{By: account.System(), IdleSince: since}).Acts(now)
		if err != nil || len(acts) != test.made {
			t.Errorf("%s: %v, %v", name, acts, err)
		}
	}
}
