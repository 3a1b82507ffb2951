package securityevent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/securityevent"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 7_654_321, time.FixedZone("", 3600))

func TestLine(t *testing.T) {
	e := securityevent.Event{
		ID: 9, Time: noon, Kind: securityevent.RoleChanged, Outcome: securityevent.Success, Account: 1, Role: account.Admin, Subject: 2,
		Session: "00112233aabb", Address: "2001:db8::1", Request: "R<&>", Route: "/accounts/:account/role", Reason: "auditor", Name: "Ann", SubjectName: "Bob",
	}
	const want = `{"log":"security","version":1,"time":"2026-11-23T11:00:00.007Z","event":"role-changed","outcome":"success","account":1,"role":"admin",` +
		`"subject":2,"session":"00112233aabb","address":"2001:db8::1","request":"R<&>","route":"/accounts/:account/role","reason":"auditor"}` + "\n"
	if got, err := e.Line(); err != nil || string(got) != want {
		t.Errorf("got  %s\nwant %s\nerror %v", got, want, err)
	}
	if row := e.Row(); len(row) != len(securityevent.Columns()) {
		t.Errorf("%d values in %d columns", len(row), len(securityevent.Columns()))
	}
}

func TestKindsHaveWords(t *testing.T) {
	for _, k := range securityevent.Kinds() {
		if k.Label() == string(k) || k.Label() == "" {
			t.Errorf("%s has no words", k)
		}
	}
	for _, test := range []struct {
		e    securityevent.Event
		want string
	}{
		{securityevent.Event{Kind: securityevent.SignIn, Reason: "password+code"}, "with the password and a code"},
		{securityevent.Event{Kind: securityevent.SignIn, Outcome: securityevent.Failure, Reason: securityevent.WrongAnswer}, "wrong answer"},
		{securityevent.Event{Kind: securityevent.StepUp, Reason: securityevent.ByPasskey}, "passkey"},
		{securityevent.Event{Kind: securityevent.RoleChanged, Reason: "auditor"}, "auditor"},
		{securityevent.Event{Kind: securityevent.ForeignHost, Reason: securityevent.CountedSummary, Count: 312}, "and 312 more"},
		{securityevent.Event{Kind: securityevent.SignOut}, ""},
	} {
		if got := test.e.Words(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.e, got, test.want)
		}
	}
}

func TestSessionDigest(t *testing.T) {
	one, other := securityevent.SessionDigest([32]byte{1}), securityevent.SessionDigest([32]byte{2})
	if len(one) != 12 || one == other || strings.HasPrefix(fmt.Sprintf("%x", [32]byte{1}), one) {
		t.Errorf("digests %q and %q", one, other)
	}
	if got := securityevent.SessionDigest([32]byte{}); got != "" {
		t.Errorf("no session has the digest %q", got)
	}
}

// desk is a log with what keeps its events, in memory.
type desk struct {
	securityevent.Log
	mu       sync.Mutex
	now      time.Time
	out      bytes.Buffer
	kept     []securityevent.Event
	onLedger int
	fails    error
}

func newDesk() *desk {
	d := &desk{now: noon}
	d.Out, d.Keep, d.Now = &d.out, d, func() time.Time { return d.now }
	return d
}

func (d *desk) KeepEvent(ctx context.Context, e securityevent.Event, onLedger bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() != nil || d.fails != nil {
		return errors.Join(ctx.Err(), d.fails)
	}
	d.kept = append(d.kept, e)
	if onLedger {
		d.onLedger++
	}
	return nil
}

func (d *desk) Events(context.Context, securityevent.Query) ([]securityevent.Event, error) {
	return d.kept, nil
}

// lines are those that were written since the last time.
func (d *desk) lines() int {
	n := strings.Count(d.out.String(), "\n")
	d.out.Reset()
	return n
}

