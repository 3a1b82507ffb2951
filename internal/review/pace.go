package review

import (
	"context"
	"fmt"
	"sync"
	"time"

	"countersign/internal/account"
)

// TooFast says that somebody did more in a while than anybody does by hand, and when to
// go on.
type TooFast struct {
	Why   string // as a sentence
	Until time.Time
}

func (e *TooFast) Error() string { return e.Why }

// Is reports whether target is ErrTooFast.
func (e *TooFast) Is(target error) bool { return target == ErrTooFast }

// How many forms one person records at most on one server. Forms that were sent before do not count.
const (
	formsPerMinute = 60
	formsPerDay    = 1000
)

// pace counts what people did lately on this server, of several that share a database each for
// itself. The zero pace is ready; a restart begins anew.
type pace struct {
	mu   sync.Mutex
	done map[int64][]time.Time // by person, oldest first; no older than the longest span
}

// count counts one more thing that a person does, unless that were more than most within
// the span: then it returns when there is room again.
func (p *pace) count(person int64, now time.Time, limits ...paceLimit) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.done[person]
	for _, l := range limits {
		if len(list) < l.most {
			continue
		}
		// A clock that was set back must not keep anybody out for longer than the span.
		if room := list[len(list)-l.most].Add(l.span); now.Before(room) && room.Sub(now) <= l.span {
			return room, false
		}
	}
	if p.done == nil {
		p.done = map[int64][]time.Time{}
	}
	longest := limits[len(limits)-1].most
	p.done[person] = append(list[max(0, len(list)-longest+1):len(list):len(list)], now)
	return time.Time{}, true
}

// paceLimit is how often something may be done within a span.
type paceLimit struct {
	most int
	span time.Duration
}

// mayRecord returns a *TooFast when a person has recorded more forms than anybody does by
// hand, and a *Refused for a form without an idempotency key. A form that is on record
// already passes: it is recorded once.
func (d *Desk) mayRecord(ctx context.Context, who account.Person, form string) error {
	return d.mayRecordAs(ctx, who, form, form)
}

// mayRecordAs is mayRecord for one form of which each of the keys may stand on record.
func (d *Desk) mayRecordAs(ctx context.Context, who account.Person, form string, keys ...string) error {
	if err := CheckKey(form); err != nil {
		return err
	}
	until, ok := d.recorded.count(who.ID, d.Now(), paceLimit{formsPerMinute, time.Minute}, paceLimit{formsPerDay, 24 * time.Hour})
	if ok {
		return nil
	}
	for _, key := range keys {
		entry, err := d.Records.FormEntry(ctx, who, key)
		if err != nil {
			return fmt.Errorf("look for a form of %s: %w", who.Name, err)
		}
		if entry != nil {
			return nil
		}
	}
	return &TooFast{fmt.Sprintf("Not recorded: one person can record %s forms a minute and %s a day.", groupThousands(formsPerMinute), groupThousands(formsPerDay)), until}
}

// mayAskYoti returns a *TooFast when a person has opened more recipients for the first
// time, or asked Yoti again more often, than is set.
func (d *Desk) mayAskYoti(who account.Person) error {
	if d.OpeningsPerMinute <= 0 {
		return nil
	}
	until, ok := d.asked.count(who.ID, d.Now(), paceLimit{d.OpeningsPerMinute, time.Minute})
	if ok {
		return nil
	}
	return &TooFast{fmt.Sprintf("One person can ask Yoti for %d results a minute. Recipients that were opened before can still be read.", d.OpeningsPerMinute), until}
}
