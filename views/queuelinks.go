package views

import (
	"net/url"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// The addresses of the queue.
const (
	AwaitingPath   = "/queue/awaiting"     // what awaits the reader, for scripts
	SaveViewPath   = "/queue/views"        // where a view is saved by a POST
	RemoveViewPath = "/queue/views/remove" // where a saved one is removed by a POST
)

// What a form about cases asks for, in its field "do".
const (
	DoNext    = "next" // take the first case that nobody has, and open it
	DoTake    = "take"
	DoRelease = "release"
	DoAssign  = "assign"
	DoTag     = "tag"
	DoUntag   = "untag"
)

// QueueViewPath is the beginning of a view.
func QueueViewPath(v review.View) string { return QueuePath + "?" + v.Query().Encode() }

// queueTabPath is another tab with the same filter.
func queueTabPath(v review.View, tab review.Tab) string {
	v.Tab = tab
	return QueueViewPath(v)
}

// QueuePagePath is a page of a view.
func QueuePagePath(v review.View, key review.PageKey) string {
	query := v.Query()
	if !key.IsZero() {
		query.Set(PageField, key.String())
	}
	return QueuePath + "?" + query.Encode()
}

// CaseInViewPath is the review page of a recipient, opened from its place in a view; the zero
// PageKey is where it stands now.
func CaseInViewPath(id idv.RecipientID, v review.View, place review.PageKey) string {
	path := RecipientPath(id) + "?" + CaseViewField + "=" + url.QueryEscape(v.Query().Encode())
	if place.IsZero() {
		return path
	}
	return path + "&" + PlaceField + "=" + place.String()
}

// queueWithout is the view without one value of a filter.
func queueWithout(v review.View, field, value string) string {
	query := v.Query()
	values := query[field]
	query.Del(field)
	for _, other := range values {
		if other != value {
			query.Add(field, other)
		}
	}
	return QueuePath + "?" + query.Encode()
}
