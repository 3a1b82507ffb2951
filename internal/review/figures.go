package review

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// Figures count what the record holds of a range of days: each count is of entries that were
// made on a day, in UTC, by a person. They are computed from FigureRows, and from nothing else.

// FigureStore reads what figures are computed from.
type FigureStore interface {
	// FigureRows returns what was recorded on the days. It returns a *Refused when that is more
	// than MaxFigureEntries.
	FigureRows(ctx context.Context, days DayRange) (*FigureRows, error)
}

const (
	// MaxFigureEntries is how many acts on decisions, and how many openings of pages, figures
	// are computed from.
	MaxFigureEntries = 500_000
	// MaxFigureStatements is of how many decisions the sealed statements are opened for
	// figures. Of more than that none is.
	MaxFigureStatements = 10_000
)

// FigureRows is what was recorded on a range of days.
type FigureRows struct {
	People    map[int64]string // names of accounts
	Opened    []OpenedCase
	Decided   []DecidedCase
	Answered  []AnsweredDecision
	TooSealed bool // whether there are more than MaxFigureStatements decisions, and no statement was opened
}

// OpenedCase is that a person was shown the page of a recipient.
type OpenedCase struct {
	At        time.Time
	By        int64 // ID of the account
	Recipient idv.RecipientID
}

// DecidedCase is a decision, whatever became of it.
type DecidedCase struct {
	At        time.Time
	By        int64
	Verdict   Verdict
	Awaited   bool           // whether a second review was asked for
	FirstHad  time.Time      // when Yoti first gave the result; zero where that is not known
	Erased    bool           // whether only the count remains
	Statement *StatementGist // nil where the statement was erased, or not opened
}

// AnsweredDecision is a second review or a withdrawal.
type AnsweredDecision struct {
	At  time.Time
	By  int64
	Act ledger.Act
}

// StatementGist is what figures need of the statement of a decision.
type StatementGist struct {
	Reasons []Reason
	Against bool // whether the decision goes against Yoti's recommendation
}

// ReadStatementGist reads the statement of a decision as it is recorded. A decision goes
// against Yoti when it approves in spite of a check, or rejects a result that is clear.
func ReadStatementGist(content []byte) (*StatementGist, error) {
	var s struct {
		Verdict        Verdict    `json:"verdict"`
		Reasons        []Reason   `json:"reasons"`
		Assessment     idv.Bucket `json:"assessment"`
		Contradictions []struct{} `json:"contradictions"`
	}
	if err := json.Unmarshal(content, &s); err != nil {
		return nil, fmt.Errorf("read a statement: %w", err)
	}
	clear := s.Assessment == idv.Clear || s.Assessment == idv.ClearWithNotes
	return &StatementGist{
		Reasons: s.Reasons,
		Against: s.Verdict == Approve && len(s.Contradictions) > 0 || s.Verdict == Reject && clear,
	}, nil
}

// Figures is what was done on a range of days.
type Figures struct {
	Days     DayRange
	Reviewer string // whose figures these are alone; empty for everybody's

	Total    FigureLine
	ByDay    []FigureLine  // every day, also those without anything
	ByPerson []FigureLine  // in order of names
	Each     []FigureLine  // the days of each person on which there was something, in order of days and names
	Reasons  []ReasonCount // in order of verdicts and codes

	TooSealed bool // whether statements were not opened, so that reasons and overrides are not known
}

// FigureLine is the figures of a day, of a person, or of both.
type FigureLine struct {
	Day    time.Time // zero for the whole range
	Person string    // empty for everybody

	Opened                       int // recipients whose page was shown, each once
	Approved, Rejected, Referred int
	Asked                        int // decisions that awaited a second review
	Confirmed, NotConfirmed      int // second reviews that were given
	Withdrawn                    int // withdrawals of decisions
	Against                      int // decisions that go against Yoti's recommendation
	Unread                       int // decisions of which neither that nor the reasons are known
	Reasons                      map[string]int

	times []time.Duration // from the result to the decision, sorted
}

