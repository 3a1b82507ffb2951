package idv

import (
	"strings"
	"time"
)

// Date is a date as documents have it: a year, a month of a year, or a day.
type Date struct {
	At     time.Time // the first moment of it, in UTC
	layout string
}

// The forms of dates. Source: Yoti IDV, data extraction.
const (
	dayForm   = time.DateOnly
	monthForm = "2006-01"
	yearForm  = "2006"
)

// ParseDate reads yyyy, yyyy-mm or yyyy-mm-dd, and guesses nothing else.
func ParseDate(text string) (Date, bool) {
	for _, layout := range []string{dayForm, monthForm, yearForm} {
		if at, err := time.Parse(layout, text); err == nil {
			return Date{at, layout}, true
		}
	}
	return Date{}, false
}

// String writes the date in words: "12 March 1985", "March 1985", "1985".
func (d Date) String() string {
	switch d.layout {
	case dayForm:
		return d.At.Format("2 January 2006")
	case monthForm:
		return d.At.Format("January 2006")
	}
	return d.At.Format(yearForm)
}

// Wire writes the date as documents have it: "1985-03-12", "1985-03", "1985"; empty for the
// zero Date.
func (d Date) Wire() string {
	if d.layout == "" {
		return ""
	}
	return d.At.Format(d.layout)
}

// Exact reports whether it is a day.
func (d Date) Exact() bool { return d.layout == dayForm }

// Age returns the whole years from the date until then; exact tells whether the date
// says as much, else one more may be too many. It is for display alone.
func (d Date) Age(then time.Time) (years int, exact bool) {
	then = then.UTC()
	years = then.Year() - d.At.Year()
	if d.layout != yearForm && isEarlierDay(then, d.At) {
		years--
	}
	return years, d.Exact()
}

// isEarlierDay reports whether the day of a year comes before another's.
func isEarlierDay(a, b time.Time) bool {
	return a.Month() < b.Month() || a.Month() == b.Month() && a.Day() < b.Day()
}

// Expiry says whether a document was valid when it was looked at. It is an aid for
// reading: Yoti's own check governs.
type Expiry string

// The expiries.
const (
	Valid        Expiry = "valid"
	ExpiresSoon  Expiry = "soon" // within thirty days
	Expired      Expiry = "expired"
	NeverExpires Expiry = "lifetime"
	NoExpiry     Expiry = "not-present" // the document does not say
	UnreadExpiry Expiry = "unread"
	// UnclearExpiry: a month or year that leaves open whether the day was near or past.
	UnclearExpiry Expiry = "unclear"
)

// ExpiryOf judges an expiration_date at a time. A document is valid to the end of its
// last day, anywhere on earth. Which day of a month or year is meant is not guessed.
func ExpiryOf(value string, at time.Time) Expiry {
	switch strings.ToUpper(value) {
	case "LIFETIME":
		return NeverExpires
	case "", "NOT_PRESENT":
		return NoExpiry
	}
	d, ok := ParseDate(value)
	if !ok {
		return UnreadExpiry
	}
	const anywhere = 12 * time.Hour // how far the last place is behind UTC
	const soon = 30
	earliest, latest := d.At.AddDate(0, 0, 1).Add(anywhere), d.firstMomentAfter().Add(anywhere)
	switch {
	case !at.Before(latest):
		return Expired
	case at.Before(earliest.AddDate(0, 0, -soon)):
		return Valid
	case d.Exact():
		return ExpiresSoon
	}
	return UnclearExpiry
}

// firstMomentAfter is the first moment after the date.
func (d Date) firstMomentAfter() time.Time {
	switch d.layout {
	case dayForm:
		return d.At.AddDate(0, 0, 1)
	case monthForm:
		return d.At.AddDate(0, 1, 0)
	}
	return d.At.AddDate(1, 0, 0)
}

// Word says the expiry.
func (e Expiry) Word() Word {
	switch e {
	case Valid:
		return Word{"Valid at the time", "", true}
	case ExpiresSoon:
		return Word{"About to expire", "It expires within thirty days of the session.", true}
	case Expired:
		return Word{"Expired", "It had expired when the session took place.", true}
	case NeverExpires:
		return Word{"Does not expire", "The document is valid for life.", true}
	case NoExpiry:
		return Word{"Not stated", "The document does not say until when it is valid.", true}
	case UnreadExpiry:
		return Word{"Could not be read as a date", "", true}
	case UnclearExpiry:
		return Word{"Not clear from this date", "The date lacks its day, so it may have passed before the session or soon after it.", true}
	}
	return Word{Label: string(e)}
}

// AgeInWords says how old somebody was who was born on the date, at the time of a session.
func (d Date) AgeInWords(session time.Time) string {
	years, exact := d.Age(session)
	if years < 0 {
		return "after the time of the session"
	}
	if years >= ImpossibleAge {
		return "longer ago than anybody has lived"
	}
	text := countWords(years, "year", "years") + " old at the time of the session"
	if !exact {
		return "about " + text
	}
	return text
}
