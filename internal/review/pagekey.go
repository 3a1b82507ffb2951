package review

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
)

// PageKey is a place in a view, from which a page goes on. The zero PageKey is the beginning.
// It gives nothing away that the page does not show, and one that somebody made up leads to
// another place in a view of the same person, so it is not authenticated: it is read strictly.
type PageKey struct {
	Back      bool      // whether the page ends before the place, and does not begin after it
	Overdue   bool      // whether the place is among the overdue cases of a view that puts them first
	Phase     Phase     // of the case at the place
	Concern   int       // of its bucket, as idv.Bucket.Concern; zero among decided cases
	Since     time.Time // of the case at the place
	Recipient idv.RecipientID
	At        time.Time // when the view was first looked at, so that nothing moves between its pages
}

// ErrPageKey is returned for a text that is no PageKey.
var ErrPageKey = errors.New("this is not the address of a page of a list")

// IsZero reports whether the key is the beginning of a view.
func (k PageKey) IsZero() bool { return k == PageKey{} }

// String writes the key; the zero PageKey as an empty text.
func (k PageKey) String() string {
	if k.IsZero() {
		return ""
	}
	direction := "n"
	if k.Back {
		direction = "p"
	}
	overdue := "0"
	if k.Overdue {
		overdue = "1"
	}
	return strings.Join([]string{
		direction, overdue, strconv.Itoa(int(k.Phase)), strconv.Itoa(k.Concern),
		strconv.FormatInt(k.Since.UnixMilli(), 10), k.Recipient.String(), strconv.FormatInt(k.At.UnixMilli(), 10),
	}, ".")
}

// ParsePageKey reads what String wrote, and nothing else; it returns ErrPageKey for that.
func ParsePageKey(text string) (PageKey, error) {
	if text == "" {
		return PageKey{}, nil
	}
	parts := strings.Split(text, ".")
	if len(parts) != 7 {
		return PageKey{}, ErrPageKey
	}
	var numbers [4]int64
	for i, part := range []string{parts[2], parts[3], parts[4], parts[6]} {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return PageKey{}, ErrPageKey
		}
		numbers[i] = n
	}
	id, err := idv.ParseRecipientID(parts[5])
	if err != nil {
		return PageKey{}, ErrPageKey
	}
	k := PageKey{
		Back: parts[0] == "p", Overdue: parts[1] == "1", Phase: Phase(numbers[0]), Concern: int(numbers[1]),
		Since: time.UnixMilli(numbers[2]).UTC(), Recipient: id, At: time.UnixMilli(numbers[3]).UTC(),
	}
	if k.Phase < PhaseOpen || k.Phase > PhaseDecided || k.Concern < 0 || k.Concern >= len(Buckets()) || k.String() != text {
		return PageKey{}, ErrPageKey
	}
	return k, nil
}
