package idv

import "strings"

// Signer is what is known of the signer beside the hits of a search. Each may be empty:
// absence is said, never filled in by a guess.
type Signer struct {
	Name        string
	Born        string // yyyy, yyyy-mm or yyyy-mm-dd, or as it came
	Nationality string // as it came
	Address     string // in one line
}

// SignerOf gathers what the profile that was searched with says of the signer, then what
// the identity document says, then what the searches say themselves. The profile and the
// document may be nil, and so may the hits.
func SignerOf(profile, document *Fields, l *HitList) Signer {
	var s Signer
	for _, f := range []*Fields{profile, document} {
		if f == nil {
			continue
		}
		s.Name = orElse(s.Name, f.fullName())
		s.Born = orElse(s.Born, f.Value("date_of_birth"))
		s.Nationality = orElse(s.Nationality, f.Value("nationality"))
		s.Address = orElse(s.Address, f.addressLine())
	}
	s.Name = orElse(s.Name, l.sameInAll(func(one *Search) string { return orElse(one.Term, one.SubmittedTerm) }))
	s.Born = orElse(s.Born, l.sameInAll(func(one *Search) string { return one.Filters.BirthYear }))
	return s
}

// addressLine is the address in one line.
func (f *Fields) addressLine() string {
	return strings.Join(strings.FieldsFunc(f.addressText(), func(r rune) bool { return r == '\n' || r == '\r' }), ", ")
}

// sameInAll returns what every search that could be read says; empty where one says
// something else, or nothing.
func (l *HitList) sameInAll(of func(*Search) string) string {
	same := ""
	if l == nil {
		return ""
	}
	for i := range l.Searches {
		if l.Searches[i].Unread != nil {
			continue
		}
		value := of(&l.Searches[i])
		if value == "" || same != "" && value != same {
			return ""
		}
		same = value
	}
	return same
}
