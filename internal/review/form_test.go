package review

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// A reason is chosen beforehand only where no other would fit.
func TestFittingReason(t *testing.T) {
	const hits = `{"type":"WATCHLIST_SCREENING","state":"DONE","report":{"recommendation":{"value":"APPROVE"},"watchlist_summary":{"total_hits":0},"breakdown":[{"sub_check":"pep","result":"PASS"}]}}`
	for _, test := range []struct {
		name    string
		checks  string
		verdict Verdict
		want    string
	}{
		{"clear", check("LIVENESS", "APPROVE", "PASS"), Approve, "verified"},
		{"clear, rejected", check("LIVENESS", "APPROVE", "PASS"), Reject, ""},
		{"clear, referred", check("LIVENESS", "APPROVE", "PASS"), Refer, ""},
		{"clear, with notes", check("LIVENESS", "APPROVE", "FAIL"), Approve, ""},
		{"adverse", check("LIVENESS", "REJECT", "PASS"), Approve, ""},
		{"investigate", check("LIVENESS", "CONSIDER", "PASS"), Approve, ""},
		{"no checks", "", Approve, ""},
		{"no hits", check("LIVENESS", "APPROVE", "PASS") + "," + hits, Approve, "verified"},
		{"hits", check("LIVENESS", "APPROVE", "PASS") + "," + strings.Replace(hits, `hits":0`, `hits":2`, 1), Approve, ""},
	} {
		s, a := result(t, test.checks)
		for _, p := range (&Desk{}).VerdictOptions(&Case{Session: s, Assessment: a}) {
			if p.Verdict == test.verdict && p.Fitting != test.want {
				t.Errorf("%s: %q is chosen beforehand for %s, want %q", test.name, p.Fitting, p.Verdict, test.want)
			}
		}
	}
}

// What was chosen beforehand for one verdict does not stand in the way of another.
func TestReasonsOfOtherVerdictsAreLeftOut(t *testing.T) {
	p := Policy{Own: []Reason{{Approve, "vouched", "A"}, {Reject, "vouched", "B"}, {Refer, "own", "C"}}}
	for _, test := range []struct {
		verdict Verdict
		codes   []string
		want    string
	}{
		{Reject, []string{"verified", "fraud"}, "fraud"},
		{Approve, []string{"verified"}, "verified"},
		{Approve, []string{"own", "verified", "made-up"}, "verified made-up"},
		{Reject, []string{"vouched"}, "vouched"},
		{Reject, []string{"verified"}, ""},
	} {
		if got := strings.Join(p.ofVerdict(test.verdict, test.codes), " "); got != test.want {
			t.Errorf("of %v %q are to %s, want %q", test.codes, got, test.verdict, test.want)
		}
	}
}

// A slip of the hand is one for ten seconds, and for whoever made it.
func TestMistakeIsOneAtOnce(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	d := &Decision{At: at, Author: 1}
	for _, test := range []struct {
		who   int64
		after time.Duration
		want  string
	}{
		{1, 0, "recorded by mistake"},
		{1, 10 * time.Second, "recorded by mistake"},
		{1, 10*time.Second + time.Millisecond, ""},
		{1, -time.Second, ""}, // the clock was set back
		{2, time.Second, ""},
	} {
		if got := d.WithdrawalReason(account.Person{ID: test.who}, at.Add(test.after)); got != test.want {
			t.Errorf("for %d after %s the reason is %q, want %q", test.who, test.after, got, test.want)
		}
	}
}

// Everything that a form lacks is said at once, each at its field.
func TestFaultsAreSaidTogether(t *testing.T) {
	_, a := result(t, check("LIVENESS", "REJECT", "PASS"))
	for _, test := range []struct {
		form DecisionForm
		want []Field
	}{
		{DecisionForm{}, []Field{FieldVerdict}},
		{DecisionForm{Verdict: Reject}, []Field{FieldReason, FieldNote}},
		{DecisionForm{Verdict: Approve, Reasons: []string{"explained"}}, []Field{FieldNote}},
		{DecisionForm{Verdict: Approve, Contradictions: map[string]string{"check-1": "\x07"}}, []Field{FieldReason, FieldNote, FieldAgainst("check-1")}},
		{DecisionForm{Verdict: Approve, Reasons: []string{"explained"}, Note: "\x07"}, []Field{FieldNote}},
	} {
		err := (&Desk{}).checkDecisionForm(t.Context(), test.form, &Statement{}, a)
		var faults Faults
		var refused *Refused
		if !errors.As(err, &faults) || !errors.As(err, &refused) {
			t.Fatalf("%+v: %v", test.form, err)
		}
		var got []Field
		for _, f := range faults {
			got = append(got, f.Field)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v lacks %v, want %v", test.form, got, test.want)
		}
	}
}

// The next case is one that the reader can do something about.
func TestNextCase(t *testing.T) {
	visit := func(n string) Visit {
		id, err := idv.ParseRecipientID("00000000-0000-4000-8000-00000000000" + n)
		if err != nil {
			t.Fatal(err)
		}
		return Visit{Recipient: id}
	}
	one, two, three := visit("1"), visit("2"), visit("3")
	home := Home{Recent: []Visit{three}, Pending: Pending{Second: []Visit{one}, Changed: []Visit{two}}}
	for _, test := range []struct {
		role account.Role
		done Visit
		want Visit
	}{
		{account.Supervisor, three, one},
		{account.Supervisor, one, two},
		{account.Reviewer, three, two},
		{account.Reviewer, two, Visit{}},
	} {
		got, ok := home.Next(account.Person{Role: test.role}, test.done.Recipient)
		if got != test.want.Recipient || ok != (test.want != Visit{}) {
			t.Errorf("after %s the next for a %s is %s, %t", test.done.Recipient, test.role, got, ok)
		}
	}
}

// A draft keeps what belongs to the verdict that is chosen, and nothing that cannot be.
func TestChoiceOfADraft(t *testing.T) {
	all := Choice{Reasons: []string{"verified", "fraud", "made-up"}, ReferTo: "sue", Contradictions: map[string]string{"check-1": "so\r\n", "check-2": " "}}
	for verdict, want := range map[Verdict]struct {
		reasons string
		refer   string
		against int
	}{
		Approve:   {"verified", "", 1},
		Reject:    {"fraud", "", 0},
		Refer:     {"", "sue", 0},
		"":        {},
		"made-up": {},
	} {
		all.Verdict = verdict
		got := Policy{}.draftChoice(all)
		if strings.Join(got.Reasons, " ") != want.reasons || got.ReferTo != want.refer || len(got.Contradictions) != want.against {
			t.Errorf("of %q is kept %+v", verdict, got)
		}
		if got.None() != (want.reasons+want.refer == "") {
			t.Errorf("%q is none: %t", verdict, got.None())
		}
	}
}
