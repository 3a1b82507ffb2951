package views

import "countersign/internal/account"

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
	}
	return string(r.What)
}

// doer names who changed an account.
func doer(r account.Recorded) string {
	if r.By == "" {
		return "whoever runs Countersign"
	}
	return r.By
}

// mayLabel says what a role may do.
func mayLabel(r account.Role) string {
	switch r {
	case account.Reviewer:
		return "Reads results and evidence, and writes notes."
	case account.Supervisor:
		return "Reads results and evidence, writes notes, and resets session limits."
	case account.Auditor:
		return "Reads results, the ledger and the access log; sees no pictures, texts or reports."
	case account.Admin:
		return "Manages accounts; sees no person's data."
	}
	return "May do nothing."
}
