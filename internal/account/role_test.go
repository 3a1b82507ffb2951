package account

import "testing"

func TestMay(t *testing.T) {
	const invented Action = "invented"
	tests := []struct {
		role Role
		may  []Action
	}{
		{Reviewer, []Action{Anyone, OwnAccount, ReadResults, ReadEvidence, WriteNotes}},
		{Supervisor, []Action{Anyone, OwnAccount, ReadResults, ReadEvidence, WriteNotes, ResetLimit}},
		{Auditor, []Action{Anyone, OwnAccount, ReadResults, ReadAccessLog}},
		{Admin, []Action{Anyone, OwnAccount, ManageAccounts}},
		{"", []Action{Anyone}},
		{"Reviewer", []Action{Anyone}},
		{"root", []Action{Anyone}},
	}
	for _, test := range tests {
		may := make(map[Action]bool)
		for _, a := range test.may {
			may[a] = true
		}
		for _, a := range []Action{Anyone, OwnAccount, ReadResults, ReadEvidence, WriteNotes, ResetLimit, ReadAccessLog, ManageAccounts, invented, ""} {
			if got := test.role.May(a); got != may[a] {
				t.Errorf("Role(%q).May(%q) = %v, want %v", test.role, a, got, may[a])
			}
		}
	}
}
