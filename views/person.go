package views

import (
	"strconv"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// PersonPage is whom a result is about, and by which document.
type PersonPage struct {
	Frame
	*review.Part
	Identity    idv.Identity
	WholeNumber bool           // whether to show more of the number than its end
	Problem     *MediumProblem // why there is no text; nil when there is
	Unread      bool           // whether the text could not be read
	Fields      *idv.Fields    // the text; nil where there is none
	Signer      review.SignerState
	At          time.Time // of the session
	Now         time.Time
}

// birthText says when somebody was born, and how old that makes them: "born 14 March 1991 (35)".
func (p PersonPage) birthText() string {
	if p.Identity.Born == "" {
		return "date of birth not given"
	}
	d, ok := idv.ParseDate(p.Identity.Born)
	if !ok {
		return "born " + p.Identity.Born
	}
	text := "born " + d.String()
	years, exact := d.Age(p.Now)
	if years < 0 || years >= idv.ImpossibleAge {
		return text
	}
	age := strconv.Itoa(years)
	if !exact {
		age = "about " + age
	}
	return text + " (" + age + ")"
}

// shownNumber is what of the number of the document is shown.
func (p PersonPage) shownNumber() string {
	if p.WholeNumber {
		return p.Identity.Number
	}
	return p.Identity.MaskedNumber()
}

// expiryText says until when the document is valid, at the time of the session.
func (p PersonPage) expiryText() string {
	d, ok := idv.ParseDate(p.Identity.Expiry)
	switch e := idv.ExpiryOf(p.Identity.Expiry, p.At); {
	case e == idv.NoExpiry:
		return "no expiry date"
	case e == idv.NeverExpires:
		return "does not expire"
	case !ok:
		return "expiry " + p.Identity.Expiry
	case e == idv.Expired:
		return "expired " + d.String()
	}
	return "expires " + d.String()
}

// otherDocuments is how many identity documents the result has besides.
func (p PersonPage) otherDocuments() int {
	n, _ := p.Session.Has(idv.IDDocuments)
	return max(0, n-1)
}
