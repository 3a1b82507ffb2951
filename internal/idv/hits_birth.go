package idv

import (
	"slices"
	"strings"
	"time"
)

// Birth is how a date of birth on a list compares with the signer's. It helps to read
// a hit and is not a verdict: lists give wrong dates, and several.
type Birth string

// The comparisons.
const (
	BirthAgrees   Birth = "agrees"    // the same day
	BirthSameYear Birth = "same-year" // the same year; the day differs or is not known
	BirthDiffers  Birth = "differs"   // another year
	BirthUnknown  Birth = "unknown"   // one of the two is absent, no date, or no living person's
)

// Agreement is how a date of birth on a list compares with the signer's, as finely as the
// two tell.
type Agreement string

// The agreements.
const (
	SameDay      Agreement = "same-day"
	SameMonth    Agreement = "same-month" // of the same year; one of the two has no day
	SameYear     Agreement = "same-year"  // one of the two has no month
	OtherDay     Agreement = "other-day"  // of the same year
	OtherYear    Agreement = "other-year"
	UnknownBirth Agreement = "unknown" // one of the two is absent, no date, or no living person's
)

// AgreementOf compares the signer's date of birth with one on a list, each as yyyy,
// yyyy-mm or yyyy-mm-dd, as they are looked at. Anything else is not compared, and
// neither is a date at which nobody was born who is alive then: it says nothing about a
// person.
func AgreementOf(subject, stated string, at time.Time) Agreement {
	a, ok := birthDate(subject, at)
	b, okToo := birthDate(stated, at)
	switch {
	case !ok || !okToo:
		return UnknownBirth
	case a.At.Year() != b.At.Year():
		return OtherYear
	case a.layout == yearForm || b.layout == yearForm:
		return SameYear
	case a.At.Month() != b.At.Month():
		return OtherDay
	case !a.Exact() || !b.Exact():
		return SameMonth
	case a.At.Day() != b.At.Day():
		return OtherDay
	}
	return SameDay
}

// birthAgreement is the agreement as coarsely as hits are ordered and chosen by it.
func (a Agreement) birthAgreement() Birth {
	switch a {
	case SameDay:
		return BirthAgrees
	case SameMonth, SameYear, OtherDay:
		return BirthSameYear
	case OtherYear:
		return BirthDiffers
	}
	return BirthUnknown
}

// CompareBirth is AgreementOf in the terms by which hits are ordered and chosen.
func CompareBirth(subject, stated string, at time.Time) Birth {
	return AgreementOf(subject, stated, at).birthAgreement()
}

// ImpossibleAge is an age in years that nobody is known to have reached. Source: the oldest
// age that is proved, 122 years.
const ImpossibleAge = 123

// birthDate reads a date of birth that may lack its day and its month. Where it is not
// known when it is looked at, any year will do.
func birthDate(text string, at time.Time) (Date, bool) {
	text = strings.TrimSpace(text)
	if day, clock, found := strings.Cut(text, "T"); found && strings.Trim(clock, "0:.Z") == "" {
		text = day // midnight, as which some write a day
	}
	d, ok := ParseDate(text)
	if !ok || d.At.Year() == 0 {
		return Date{}, false
	}
	if !at.IsZero() && (d.At.After(at) || at.Year()-d.At.Year() >= ImpossibleAge) {
		return Date{}, false
	}
	return d, true
}

// Birth compares the dates of birth of a hit with the signer's. One that agrees is
// enough; the year differs only when every date that is stated is of another year.
func (h *Hit) Birth(subject string, at time.Time) Birth {
	_, agreement, _ := h.ClosestBirthDate(subject, at)
	return agreement.birthAgreement()
}

// TellingBirth returns the date of birth by which the hit compares, how it does, and how
// many others the lists state. Without any the agreement is UnknownBirth.
func (h *Hit) ClosestBirthDate(subject string, at time.Time) (date BirthDate, a Agreement, others int) {
	order := []Agreement{SameDay, SameMonth, SameYear, OtherDay, UnknownBirth, OtherYear}
	best := len(order)
	for _, d := range h.BirthDates {
		if i := slices.Index(order, AgreementOf(subject, d.Value, at)); i < best {
			best, date = i, d
		}
	}
	if best == len(order) {
		return BirthDate{}, UnknownBirth, 0
	}
	return date, order[best], len(h.BirthDates) - 1
}

// BirthFilter chooses hits by how their dates of birth compare with the signer's.
type BirthFilter string

// The filters.
const (
	BirthAny     BirthFilter = ""
	BirthHide    BirthFilter = "hide"    // all but those of another year
	BirthOnly    BirthFilter = "only"    // those of another year
	BirthSame    BirthFilter = "same"    // of the same day
	BirthYear    BirthFilter = "year"    // of the same year; the day differs or is not known
	BirthAbsent  BirthFilter = "absent"  // without a date of birth
	BirthUnclear BirthFilter = "unclear" // with dates that cannot be compared
)

// BirthFilters returns every filter but the one that chooses all, in the order in which a
// form offers them.
func BirthFilters() []BirthFilter {
	return []BirthFilter{BirthSame, BirthYear, BirthOnly, BirthHide, BirthAbsent, BirthUnclear}
}

// Label is the filter in words.
func (f BirthFilter) Label() string {
	switch f {
	case BirthHide:
		return "All but another year"
	case BirthOnly:
		return "Another year"
	case BirthSame:
		return "Same date"
	case BirthYear:
		return "Same year"
	case BirthAbsent:
		return "Not given"
	case BirthUnclear:
		return "Not comparable"
	}
	return "Any"
}

// orAll returns the filter, or the one that chooses all where it is none.
func (f BirthFilter) orAll() BirthFilter {
	if slices.Contains(BirthFilters(), f) {
		return f
	}
	return BirthAny
}

func (f BirthFilter) matches(h ComparedHit) bool {
	switch f {
	case BirthHide:
		return h.Birth != BirthDiffers
	case BirthOnly:
		return h.Birth == BirthDiffers
	case BirthSame:
		return h.Birth == BirthAgrees
	case BirthYear:
		return h.Birth == BirthSameYear
	case BirthAbsent:
		return len(h.BirthDates) == 0
	case BirthUnclear:
		return h.Birth == BirthUnknown && len(h.BirthDates) > 0
	}
	return true
}

// countBirths counts the hits that each filter chooses.
func countBirths(hits []ComparedHit) map[BirthFilter]int {
	counts := map[BirthFilter]int{}
	for _, h := range hits {
		for _, f := range BirthFilters() {
			if f.matches(h) {
				counts[f]++
			}
		}
	}
	return counts
}

// Mark says in a word or two how the date of birth of a hit compares with the signer's.
func (a Agreement) Mark() string {
	switch a {
	case SameDay:
		return "= signer"
	case SameMonth:
		return "= month only"
	case SameYear:
		return "= year only"
	case OtherDay:
		return "≠ day"
	case OtherYear:
		return "≠ signer"
	}
	return "not comparable"
}
