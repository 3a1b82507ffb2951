package store_test

import (
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/store"
)

// keepEvents keeps some events, a minute apart.
func (d *desk) keepEvents(list ...securityevent.Event) {
	d.t.Helper()
	for i, e := range list {
		e.Time = after(i)
		must(d.t, d.KeepEvent(d.t.Context(), e, e.Kind.OnLedger() && e.Role != ""))
	}
}

func eventBy(who account.Person, kind securityevent.Kind) securityevent.Event {
	return securityevent.Event{Kind: kind, Outcome: securityevent.Success, Account: who.ID, Role: who.Role, Session: "s", Address: "203.0.113.9", Request: "R", Route: "/r", Reason: "own"}
}

// eventIDs are the IDs of the events that a query picks.
func (d *desk) eventIDs(q securityevent.Query) []int64 {
	d.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	list, err := d.Events(d.t.Context(), q)
	must(d.t, err)
	var ids []int64
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestEventsAreFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	about := eventBy(d.ann, securityevent.RoleChanged)
	about.Subject = d.bob.ID
	d.keepEvents(
		eventBy(d.ann, securityevent.SignIn),
		securityevent.Event{Kind: securityevent.ForeignHost, Outcome: securityevent.Failure, Count: 3},
		about,
		eventBy(d.bob, securityevent.SignIn),
	)
	for _, test := range []struct {
		name string
		q    securityevent.Query
		want []int64
	}{
		{"all", securityevent.Query{}, []int64{4, 3, 2, 1}},
		{"a page", securityevent.Query{Limit: 2}, []int64{4, 3}},
		{"the next page", securityevent.Query{Before: 3, Limit: 2}, []int64{2, 1}},
		{"a kind", securityevent.Query{Kind: securityevent.SignIn}, []int64{4, 1}},
		{"by somebody", securityevent.Query{Person: "ANN"}, []int64{3, 1}},
		{"by or about somebody", securityevent.Query{Person: "Bob"}, []int64{4, 3}},
		{"of nobody there is", securityevent.Query{Person: "nobody"}, nil},
		{"from a time", securityevent.Query{From: after(2)}, []int64{4, 3}},
		{"until a time", securityevent.Query{Until: after(2)}, []int64{2, 1}},
		{"together", securityevent.Query{Person: "Ann", Kind: securityevent.SignIn, From: after(0), Until: after(1)}, []int64{1}},
	} {
		t.Run(test.name, func(t *testing.T) { wantEqual(t, "events", d.eventIDs(test.q), test.want) })
	}
	list, err := d.Events(t.Context(), securityevent.Query{Before: 4, Limit: 1})
	must(t, err)
	want := about
	want.ID, want.Time, want.Name, want.SubjectName = 3, after(2), d.ann.Name, d.bob.Name
	wantEqual(t, "event", list, []securityevent.Event{want})
}

// Events go when their time is over; what is an act on the ledger stays there and verifies.
func TestEventsAreSwept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.keepEvents(eventBy(d.ann, securityevent.SignIn), eventBy(d.ann, securityevent.StepUp), eventBy(d.ann, securityevent.SignOut))
	must(t, d.BatchLogs(t.Context(), after(5)))
	must(t, d.SweepEvents(t.Context(), after(1)))
	wantEqual(t, "after the first sweep", d.eventIDs(securityevent.Query{}), []int64{3, 2})
	must(t, d.SweepEvents(t.Context(), after(1000)))
	wantEqual(t, "the newest", d.eventIDs(securityevent.Query{}), []int64{3})
	d.keepEvents(eventBy(d.ann, securityevent.StepUp))
	wantEqual(t, "the next", d.eventIDs(securityevent.Query{}), []int64{4, 3})
	must(t, d.Store.Close())
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
	must(t, err)
	if v.SignIns != 2 || v.Unbatched != 0 || v.Outside.Events != 1 {
		t.Errorf("%d sign-ins, %d in no entry, %d other events", v.SignIns, v.Unbatched, v.Outside.Events)
	}
}

// The sign-ins of one person within a minute are one act, of that person.
func TestSignInsAreActs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range 3 {
		e := eventBy(d.ann, securityevent.SignIn)
		e.Time = noon.Add(time.Duration(i) * time.Second)
		must(t, d.KeepEvent(t.Context(), e, true))
	}
	must(t, d.BatchLogs(t.Context(), after(1)))
	must(t, d.BatchLogs(t.Context(), after(2)))
	var acts, rows int
	must(t, d.raw().QueryRow(`
		SELECT count(*), count(*) FILTER (WHERE facts LIKE '%"rows":3%')
		FROM ledger
		WHERE act = 'sign-ins' AND actor = $1`, d.ann.ID).Scan(&acts, &rows))
	if acts != 1 || rows != 1 {
		t.Errorf("%d acts, of which %d over 3 rows, want 1", acts, rows)
	}
	for _, query := range []string{`UPDATE sign_ins SET at = 0`, `DELETE FROM sign_ins`} {
		if _, err := d.raw().Exec(query); err == nil {
			t.Errorf("%s: a sign-in can be changed", query)
		}
	}
}

// What a command had kept is written to the log of the server, once.
func TestUnwrittenEventsAreTakenOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	written := eventBy(d.ann, securityevent.StepUp)
	written.OnLog = true
	d.keepEvents(written, eventBy(d.ann, securityevent.Erasure), eventBy(d.ann, securityevent.RoleChanged))
	list, err := d.TakeUnwritten(t.Context())
	must(t, err)
	if len(list) != 2 || list[0].Kind != securityevent.Erasure || list[1].Kind != securityevent.RoleChanged {
		t.Errorf("taken: %+v", list)
	}
	again, err := d.TakeUnwritten(t.Context())
	must(t, err)
	if len(again) != 0 {
		t.Errorf("taken again: %+v", again)
	}
}
