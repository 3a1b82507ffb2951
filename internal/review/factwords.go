package review

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"countersign/internal/account"
	"countersign/internal/ledger"
)

// Actor is who made an entry: the name that its account had then, or whoever ran the
// program.
func Actor(e ledger.Entry) string { return cmp.Or(e.Name, "whoever runs Countersign") }

// FactWords says the facts of an entry in words that follow what was done; empty when
// there are none. Facts that cannot be read stand as they are.
func FactWords(e ledger.Entry) string {
	f, err := ParseFacts(e)
	if err != nil {
		return e.Facts
	}
	words := factWords(e, f)
	if f.Carried != nil {
		words = append(words, "recorded "+f.Carried.UTC().Format("2 Jan 2006, 15:04 UTC")+", before there was a ledger")
	}
	return strings.Join(words, "; ")
}

func factWords(e ledger.Entry, f Facts) []string {
	switch e.Act {
	case ActDecision:
		return decisionWords(e, f)
	case ActAgreed, ActDisagreed, ActWithdrawn:
		words := []string{"the decision in entry " + strconv.FormatInt(e.About, 10)}
		for i, why := range f.OnePerson {
			if i == 0 {
				words = append(words, strings.TrimSuffix(OnePersonTitle, "."))
			}
			words = append(words, strings.TrimSuffix(why.String(), "."))
		}
		return words
	case ActDisposition:
		return []string{f.Disposition.Label()}
	case ActExpectedSet, ActExpectedCleared:
		return expectedWords(e)
	case ActResetEnded:
		return resetWords(e, f)
	case ActAccount:
		return accountWords(e, f)
	case ActAccess, ActFetches:
		return []string{fmt.Sprintf("%d of them, numbers %d to %d of the log, SHA-256 %s", f.Rows, f.First, f.Last, f.SHA256)}
	case ActSigningKey:
		return []string{f.PublicKey}
	case ActOlder:
		return []string{fmt.Sprintf("the newest known checkpoint had %d entries", f.Size)}
	case ActLog:
		return []string{f.Log.words()}
	case ActErasure:
		return []string{f.Reason}
	case ActListExport:
		return []string{f.List.words()}
	}
	return nil
}

func decisionWords(e ledger.Entry, f Facts) []string {
	words := []string{f.Verdict.Done()}
	switch f.Second {
	case Awaited:
		words = append(words, "a second review is needed")
	case NotNeeded:
		words = append(words, "no second review is needed")
	default:
		words = append(words, "second review: "+string(f.Second))
	}
	if e.About != 0 {
		words = append(words, "in the place of the decision in entry "+strconv.FormatInt(e.About, 10))
	}
	return words
}

func expectedWords(e ledger.Entry) []string {
	entry := "entry " + strconv.FormatInt(e.About, 10)
	switch {
	case e.About == 0:
		return nil
	case e.Act == ActExpectedCleared:
		return []string{"the one in " + entry}
	}
	return []string{"in the place of the one in " + entry}
}

func resetWords(e ledger.Entry, f Facts) []string {
	words := []string{"asked for in entry " + strconv.FormatInt(e.About, 10)}
	switch f.Outcome {
	case ResetDone:
		return append(words, "Yoti reset the limit")
	case ResetRefused:
		words = append(words, "Yoti did not reset the limit")
	case ResetUnknown:
		words = append(words, "nobody knows whether Yoti reset the limit")
	default:
		words = append(words, string(f.Outcome))
	}
	if f.Failure != "" {
		words = append(words, strings.TrimSuffix(f.Failure.ResetWord().Title, "."))
	}
	return words
}

func accountWords(e ledger.Entry, f Facts) []string {
	var done string
	role := account.Role(f.Role).Label()
	switch account.Deed(f.Deed) {
	case account.Added:
		done = "made, as " + role
	case account.Disabled:
		done = "closed"
	case account.RoleChanged:
		done = "made " + role
	case account.PasswordChanged:
		done = "given a new password"
		if e.About != 0 {
			done += fmt.Sprintf(", chosen with the link that %s made in entry %d", cmp.Or(f.LinkBy, "the operator"), e.About)
		}
	case account.Acknowledged:
		done = fmt.Sprintf("what others changed was seen, up to entry %d", f.Acknowledged)
	case account.LinkMade:
		done = "given a link to choose a password"
	default:
		done = f.Deed
	}
	return []string{f.Whose + ": " + done}
}

func (s LogState) words() string {
	switch s {
	case LogMissing:
		return "the checkpoint log that there was is missing"
	case LogFound:
		return "the checkpoint log is there again"
	case LogAccepted:
		return "without the checkpoint log that there was, on purpose"
	}
	return string(s)
}