func (d *desk) report(t *testing.T, times int, e securityevent.Event) {
	t.Helper()
	for range times {
		if err := d.Report(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFailuresAreBoundedPerMinute(t *testing.T) {
	failed := securityevent.Event{Kind: securityevent.SignIn, Outcome: securityevent.Failure, Reason: securityevent.WrongAnswer}
	named := failed
	named.Account = 7 // somebody gave the name of an account
	host := securityevent.Event{Kind: securityevent.ForeignHost, Outcome: securityevent.Failure}
	refused := func(id int64) securityevent.Event {
		return securityevent.Event{Kind: securityevent.ActionRefused, Outcome: securityevent.Failure, Account: id, Role: account.Reviewer}
	}
	const most = securityevent.PerMinute
	for _, test := range []struct {
		name   string
		events []securityevent.Event // each a hundred times
		want   int
	}{
		{"a kind", []securityevent.Event{failed}, most},
		{"whoever is named", []securityevent.Event{failed, named}, most},
		{"two kinds", []securityevent.Event{failed, host}, 2 * most},
		{"two people", []securityevent.Event{refused(1), refused(2)}, 2 * most},
		{"what succeeds", []securityevent.Event{{Kind: securityevent.StepUp, Outcome: securityevent.Success}}, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk()
			for _, e := range test.events {
				d.report(t, 100, e)
			}
			if n := d.lines(); n != test.want || len(d.kept) != test.want {
				t.Errorf("%d lines, %d kept, want %d", n, len(d.kept), test.want)
			}
		})
	}
}

// What was only counted is said when its minute is over: with the next of the kind, at a flush,
// or when the log is closed; and once.
func TestWhatWasOnlyCountedIsSaid(t *testing.T) {
	failed := securityevent.Event{Kind: securityevent.WrongSecret, Outcome: securityevent.Failure, Address: "203.0.113.9"}
	for _, test := range []struct {
		name  string
		do    func(*testing.T, *desk)
		lines int
	}{
		{"next of the kind", func(t *testing.T, d *desk) { d.now = d.now.Add(time.Minute); d.report(t, 1, failed) }, 2},
		{"flush in the same minute", func(t *testing.T, d *desk) { must(t, d.Flush(t.Context())) }, 0},
		{"flush a minute later", func(t *testing.T, d *desk) { d.now = d.now.Add(time.Minute); must(t, d.Flush(t.Context())) }, 1},
		{"close", func(t *testing.T, d *desk) { must(t, d.Close(t.Context())) }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk()
			d.report(t, securityevent.PerMinute+312, failed)
			d.lines()
			kept := len(d.kept)
			test.do(t, d)
			if n := d.lines(); n != test.lines {
				t.Errorf("%d lines, want %d", n, test.lines)
			}
			if test.lines == 0 {
				return
			}
			if e := d.kept[kept]; e.Count != 312 || e.Reason != securityevent.CountedSummary || e.Kind != failed.Kind || e.Address != "" {
				t.Errorf("kept %+v", e)
			}
			d.now = d.now.Add(time.Hour)
			must(t, d.Close(t.Context()))
			if n := d.lines(); n != 0 {
				t.Errorf("%d lines more", n)
			}
		})
	}
}

func TestWhatIsOnTheLedger(t *testing.T) {
	for _, test := range []struct {
		name string
		e    securityevent.Event
		want int
	}{
		{"sign-in of somebody", securityevent.Event{Kind: securityevent.SignIn, Outcome: securityevent.Success, Account: 1, Role: account.Admin}, 1},
		{"sign-out", securityevent.Event{Kind: securityevent.SignOut, Outcome: securityevent.Success, Account: 1, Role: account.Admin}, 1},
		{"second factor that failed", securityevent.Event{Kind: securityevent.SecondFactor, Outcome: securityevent.Failure, Account: 1, Role: account.Admin}, 1},
		{"somebody was named", securityevent.Event{Kind: securityevent.SignIn, Outcome: securityevent.Failure, Account: 1}, 0},
		{"nobody", securityevent.Event{Kind: securityevent.SignIn, Outcome: securityevent.Failure}, 0},
		{"another kind", securityevent.Event{Kind: securityevent.StepUp, Outcome: securityevent.Success, Account: 1, Role: account.Admin}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk()
			d.report(t, 1, test.e)
			if d.onLedger != test.want {
				t.Errorf("%d on the ledger, want %d", d.onLedger, test.want)
			}
		})
	}
}

// An event is written even where it cannot be kept, and kept even when whoever asked has gone.
func TestReportSurvives(t *testing.T) {
	d := newDesk()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, d.Report(ctx, securityevent.Event{Kind: securityevent.SignOut, Outcome: securityevent.Success}))
	d.fails = errors.New("no disk")
	if err := d.Report(t.Context(), securityevent.Event{Kind: securityevent.SignOut, Outcome: securityevent.Success}); !errors.Is(err, d.fails) {
		t.Errorf("error is %v", err)
	}
	if n := d.lines(); n != 2 || len(d.kept) != 1 || !d.kept[0].OnLog {
		t.Errorf("%d lines, kept %+v", n, d.kept)
	}
	var none *securityevent.Log
	must(t, errors.Join(none.Report(t.Context(), securityevent.Event{}), none.Flush(t.Context())))
}

// Lines of many at once stand whole and in the order of their times.
func TestLinesKeepTheirOrder(t *testing.T) {
	d := newDesk()
	var clock time.Duration
	d.Now = func() time.Time { clock += time.Millisecond; return noon.Add(clock) } // called under the log's lock
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if err := d.Report(t.Context(), securityevent.Event{Kind: securityevent.StepUp, Outcome: securityevent.Success}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	last := ""
	for line := range strings.Lines(d.out.String()) {
		if !strings.HasPrefix(line, `{"log":"security",`) || !strings.HasSuffix(line, "}\n") || line <= last {
			t.Fatalf("%q after %q", line, last)
		}
		last = line
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
