package review

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// HitQuery is which hits of a check somebody wants to see.
type HitQuery struct {
	idv.HitQuery
	Disposition DispositionFilter
}

// DispositionFilter chooses hits by their disposition. A Disposition chooses those that
// have it.
type DispositionFilter string

// The filters besides the dispositions.
const (
	AnyDisposition DispositionFilter = ""
	OpenHits       DispositionFilter = "open" // inconclusive, not reviewed, or reviewed on other search results
	NotReviewed    DispositionFilter = "none"
)

// DispositionFilters returns every filter but the one that chooses all, in the order in
// which a form offers them.
func DispositionFilters() []DispositionFilter {
	list := []DispositionFilter{OpenHits, NotReviewed}
	for _, d := range Dispositions() {
		list = append(list, DispositionFilter(d))
	}
	return list
}

// Label is the filter in words.
func (f DispositionFilter) Label() string {
	switch f {
	case AnyDisposition:
		return "Any"
	case OpenHits:
		return "Inconclusive or not reviewed"
	case NotReviewed:
		return "Not reviewed"
	}
	return Disposition(f).Label()
}

func (f DispositionFilter) includes(h heldHit) bool {
	switch f {
	case AnyDisposition:
		return true
	case OpenHits:
		return h.Open
	case NotReviewed:
		return h.Held == nil
	}
	return h.Held != nil && h.Held.Disposition == Disposition(f)
}

// heldHit is what stands about a hit.
type heldHit struct {
	ID   string          // of its key
	Held *HitDisposition // nil when it has no disposition
	Open bool            // whether it is left to be reviewed
}

// HitRow is a hit as a table shows it.
type HitRow struct {
	idv.ComparedHit
	heldHit
}

// Advice says what to look at before the hit gets a disposition; empty when nothing stands
// out.
func (r HitRow) Advice() string {
	if r.Birth == idv.BirthAgrees {
		return "The date of birth agrees. A false positive needs another identifier that differs."
	}
	return ""
}

// HitSheet is the hits of a check that a page shows, with what stands about them.
type HitSheet struct {
	Page         idv.HitPage
	Query        HitQuery // as it was answered
	Rows         []HitRow // one for each of the hits of Page
	Dispositions map[DispositionFilter]int
	open         int // of Rows
}

// HitRule names hits that have something in common, so that they can be selected together.
type HitRule string

// The rules.
const (
	RuleAll         HitRule = "all"
	RuleOtherYear   HitRule = "other-year"    // each date of birth is of another year than the signer's
	RuleNoBirthDate HitRule = "no-birth-date" // the lists state none
)

// HitRules returns every rule, in the order in which a page offers them.
func HitRules() []HitRule { return []HitRule{RuleAll, RuleOtherYear, RuleNoBirthDate} }

// Rationale returns the code of the rationale that the rule itself gives; empty when it
// gives none.
func (r HitRule) Rationale() string {
	if r == RuleOtherYear {
		return "other-year"
	}
	return ""
}

func (r HitRule) matches(h idv.ComparedHit) bool {
	switch r {
	case RuleAll:
		return true
	case RuleOtherYear:
		return h.Birth == idv.BirthDiffers
	case RuleNoBirthDate:
		return len(h.BirthDates) == 0
	}
	return false
}

// Selects reports whether a rule selects a row: among those left to be reviewed, so that
// nothing is changed by the way. Where none of the sheet is left, it is among all.
func (s *HitSheet) Selects(rule HitRule, row HitRow) bool {
	return (row.Open || s.open == 0) && rule.matches(row.ComparedHit)
}

// RuleCount is a rule with how many rows it selects.
type RuleCount struct {
	Rule  HitRule
	Hits  int
	Label string
}

// Rules returns the rules that select any row.
func (s *HitSheet) Rules() []RuleCount {
	var list []RuleCount
	for _, rule := range HitRules() {
		n := 0
		for _, row := range s.Rows {
			if s.Selects(rule, row) {
				n++
			}
		}
		if n > 0 {
			list = append(list, RuleCount{rule, n, s.ruleLabel(rule, n)})
		}
	}
	return list
}

func (s *HitSheet) ruleLabel(rule HitRule, n int) string {
	switch rule {
	case RuleOtherYear:
		return strconv.Itoa(n) + " with another year of birth"
	case RuleNoBirthDate:
		return strconv.Itoa(n) + " without a birth date"
	}
	if n < len(s.Rows) {
		return "all " + strconv.Itoa(n) + " left"
	}
	return "all " + strconv.Itoa(n)
}

