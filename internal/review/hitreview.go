package review

import (
	"slices"
	"strconv"

	"countersign/internal/idv"
)

// HitsRead is what is remembered of search results that somebody opened. Hits themselves
// are read, shown and forgotten; this holds numbers alone, and nothing of a person.
type HitsRead struct {
	List      string            `json:"list"`  // names the search results, and how new they are
	Hits      int               `json:"hits"`  // those alike count once; with those that could not be read
	Whole     bool              `json:"whole"` // whether all answers could be read
	Conflicts []idv.HitConflict `json:"conflicts,omitempty"`
	Place     LedgerPosition    `json:"-"`
}

// countHits counts the hits of a check that were read. It returns nil where the result
// does not name the search results.
func countHits(c *idv.Check, l *idv.HitList) *HitsRead {
	list := listOf(c)
	if list == "" {
		return nil
	}
	alike := map[string]bool{}
	for i := range l.Searches {
		for j := range l.Searches[i].Hits {
			alike[HitKeyOf(&l.Searches[i].Hits[j]).ID()] = true
		}
	}
	return &HitsRead{List: list, Hits: len(alike) + l.Unreadable(), Whole: l.Complete(), Conflicts: c.Conflicts(l)}
}

// HitReview is how far the hits of a watchlist check were reviewed.
type HitReview struct {
	Check     string            `json:"check"`          // key
	Type      string            `json:"type"`           // of the check
	Reviewed  int               `json:"reviewed"`       // false positives and true matches
	Total     int               `json:"total"`          // the larger of what the report counts and what was read
	Read      bool              `json:"read,omitempty"` // whether anybody has opened the search results
	Unread    bool              `json:"unread,omitempty"`
	Unknown   bool              `json:"unknown,omitempty"` // whether there may be others that nobody counted
	Conflicts []idv.HitConflict `json:"conflicts,omitempty"`
}

// String says it in a few words: "101 of 130 reviewed".
func (r HitReview) String() string {
	text := strconv.Itoa(r.Reviewed) + " of " + strconv.Itoa(r.Total) + " reviewed"
	switch {
	case r.Unknown && r.Total == 0:
		return "number of hits not known"
	case r.Unknown:
		return text + "; there may be others"
	case r.Unread:
		return text + "; the search results were not opened, and may hold others"
	}
	return text
}

// Short is String without what may be found out by opening the search results.
func (r HitReview) Short() string {
	if r.Unknown && r.Total == 0 {
		return r.String()
	}
	return strconv.Itoa(r.Reviewed) + " of " + strconv.Itoa(r.Total) + " reviewed"
}

// ConflictTexts say where the sub-checks of the check and its hits contradict each other.
func (r HitReview) ConflictTexts() []string {
	c := idv.Check{Type: idv.CheckType(r.Type)}
	var list []string
	for _, conflict := range r.Conflicts {
		list = append(list, c.ConflictText(conflict))
	}
	return list
}

// Open is how many hits are known to be left.
func (r HitReview) Open() int { return r.Total - r.Reviewed }

// hitReviews says of each watchlist check that has hits, or may have, how far they were
// reviewed. The digest is that of the result.
func hitReviews(a idv.Assessment, digest idv.Digest, judged []HitDisposition, read []HitsRead) []HitReview {
	var list []HitReview
	for i := range a.Checks {
		if r, ok := hitReviewOf(a.Checks[i].Check, digest, judged, read); ok {
			list = append(list, r)
		}
	}
	return list
}

// hitReviewOf says of a check how far its hits were reviewed; ok is whether it has any, or
// may have.
func hitReviewOf(c *idv.Check, digest idv.Digest, judged []HitDisposition, read []HitsRead) (r HitReview, ok bool) {
	if c.Report == nil || c.Report.Watchlist == nil {
		return HitReview{}, false
	}
	r = HitReview{Check: c.Key(), Type: string(c.Type)}
	if total := c.Report.Watchlist.TotalHits; total != nil {
		r.Total = max(0, *total)
	} else {
		r.Unknown = c.Recommendation() != idv.Approve
	}
	r.addRead(c, read)
	settled := 0
	for i := range judged {
		if judged[i].resolves(c, digest) {
			settled++
		}
	}
	r.Reviewed = min(settled, r.Total)
	r.Unread = !r.Read && !r.Unknown && mayBeRead(c) && (r.Total > 0 || c.Recommendation() != idv.Approve)
	return r, r.Total > 0 || r.Unknown || r.Unread || len(r.Conflicts) > 0
}

// addRead adds what is remembered of the search results of the check. Where they were read
// more than once, the largest number counts.
func (r *HitReview) addRead(c *idv.Check, read []HitsRead) {
	list := listOf(c)
	for _, one := range read {
		if list == "" || one.List != list {
			continue
		}
		r.Total = max(r.Total, one.Hits)
		r.Unknown = !one.Whole
		r.Read = true
		for _, conflict := range one.Conflicts {
			if !slices.Contains(r.Conflicts, conflict) {
				r.Conflicts = append(r.Conflicts, conflict)
			}
		}
	}
}

// withConflicts adds to what a result says the contradictions between its sub-checks and
// the hits that somebody read.
func (r *reading) withConflicts(read []HitsRead) idv.Assessment {
	return r.assessment.WithConflicts(r.session, func(c *idv.Check) []idv.HitConflict {
		var review HitReview
		review.addRead(c, read)
		return review.Conflicts
	})
}

// mayBeRead reports whether the search results of a check can be asked for.
func mayBeRead(c *idv.Check) bool {
	raw := c.Report.Watchlist.RawResults
	if raw == nil {
		return false
	}
	_, ok := raw.MediaID()
	return ok
}

// openHits returns how many hits are left to be reviewed, and whether there may be others that
// nobody counted.
func openHits(list []HitReview) (open int, unread, unknown bool) {
	for _, r := range list {
		open += r.Open()
		unread = unread || r.Unread
		unknown = unknown || r.Unknown
	}
	return open, unread, unknown
}

// HitReviews says of each watchlist check how far its hits were reviewed. A page asks for
// it in many places, so it is found out once.
func (c *Case) HitReviews() []HitReview {
	if c.Source != nil {
		return nil // nobody reviews the hits of a file
	}
	if c.reviews == nil {
		list := hitReviews(c.Assessment, c.Snapshot.Digest, c.Record.HitsOn(c.Session), c.HitsRead)
		c.reviews = &list
	}
	return *c.reviews
}

// HitReview is that of the check with the key; nil when it has none.
func (c *Case) HitReview(check string) *HitReview {
	for _, r := range c.HitReviews() {
		if r.Check == check {
			return &r
		}
	}
	return nil
}

// TextsLabel says what there is to read of a check, whose hits were reviewed so far; r is nil
// where none are known.
func (r *HitReview) TextsLabel(check *idv.Check) string {
	isHits := func(m idv.NamedMedia) bool { return m.Field == idv.FieldRawResults }
	switch {
	case !slices.ContainsFunc(check.Texts(), isHits):
		return "Show details used"
	case r == nil || r.Total == 0:
		return "Review hits"
	}
	return "Review hits (" + strconv.Itoa(r.Total) + ")"
}
