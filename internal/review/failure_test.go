package review

import (
	"errors"
	"fmt"
	"testing"

	"countersign/internal/idv"
)

// Every reason why Yoti gave nothing has a kind of its own, in words of its own.
func TestFailureKinds(t *testing.T) {
	titles := map[string]FailureKind{}
	for _, f := range failures {
		kind, known := KindOf(fmt.Errorf("fetch: %w", f.err))
		if !known || kind != f.kind {
			t.Errorf("%v is of the kind %q, want %q", f.err, kind, f.kind)
		}
		title := kind.MediumWord().Title
		if other, twice := titles[title]; twice {
			t.Errorf("%q is said of %q and of %q", title, kind, other)
		}
		titles[title] = kind
	}
	if kind, known := KindOf(errors.New("another error")); known {
		t.Errorf("another error is of the kind %q", kind)
	}
	if got := FailureKind("of a later version").Word(); got != undocumented {
		t.Errorf("an unknown kind says %+v", got)
	}
	if kind, _ := KindOf(&idv.RateLimit{}); kind != RateLimited {
		t.Errorf("a rate limit is of the kind %q", kind)
	}
}
