package idv

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

var (
	// ErrNoDate is returned for a text that is not a date.
	ErrNoDate = errors.New("the text is not a date")
	// ErrShortYear is returned for a date whose year has fewer than four digits.
	ErrShortYear = errors.New("the year of the date does not have four digits")
)

// AmbiguousDate is returned for a date that can be read as several days.
type AmbiguousDate struct{ Readings []Date }

func (e *AmbiguousDate) Error() string {
	return fmt.Sprintf("the date can be read as %d days", len(e.Readings))
}

// ReadTypedDate reads a day as people write it: 1985-03-12, 12 March 1985, March 12th,
// 1985, or 31/12/1985 where the digits leave no choice. It guesses nothing: it returns
// ErrNoDate, ErrShortYear or an *AmbiguousDate.
func ReadTypedDate(text string) (Date, error) {
	parts, ok := datePartsOf(text)
	if !ok {
		return Date{}, ErrNoDate
	}
	var readings []Date
	short := false
	for _, order := range partOrders(parts) {
		reading, err := order.toDate()
		switch {
		case errors.Is(err, ErrShortYear):
			short = true
		case err == nil && !slices.Contains(readings, reading):
			readings = append(readings, reading)
		}
	}
	switch {
	case len(readings) == 1:
		return readings[0], nil
	case len(readings) > 1:
		return Date{}, &AmbiguousDate{readings}
	case short:
		return Date{}, ErrShortYear
	}
	return Date{}, ErrNoDate
}

// datePart is digits, or a month in letters.
type datePart struct {
	digits string
	month  int // zero where it is digits
}

// maxDateText is longer, in bytes, than any date that people write.
const maxDateText = 100

// datePartsOf splits a text; not ok where something in it belongs to no date.
func datePartsOf(text string) (parts []datePart, ok bool) {
	if len(text) > maxDateText {
		return nil, false
	}
	rest := cases.Fold().String(norm.NFKC.String(text))
	for rest != "" {
		r := []rune(rest)[0]
		switch {
		case '0' <= r && r <= '9':
			digits := leadingRunes(rest, func(r rune) bool { return '0' <= r && r <= '9' })
			parts, rest = append(parts, datePart{digits: digits}), rest[len(digits):]
			if ending := leadingRunes(rest, unicode.IsLetter); slices.Contains([]string{"st", "nd", "rd", "th"}, ending) {
				rest = rest[len(ending):]
			}
		case unicode.IsLetter(r):
			word := leadingRunes(rest, unicode.IsLetter)
			month := monthOf(word)
			if month > 0 {
				parts = append(parts, datePart{month: month})
			} else if word != "of" && word != "the" {
				return nil, false
			}
			rest = rest[len(word):]
		case unicode.IsSpace(r) || isDash(r) || strings.ContainsRune(",./", r) || isHidden(r) && !unicode.IsControl(r):
			rest = rest[len(string(r)):]
		default:
			return nil, false
		}
	}
	return parts, true
}

// leadingRunes returns the beginning of a text all of whose signs are such.
func leadingRunes(text string, is func(rune) bool) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !is(r) })
	if end < 0 {
		return text
	}
	return text[:end]
}

// monthOf returns the number of a month in English, in full or by its first letters; zero
// for another word.
func monthOf(word string) int {
	const shortest = 3
	if len(word) < shortest {
		return 0
	}
	for month := time.January; month <= time.December; month++ {
		name := strings.ToLower(month.String())
		if word == name || word == name[:shortest] || month == time.September && word == "sept" {
			return int(month)
		}
	}
	return 0
}

// dateOrder is parts of a date in one of their possible orders.
type dateOrder struct{ year, month, day datePart }

// partOrders returns in which orders people write parts of a date; none for what is not a date.
func partOrders(parts []datePart) []dateOrder {
	if len(parts) == 1 && len(parts[0].digits) == len("19850312") {
		d := parts[0].digits
		part := func(from, to int) datePart { return datePart{digits: d[from:to]} }
		return []dateOrder{
			{part(0, 4), part(4, 6), part(6, 8)},
			{part(4, 8), part(2, 4), part(0, 2)},
			{part(4, 8), part(0, 2), part(2, 4)},
		}
	}
	if len(parts) != 3 {
		return nil
	}
	a, b, c := parts[0], parts[1], parts[2]
	switch {
	case a.month > 0:
		return []dateOrder{{c, a, b}}
	case len(a.digits) > 2:
		return []dateOrder{{a, b, c}}
	case b.month > 0:
		return []dateOrder{{c, b, a}}
	}
	return []dateOrder{{c, b, a}, {c, a, b}}
}

// The years that a date may be in: what lies outside is a slip of the finger.
const firstYear, lastYear = 1850, 2199

func (o dateOrder) toDate() (Date, error) {
	if len(o.day.digits) < 1 || len(o.day.digits) > 2 || len(o.month.digits) > 2 || o.year.month > 0 {
		return Date{}, ErrNoDate
	}
	if len(o.year.digits) < 4 {
		return Date{}, ErrShortYear
	}
	year, day, month := valueOf(o.year.digits), valueOf(o.day.digits), o.month.month
	if month == 0 {
		month = valueOf(o.month.digits)
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < firstYear || year > lastYear || at.Day() != day || int(at.Month()) != month {
		return Date{}, ErrNoDate
	}
	return Date{at, dayForm}, nil
}

// valueOf reads digits; what is too large for any date is zero.
func valueOf(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
