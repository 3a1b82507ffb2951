package review

// UnreadyReason is why nothing can be recorded, in a word for programs. It gives nothing away.
type UnreadyReason string

// The reasons.
const (
	UnreadyLedger      UnreadyReason = "ledger"         // it was altered
	UnreadyOlder       UnreadyReason = "older-database" // than the checkpoint log tells of
	UnreadyMoved       UnreadyReason = "moved"          // the database is not where it was opened
	UnreadyDisk        UnreadyReason = "disk"           // it failed
	UnreadyFull        UnreadyReason = "disk-full"
	UnreadyReadOnly    UnreadyReason = "read-only"
	UnreadySchema      UnreadyReason = "schema"         // it is not the one of this program
	UnreadySlow        UnreadyReason = "no-answer"      // the database takes too long
	UnreadyUnreachable UnreadyReason = "unreachable"    // the database is, at the moment
	UnreadyStandby     UnreadyReason = "standby"        // the database takes nothing in, at the moment
	UnreadyLog         UnreadyReason = "checkpoint-log" // it cannot be written
	UnreadyKey         UnreadyReason = "data-key"       // the one that counts is not there
	UnreadyServer      UnreadyReason = "server"         // the one that has the database records nothing
)

// Unready says why nothing can be recorded.
type Unready struct {
	Reason UnreadyReason
	Err    error // for the operator
}

func (e *Unready) Error() string { return string(e.Reason) + ": " + e.Err.Error() }
func (e *Unready) Unwrap() error { return e.Err }
