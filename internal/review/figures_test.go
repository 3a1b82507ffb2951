package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
)

// figureDay is a time on a day of November 2026.
func figureDay(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

func figureRange(first, last int) DayRange {
	return DayRange{figureDay(first, 0, 0), figureDay(last, 0, 0)}
}

func TestMedianAndP90(t *testing.T) {
	minutes := func(n ...int) []time.Duration {
		var list []time.Duration
		for _, m := range n {
			list = append(list, time.Duration(m)*time.Minute)
		}
		return list
	}
	tests := []struct {
		name        string
		took        []time.Duration
		median, p90 time.Duration
	}{
		{"none", nil, 0, 0},
		{"one", minutes(7), 7 * time.Minute, 7 * time.Minute},
		{"two", minutes(10, 5), 7*time.Minute + 30*time.Second, 10 * time.Minute},
		{"three, unsorted", minutes(30, 1, 2), 2 * time.Minute, 30 * time.Minute},
		{"ten", minutes(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 5*time.Minute + 30*time.Second, 9 * time.Minute},
		{"eleven", minutes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 6 * time.Minute, 10 * time.Minute},
		{"at once", minutes(0, 0), 0, 0},
	}
	for _, test := range tests {
		rows := &FigureRows{}
		for _, took := range test.took {
			at := figureDay(23, 12, 0)
			rows.Decided = append(rows.Decided, DecidedCase{At: at, By: 1, Verdict: Approve, FirstHad: at.Add(-took)})
		}
		total := CountFigures(figureRange(23, 23), rows, 0).Total
		if total.Median() != test.median || total.P90() != test.p90 || total.Timed() != len(test.took) {
			t.Errorf("%s: median %v, p90 %v of %d; want %v, %v of %d", test.name, total.Median(), total.P90(), total.Timed(), test.median, test.p90, len(test.took))
		}
	}
}

// lineText writes a line for comparison.
func lineText(l FigureLine) string {
	day := ""
	if !l.Day.IsZero() {
		day = l.Day.Format("02 ")
	}
	return fmt.Sprintf("%s%s: opened %d, decided %d/%d/%d, second %d/%d/%d, withdrawn %d, against %d, unread %d, timed %d",
		day, l.Person, l.Opened, l.Approved, l.Rejected, l.Referred, l.Asked, l.Confirmed, l.NotConfirmed, l.Withdrawn, l.Against, l.Unread, l.Timed())
}

func wantLines(t *testing.T, name string, got []FigureLine, want ...string) {
	t.Helper()
	var texts []string
	for _, l := range got {
		texts = append(texts, lineText(l))
	}
	if !slices.Equal(texts, want) {
		t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(texts, "\n"), strings.Join(want, "\n"))
	}
}

func someFigureRows(t *testing.T) *FigureRows {
	var ids []idv.RecipientID
	for i := range 2 {
		id, err := idv.ParseRecipientID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	gist := func(against bool, codes ...string) *StatementGist {
		g := &StatementGist{Against: against}
		for _, code := range codes {
			g.Reasons = append(g.Reasons, Reason{Code: code, Words: "Words of " + code})
		}
		return g
	}
	return &FigureRows{
		People: map[int64]string{1: "zoe", 2: "Ann"},
		Opened: []OpenedCase{
			{figureDay(23, 9, 0), 1, ids[0]}, {figureDay(23, 9, 5), 1, ids[0]}, {figureDay(23, 9, 5), 2, ids[0]},
			{figureDay(25, 0, 0), 1, ids[0]}, {figureDay(25, 23, 59), 1, ids[1]},
		},
		Decided: []DecidedCase{
			{At: figureDay(23, 10, 0), By: 1, Verdict: Approve, FirstHad: figureDay(23, 9, 0), Statement: gist(true, "known", "verified"), Awaited: true},
			{At: figureDay(23, 11, 0), By: 1, Verdict: Reject, Statement: gist(false, "document")},
			// The clock was put back between the result and the decision.
			{At: figureDay(25, 9, 0), By: 2, Verdict: Refer, FirstHad: figureDay(25, 10, 0), Statement: gist(false, "senior")},
			{At: figureDay(25, 9, 0), By: 2, Verdict: Approve, FirstHad: figureDay(25, 8, 0), Erased: true},
			{At: figureDay(25, 9, 30), By: 2, Verdict: Approve, FirstHad: figureDay(25, 8, 0), Statement: gist(false, "verified")},
		},
		Answered: []AnsweredDecision{{figureDay(23, 12, 0), 2, ActAgreed}, {figureDay(25, 12, 0), 2, ActDisagreed}, {figureDay(25, 13, 0), 1, ActWithdrawn}},
	}
}

func TestCountFigures(t *testing.T) {
	f := CountFigures(figureRange(23, 25), someFigureRows(t), 0)
	wantLines(t, "by day", f.ByDay,
		"23 : opened 1, decided 1/1/0, second 1/1/0, withdrawn 0, against 1, unread 0, timed 1",
		"24 : opened 0, decided 0/0/0, second 0/0/0, withdrawn 0, against 0, unread 0, timed 0",
		"25 : opened 2, decided 2/0/1, second 0/0/1, withdrawn 1, against 0, unread 1, timed 1")
	wantLines(t, "by person, in order of names", f.ByPerson,
		"Ann: opened 1, decided 2/0/1, second 0/1/1, withdrawn 0, against 0, unread 1, timed 1",
		"zoe: opened 2, decided 1/1/0, second 1/0/0, withdrawn 1, against 1, unread 0, timed 1")
	wantLines(t, "each", f.Each,
		"23 Ann: opened 1, decided 0/0/0, second 0/1/0, withdrawn 0, against 0, unread 0, timed 0",
		"23 zoe: opened 1, decided 1/1/0, second 1/0/0, withdrawn 0, against 1, unread 0, timed 1",
		"25 Ann: opened 0, decided 2/0/1, second 0/0/1, withdrawn 0, against 0, unread 1, timed 1",
		"25 zoe: opened 2, decided 0/0/0, second 0/0/0, withdrawn 1, against 0, unread 0, timed 0")
	wantLines(t, "total", []FigureLine{f.Total}, ": opened 2, decided 3/1/1, second 1/1/1, withdrawn 1, against 1, unread 1, timed 2")
	want := []ReasonCount{
		{Approve, "known", "Words of known", 1}, {Approve, "verified", "Words of verified", 2},
		{Reject, "document", "Words of document", 1}, {Refer, "senior", "Words of senior", 1},
	}
	if !slices.Equal(f.Reasons, want) {
		t.Errorf("reasons %v, want %v", f.Reasons, want)
	}
	if n := f.Each[2].Reasons["approve:verified"]; n != 1 {
		t.Errorf("Ann has the reason %d times on the last day, want 1", n)
	}
}

func TestFiguresOfOnePerson(t *testing.T) {
	f := CountFigures(figureRange(23, 25), someFigureRows(t), 1)
	if f.Reviewer != "zoe" || len(f.ByDay) != 3 {
		t.Errorf("figures of %q, with %d days", f.Reviewer, len(f.ByDay))
	}
	wantLines(t, "by person", f.ByPerson, "zoe: opened 2, decided 1/1/0, second 1/0/0, withdrawn 1, against 1, unread 0, timed 1")
	if len(f.Reasons) != 3 {
		t.Errorf("reasons %v", f.Reasons)
	}
	empty := CountFigures(figureRange(23, 24), &FigureRows{}, 0)
	if len(empty.ByDay) != 2 || !empty.Total.IsEmpty() || len(empty.ByPerson)+len(empty.Each)+len(empty.Reasons) != 0 {
		t.Errorf("of nothing there is %+v", empty)
	}
}

func TestReadStatementGist(t *testing.T) {
	tests := []struct {
		name, content string
		against       bool
	}{
		{"approved and clear", `{"verdict":"approve","assessment":"clear","contradictions":[]}`, false},
		{"approved in spite of a check", `{"verdict":"approve","assessment":"adverse","contradictions":[{"check":"a"}]}`, true},
		{"rejected though clear", `{"verdict":"reject","assessment":"clear"}`, true},
		{"rejected though clear with notes", `{"verdict":"reject","assessment":"clear-with-notes"}`, true},
		{"rejected and adverse", `{"verdict":"reject","assessment":"adverse","contradictions":null}`, false},
		{"referred and clear", `{"verdict":"refer","assessment":"clear"}`, false},
	}
	for _, test := range tests {
		gist, err := ReadStatementGist([]byte(test.content))
		if err != nil || gist.Against != test.against {
			t.Errorf("%s: %+v, %v; want against %v", test.name, gist, err, test.against)
		}
	}
	if _, err := ReadStatementGist([]byte("{")); err == nil {
		t.Error("half a statement is read")
	}
}

func TestParseDayRange(t *testing.T) {
	now := figureDay(23, 23, 59)
	tests := []struct{ first, last, want string }{
		{"", "", "2026-11-10 2026-11-23 14"},
		{"2026-11-20", "", "2026-11-20 2026-11-23 4"},
		{"", "2026-11-20", "2026-11-07 2026-11-20 14"},
		{" 2026-11-20 ", "2026-11-20", "2026-11-20 2026-11-20 1"},
		{"2026-08-24", "2026-11-23", "2026-08-24 2026-11-23 92"},
		{"2026-08-23", "2026-11-23", "These are more than 92 days. Please ask for fewer."},
		{"2026-11-24", "2026-11-23", "The last day is before the first."},
		{"2026-11-31", "", "The first day is not a date such as 2026-11-23."},
		{"", "tomorrow", "The last day is not a date such as 2026-11-23."},
		{"0001-01-01", "9999-12-31", "These are more than 92 days. Please ask for fewer."},
	}
	for _, test := range tests {
		r, err := ParseDayRange(test.first, test.last, now)
		got := fmt.Sprint(r.First.Format(time.DateOnly), " ", r.Last.Format(time.DateOnly), " ", len(r.All()))
		var refused *Refused
		if errors.As(err, &refused) {
			got = refused.Why
		}
		if got != test.want {
			t.Errorf("ParseDayRange(%q, %q) = %s, want %s", test.first, test.last, got, test.want)
		}
	}
}
