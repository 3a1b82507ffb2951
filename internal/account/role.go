package account

// Role is what somebody is trusted with.
type Role string

// Reviewer reads results and puts notes to them.
const Reviewer Role = "reviewer"

// Action is a kind of thing that can be done. The zero Action is allowed to nobody.
type Action string

// The actions.
const (
	Anyone      Action = "anyone"       // what needs no account: signing in, health, assets
	ReadResults Action = "read-results" // open recipients and fetch their results
	WriteNotes  Action = "write-notes"  // put notes to results
	OwnSession  Action = "own-session"  // end one's own session
)

// May reports whether somebody with the role may do a. Whoever has no role, or one
// that is not known, may do only what Anyone may.
func (r Role) May(a Action) bool {
	if a == Anyone {
		return true
	}
	switch r {
	case Reviewer:
		return a == ReadResults || a == WriteNotes || a == OwnSession
	}
	return false
}

// Label is the role in a word for people.
func (r Role) Label() string {
	switch r {
	case Reviewer:
		return "Reviewer"
	}
	return "No role"
}
