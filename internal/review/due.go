package review

import (
	"fmt"
	"strings"
	"time"

	"countersign/internal/idv"
)

// DuePolicy is how long a case may await somebody, by the bucket of its result. A bucket that
// it does not have is never due.
type DuePolicy map[idv.Bucket]time.Duration

// DueError says what of a due time cannot be read, in a sentence for the operator.
type DueError struct{ Text, Why string }

func (e *DueError) Error() string { return fmt.Sprintf("the due time %q %s", e.Text, e.Why) }

// ParseDue reads due times, each a bucket with a duration, such as adverse=4h. It returns a
// *DueError for the first that it cannot read.
func ParseDue(list []string) (DuePolicy, error) {
	policy := DuePolicy{}
	for _, text := range list {
		name, span, found := strings.Cut(text, "=")
		bucket := idv.Bucket(name)
		length, err := time.ParseDuration(span)
		switch {
		case !found || err != nil:
			return nil, &DueError{text, "is not a bucket and a duration, such as adverse=4h"}
		case !isBucket(bucket):
			return nil, &DueError{text, "names no bucket; the buckets are " + bucketNames()}
		case length < time.Minute:
			return nil, &DueError{text, "is shorter than a minute"}
		}
		if _, twice := policy[bucket]; twice {
			return nil, &DueError{text, "gives its bucket a second time"}
		}
		policy[bucket] = length
	}
	return policy, nil
}

// Due returns by when a case of the bucket should be decided that awaits somebody since a
// time; the zero Time when it is never due.
func (p DuePolicy) Due(bucket idv.Bucket, since time.Time) time.Time {
	length, found := p[bucket]
	if !found {
		return time.Time{}
	}
	return since.Add(length)
}

// OverdueSince returns the latest time since which a case of the bucket can await somebody
// and be overdue now; false when it never is.
func (p DuePolicy) OverdueSince(bucket idv.Bucket, now time.Time) (time.Time, bool) {
	length, found := p[bucket]
	return now.Add(-length), found
}

// Buckets returns every bucket, in the order of attention.
func Buckets() []idv.Bucket {
	return []idv.Bucket{idv.Adverse, idv.Investigate, idv.NotCleared, idv.NotReady, idv.Incomplete, idv.ClearWithNotes, idv.Clear}
}

func isBucket(b idv.Bucket) bool { return b.Concern() >= 0 }

func bucketNames() string {
	var names []string
	for _, b := range Buckets() {
		names = append(names, string(b))
	}
	return strings.Join(names, ", ")
}
