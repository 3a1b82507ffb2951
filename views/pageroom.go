package views

import (
	"strings"
	"unicode/utf8"

	"countersign/internal/review"
)

// What one page shows of a result. A result may have a million entries; what is left out
// is counted, and the assessment is made from all of it.
const (
	maxChecks    = 500    // in order of concern, so that none hides a worse one
	maxListed    = 200    // entries of any other list: reasons, resources, sub-checks, frames
	maxEntries   = 20_000 // of all lists together
	maxNames     = 10     // of other parts in one line
	maxGallery   = 60     // pictures of one resource; its own page has the others
	maxPictures  = 600    // of all resources together
	maxFacePairs = 20     // checks that compared faces, with those faces
	maxFaces     = 60     // faces beside each other
	maxValue     = 2_000  // characters of one value
	maxChoices   = 200    // media among which one page lets choose
)

// pageRoom is how much more a page may show. Lists take their share as they are written, so
// what stands first on the page has the first share. A nil one has any.
type pageRoom struct {
	entries, pictures int
	json              string // where everything is: the address of the stored JSON; empty for a result from a file
}

func newPageRoom(c *review.Case) *pageRoom {
	r := &pageRoom{entries: maxEntries, pictures: maxPictures}
	if c.Source == nil {
		r.json = SnapshotJSONPath(c.Recipient, c.Snapshot.Digest)
	}
	return r
}

// take returns how many of n entries there is room for, and takes it.
func (r *pageRoom) take(n int) int {
	n = min(n, maxListed)
	if r != nil {
		n = min(n, r.entries)
		r.entries -= n
	}
	return n
}

// takePictures is take for the pictures of one resource.
func (r *pageRoom) takePictures(n int) int {
	n = min(n, maxGallery, r.pictures)
	r.pictures -= n
	return n
}

// upTo returns the entries of a list for which there is room.
func upTo[T any](r *pageRoom, list []T) []T { return list[:r.take(len(list))] }

// worstFirst returns the entries of a list for which there is room: where there is not
// enough for all, those that are worse before the others, each in their order.
func worstFirst[T any](r *pageRoom, list []T, worse func(T) bool) []T {
	n := r.take(len(list))
	if n == len(list) {
		return list
	}
	chosen := make([]T, 0, n)
	for _, wanted := range []bool{true, false} {
		for i := 0; i < len(list) && len(chosen) < n; i++ {
			if worse(list[i]) == wanted {
				chosen = append(chosen, list[i])
			}
		}
	}
	return chosen
}

// excerpt is what a page shows of one value: the begin of a very long one, and how much
// more there is.
func excerpt(text string) string {
	if len(text) <= maxValue {
		return text
	}
	n := 0
	for i := range text {
		if n++; n > maxValue {
			return text[:i] + "… (" + countNoun(utf8.RuneCountInString(text[i:]), "more character", "more characters") + ", in the stored JSON)"
		}
	}
	return text
}

// indentedExcerpt indents JSON text, unless it is too long to be shown whole.
func indentedExcerpt(text string) string {
	if len(text) > maxValue {
		return excerpt(text)
	}
	indented := indentJSON([]byte(text))
	if strings.Count(indented, "\n") > maxListed || len(indented) > 4*maxValue { // nested deeply
		return text
	}
	return indented
}

// maxJSON is how long a stored result may be, in bytes, to be shown in its page.
const maxJSON = 256 << 10

// indentedResult is a stored result as its page shows it; empty where it is too long.
func indentedResult(canonical []byte) string {
	if len(canonical) > maxJSON {
		return ""
	}
	if indented := indentJSON(canonical); len(indented) <= 4*maxJSON {
		return indented
	}
	return string(canonical)
}
