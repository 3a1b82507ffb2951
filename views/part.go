package views

import (
	"slices"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// PartPage is one resource or one check of a result, with the texts behind it.
type PartPage struct {
	Frame
	*review.Part
	Pictures PictureSheet  // texts are read beside them
	Sections []PartSection // on the first sheet
	At       time.Time     // of the session: when the part was made
	Queue    *CaseQueue    // from which the case was opened; nil when from none
}

// PartSection is one text of a part. Either Problem is set or one of the others.
type PartSection struct {
	Title     string
	Href      string         // of the medium, as it is; empty where there is none
	Problem   *MediumProblem // why it cannot be shown
	Fields    *idv.Fields
	Extracted bool     // whether Fields are those of an identity document
	Missing   []string // fields that are expected and not among these
	Expanded  *idv.Expanded
	Compared  *Comparison
	Hits      *HitsPart
}

// Comparison is an identity document beside a supporting one.
type Comparison struct {
	Identity   string // what they are
	Supporting string
	List       []idv.ComparedField
}

// hasHits reports whether the page is one of hits.
func (p PartPage) hasHits() bool { return slices.ContainsFunc(p.Sections, PartSection.hasHits) }

func (s PartSection) hasHits() bool { return s.Hits != nil && s.Problem == nil }

// orderedSections returns the sections as the page has them: hits first, since they are what the
// page is for.
func (p PartPage) orderedSections() []PartSection {
	return slices.SortedStableFunc(slices.Values(p.Sections), func(a, b PartSection) int {
		switch {
		case a.hasHits() == b.hasHits():
			return 0
		case a.hasHits():
			return -1
		}
		return 1
	})
}

// unobtainableTexts says what the part mentions and nobody can have.
func (p PartPage) unobtainableTexts() []string {
	if p.Resource != nil {
		return p.Resource.UnobtainableTexts()
	}
	return p.Check.UnobtainableTexts()
}

func (p PartPage) newRoom() *pageRoom {
	return newPageRoom(&review.Case{Recipient: p.Recipient, Snapshot: p.Snapshot})
}

// PartTitle names a part.
func PartTitle(p *review.Part) string {
	if p.Resource != nil {
		return p.Resource.Title()
	}
	return p.Check.Name()
}
