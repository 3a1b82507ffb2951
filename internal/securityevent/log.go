package securityevent

import (
	"context"
	"io"
	"sync"
	"time"
)

// PerMinute is how many failures of a kind are written in a minute; those of somebody who is
// signed in are theirs alone. The rest of the minute is counted.
const PerMinute = 10

// Keeper keeps events where auditors read them: *store.Store.
type Keeper interface {
	// KeepEvent keeps an event. With onLedger set, it is also an act on the ledger.
	KeepEvent(ctx context.Context, e Event, onLedger bool) error
	// Events lists events, the newest first.
	Events(ctx context.Context, q Query) ([]Event, error)
}

// Query picks events.
type Query struct {
	Person      string    // name of an account that did it or that it is about; empty for all
	Kind        Kind      // empty for all
	From, Until time.Time // the zero Time where there is no bound; Until itself is not in it
	Before      int64     // ID of an event; zero begins with the newest
	Limit       int
}

// Log writes events and has them kept. Its fields are set once, before the first use. A nil
// *Log does nothing.
type Log struct {
	Out  io.Writer // gets lines of JSON, one at a time and in the order of their times
	Keep Keeper
	Now  func() time.Time

	mu     sync.Mutex
	bounds map[boundedBy]*bound
}

// boundedBy is for what failures are counted together.
type boundedBy struct {
	kind    Kind
	account int64
	role    string
}

// bound is how many there were in a minute.
type bound struct {
	minute  time.Time
	written int
	more    int // that were only counted
	last    Event
}

// Report writes an event at the time of now, and has it kept. An error means that it was not
// kept; what was written stays so.
func (l *Log) Report(ctx context.Context, e Event) error {
	if l == nil {
		return nil
	}
	written, err := l.write(e)
	if err != nil {
		return err
	}
	return l.keep(ctx, written)
}

// List lists events, the newest first.
func (l *Log) List(ctx context.Context, q Query) ([]Event, error) {
	if l == nil || l.Keep == nil {
		return nil, nil
	}
	return l.Keep.Events(ctx, q)
}

// Print writes events that another program had kept.
func (l *Log) Print(list []Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range list {
		if err := l.print(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// Flush writes how many events were only counted in the minutes that are over.
func (l *Log) Flush(ctx context.Context) error { return l.flush(ctx, false) }

// Close is Flush for the minute that is not over, too.
func (l *Log) Close(ctx context.Context) error { return l.flush(ctx, true) }

func (l *Log) flush(ctx context.Context, all bool) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	var written []Event
	now := l.Now()
	for by, b := range l.bounds {
		if !all && b.minute.Equal(now.Truncate(time.Minute)) {
			continue
		}
		delete(l.bounds, by)
		if b.more == 0 {
			continue
		}
		e := b.summary(now)
		if err := l.print(&e); err != nil {
			l.mu.Unlock()
			return err
		}
		written = append(written, e)
	}
	l.mu.Unlock()
	return l.keep(ctx, written)
}

// write prints an event, after the count of those of the minute before that were not printed. It
// returns what it printed.
func (l *Log) write(e Event) ([]Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Time = l.Now().UTC().Truncate(time.Millisecond)
	due := l.due(e)
	for i := range due {
		if err := l.print(&due[i]); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// due is what is to be written now that an event happened.
func (l *Log) due(e Event) []Event {
	if e.Outcome != Failure {
		return []Event{e}
	}
	by := boundedBy{kind: e.Kind}
	if e.Role != "" { // whoever is only named at a sign-in is anybody
		by.account, by.role = e.Account, string(e.Role)
	}
	minute := e.Time.Truncate(time.Minute)
	b := l.bounds[by]
	var due []Event
	if b == nil || !b.minute.Equal(minute) {
		if b != nil && b.more > 0 {
			due = append(due, b.summary(e.Time))
		}
		b = &bound{minute: minute}
		if l.bounds == nil {
			l.bounds = map[boundedBy]*bound{}
		}
		l.bounds[by] = b
	}
	b.last = e
	if b.written >= PerMinute {
		b.more++
		return due
	}
	b.written++
	return append(due, e)
}

// summary is the event that stands for those which were only counted.
func (b *bound) summary(now time.Time) Event {
	e := Event{Time: now.UTC().Truncate(time.Millisecond), Kind: b.last.Kind, Outcome: b.last.Outcome, Reason: CountedSummary, Count: b.more}
	if b.last.Role != "" {
		e.Account, e.Role = b.last.Account, b.last.Role
	}
	return e
}

func (l *Log) print(e *Event) error {
	if l.Out == nil {
		return nil
	}
	text, err := e.Line()
	if err != nil {
		return err
	}
	_, err = l.Out.Write(text)
	e.OnLog = err == nil
	return err
}

// keep has events kept, even when whoever asked has gone: they happened.
func (l *Log) keep(ctx context.Context, list []Event) error {
	if l.Keep == nil {
		return nil
	}
	for _, e := range list {
		onLedger := e.Kind.OnLedger() && e.Account != 0 && e.Role != ""
		if err := l.Keep.KeepEvent(context.WithoutCancel(ctx), e, onLedger); err != nil {
			return err
		}
	}
	return nil
}