// Row returns the row of the hit whose key has the ID; nil when the sheet has none.
func (s *HitSheet) Row(id string) *HitRow {
	for i := range s.Rows {
		if s.Rows[i].ID == id {
			return &s.Rows[i]
		}
	}
	return nil
}

// Next returns the row to go on with after those with the IDs: the first behind the last
// of them that is left to be reviewed, else the first that is left. It is nil when none is.
func (s *HitSheet) Next(ids []string) *HitRow {
	done := map[string]bool{}
	for _, id := range ids {
		done[id] = true
	}
	var first, behind *HitRow
	for i := range s.Rows {
		row := &s.Rows[i]
		switch {
		case done[row.ID]:
			behind = nil
		case !row.Open:
		case behind == nil:
			behind = row
		}
		if first == nil && row.Open && !done[row.ID] {
			first = row
		}
	}
	if behind != nil {
		return behind
	}
	return first
}

// CheckDispositions is what stands about the hits of a check.
type CheckDispositions struct {
	Newest idv.Digest // of the result on which hits get their dispositions
	Review *HitReview // how far they were reviewed; nil where the check has none

	last     []HitDisposition           // the dispositions that were recorded last, with one form
	standing map[string]*HitDisposition // by the ID of the key
	part     *Part
}

// CheckDispositions returns what stands about the hits of a check, which were just read.
func (d *Desk) CheckDispositions(ctx context.Context, who account.Person, part *Part, hits *idv.HitList) (*CheckDispositions, error) {
	file, err := d.Records.Recipient(ctx, part.Recipient, who, NotePage{Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("read dispositions of %s: %w", part.Recipient, err)
	}
	j := &CheckDispositions{standing: file.Record.CurrentDispositions(), last: file.Record.lastDispositions(), part: part}
	if file.Newest != nil {
		j.Newest = file.Newest.Digest
	}
	read := file.HitsRead
	if now := countHits(part.Check, hits); now != nil {
		read = append(slices.Clone(read), *now)
	}
	if r, ok := hitReviewOf(part.Check, part.Snapshot.Digest, file.Record.HitsOn(part.Session), read); ok {
		j.Review = &r
	}
	return j, nil
}

// RecordedBy returns how many hits got a disposition with the last form of all; none where
// somebody else sent it.
func (j *CheckDispositions) RecordedBy(who account.Person) int {
	if len(j.last) == 0 || j.last[0].By != who.Name {
		return 0
	}
	return len(j.last)
}

// lastDispositions returns the dispositions that were recorded with the newest form.
func (r *Record) lastDispositions() []HitDisposition {
	n := 0
	for n < len(r.Dispositions) && r.Dispositions[n].sameForm(&r.Dispositions[0]) {
		n++
	}
	return r.Dispositions[:n]
}

// Sheet returns the hits that q asks for.
func (j *CheckDispositions) Sheet(l *idv.HitList, q HitQuery) *HitSheet {
	held := map[*idv.Hit]heldHit{}
	s := &HitSheet{Dispositions: map[DispositionFilter]int{}}
	for i := range l.Searches {
		for k := range l.Searches[i].Hits {
			h := &l.Searches[i].Hits[k]
			held[h] = j.heldFor(h)
			for _, f := range DispositionFilters() {
				if f.includes(held[h]) {
					s.Dispositions[f]++
				}
			}
		}
	}
	if !slices.Contains(DispositionFilters(), q.Disposition) {
		q.Disposition = AnyDisposition
	}
	s.Page = l.ViewWhere(q.HitQuery, func(h *idv.Hit) bool { return q.Disposition.includes(held[h]) })
	s.Query = HitQuery{s.Page.Query, q.Disposition}
	for _, h := range s.Page.Hits {
		row := HitRow{h, held[h.Hit]}
		if row.Open {
			s.open++
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// heldFor says what stands about a hit.
func (j *CheckDispositions) heldFor(h *idv.Hit) heldHit {
	id := HitKeyOf(h).ID()
	standing := j.standing[id]
	return heldHit{id, standing, standing == nil || !standing.resolves(j.part.Check, j.part.Snapshot.Digest)}
}

// CarriedWords says of a row whose disposition was set on another result what that means.
func (r HitRow) CarriedWords() string {
	if r.Open && r.Held.Disposition != HitUndecided {
		return "carried over: review again"
	}
	return "carried over"
}
