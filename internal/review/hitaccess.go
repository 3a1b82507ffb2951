package review

import (
	"strconv"

	"countersign/internal/idv"
)

// HitsOnPage says which hits a page shows, for the access log: "1 to 100 of 130".
func HitsOnPage(p idv.HitPage) string {
	if len(p.Hits) == 0 {
		return "none of " + strconv.Itoa(p.Of)
	}
	return strconv.Itoa(p.First) + " to " + strconv.Itoa(p.First+len(p.Hits)-1) + " of " + strconv.Itoa(p.Chosen)
}
