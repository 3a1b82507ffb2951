package review

import "errors"

var (
	// ErrNoSnapshot is returned when no stored result of that recipient has that digest.
	ErrNoSnapshot = errors.New("no such result is stored for this recipient")
	// ErrStale is returned when what was to be recorded is about a result that is not the newest.
	ErrStale = errors.New("the result is no longer the newest")
	// ErrErased is returned when the texts and results of the recipient were erased for good.
	ErrErased = errors.New("what was known about this recipient was erased")
	// ErrNotRecording is returned when nothing is recorded until the program is started again.
	ErrNotRecording = errors.New("nothing is recorded at the moment")
	// ErrNotRecorded is returned when what was sent could not be written, and is not on record.
	ErrNotRecorded = errors.New("nothing of this was recorded")
	// ErrOutcomeUnknown is returned when nobody knows whether what was sent is on record.
	ErrOutcomeUnknown = errors.New("it is not known whether this was recorded")
	// ErrNoDatabase is returned when the database cannot be used at the moment: it is not reached,
	// takes nothing in or does not answer. It says nothing of what was recorded.
	ErrNoDatabase = errors.New("the database cannot be used at the moment")
	// ErrAltered is returned when a sealed text or result is not what was stored there.
	ErrAltered = errors.New("a sealed text or result was altered or moved since it was stored")
	// ErrKeyUsed is returned when the form's idempotency key already stands for something else.
	ErrKeyUsed = errors.New("this form was already used for something else")
	// ErrRefused is returned when what was typed cannot be recorded; a *Refused says why.
	ErrRefused = errors.New("what was typed cannot be recorded")
	// ErrTooFast is returned when somebody did more in a while than anybody does by hand; a
	// *TooFast says of what, and when to go on.
	ErrTooFast = errors.New("too much in a short time")
)

// Refused says why something typed cannot be recorded, in a sentence for the
// person who typed it.
type Refused struct{ Why string }

func (e *Refused) Error() string { return e.Why }

// Is reports whether target is ErrRefused.
func (e *Refused) Is(target error) bool { return target == ErrRefused }
