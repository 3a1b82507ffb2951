// Package idv says what a Yoti Sign identity verification (IDV) result means.
//
// A session result is the JSON that Yoti Sign returns for a recipient. Decode is
// strict where safety requires it: it refuses duplicate names, trailing data, and
// too much depth or size. Everywhere else it is tolerant: a field that is absent,
// null, of the wrong type, damaged or unknown never hides its neighbours. Nothing is
// ignored silently: an unreadable value becomes a Problem, and an unknown field an
// Extra, of the part it belongs to. A lost character becomes U+FFFD, in the
// canonical form too.
//
// The package derives from a result:
//
//   - the canonical form: the same JSON with secrets removed, members sorted, white
//     space removed and every number in one form. This is what is stored, and its
//     SHA-256 is the Digest that names the snapshot;
//   - the Session: the result as Go values;
//   - the Assessment: the triage bucket of the result, the order in which its checks
//     deserve attention, and why. It is never a decision;
//   - Changes: the differences between two results, in words.
//
// Yoti's identifiers are data, not keys: Yoti's own example uses one UUID for every
// object. Whatever needs a key is addressed by its position.
//
// The package has no network, database or HTML code, and all its functions are pure.
//
// Sources of the wire format: Yoti Sign, Get IDV session result; Yoti IDV, results.
package idv

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Session is a session result as values. The zero Session is what an empty JSON
// object says: nothing is known, so nothing is clear.
type Session struct {
	ID               string
	State            SessionState
	UserTrackingID   string
	BiometricConsent Time
	Resources        []Resource // in the order of ResourceKinds, then as they came
	Checks           []Check    // as they came; their order has no meaning
	IdentityProfiles []IdentityProfile
	Extras           []UnknownField
	Problems         []Problem
}

// Final reports whether Yoti has nothing more to add: the session has expired, or
// it is completed and no check still waits for its report.
func (s *Session) Final() bool {
	if s.State != SessionCompleted {
		return s.State == SessionExpired
	}
	for i := range s.Checks {
		if s.Checks[i].Waiting() {
			return false
		}
	}
	return true
}

// StateMeaning says what the state of the session means for this result. A session that
// is completed claims nothing of checks that are not there.
func (s *Session) StateMeaning() string {
	if s.State != SessionCompleted {
		return s.State.Word().Meaning
	}
	waiting, damaged := 0, false
	for i := range s.Checks {
		if c := &s.Checks[i]; c.Report == nil {
			waiting++
			damaged = damaged || c.Unreadable()
		}
	}
	switch {
	case s.isUnread("checks"):
		return "The session is completed, but the checks in this result could not be read."
	case len(s.Checks) == 0:
		return "The session is completed, but this result has no checks, so nothing was found out."
	case damaged:
		return fmt.Sprintf("The session is completed, but %d of %d checks in this result have no report, or none that could be read.", waiting, len(s.Checks))
	case waiting > 0:
		return fmt.Sprintf("The session is completed, but %d of %d checks in this result have no report.", waiting, len(s.Checks))
	}
	return "All checks have ended, which does not mean that they were approved."
}

// isUnread reports whether the field at the path, or one around it, could not be read.
func (s *Session) isUnread(path string) bool {
	return slices.ContainsFunc(s.Problems, func(p Problem) bool {
		return p.Path == "" || p.Path == path || strings.HasPrefix(path, p.Path+".")
	})
}

// Has reports how many resources of a kind the result has, and whether that could be
// read: nobody can say what is in a list that is not one.
func (s *Session) Has(kind ResourceKind) (n int, known bool) {
	for i := range s.Resources {
		if s.Resources[i].Kind == kind {
			n++
		}
	}
	return n, !s.isUnread("resources." + string(kind))
}

// Absent returns the kinds that Yoti Sign's page lists and the result has none of, and
// those of which the list could not be read.
func (s *Session) Absent() (absent, unread []ResourceKind) {
	for _, kind := range []ResourceKind{IDDocuments, SupplementaryDocuments, LivenessCaptures, FaceCaptures} {
		switch n, known := s.Has(kind); {
		case !known:
			unread = append(unread, kind)
		case n == 0:
			absent = append(absent, kind)
		}
	}
	return absent, unread
}

// ChecksKnown reports whether it is known how many checks the result has.
func (s *Session) ChecksKnown() bool { return !s.isUnread("checks") }

// At returns when the session took place: when the first of its resources and checks
// was made. It is zero where the result does not say.
func (s *Session) At() time.Time {
	var first time.Time
	earlier := func(t Time) {
		if !t.At.IsZero() && (first.IsZero() || t.At.Before(first)) {
			first = t.At
		}
	}
	for i := range s.Resources {
		earlier(s.Resources[i].CreatedAt)
	}
	for i := range s.Checks {
		earlier(s.Checks[i].Created)
	}
	return first
}

// Extra is a field that Countersign does not know, as it came.
type UnknownField struct {
	Name string
	JSON string // compact JSON text
}

// Problem is a known field whose value could not be read.
type Problem struct {
	Path string // from the enclosing value, e.g. "report.breakdown[2].result"
	Want string // what the field should be, e.g. "text", "a list"
	JSON string // what it is, as compact JSON text
}
