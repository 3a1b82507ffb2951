package views

import (
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

// unobtainable says what the part mentions and nobody can have.
func (p PartPage) unobtainable() []string {
	if p.Resource != nil {
		return unobtainableOf(p.Resource)
	}
	return unobtainableOfCheck(p.Check)
}

func (p PartPage) room() *pageRoom {
	return newPageRoom(&review.Case{Recipient: p.Recipient, Snapshot: p.Snapshot})
}

// PartTitle names a part.
func PartTitle(p *review.Part) string {
	if p.Resource != nil {
		return p.Resource.Title()
	}
	return p.Check.Name()
}
