package views

import (
	"slices"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// visitList is a list of the start page.
type visitList struct {
	Kind    string // for tests and scripts
	Title   string
	When    string // what was done at the times of its rows
	None    string // in the place of rows
	Pending bool   // whether it lists decisions to look at
	Visits  []review.Visit
}

// toDo is what waits for the reader, as far as something does.
func (p HomePage) toDo() []visitList {
	lists := []visitList{{Kind: "drafts", Title: "Your drafts, not recorded yet", When: "saved", Visits: p.Drafts}}
	if p.May(account.Decide) || p.May(account.ReadLedger) {
		lists = append(lists,
			visitList{Kind: "second", Pending: true, Title: "Awaiting second review", When: "decided", Visits: p.Pending.Second},
			visitList{Kind: "referred", Pending: true, Title: "Referred to you", When: "referred", Visits: p.Pending.Referred},
			visitList{Kind: "changed", Pending: true, Title: "Changed since the decision", When: "decided", Visits: p.Pending.Changed},
		)
	}
	return slices.DeleteFunc(lists, func(l visitList) bool { return len(l.Visits) == 0 })
}

// toReopen is what the reader may want to open again.
func (p HomePage) toReopen() []visitList {
	return []visitList{
		{Kind: "recent", Title: "Recently opened by you", When: "opened", None: "You have not opened a recipient yet.", Visits: p.Recent},
	}
}

// stateOfVisit is the state of the session of a listed recipient; that there is no result
// where nothing was fetched yet, or none is left.
func stateOfVisit(v review.Visit) string {
	switch {
	case v.Erased:
		return "Erased"
	case v.Digest == (idv.Digest{}):
		return "No result yet"
	}
	return v.State.Label()
}

// documentOfVisit names the identity document of a listed recipient, and how many others
// there are.
func documentOfVisit(v review.Visit) string {
	if v.OtherDocuments == 0 {
		return v.Document
	}
	return v.Document + " and " + countNoun(v.OtherDocuments, "other", "others")
}
