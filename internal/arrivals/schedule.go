package arrivals

import "time"

// How often a result that is not final is asked for again.
const (
	shortestWait = time.Minute
	longestWait  = 24 * time.Hour
	// askedFor is how long after the first result Yoti is asked at all. A session may stay
	// ONGOING for ever. Source: Yoti, Portal session results.
	askedFor = 30 * 24 * time.Hour
)

// NextAsking returns when a result is to be asked for again that was first had, or first
// wanted, at a time and is not final now: after half its age, but not sooner than after a
// minute and not later than after a day. It returns false when thirty days are over by then.
func NextAsking(first, now time.Time) (time.Time, bool) {
	next := now.Add(min(max(now.Sub(first)/2, shortestWait), longestWait))
	if next.After(first.Add(askedFor)) {
		return time.Time{}, false
	}
	return next, true
}
