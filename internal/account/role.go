package account

import "slices"

// Role is what somebody is trusted with. Nobody has two: whoever manages accounts
// should not see people's data, and whoever audits should not do what is audited.
type Role string

// The roles.
const (
	Reviewer   Role = "reviewer"   // reads results and evidence, and puts notes to them
	Supervisor Role = "supervisor" // does what a reviewer does, and resets session limits
	Auditor    Role = "auditor"    // reads results and the access log, but no evidence
	Admin      Role = "admin"      // manages accounts, and sees no person's data
)

// Roles returns every role there is.
func Roles() []Role { return []Role{Reviewer, Supervisor, Auditor, Admin} }

// ParseRole reads a role by its name, and reports whether there is such a one.
func ParseRole(s string) (Role, bool) {
	return Role(s), slices.Contains(Roles(), Role(s))
}

// Action is a kind of thing that can be done. The zero Action is allowed to nobody.
type Action string

// The actions.
const (
	Anyone         Action = "anyone"          // what needs no account: signing in, health, assets
	ReadResults    Action = "read-results"    // open recipients and fetch their results
	ReadEvidence   Action = "read-evidence"   // see the media behind a result: pictures, texts, hits, Yoti's report
	WriteNotes     Action = "write-notes"     // put notes to results
	ResetLimit     Action = "reset-limit"     // let a signer try again, which changes things at Yoti
	ReadAccessLog  Action = "read-access-log" // see who saw what
	ManageAccounts Action = "manage-accounts" // say who may sign in, and as what
	OwnAccount     Action = "own-account"     // look after one's own account and sessions
)

// allowed is what each role may do.
func (r Role) allowed() []Action {
	switch r {
	case Reviewer:
		return []Action{OwnAccount, ReadResults, ReadEvidence, WriteNotes}
	case Supervisor:
		return []Action{OwnAccount, ReadResults, ReadEvidence, WriteNotes, ResetLimit}
	case Auditor:
		return []Action{OwnAccount, ReadResults, ReadAccessLog}
	case Admin:
		return []Action{OwnAccount, ManageAccounts}
	}
	return nil
}

// May reports whether somebody with the role may do a. Whoever has no role, or one
// that is not known, may do only what Anyone may.
func (r Role) May(a Action) bool {
	return a == Anyone || slices.Contains(r.allowed(), a)
}

// Label is the role in a word for people.
func (r Role) Label() string {
	switch r {
	case Reviewer:
		return "Reviewer"
	case Supervisor:
		return "Supervisor"
	case Auditor:
		return "Auditor"
	case Admin:
		return "Administrator"
	}
	return "No role"
}
