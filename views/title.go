package views

import (
	"strings"

	"countersign/internal/idv"
)

// idEnd is how many signs of an ID tell cases apart in a row of tabs.
const idEnd = 6

// CaseTitle is the title of a page about a recipient: what the result amounts to, where the
// page has one, then the end of the ID, then what the page is. So tabs that are cut short
// can be told apart.
func CaseTitle(bucket idv.Bucket, id idv.RecipientID, page ...string) string {
	parts := append([]string{"…" + idTail(id)}, page...)
	if bucket != "" {
		parts = append([]string{bucket.Word().Label}, parts...)
	}
	return strings.Join(parts, " · ")
}

// idTail is the end of an ID, by which cases are told apart where there is little room, and
// idBegin what stands before it.
func idTail(id idv.RecipientID) string {
	text := id.String()
	return text[len(text)-idEnd:]
}

func idBegin(id idv.RecipientID) string {
	text := id.String()
	return text[:len(text)-idEnd]
}
