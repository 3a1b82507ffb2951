package review

import (
	"strconv"
	"strings"
	"time"
)

// The lengths of ranges of days, each with its first and its last.
const (
	UsualDays = 14 // where none is asked for
	MaxDays   = 92 // a quarter
)

// DayRange is days in UTC, from the first to the last, both of them included.
type DayRange struct {
	First, Last time.Time // midnight at which the day begins
}

// ParseDayRange reads a range of days. Where the last is empty it ends today, and where the
// first is, it has UsualDays. It returns a *Refused for what is no range, or too long.
func ParseDayRange(first, last string, now time.Time) (DayRange, error) {
	r := DayRange{Last: dayOf(now)}
	var err error
	if last = strings.TrimSpace(last); last != "" {
		if r.Last, err = time.Parse(time.DateOnly, last); err != nil {
			return DayRange{}, &Refused{"The last day is not a date such as 2026-11-23."}
		}
	}
	r.First = r.Last.AddDate(0, 0, 1-UsualDays)
	if first = strings.TrimSpace(first); first != "" {
		if r.First, err = time.Parse(time.DateOnly, first); err != nil {
			return DayRange{}, &Refused{"The first day is not a date such as 2026-11-23."}
		}
	}
	switch {
	case r.Last.Before(r.First):
		return DayRange{}, &Refused{"The last day is before the first."}
	case r.First.AddDate(0, 0, MaxDays-1).Before(r.Last):
		return DayRange{}, &Refused{"These are more than " + strconv.Itoa(MaxDays) + " days. Please ask for fewer."}
	}
	return r, nil
}

// End is the midnight with which the last day ends.
func (r DayRange) End() time.Time { return r.Last.AddDate(0, 0, 1) }

// All returns the beginning of every day, in order.
func (r DayRange) All() []time.Time {
	var list []time.Time
	for day := r.First; !day.After(r.Last); day = day.AddDate(0, 0, 1) {
		list = append(list, day)
	}
	return list
}

// dayOf returns the beginning of the day of a time.
func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }
