package account

import (
	"slices"
	"strings"
)

// Role is what someone is trusted with. Nobody has two: whoever manages accounts
// should not see people's data, and whoever audits should not do what is audited.
type Role string

// The roles.
const (
	Reviewer   Role = "reviewer"   // reads results and evidence, and decides
	Supervisor Role = "supervisor" // does what a reviewer does, is the second reviewer, and resets session limits
	Auditor    Role = "auditor"    // reads results, the ledger and the access log, but no evidence
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
	Anyone           Action = "anyone"             // what needs no account: signing in, health, assets
	ReadResults      Action = "read-results"       // open recipients and fetch their results
	ReadEvidence     Action = "read-evidence"      // see the media behind a result: pictures, texts, hits, Yoti's report
	WriteNotes       Action = "write-notes"        // put notes to results
	Decide           Action = "decide"             // put one's name to a verdict, and say what hits are
	TakeCases        Action = "take-cases"         // take cases, release one's own, and tag them
	AssignCases      Action = "assign-cases"       // give cases to others, and release those of others
	ReviewSecond     Action = "review-second"      // agree or disagree with someone else's decision
	ReadLedger       Action = "read-ledger"        // see what everyone did, and take checkpoints
	ExportBundle     Action = "export-bundle"      // take the evidence about a recipient away
	ResetLimit       Action = "reset-limit"        // let a signer try again, which changes things at Yoti
	ReadAccessLog    Action = "read-access-log"    // see who saw what
	ReadFigures      Action = "read-figures"       // see how much was done, by day and by person
	ManageAccounts   Action = "manage-accounts"    // say who may sign in, and as what
	ObjectToRequests Action = "object-to-requests" // cancel what an admin asked for and did not do yet
	ImportLists      Action = "import-lists"       // have the results of a list of recipients fetched
	ReadHooks        Action = "read-hooks"         // see what came by the webhook: IDs, nothing of people
	OwnAccount       Action = "own-account"        // look after one's own account and sessions

	// Parts of OwnAccount that are open to whoever has not done all that a sign-in takes.
	SignOut          Action = "sign-out"
	OwnFactors       Action = "own-factors"        // set up and remove one's passkeys and codes
	GiveSecondFactor Action = "give-second-factor" // prove one of them after the password
)

// Actions returns every action that a role may or may not do, in the order in which they
// are told. Parts of OwnAccount are not told apart.
func Actions() []Action {
	return []Action{
		ReadResults, ReadEvidence, WriteNotes, TakeCases, AssignCases, Decide, ReviewSecond, ResetLimit, ImportLists,
		ReadLedger, ReadAccessLog, ReadFigures, ExportBundle, ManageAccounts, ObjectToRequests, ReadHooks, OwnAccount,
	}
}

// Words say what someone does who does a, as the end of a sentence; empty for an action
// that is not one of Actions.
func (a Action) Words() string {
	switch a {
	case ReadResults:
		return "reads results"
	case ReadEvidence:
		return "reads evidence (pictures, extracted data, watchlist hits and Yoti's report)"
	case WriteNotes:
		return "writes notes"
	case TakeCases:
		return "takes, releases and tags cases"
	case AssignCases:
		return "assigns cases to others"
	case Decide:
		return "decides and sets dispositions of watchlist hits"
	case ReviewSecond:
		return "gives second reviews"
	case ReadLedger:
		return "reads and exports the ledger"
	case ExportBundle:
		return "downloads evidence bundles"
	case ResetLimit:
		return "resets session limits"
	case ReadAccessLog:
		return "reads and exports the access log and the security events"
	case ReadFigures:
		return "reads and exports the figures of everybody's work"
	case ManageAccounts:
		return "manages accounts"
	case ObjectToRequests:
		return "cancels requests that let somebody act as a supervisor"
	case ImportLists:
		return "imports lists of recipients"
	case ReadHooks:
		return "sees the webhook's events"
	case OwnAccount:
		return "manages their own password, passkeys and sessions"
	}
	return ""
}

// allowedActions is what each role may do.
func (r Role) allowedActions() []Action {
	switch r {
	case Reviewer:
		return []Action{OwnAccount, ReadResults, ReadEvidence, WriteNotes, TakeCases, Decide, ImportLists, ExportBundle}
	case Supervisor:
		return []Action{OwnAccount, ReadResults, ReadEvidence, WriteNotes, TakeCases, AssignCases, Decide, ImportLists, ExportBundle, ReviewSecond, ResetLimit, ReadFigures, ObjectToRequests}
	case Auditor:
		return []Action{OwnAccount, ReadResults, ReadAccessLog, ReadLedger, ReadFigures, ExportBundle}
	case Admin:
		return []Action{OwnAccount, ManageAccounts, ObjectToRequests, ReadHooks}
	}
	return nil
}

// May reports whether someone with the role may do a. Anyone who has no role, or one
// that is not known, may do only what Anyone may.
func (r Role) May(a Action) bool {
	return a == Anyone || slices.Contains(r.allowedActions(), a.whole())
}

// whole is the action that a is a part of, or a itself.
func (a Action) whole() Action {
	switch a {
	case SignOut, OwnFactors, GiveSecondFactor:
		return OwnAccount
	}
	return a
}

// Text says in sentences everything that the role may do, and what it keeps from people's
// data.
func (r Role) Text() string {
	var may []string
	for _, a := range Actions() {
		if r.May(a) {
			may = append(may, a.Words())
		}
	}
	if len(may) == 0 {
		return "May do nothing."
	}
	text := strings.ToUpper(may[0][:1]) + may[0][1:]
	for _, words := range may[1:] {
		text += "; " + words
	}
	switch {
	case !r.May(ReadResults):
		return text + ". Sees no person's data."
	case !r.May(ReadEvidence):
		return text + ". Sees no evidence."
	}
	return text + "."
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
	case SystemRole:
		return "System"
	}
	return "No role"
}