// ReasonCount is how many decisions have a reason.
type ReasonCount struct {
	Verdict Verdict
	Code    string
	Words   string // as the newest of these decisions has them
	Count   int
}

// Decided is how many decisions there are.
func (l *FigureLine) Decided() int { return l.Approved + l.Rejected + l.Referred }

// IsEmpty reports whether there is nothing.
func (l *FigureLine) IsEmpty() bool {
	return l.Opened+l.Decided()+l.Confirmed+l.NotConfirmed+l.Withdrawn == 0
}

// Timed is of how many decisions the time since the result is known.
func (l *FigureLine) Timed() int { return len(l.times) }

// Median is the time within which half of the decisions were made, and of an even number the
// mean of the middle two; zero when no time is known.
func (l *FigureLine) Median() time.Duration {
	n := len(l.times)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return l.times[n/2]
	}
	return (l.times[n/2-1] + l.times[n/2]) / 2
}

// P90 is the shortest of the times within which at least nine in ten decisions were made;
// zero when no time is known.
func (l *FigureLine) P90() time.Duration {
	n := len(l.times)
	if n == 0 {
		return 0
	}
	return l.times[(9*n+9)/10-1]
}

// lineKey is which line of the figures is meant.
type lineKey struct {
	day int64 // seconds from 1970 to its beginning; everyDay for the whole range
	by  int64 // account; zero for everybody
}

// everyDay is no second at which a day begins.
const everyDay = 1

// linesOf returns the lines in which something counts that a person did at a time.
func linesOf(at time.Time, by int64) [4]lineKey {
	day := dayOf(at).Unix()
	return [4]lineKey{{day, by}, {day, 0}, {everyDay, by}, {everyDay, 0}}
}

// figureCounter adds up rows.
type figureCounter struct {
	lines   map[lineKey]*FigureLine
	opened  map[openedKey]struct{}
	reasons map[Reason]*ReasonCount // by verdict and code
}

// openedKey is a recipient that counts in a line.
type openedKey struct {
	line      lineKey
	recipient idv.RecipientID
}

func (c *figureCounter) line(key lineKey) *FigureLine {
	l := c.lines[key]
	if l == nil {
		l = &FigureLine{Reasons: map[string]int{}}
		if key.day != everyDay {
			l.Day = time.Unix(key.day, 0).UTC()
		}
		c.lines[key] = l
	}
	return l
}

func (c *figureCounter) addOpened(o OpenedCase) {
	for _, key := range linesOf(o.At, o.By) {
		once := openedKey{key, o.Recipient}
		if _, again := c.opened[once]; !again {
			c.opened[once] = struct{}{}
			c.line(key).Opened++
		}
	}
}

func (c *figureCounter) addDecided(d *DecidedCase) {
	for _, key := range linesOf(d.At, d.By) {
		c.line(key).addDecided(d)
	}
	if d.Statement == nil {
		return
	}
	for _, r := range d.Statement.Reasons {
		key := Reason{Verdict: d.Verdict, Code: r.Code}
		if c.reasons[key] == nil {
			c.reasons[key] = &ReasonCount{Verdict: d.Verdict, Code: r.Code}
		}
		c.reasons[key].Words = r.Words
		c.reasons[key].Count++
	}
}

func (l *FigureLine) addDecided(d *DecidedCase) {
	switch d.Verdict {
	case Approve:
		l.Approved++
	case Reject:
		l.Rejected++
	case Refer:
		l.Referred++
	}
	if d.Awaited {
		l.Asked++
	}
	if took, known := d.took(); known {
		l.times = append(l.times, took)
	}
	if d.Statement == nil {
		l.Unread++
		return
	}
	if d.Statement.Against {
		l.Against++
	}
	for _, r := range d.Statement.Reasons {
		l.Reasons[ReasonKey(d.Verdict, r.Code)]++
	}
}

// took returns how long the decision took from the result on. That is not known where the
// clock was put back meanwhile, so that the decision seems to come first.
func (d *DecidedCase) took() (time.Duration, bool) {
	if d.Erased || d.FirstHad.IsZero() || d.At.Before(d.FirstHad) {
		return 0, false
	}
	return d.At.Sub(d.FirstHad), true
}

