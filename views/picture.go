package views

import (
	"countersign/internal/idv"
	"countersign/internal/review"
	"strconv"
)

// Picture is a picture of a document or a face as pages show it: small, and a link
// to the whole of it.
type Picture struct {
	Href      string // the original
	Thumbnail string // a scaled one, at most thumbnailSize on each side
	Label     string // what it shows, as "Passport, United Kingdom, front"
	Caption   string // the same beside others of its kind, as "Front"; empty for the Label
	Small     bool   // whether it stands beside others where there is little room: not a page
	Note      string // how it came about, as "Uploaded"; may be empty
	Part      string // key of the resource that a face was taken from; empty for other pictures
}

// thumbnailSize is the longest side of a thumbnail in pixels. Browsers keep that much
// room until the picture is there; the stylesheet fits any other shape into it.
const thumbnailSize = "320"

// sheet is one page of a list that is too long for one: the entries from First on.
type sheet[T any] struct {
	Shown       []T
	First, All  int // counted from 1
	Page, Pages int // counted from 1
}

// sheetOf returns the page of a list that has the number; false when there is none.
func sheetOf[T any](list []T, page, size int) (sheet[T], bool) {
	pages := max(1, (len(list)+size-1)/size)
	if page < 1 || page > pages {
		return sheet[T]{}, false
	}
	from := (page - 1) * size
	return sheet[T]{list[from:min(len(list), from+size)], from + 1, len(list), page, pages}, true
}

// PictureSheet is some of the pictures of a part.
type PictureSheet struct{ sheet[Picture] }

// NewPictureSheet returns the sheet of the pictures of a part that has the number, counted
// from 1; false when there is none.
func NewPictureSheet(p *review.Part, page int) (PictureSheet, bool) {
	var pictures []Picture
	if p.Resource != nil {
		c := caseView{
			Case:  &review.Case{Recipient: p.Recipient, Snapshot: p.Snapshot, Session: p.Session},
			media: true, fetchable: p.Session.Fetchable(), names: p.Session.MediaNames(), view: viewName(p.View),
		}
		pictures = c.picturesOf(p.Resource)
	}
	s, ok := sheetOf(pictures, page, maxGallery)
	return PictureSheet{s}, ok
}

// ChoiceSheet is some of the media that can go into a bundle.
type ChoiceSheet struct{ sheet[idv.MediaChoice] }

// NewChoiceSheet returns the sheet of the media of a result that has the number, counted
// from 1; false when there is none.
func NewChoiceSheet(s *idv.Session, page int) (ChoiceSheet, bool) {
	choices, ok := sheetOf(s.MediaChoices(), page, maxChoices)
	return ChoiceSheet{choices}, ok
}

// viewName names a page view in addresses.
func viewName(view int64) string { return strconv.FormatInt(view, 10) }
