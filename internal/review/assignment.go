package review

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Assignment is who has a case. It ends with a decision, and when the case is released.
type Assignment struct {
	Seq     int64 // of the entry that says so
	At      time.Time
	Account int64
	Name    string // of the account, as it was then
	By      string // who assigned it: the same name where somebody took it
}

// Tagged is a tag on a case.
type Tagged struct {
	Seq int64 // of the entry that says so
	At  time.Time
	By  string
	Tag string
}

// MaxTagLength is how long a tag may be, in characters (Unicode code points).
const MaxTagLength = 32

// maxTagDigits is how many digits a tag may have: with more it could be a date of birth, or
// the number of something.
const maxTagDigits = 4

// ParseTag reads a tag: letters, digits and single dashes, in lower case. Blanks become
// dashes. It returns a *Refused for what is no tag. A tag stays in the ledger when the
// recipient is erased, so it must not be able to hold a number or a date.
func ParseTag(text string) (string, error) {
	tag := strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == '-' || unicode.IsSpace(r) }), "-")
	digits := 0
	for _, r := range tag {
		switch {
		case unicode.IsDigit(r):
			digits++
		case r != '-' && !unicode.IsLetter(r):
			return "", &Refused{"A tag has letters, digits and dashes only."}
		}
	}
	switch {
	case !utf8.ValidString(text) || tag == "":
		return "", &Refused{"The tag is empty, or is no text."}
	case utf8.RuneCountInString(tag) > MaxTagLength:
		return "", &Refused{"The tag is too long; it may have 32 characters."}
	case digits > maxTagDigits:
		return "", &Refused{"A tag has at most four digits, so that no date of birth or number of a document becomes one."}
	}
	return tag, nil
}

// addAssignment adds who has the case from an entry on.
func (r *Record) addAssignment(e *Recorded, facts Facts) {
	a := &Assignment{Seq: e.Seq, At: e.At, Account: e.Actor, Name: e.Name, By: e.Name}
	switch e.Act {
	case ActAssigned:
		a.Account, a.Name = facts.Assignee, facts.AssigneeName
	case ActReleased:
		a = nil
	}
	r.Assignee = a
}

// addTag adds a tag, or takes one away. Tags stand in the order of the alphabet.
func (r *Record) addTag(e *Recorded, facts Facts) {
	at, found := slices.BinarySearchFunc(r.Tags, facts.Tag, func(t Tagged, tag string) int { return strings.Compare(t.Tag, tag) })
	switch {
	case e.Act == ActTagged && !found:
		r.Tags = slices.Insert(r.Tags, at, Tagged{e.Seq, e.At, e.Name, facts.Tag})
	case e.Act == ActUntagged && found:
		r.Tags = slices.Delete(r.Tags, at, at+1)
	}
}

// TagNames returns the tags of the case, in the order of the alphabet.
func (r *Record) TagNames() []string {
	var names []string
	for _, t := range r.Tags {
		names = append(names, t.Tag)
	}
	return names
}

// HasTag reports whether the case has a tag.
func (r *Record) HasTag(tag string) bool {
	return slices.ContainsFunc(r.Tags, func(t Tagged) bool { return t.Tag == tag })
}