func (c *figureCounter) addAnswered(a AnsweredDecision) {
	for _, key := range linesOf(a.At, a.By) {
		l := c.line(key)
		switch a.Act {
		case ActAgreed:
			l.Confirmed++
		case ActDisagreed:
			l.NotConfirmed++
		case ActWithdrawn:
			l.Withdrawn++
		}
	}
}

// ReasonKey names a reason of a verdict, for FigureLine.Reasons.
func ReasonKey(v Verdict, code string) string { return string(v) + ":" + code }

// CountFigures computes the figures of a range of days from what was recorded on them: of one
// account alone, or of all where only is zero.
func CountFigures(days DayRange, rows *FigureRows, only int64) *Figures {
	c := figureCounter{map[lineKey]*FigureLine{}, map[openedKey]struct{}{}, map[Reason]*ReasonCount{}}
	counts := func(by int64) bool { return only == 0 || by == only }
	for _, o := range rows.Opened {
		if counts(o.By) {
			c.addOpened(o)
		}
	}
	for i := range rows.Decided {
		if counts(rows.Decided[i].By) {
			c.addDecided(&rows.Decided[i])
		}
	}
	for _, a := range rows.Answered {
		if counts(a.By) {
			c.addAnswered(a)
		}
	}
	f := &Figures{Days: days, Reviewer: rows.People[only], TooSealed: rows.TooSealed, Reasons: c.reasonCounts()}
	c.arrange(f, rows.People)
	return f
}

// arrange puts the lines into their order.
func (c *figureCounter) arrange(f *Figures, people map[int64]string) {
	for key, l := range c.lines {
		slices.Sort(l.times)
		if key.by == 0 {
			continue
		}
		l.Person = cmp.Or(people[key.by], fmt.Sprintf("account %d", key.by))
		if key.day == everyDay {
			f.ByPerson = append(f.ByPerson, *l)
		} else {
			f.Each = append(f.Each, *l)
		}
	}
	f.Total = *c.line(lineKey{day: everyDay})
	for _, day := range f.Days.All() {
		f.ByDay = append(f.ByDay, *c.line(lineKey{day: day.Unix()}))
	}
	slices.SortFunc(f.ByPerson, orderLines)
	slices.SortFunc(f.Each, orderLines)
}

// orderLines puts lines in the order of days, and of one day in that of names. What people
// did makes no order among them.
func orderLines(a, b FigureLine) int {
	return cmp.Or(a.Day.Compare(b.Day), strings.Compare(account.NameKey(a.Person), account.NameKey(b.Person)))
}

func (c *figureCounter) reasonCounts() []ReasonCount {
	list := []ReasonCount{}
	for r := range maps.Values(c.reasons) {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(slices.Index(Verdicts(), a.Verdict), slices.Index(Verdicts(), b.Verdict)), strings.Compare(a.Code, b.Code))
	})
	return list
}

// FigureQuery is which figures are asked for.
type FigureQuery struct {
	Days     DayRange
	Reviewer string // name of an account; empty for everybody
}

// Figures computes figures. It returns a *Refused when nobody has the name that is asked for,
// and when there is too much to count.
func (d *Desk) Figures(ctx context.Context, q FigureQuery) (*Figures, error) {
	rows, err := d.Records.FigureRows(ctx, q.Days)
	if err != nil {
		return nil, fmt.Errorf("compute figures: %w", err)
	}
	only, err := rows.accountNamed(q.Reviewer)
	if err != nil {
		return nil, err
	}
	return CountFigures(q.Days, rows, only), nil
}

// accountNamed returns the account with a name; zero for the empty name.
func (r *FigureRows) accountNamed(name string) (int64, error) {
	if strings.TrimSpace(name) == "" {
		return 0, nil
	}
	for id, other := range r.People {
		if account.NameKey(other) == account.FindKey(name) {
			return id, nil
		}
	}
	return 0, &Refused{"There is no account of this name."}
}
