package review

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/internal/idv"
)

// AssessmentVersion is the version of how results are assessed for lists. Whoever changes
// idv.Assess, the words of exceptions or ResultColumnsOf so that a stored result would have
// other columns adds one to it: the columns of all cases are then worked out again in the
// background.
const AssessmentVersion = 2

// ResultColumns is what lists know of the newest result of a case. It follows from the result
// and from which hits were read, and holds nothing of a person.
type ResultColumns struct {
	Bucket   idv.Bucket // empty when there is no result
	Final    bool
	Why      string   // the reasons for the bucket, in a few words
	Document string   // type of the identity document, as on the wire
	Country  string   // that issued it, as on the wire
	Session  string   // ID
	Tracking string   // user tracking ID
	Checks   []string // types with recommendations, as CheckChoice writes them; sorted, each once
	Reasons  []string // of checks, as on the wire; sorted, each once
}

// How long what lists know of a result can be, in bytes: values come from outside, and one
// may be as long as a result.
const (
	maxColumn = 200
	maxFacets = 200 // values of a kind
)

// ResultColumnsOf returns what lists know of a result, given what is remembered of its hits.
func ResultColumnsOf(s *idv.Session, read []HitsRead) ResultColumns {
	r := reading{session: s, assessment: idv.Assess(s)}
	a := r.withConflicts(read)
	c := ResultColumns{Bucket: a.Bucket, Final: s.Final(), Why: StorableText(a.InShort()), Session: cutToColumn(s.ID), Tracking: cutToColumn(s.UserTrackingID)}
	if d := listedDocument(s); d != nil {
		c.Document, c.Country = cutToColumn(d.DocumentType), cutToColumn(d.IssuingCountry)
	}
	for i := range a.Checks {
		check := a.Checks[i].Check
		c.Checks = append(c.Checks, cutToColumn(CheckChoice{check.Type, check.Recommendation()}.String()))
		if check.Report != nil && check.Report.Reason != "" {
			c.Reasons = append(c.Reasons, cutToColumn(check.Report.Reason))
		}
	}
	c.Checks, c.Reasons = facetValues(c.Checks), facetValues(c.Reasons)
	return c
}

// listedDocument is the identity document that stands for a session in lists; nil when there
// is none.
func listedDocument(s *idv.Session) *idv.Resource {
	if d := s.IdentityDocument(); d != nil {
		return d
	}
	for i := range s.Resources {
		if s.Resources[i].Kind == idv.IDDocuments {
			return &s.Resources[i]
		}
	}
	return nil
}

// cutToColumn cuts a value that is too long for a column, and replaces what none can hold.
func cutToColumn(text string) string {
	text = StorableText(text)
	if len(text) <= maxColumn {
		return text
	}
	cut := maxColumn
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// facetValues are the values of a kind: sorted, each once, and not too many.
func facetValues(list []string) []string {
	list = sortedUnique(slices.DeleteFunc(list, func(v string) bool { return v == "" }))
	return list[:min(len(list), maxFacets)]
}

// CaseColumns is what lists know of a case besides its newest result. It follows from the
// record and from when results came.
type CaseColumns struct {
	Stage    Stage
	Concern  int       // of the bucket, as idv.Bucket.Concern; zero in the phase of what is decided, which has another order
	Since    time.Time // when the case came to its stage; when the decision was made or confirmed, where it is decided
	Assignee int64     // account; zero when nobody has the case
	Assigned time.Time
	Notes    int
	Reviewer int64     // account that made the newest decision; zero when there is none
	Decided  time.Time // when it was made
	Tags     []string
}

// NewestResult is when and how the newest result of a case came. The zero NewestResult is
// that there is none.
type NewestResult struct {
	Digest  idv.Digest
	First   time.Time // when it was fetched for the first time since it last changed
	Columns ResultColumns
}

// CaseColumnsOf returns what lists know of a case. The record needs the acts on decisions, the
// CaseActs and an erasure; notes are how many it has, since those need not be in it.
func CaseColumnsOf(newest NewestResult, r *Record, notes int) CaseColumns {
	c := CaseColumns{Stage: r.Stage(newest.Digest, newest.Columns.Final), Notes: notes}
	if c.Stage == "" {
		return CaseColumns{}
	}
	c.Since, c.Tags = newest.First, facetValues(r.TagNames())
	if last := r.lastDecisive(); !last.IsZero() && (last.After(c.Since) || c.Stage == StageDecided || c.Stage == StageSecond) {
		c.Since = last
	}
	if phase, _ := c.Stage.Phase(); phase != PhaseDecided {
		c.Concern = max(newest.Columns.Bucket.Concern(), 0)
	}
	if d := r.Latest(); d != nil {
		c.Reviewer, c.Decided = d.Author, d.At
	}
	if a := r.Assignee; a != nil {
		c.Assignee, c.Assigned = a.Account, a.At
	}
	return c
}

// lastDecisive is when the newest act on decisions was recorded; zero when there is none.
func (r *Record) lastDecisive() time.Time {
	d := r.Latest()
	switch {
	case d == nil:
		return time.Time{}
	case d.Withdrawal != nil:
		return d.Withdrawal.At
	case d.Second != nil:
		return d.Second.At
	}
	return d.At
}

// Holder is who a case in the phase of what is open awaits, given the account to which it is
// referred, zero for none: who has it, or else the one to whom it is referred. It is zero for
// a case that anybody may take to decide it; ok is false for any other.
func (c *CaseColumns) Holder(referred int64) (holder int64, ok bool) {
	switch {
	case !c.isOpen():
		return 0, false
	case c.Assignee != 0:
		return c.Assignee, true
	case c.Stage == StageReferred:
		return referred, referred != 0
	case c.Stage == StageSecond:
		return 0, false
	}
	return 0, true
}

func (c *CaseColumns) isOpen() bool {
	phase, listed := c.Stage.Phase()
	return listed && phase == PhaseOpen
}

// Facets are what a case can have several of, by kind.
func Facets(r *ResultColumns, c *CaseColumns) map[FacetKind][]string {
	if c.Stage == "" {
		return nil
	}
	return map[FacetKind][]string{FacetCheck: r.Checks, FacetReason: r.Reasons, FacetTag: c.Tags}
}

// FacetKind is a kind of what a case can have several of.
type FacetKind string

// The kinds.
const (
	FacetCheck  FacetKind = "check"
	FacetReason FacetKind = "reason"
	FacetTag    FacetKind = "tag"
)

// Selective reports whether a value of the kind tells few cases from the others, so that lists
// find cases by it. Checks that Yoti approves, or says nothing about, nearly every case has.
func (k FacetKind) Selective(value string) bool {
	if k != FacetCheck {
		return true
	}
	_, recommendation, _ := strings.Cut(value, ":")
	return recommendation != "" && idv.Recommendation(recommendation) != idv.Approve
}
