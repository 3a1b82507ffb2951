package store

import (
	"testing"
	"unicode/utf8"
)

// What begins with a text stands before what is behind it, in the order of bytes, and that is a
// text too, in whatever script it is.
func TestBehind(t *testing.T) {
	for _, begin := range []string{"0", "7c9e", "f", "п", "\ud7ff", "a\U0001F600", "é"} {
		end := afterPrefix(begin)
		if !utf8.ValidString(end) || end <= begin+"\U0010ffff" {
			t.Errorf("behind %q is %q", begin, end)
		}
	}
}
