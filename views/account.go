package views

import (
	"cmp"

	"countersign/internal/account"
)

// deedLabel says what was done to an account.
func deedLabel(r account.Recorded) string {
	switch r.What {
	case account.Added:
		return "Added as " + r.Role.Label()
	case account.Disabled:
		return "Disabled"
	case account.RoleChanged:
		return "Made " + r.Role.Label()
	case account.PasswordChanged:
		return "Got a new password"
	case account.LinkMade:
		return "Got a link to choose a password"
	case account.Acknowledged:
		return "Said to have seen what others changed"
	}
	return string(r.What)
}

// noticeWords tells the owner of an account what was done to it.
func noticeWords(r account.Recorded) string {
	switch {
	case r.ByLink:
		return "A password was chosen with a link that " + operatorOr(r.LinkBy) + " made"
	case r.What == account.PasswordChanged:
		return operatorOr(r.By) + " set another password"
	case r.What == account.RoleChanged:
		return operatorOr(r.By) + " gave you another role: " + r.Role.Label()
	}
	return deedLabel(r)
}

// operatorOr is a name, or who runs the server.
func operatorOr(name string) string { return cmp.Or(name, "the operator") }

// doer names who changed an account.
func doer(r account.Recorded) string {
	if r.ByLink {
		return r.By + ", with a link that " + operatorOr(r.LinkBy) + " made"
	}
	return cmp.Or(r.By, "whoever runs Countersign")
}
