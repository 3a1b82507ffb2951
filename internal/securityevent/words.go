package securityevent

import (
	"strconv"
	"strings"

	"countersign/internal/account"
)

// Label says the kind in a few words for people.
func (k Kind) Label() string {
	switch k {
	case SignIn:
		return "Sign-in"
	case FirstFactor:
		return "Password accepted, second factor due"
	case SignOut:
		return "Sign-out"
	case SessionEnded:
		return "Session ended"
	case SecondFactor:
		return "Second factor"
	case StepUp:
		return "Proof of presence"
	case FactorAdded:
		return "Factor added"
	case FactorRemoved:
		return "Factor removed"
	case FactorsTaken:
		return "Factors taken away"
	case CounterBack:
		return "Passkey counter went back"
	case PasswordSet:
		return "Password changed"
	case LinkMade:
		return "Password link created"
	case LinkUsed:
		return "Link used"
	case RoleChanged:
		return "Role changed"
	case AccountAdded:
		return "Account created"
	case AccountClosed:
		return "Account disabled"
	case AccountBound:
		return "Account joined to the company’s sign-in"
	case CompanyEnded:
		return "Sign-out by the company’s sign-in"
	case BreakGlassUsed:
		return "Emergency account used"
	case RequestAsked:
		return "Request by an administrator"
	case RequestDone:
		return "Request confirmed and carried out"
	case RequestEnded:
		return "Request cancelled"
	case ActionRefused:
		return "Action not allowed by role"
	case ForeignOrigin:
		return "Form from another site"
	case ForeignHost:
		return "Request for another host"
	case WrongSecret:
		return "Wrong webhook secret"
	case Export:
		return "Export"
	case Erasure:
		return "Erasure"
	case LimitReset:
		return "Session limit reset"
	case KeyChanged:
		return "Key replaced"
	case RecordingEnded:
		return "Recording stopped"
	case RecordingBegun:
		return "Recording resumed"
	case ServerStarted:
		return "Server started"
	case ServerStopped:
		return "Server stopped"
	}
	return string(k)
}

// Refuses reports whether events of the kind say that something was kept out, whatever it was.
func (k Kind) Refuses() bool {
	switch k {
	case ActionRefused, ForeignOrigin, ForeignHost, WrongSecret:
		return true
	}
	return false
}

// Result says in a word how the event ended.
func (e *Event) Result() string {
	switch {
	case e.Outcome == Success:
		return "Succeeded"
	case e.Kind.Refuses():
		return "Refused"
	}
	return "Failed"
}

// Words say how or why, for people; empty where there is nothing to say. A reason that is not
// one of those named in this package is shown as it is.
func (e *Event) Words() string {
	if e.Reason == CountedSummary {
		return "and " + strconv.Itoa(e.Count) + " more"
	}
	if proof := account.Proof(e.Reason).Words(); proof != "" && (e.Kind == SignIn || e.Kind == FirstFactor) {
		return proof
	}
	switch e.Reason {
	case WrongAnswer:
		return "wrong answer"
	case TooMany:
		return "too many failed attempts; not looked at"
	case NotValid:
		return "used, replaced or too old"
	case Replaced:
		return "replaced by another in the same browser"
	case EndedByTime:
		return "its time was over"
	case ByLink:
		return "with a link"
	case ByOwner:
		return "by the account's own user"
	case ByOperator:
		return "by the operator"
	case BundleTaken:
		return "evidence bundle"
	case FirstAccount:
		return "the first account"
	case BreakGlassMade:
		return "the emergency account"
	case DataKey:
		return "data key"
	case SigningKey:
		return "signing key"
	}
	return string(e.Reason)
}

// Actor says who did it: a name, or that this is not known.
func (e *Event) Actor() string {
	switch {
	case e.Name != "" && e.Role == "":
		return e.Name + " was named"
	case e.Name != "":
		return e.Name
	case strings.HasPrefix(e.Route, "countersign "):
		return "The operator"
	case e.Kind == RecordingEnded, e.Kind == RecordingBegun, e.Kind == ServerStarted, e.Kind == ServerStopped:
		return "The server"
	}
	return ""
}
