package idv

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Time is a time as it stood on the wire, and what it means when it could be read.
type Time struct {
	Wire  string
	At    time.Time // zero when Wire is absent or no time; the first moment of it; UTC
	Until time.Time // the first moment after a day, an hour, a minute; zero when At is a moment
}

// ReadTime reads a time in any form of ISO 8601. One without an offset is taken for UTC,
// in which Yoti gives its times.
func ReadTime(wire string) Time {
	s, ok := readSpan(wire)
	if !ok {
		return Time{Wire: wire}
	}
	t := Time{Wire: wire, At: s.from.UTC()}
	if !s.until.Equal(s.from) {
		t.Until = s.until.UTC()
	}
	return t
}

// Exact reports whether the time is one moment anywhere: to the second, and with its
// offset.
func (t Time) Exact() bool {
	s, ok := readSpan(t.Wire)
	return ok && s.zoned && s.from.Equal(s.until) && !s.from.IsZero() // some write the zero time for none
}

// Day returns the day that the time names where it was written; false when it names none.
func (t Time) Day() (time.Time, bool) {
	s, ok := readSpan(t.Wire)
	if !ok || s.until.Sub(s.from) > 24*time.Hour {
		return time.Time{}, false
	}
	year, month, day := s.from.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), true
}

// Before reports whether t is certainly earlier than u. Of a day, an hour or a minute
// nobody knows which moment was meant, so one that holds the other is not before it, and
// neither is a time that could not be read.
func (t Time) Before(u Time) bool {
	switch {
	case t.At.IsZero() || u.At.IsZero():
		return false
	case t.Until.IsZero():
		return t.At.Before(u.At)
	}
	return !t.Until.After(u.At)
}

// timeSpan is the time that a text names, from its first moment until the first after it;
// until is from where the text names a moment.
type timeSpan struct {
	from, until time.Time
	zoned       bool // whether it says its offset
}

// isoTime takes the forms of ISO 8601 apart: calendar, week and ordinal dates, extended
// and basic, with a time or without.
var isoTime = regexp.MustCompile(`^(\d{4})(?:-?W(\d\d)(?:-?([1-7]))?|-?(\d{3})|-(\d\d)(?:-(\d\d))?|(\d\d)(\d\d))?` +
	`(?:[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d))?)?(?:[.,](\d+))?([Zz]|[+\-−]\d\d(?::?\d\d)?)?)?$`)

// The parts of isoTime.
const (
	isoYear = iota + 1
	isoWeek
	isoWeekday
	isoOrdinal
	isoMonth
	isoDay
	isoBasicMonth
	isoBasicDay
	isoHour
	isoMinute
	isoSecond
	isoFraction
	isoOffset
)

func readSpan(text string) (timeSpan, bool) {
	if strings.HasSuffix(text, "Z") { // as nearly all
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return timeSpan{at, at, true}, true
		}
	}
	part := isoTime.FindStringSubmatch(strings.TrimSpace(text))
	if part == nil {
		return timeSpan{}, false
	}
	zone, ok := readOffset(part[isoOffset])
	if !ok {
		return timeSpan{}, false
	}
	from, until, ok := readDay(part, zone)
	if !ok {
		return timeSpan{}, false
	}
	s := timeSpan{from, until, part[isoOffset] != ""}
	if part[isoHour] == "" {
		return s, true
	}
	if until.After(from.AddDate(0, 0, 1)) { // no hour of a month
		return timeSpan{}, false
	}
	at, length, ok := readClock(part)
	s.from = from.Add(at)
	s.until = s.from.Add(length)
	return s, ok
}

// readOffset reads how far a clock is from UTC; one that does not say is on it.
func readOffset(text string) (*time.Location, bool) {
	if text == "" || strings.EqualFold(text, "Z") {
		return time.UTC, true
	}
	sign := 1
	digits, ok := strings.CutPrefix(text, "+")
	if !ok {
		sign = -1
		digits = strings.TrimLeft(text, "-−")
	}
	digits = strings.ReplaceAll(digits, ":", "") + "00"
	hours, minutes := parseDigits(digits[:2]), parseDigits(digits[2:4])
	if hours > 23 || minutes > 59 {
		return nil, false
	}
	return time.FixedZone("", sign*(hours*60+minutes)*60), true
}

// parseDigits reads digits that are known to be some; 0 for none.
func parseDigits(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// readDay reads the date: a day, week, month or year, and the first moment after it.
func readDay(part []string, zone *time.Location) (from, until time.Time, ok bool) {
	year := parseDigits(part[isoYear])
	first := time.Date(year, time.January, 1, 0, 0, 0, 0, zone)
	month, day := part[isoMonth]+part[isoBasicMonth], part[isoDay]+part[isoBasicDay]
	switch {
	case part[isoWeek] != "":
		return readWeek(first, parseDigits(part[isoWeek]), parseDigits(part[isoWeekday]))
	case part[isoOrdinal] != "":
		n := parseDigits(part[isoOrdinal])
		from = first.AddDate(0, 0, n-1)
		return from, from.AddDate(0, 0, 1), n > 0 && from.Year() == year
	case month == "":
		return first, first.AddDate(1, 0, 0), true
	}
	m := time.Month(parseDigits(month))
	from = time.Date(year, m, max(1, parseDigits(day)), 0, 0, 0, 0, zone)
	if day == "" {
		return from, from.AddDate(0, 1, 0), from.Month() == m
	}
	return from, from.AddDate(0, 0, 1), from.Month() == m && from.Day() == parseDigits(day)
}

// readWeek reads a week of the year that begins at first, or one day of it. The first
// week is the one with the fourth of January in it, and weeks begin on Mondays.
func readWeek(first time.Time, week, weekday int) (from, until time.Time, ok bool) {
	fourth := first.AddDate(0, 0, 3)
	from = fourth.AddDate(0, 0, 7*(week-1)-(int(fourth.Weekday())+6)%7)
	if year, n := from.AddDate(0, 0, 3).ISOWeek(); year != first.Year() || n != week {
		return from, from, false
	}
	if weekday == 0 {
		return from, from.AddDate(0, 0, 7), true
	}
	from = from.AddDate(0, 0, weekday-1)
	return from, from.AddDate(0, 0, 1), true
}

// readClock reads the time of day: how long after midnight it begins, and how long it is.
func readClock(part []string) (at, length time.Duration, ok bool) {
	hour, minute, second := parseDigits(part[isoHour]), parseDigits(part[isoMinute]), parseDigits(part[isoSecond])
	at = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	if minute > 59 || second > 60 || hour > 24 || hour == 24 && at > 24*time.Hour { // 60 is a leap second
		return 0, 0, false
	}
	length = time.Hour
	if part[isoMinute] != "" {
		length = time.Minute
	}
	if part[isoSecond] != "" {
		length = time.Second
	}
	if fraction := part[isoFraction]; fraction != "" {
		const digits = 9
		nanoseconds := parseDigits((fraction + strings.Repeat("0", digits))[:digits])
		return at + length/time.Second*time.Duration(nanoseconds), 0, true
	}
	if length == time.Second { // fine enough to tell what came first
		length = 0
	}
	return at, length, true
}
