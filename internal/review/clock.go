package review

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/internal/ledger"
)

// behindLimit is how far the clock may be behind the newest entry before people are told.
const behindLimit = time.Minute

// Clock is what the server's clock shows, beside the time of the newest entry.
type Clock struct {
	Shows  time.Time
	Newest time.Time // the zero Time when there is no entry
}

// Behind is by how much the clock is behind; zero when that is not worth a word.
func (c Clock) Behind() time.Duration {
	if behind := ledger.ClockLag(c.Newest, c.Shows); behind > behindLimit {
		return behind
	}
	return 0
}

// Warning says in words that the clock is behind; empty when it is not.
func (c Clock) Warning() string {
	if c.Behind() == 0 {
		return ""
	}
	return fmt.Sprintf("The server's clock is behind: it shows %s, and the newest entry of the ledger was made when it showed %s. It was wrong then, or is now. The operator should check it; entries keep their order by number.",
		c.Shows.UTC().Format(clockForm), c.Newest.UTC().Format(clockForm))
}

const clockForm = "2 January 2006, 15:04:05 UTC"

// Clock compares the clock with the newest entry.
func (d *Desk) Clock(ctx context.Context) (Clock, error) {
	newest, err := d.Records.NewestEntry(ctx)
	if err != nil {
		return Clock{}, fmt.Errorf("look at the clock: %w", err)
	}
	return Clock{d.Now(), newest}, nil
}

// BehindWords says by how much the clock of an entry stood behind that of the entry before;
// empty when it did not.
func BehindWords(behind time.Duration) string {
	if behind <= 0 {
		return ""
	}
	return "The clock stood " + spanWords(behind) + " behind the entry before."
}

// spanWords writes a span with its two largest units.
func spanWords(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		size      time.Duration
		one, many string
	}{
		{24 * time.Hour, "day", "days"}, {time.Hour, "hour", "hours"}, {time.Minute, "minute", "minutes"},
		{time.Second, "second", "seconds"}, {time.Millisecond, "millisecond", "milliseconds"},
	} {
		n := d / unit.size
		d -= n * unit.size
		switch {
		case n == 1:
			parts = append(parts, "1 "+unit.one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.many))
		}
		if len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, " and ")
}
