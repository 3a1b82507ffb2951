package views

import (
	"countersign/internal/idv"
	"countersign/internal/review"
)

// DetailsPage is what a stored result says about one part besides what its page shows.
type DetailsPage struct {
	Frame
	Recipient    idv.RecipientID
	Snapshot     review.Snapshot
	*review.Part // nil for the stored result as a whole
}

// Heading names the part.
func (p DetailsPage) Heading() string {
	if p.Part == nil {
		return "Raw JSON"
	}
	return "Details: " + PartTitle(p.Part)
}

// anchorID is where the part stands on the page of the result.
func (p DetailsPage) anchorID() string {
	if p.Part == nil {
		return ResultID
	}
	return p.Key
}

// partView is the case of the part, as far as its details need it.
func (p DetailsPage) partView() caseView {
	c := &review.Case{Recipient: p.Recipient, Snapshot: p.Snapshot, Session: p.Session}
	return caseView{Case: c, links: p.Session.Links(), room: newPageRoom(c)}
}
