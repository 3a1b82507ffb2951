package review

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"countersign/internal/account"
)

// ErrNoCases is returned to somebody whose role has nothing to do with cases.
var ErrNoCases = errors.New("the role has nothing to do with cases")

// QueuePageSize is how many lines a page of the queue has.
const QueuePageSize = 50

// TabsFor returns the tabs that somebody has, in the order in which a page offers them. Nothing
// awaits an auditor, and nobody who may not read results has any.
func TabsFor(who account.Person) []Tab {
	switch {
	case who.Role.May(account.Decide):
		return Tabs()
	case who.Role.May(account.ReadResults):
		return []Tab{TabUnassigned, TabSecond, TabChanged, TabWaiting, TabDecided, TabAll}
	}
	return nil
}

// ParseView reads what somebody wants to see of the queue from a query: the tab and the filter.
// Without a tab it is what awaits them; for those whom nothing awaits, everything. It returns a
// *FilterError for what names nothing.
func ParseView(who account.Person, query url.Values) (View, error) {
	tabs := TabsFor(who)
	if len(tabs) == 0 {
		return View{}, ErrNoCases
	}
	v := View{Who: who, Tab: defaultTab(who)}
	var err error
	if text := query.Get("tab"); text != "" {
		if v.Tab, err = ParseTab(text); err != nil {
			return View{}, err
		}
	}
	if !slices.Contains(tabs, v.Tab) {
		return View{}, &FilterError{"tab", string(v.Tab)}
	}
	v.Filter, err = ParseQueueFilter(query)
	return v, err
}

func defaultTab(who account.Person) Tab {
	if who.Role.May(account.Decide) {
		return TabMine
	}
	return TabAll
}

// Query writes the view as ParseView reads it, without who looks at it, and when.
func (v *View) Query() url.Values {
	query := v.Filter.Query()
	query.Set("tab", string(v.Tab))
	return query
}

// QueueList is a page of the queue with what stands around it.
type QueueList struct {
	View
	QueuePage
	Counts  map[Tab]Count // of the tabs that the reader has, by the filter
	Overdue Count         // cases of the view that are overdue; only of TabMine, which has them first
	Waiting Count         // cases that await the reader, whatever the filter
	Saved   []SavedView   // the reader's own views and those that are shared
	People  []account.Person
	Tags    []string // that are offered
}

// QueueList returns a page of what somebody wants to see of the queue. It holds recipient IDs
// and what their results amount to, nothing of a person, so no access entry is made.
func (d *Desk) QueueList(ctx context.Context, v View, key PageKey) (QueueList, error) {
	if !slices.Contains(TabsFor(v.Who), v.Tab) {
		return QueueList{}, ErrNoCases
	}
	v.Due, v.At = d.Due, d.Now()
	list := QueueList{View: v}
	var err error
	if list.QueuePage, err = d.Records.Queue(ctx, v, key, QueuePageSize); err != nil {
		return QueueList{}, fmt.Errorf("list the queue: %w", err)
	}
	if list.Counts, err = d.Records.QueueCounts(ctx, v); err != nil {
		return QueueList{}, fmt.Errorf("count the queue: %w", err)
	}
	if v.Tab == TabMine && len(v.Due) > 0 {
		if list.Overdue, err = d.Records.OverdueCount(ctx, v); err != nil {
			return QueueList{}, fmt.Errorf("count what is overdue: %w", err)
		}
	}
	if list.Saved, err = d.Records.SavedViews(ctx, v.Who); err != nil {
		return QueueList{}, fmt.Errorf("list saved views: %w", err)
	}
	list.Saved = slices.DeleteFunc(list.Saved, func(s SavedView) bool { return !s.opensFor(v.Who) })
	if list.People, err = d.Records.Deciders(ctx); err != nil {
		return QueueList{}, fmt.Errorf("list who decides: %w", err)
	}
	if list.Tags, err = d.OfferedTags(ctx); err != nil {
		return QueueList{}, err
	}
	return list, nil
}

// Awaiting counts the cases that await somebody and are not decided; false for those whom
// nothing can await.
func (d *Desk) Awaiting(ctx context.Context, who account.Person) (Count, bool, error) {
	if !slices.Contains(TabsFor(who), TabMine) {
		return Count{}, false, nil
	}
	n, err := d.Records.QueueCount(ctx, View{Who: who, Tab: TabMine, At: d.Now()})
	if err != nil {
		return Count{}, false, fmt.Errorf("count what awaits %s: %w", who.Name, err)
	}
	return n, true, nil
}

// awaitingPerMinute is how often one person's pages may ask by themselves what awaits them.
const awaitingPerMinute = 120

// AwaitingAgain is Awaiting for a page that asks by itself, every now and then. It returns a
// *TooFast where that is more often than open pages do.
func (d *Desk) AwaitingAgain(ctx context.Context, who account.Person) (Count, bool, error) {
	if until, ok := d.glances.count(who.ID, d.Now(), paceLimit{awaitingPerMinute, time.Minute}); !ok {
		return Count{}, false, &TooFast{"Pages ask too often what awaits you.", until}
	}
	return d.Awaiting(ctx, who)
}

// csvPage is how many lines of the queue are read at a time for a file.
const csvPage = 500

// QueueLines returns the lines of a view from a key on, some at a time, and the key of those
// behind them; the zero PageKey when there are none. A page may have no lines and a key.
func (d *Desk) QueueLines(ctx context.Context, v View, key PageKey) ([]QueueLine, PageKey, error) {
	if !slices.Contains(TabsFor(v.Who), v.Tab) {
		return nil, PageKey{}, ErrNoCases
	}
	v.Due, v.At = d.Due, d.Now()
	page, err := d.Records.Queue(ctx, v, key, csvPage)
	if err != nil {
		return nil, PageKey{}, fmt.Errorf("list the queue: %w", err)
	}
	return page.Lines, page.Next, nil
}
