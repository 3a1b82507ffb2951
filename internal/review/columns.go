package review

import (
	"strconv"

	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// LedgerColumns names the values of LedgerRow. What has the same name in
// AccessColumns is the same thing.
func LedgerColumns() []string {
	return []string{"entry", "at", "account", "name", "role", "did", "details", "act", "about", "facts", "recipient", "result", "content", "sealed", "clock_behind_ms"}
}

// LedgerRow is an entry as a row of a table: what it says in words, and every field of
// it.
func LedgerRow(e ledger.Entry) []string {
	return []string{
		strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(ledger.TimeLayout), strconv.FormatInt(e.Actor, 10), Actor(e), e.Role,
		DoneWord(e), FactWords(e), string(e.Act), numberOrNone(e.About), e.Facts,
		e.Recipient, hexOrNone(e.Snapshot), hexOrNone(e.Content), hexOrNone(e.Sealed), behindOrNone(e),
	}
}

// AccessColumns names the values of AccessRow. The page view is the number of the entry of
// the page for which something was loaded.
func AccessColumns() []string {
	return []string{"number", "at", "account", "name", "what", "recipient", "result", "medium", "part", "hits", "sha256", "page_view"}
}

// AccessRow is an entry of the access log as a row of a table.
func AccessRow(a *Access) []string {
	recipient, medium := "", ""
	if a.Recipient != (idv.RecipientID{}) {
		recipient = a.Recipient.String()
	}
	if a.Medium != (idv.MediaID{}) {
		medium = a.Medium.String()
	}
	return []string{
		strconv.FormatInt(a.ID, 10), a.At.UTC().Format(ledger.TimeLayout), strconv.FormatInt(a.Who.ID, 10), a.Who.Name, string(a.What),
		recipient, hexOrNone(a.Digest), medium, a.Part, a.Hits, hexOrNone(a.SHA256), numberOrNone(a.View),
	}
}

// numberOrNone writes the number of an entry; nothing for zero, which no entry has.
func numberOrNone(seq int64) string {
	if seq == 0 {
		return ""
	}
	return strconv.FormatInt(seq, 10)
}

// behindOrNone writes by how many milliseconds the clock stood behind the entry before.
func behindOrNone(e ledger.Entry) string {
	if e.Behind == 0 {
		return ""
	}
	return strconv.FormatInt(e.Behind.Milliseconds(), 10)
}

func hexOrNone(d idv.Digest) string {
	if d == (idv.Digest{}) {
		return ""
	}
	return d.String()
}
