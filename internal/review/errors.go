package review

import "errors"

var (
	// ErrNoSnapshot: no stored result of that recipient has that digest.
	ErrNoSnapshot = errors.New("no such result is stored for this recipient")
	// ErrStale: what was to be recorded is about a result that is not the newest.
	ErrStale = errors.New("the result is no longer the newest")
	// ErrKeyUsed: the form's idempotency key already stands for something else.
	ErrKeyUsed = errors.New("this form was already used for something else")
)

// Refused says why something typed cannot be recorded, in a sentence for the
// person who typed it.
type Refused struct{ Why string }

func (e *Refused) Error() string { return e.Why }
