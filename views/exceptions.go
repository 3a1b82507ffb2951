package views

import (
	"cmp"
	"slices"
	"strconv"

	"countersign/internal/idv"
)

// toneOfException returns the tone of what keeps a result from being clear: never that of
// something good.
func toneOfException(e idv.Exception) Tone {
	if e.Kind == idv.ExceptionConflict || e.Kind == idv.ExceptionSigner && e.Bucket == idv.Investigate {
		return Bad
	}
	if tone := toneOf(e.Bucket); tone != Minor {
		return tone
	}
	return Warn
}

// exceptionHref leads to where an exception is read on the page of its case.
func exceptionHref(e idv.Exception) string {
	switch {
	case e.Kind == idv.ExceptionSigner:
		return "#" + PersonID
	case e.Part == "":
		return "#" + ResultID
	case e.Row != "":
		return "#" + idv.SubCheckKey(e.Part, e.Row)
	}
	return "#" + e.Part
}

// shownRow is a sub-check as a page shows it.
type shownRow struct {
	idv.SubCheck
	ID   string // its place on the page
	Word idv.SubCheckWord
}

// shownRows are the sub-checks of a check: those to be read in full, the gravest first, and
// those that passed and are folded to their names.
type shownRows struct {
	Full, Passed []shownRow
	More         int // that are on neither list
}

// rowsOf returns the sub-checks of a check for which there is room. One that passed is read in
// full where an exception leads to it.
func (c caseView) rowsOf(check *idv.Check) shownRows {
	key := check.Key()
	rows := worstFirst(c.room, check.Report.Breakdown, idv.SubCheck.DidNotPass)
	shown := shownRows{More: len(check.Report.Breakdown) - len(rows)}
	places := map[string]int{}
	for _, row := range rows {
		id := idv.SubCheckKey(key, row.Name)
		if places[id]++; places[id] > 1 {
			id += "-" + strconv.Itoa(places[id])
		}
		one := shownRow{row, id, check.Type.SubCheck(row.Name)}
		if row.DidNotPass() || c.inFull[key+" "+row.Name] {
			shown.Full = append(shown.Full, one)
		} else {
			shown.Passed = append(shown.Passed, one)
		}
	}
	slices.SortStableFunc(shown.Full, func(a, b shownRow) int {
		if a.Result != b.Result && (a.Result == idv.Fail || b.Result == idv.Fail) {
			return oneOf(a.Result == idv.Fail, -1, 1)
		}
		return cmp.Compare(a.SeverityRank(), b.SeverityRank())
	})
	return shown
}

// maxPassedNames is how many sub-checks that passed are named where they are folded.
const maxPassedNames = 20

// passedNames says which sub-checks passed: "13 passed: document in date, …".
func passedNames(rows []shownRow) string {
	var names []string
	for _, row := range rows[:min(len(rows), maxPassedNames)] {
		names = append(names, excerpt(row.Word.Label))
	}
	return idv.PassedInShort(names, len(rows))
}
