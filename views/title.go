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
	text := id.String()
	parts := append([]string{"…" + text[len(text)-idEnd:]}, page...)
	if bucket != "" {
		parts = append([]string{bucket.Word().Label}, parts...)
	}
	return strings.Join(parts, " · ")
}
