package views

import (
	"cmp"
	"strings"

	"countersign/internal/account"
)

// changeLabel says what was done to an account.
func changeLabel(r account.RecordedChange) string {
	switch r.What {
	case account.Added:
		return "Added as " + r.Role.Label() + addedHow(r.Factor)
	case account.Disabled:
		return "Disabled"
	case account.RoleChanged:
		return "Role changed to " + r.Role.Label()
	case account.PasswordChanged:
		return "Password changed"
	case account.PasswordRehashed:
		return "Password hash strengthened"
	case account.LinkMade:
		return "Password link created"
	case account.Acknowledged:
		return "Acknowledged changes made by others"
	case account.FactorAdded:
		return "Added: " + r.Factor.Words()
	case account.FactorRemoved:
		return "Removed: " + r.Factor.Words()
	case account.FactorRefused:
		return "Refused, since it may have been copied: " + r.Factor.Words()
	case account.FactorsTaken:
		return "Passkeys and codes removed: " + r.Reason
	case account.RequestAsked, account.RequestConfirmed, account.RequestCancelled:
		return requestLabel(r)
	case account.Bound:
		return "Bound to the company's sign-in"
	case account.BreakGlassUsed:
		return "Emergency account used"
	}
	return string(r.What)
}

// requestLabel says what was done about a request.
func requestLabel(r account.RecordedChange) string {
	if r.Request == nil {
		return string(r.What)
	}
	switch r.What {
	case account.RequestConfirmed:
		return "Confirmed: " + r.Request.Words()
	case account.RequestCancelled:
		return "Cancelled: " + r.Request.Words()
	}
	return "Requested: " + r.Request.Words()
}

// factorWords names the kinds of factors that an account has.
func factorWords(f account.Factors) string {
	var kinds []string
	if f.Passkeys > 0 {
		kinds = append(kinds, "Passkey")
	}
	if f.Code {
		kinds = append(kinds, "Authenticator app")
	}
	if f.Recovery > 0 {
		kinds = append(kinds, "Recovery codes")
	}
	return strings.Join(kinds, ", ")
}

// addedHow says in which way an account was added, where that is not the usual one.
func addedHow(what account.FactorKind) string {
	switch what {
	case account.ProviderIdentity:
		return ", at the first company sign-in"
	case account.BreakGlass:
		return ", for emergencies"
	}
	return ""
}

// noticeText tells the owner of an account what was done to it.
func noticeText(r account.RecordedChange) string {
	switch {
	case r.ByLink:
		return "Password set with a link created by " + operatorOr(r.LinkBy)
	case r.What == account.PasswordChanged:
		return operatorOr(r.By) + " set a new password"
	case r.What == account.RoleChanged:
		return operatorOr(r.By) + " changed your role to " + r.Role.Label()
	case r.What == account.FactorRefused:
		return "A " + r.Factor.Words() + " of yours was refused: it counted back, so it may have been copied"
	case r.What == account.FactorsTaken:
		return operatorOr(r.By) + " removed your passkeys and codes: " + r.Reason
	case r.What == account.Bound:
		return operatorOr(r.By) + " bound your account to an identity of the company's sign-in"
	}
	return changeLabel(r)
}

// operatorOr is a name, or who runs the server.
func operatorOr(name string) string { return cmp.Or(name, "the operator") }

// changeAuthor names who changed an account.
func changeAuthor(r account.RecordedChange) string {
	if r.ByLink {
		return r.By + ", with a link created by " + operatorOr(r.LinkBy)
	}
	if asker := r.AskedByWords(); asker != "" {
		return operatorOr(r.By) + ", requested by " + asker
	}
	return operatorOr(r.By)
}
