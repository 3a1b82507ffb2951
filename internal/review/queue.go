package review

import (
	"context"
	"strconv"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Queues is where cases are found: *store.Store. Each method is one consistent reading,
// and looks at a bounded number of rows, however many cases there are.
type Queues interface {
	// Queue returns a page of a view. It returns a *FilterError for a filter that names
	// somebody who has no account.
	Queue(ctx context.Context, v View, key PageKey, limit int) (QueuePage, error)
	// QueueCounts counts the cases in every tab of a view, by its filter.
	QueueCounts(ctx context.Context, v View) (map[Tab]Count, error)
	// QueueCount counts the cases of a view.
	QueueCount(ctx context.Context, v View) (Count, error)
	// OverdueCount counts the overdue cases of a view of TabMine, which has them first.
	OverdueCount(ctx context.Context, v View) (Count, error)
	// QueueNeighbours says what stands beside a place in a view. The case that stood there
	// need not be in the view any more.
	QueueNeighbours(ctx context.Context, v View, at PageKey) (Neighbours, error)
	// QueuePlace returns where a case stands in the order of a view, whether or not it is in
	// it; false for one that no list has.
	QueuePlace(ctx context.Context, v View, id idv.RecipientID) (PageKey, bool, error)
	// Search returns the cases that a text names, those that it fits best first.
	Search(ctx context.Context, s Search) (Found, error)
}

// Tab is one of the lists of cases.
type Tab string

// The tabs.
const (
	TabMine       Tab = "mine"
	TabUnassigned Tab = "unassigned"
	TabSecond     Tab = "second"
	TabReferred   Tab = "referred"
	TabChanged    Tab = "changed"
	TabWaiting    Tab = "waiting"
	TabDecided    Tab = "decided"
	TabAll        Tab = "all"
)

// Tabs returns every tab, in the order in which a page offers them.
func Tabs() []Tab {
	return []Tab{TabMine, TabUnassigned, TabSecond, TabReferred, TabChanged, TabWaiting, TabDecided, TabAll}
}

// ParseTab reads a tab. It returns a *FilterError for a text that names none.
func ParseTab(text string) (Tab, error) {
	for _, t := range Tabs() {
		if string(t) == text {
			return t, nil
		}
	}
	return "", &FilterError{"tab", text}
}

// Label is the tab in words.
func (t Tab) Label() string {
	switch t {
	case TabMine:
		return "For me"
	case TabUnassigned:
		return "Unassigned"
	case TabSecond:
		return "Waiting for a second review"
	case TabReferred:
		return "Referred to me"
	case TabChanged:
		return "Changed after decision"
	case TabWaiting:
		return "Waiting for Yoti"
	case TabDecided:
		return "Decided"
	case TabAll:
		return "All"
	}
	return string(t)
}

// View is what somebody looks at: a tab, narrowed by a filter. Cases stand in order of
// concern, then of age, the oldest first; in TabMine those that are overdue come before the
// others, and what is decided stands by itself, the newest decision first.
type View struct {
	Who    account.Person
	Tab    Tab
	Filter QueueFilter
	Due    DuePolicy
	At     time.Time // when somebody looks: what is overdue depends on it
}

// QueueLine is a case in a list. It holds nothing of a person.
type QueueLine struct {
	Recipient  idv.RecipientID
	Stage      Stage
	Bucket     idv.Bucket
	Why        string // the reasons for the bucket, in a few words; empty when there are none
	Document   string // type, as on the wire; empty when the result names no identity document
	Country    string // that issued it, as on the wire
	Since      time.Time
	Due        time.Time // zero when it is never due, and when nobody has to do anything
	Overdue    bool
	Assignee   string // name; empty when nobody has the case
	AssigneeID int64
	Assigned   time.Time
	Mine       bool // whether the one who looks has the case
	Notes      int
	Decision   int64 // Seq of the newest decision, whether or not it stands; zero when there is none
	Verdict    Verdict
	State      DecisionState
	Decided    time.Time
	Reviewer   string // who made that decision
	Changed    bool   // whether the decision that stands is about an earlier result
	Tags       []string
	Key        PageKey // the place of the line in its view
}

// See adds to the line what depends on who looks at it, and when.
func (l *QueueLine) See(v View) {
	l.Mine = l.AssigneeID != 0 && l.AssigneeID == v.Who.ID
	if phase, listed := l.Stage.Phase(); listed && phase == PhaseOpen {
		l.Due = v.Due.Due(l.Bucket, l.Since)
		l.Overdue = !l.Due.IsZero() && !v.At.Before(l.Due)
	}
}

// QueuePage is a page of a view.
type QueuePage struct {
	Lines    []QueueLine
	Next     PageKey // zero on the last page
	Previous PageKey // zero on the first page
	// Partial says that the search for cases that fit was broken off before the page was full.
	// It goes on at Next, where there may be more, or none.
	Partial bool
}

// Count is a number that is not counted to its end.
type Count struct {
	N    int
	More bool // whether there are more than N, or may be
}

// CountLimit is how far is counted.
const CountLimit = 1000

// String writes the number: "43", "more than 1,000".
func (c Count) String() string {
	if !c.More {
		return groupThousands(c.N)
	}
	return "more than " + groupThousands(c.N)
}

// groupThousands writes a number below a million with a comma between its thousands.
func groupThousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	rest := strconv.Itoa(n % 1000)
	return strconv.Itoa(n/1000) + "," + "000"[len(rest):] + rest
}

// Neighbours is what stands beside a place in a view.
type Neighbours struct {
	Next, Previous *QueueLine // nil at the end, and at the beginning
	Before         Count      // how many cases stand before the place
	All            Count
	Inside         bool // whether the case at the place is in the view
}

// Position says the place in words: "7 of 43". It says nothing of where the place is among
// more than can be counted.
func (n Neighbours) Position() string {
	if n.Before.More {
		return "after " + n.Before.String() + " of " + n.All.String()
	}
	return groupThousands(n.Before.N+1) + " of " + n.All.String()
}
