package review

import (
	"fmt"
	"slices"

	"countersign/internal/idv"
)

// Exceptions lists what keeps the case from being clear, the gravest first: what follows
// from the result, the hits that nobody has reviewed, and what is known of the expected
// signer. There are none exactly when the result is clear, no hit is left and the signer is
// as expected, where somebody is. What else is found out about a case is added here.
func (c *Case) Exceptions() []idv.Exception {
	list := slices.Clone(c.Assessment.Exceptions)
	for _, r := range c.HitReviews() {
		list = withHits(list, r, c.Assessment)
	}
	for _, e := range c.Signer().exceptions() {
		list = insertException(list, e)
	}
	return list
}

// insertException puts an exception behind those that are read before it.
func insertException(list []idv.Exception, e idv.Exception) []idv.Exception {
	after := slices.IndexFunc(list, func(other idv.Exception) bool { return readBefore(e, other) })
	if after < 0 {
		return append(list, e)
	}
	return slices.Insert(list, after, e)
}

// withHits adds the hits of a check that are left to be reviewed. Where the check is an
// exception only because of its hits, that says so itself.
func withHits(list []idv.Exception, r HitReview, a idv.Assessment) []idv.Exception {
	if !r.Left() {
		return list
	}
	at := slices.IndexFunc(a.Checks, func(c idv.AssessedCheck) bool { return c.Key() == r.Check })
	check := &a.Checks[at]
	e := idv.Exception{
		Kind: idv.ExceptionHits, Bucket: idv.ClearWithNotes, Title: r.LeftTitle(),
		Text: check.Name() + ": " + recommendationLabel(check), Part: r.Check,
	}
	if check.Bucket == idv.Investigate {
		e.Bucket = idv.Investigate
	}
	same := func(other idv.Exception) bool {
		return other.Part == r.Check && (other.Kind == idv.ExceptionHits || other.Kind == idv.ExceptionVerdict && check.Recommendation() == idv.Consider)
	}
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = e
		return list
	}
	return insertException(list, e)
}

// readBefore reports whether hits, or the signer, are read before another exception: behind
// the sub-checks that are as grave, and before what is merely to be noted.
func readBefore(hits, other idv.Exception) bool {
	if hits.Bucket != other.Bucket {
		return hits.Bucket.Concern() < other.Bucket.Concern()
	}
	return other.Kind == idv.ExceptionNote || other.Kind == idv.ExceptionResource || other.Kind == idv.ExceptionSession
}

func recommendationLabel(c *idv.AssessedCheck) string {
	if r := c.Recommendation(); r != "" {
		return r.Word().Label
	}
	return c.Verdict()
}

// Left reports whether hits are left to be reviewed, or may be.
func (r HitReview) Left() bool { return r.Open() > 0 || r.Unread || r.Unknown }

// LeftTitle says what is left in a few words: "29 of 130 hits to review".
func (r HitReview) LeftTitle() string {
	switch {
	case r.Unknown && r.Total == 0:
		return "Number of hits not known"
	case r.Open() == 0 && r.Unknown:
		return "There may be other hits"
	case r.Open() == 0:
		return "Search results not opened"
	case r.Reviewed == 0 && r.Total == 1:
		return "1 hit to review"
	case r.Reviewed == 0:
		return fmt.Sprintf("%d hits to review", r.Total)
	}
	return fmt.Sprintf("%d of %d hits to review", r.Open(), r.Total)
}
