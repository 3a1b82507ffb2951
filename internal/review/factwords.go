package review

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"countersign/internal/account"
	"countersign/internal/ledger"
)

// Actor is who made an entry: the name that its account had then, or the operator.
func Actor(e ledger.Entry) string { return cmp.Or(e.Name, "the operator") }

// DoneWord says what an entry records in words that follow the name of who did it: the
// word of its act, with how many rows it covers where it covers some.
func DoneWord(e ledger.Entry) string {
	f, err := ParseFacts(e)
	if err != nil {
		return ActWord(e.Act)
	}
	switch e.Act {
	case ActAccess:
		return "viewed " + itemCount(viewedItems(f))
	case ActFetches:
		if f.Rows == 1 {
			return "fetched 1 result"
		}
		return "fetched " + strconv.Itoa(f.Rows) + " results"
	}
	return ActWord(e.Act)
}

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
	case ActAccess:
		return []string{fmt.Sprintf("lines %d to %d of the access log, SHA-256 %s", f.First, f.Last, f.SHA256)}
	case ActFetches:
		return []string{fmt.Sprintf("numbers %d to %d of the log, SHA-256 %s", f.First, f.Last, f.SHA256)}
	case ActSignIns:
		return []string{fmt.Sprintf("lines %d to %d of the sign-ins, SHA-256 %s", f.First, f.Last, f.SHA256)}
	case ActSigningKey:
		return signingKeyWords(f)
	case ActDataKey:
		return dataKeyWords(f)
	case ActOlder:
		return []string{fmt.Sprintf("the newest known checkpoint had %d entries", f.Size)}
	case ActLog:
		return []string{f.Log.words()}
	case ActReleased:
		return releaseWords(e, f)
	case ActAssigned:
		return []string{"to " + f.AssigneeName}
	case ActTagged, ActUntagged:
		return []string{f.Tag}
	case ActViewShared:
		return []string{f.View}
	case ActViewRemoved:
		return []string{f.View, "shared in entry " + strconv.FormatInt(e.About, 10)}
	case ActErasure:
		return []string{f.Reason}
	case ActListExport:
		return []string{f.List.words()}
	case ActImport:
		return importWords(f)
	}
	return nil
}

// viewedItems is how much somebody viewed. Older entries only say how many lines the access
// log has of it.
func viewedItems(f Facts) int {
	if f.Items != nil {
		return *f.Items
	}
	return f.Rows
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
		words = append(words, "supersedes the decision in entry "+strconv.FormatInt(e.About, 10))
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
	words := []string{"requested in entry " + strconv.FormatInt(e.About, 10)}
	switch f.Outcome {
	case ResetDone:
		return append(words, "Yoti reset the limit")
	case ResetRefused:
		words = append(words, "Yoti did not reset the limit")
	case ResetUnknown:
		words = append(words, "it is not known whether Yoti reset the limit")
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
	switch account.Change(f.AccountChange) {
	case account.Added:
		done = "created as " + role
		switch f.Factor {
		case account.ProviderIdentity:
			done += ", at the first sign-in through the company's sign-in"
		case account.BreakGlass:
			done += ", for emergencies"
		}
	case account.Disabled:
		done = "disabled"
	case account.RoleChanged:
		done = "role changed to " + role
	case account.PasswordChanged:
		done = "password changed"
		if e.About != 0 {
			done += fmt.Sprintf(", set with the link that %s created in entry %d", cmp.Or(f.LinkBy, "the operator"), e.About)
		}
	case account.PasswordRehashed:
		done = "password hashed anew with today's parameters; the password is the same"
	case account.Acknowledged:
		done = fmt.Sprintf("changes made by others acknowledged, up to entry %d", f.Acknowledged)
	case account.LinkMade:
		done = "password link created"
	case account.FactorAdded:
		done = f.Factor.Words() + " added"
	case account.FactorRemoved:
		done = f.Factor.Words() + " removed"
	case account.FactorRefused:
		done = f.Factor.Words() + " refused: it may have been copied, since it counted back how often it was used"
	case account.FactorsTaken:
		done = "passkeys and codes removed by an administrator: " + f.Reason
	case account.RequestAsked, account.RequestConfirmed, account.RequestCancelled:
		return []string{requestWords(e, f)}
	case account.Bound:
		done = "bound to an identity of the company's sign-in"
	case account.BreakGlassUsed:
		done = "signed in to the account for emergencies"
	default:
		done = f.AccountChange
	}
	words := []string{f.AccountName + ": " + done}
	if f.AskedBy != "" {
		words = append(words, fmt.Sprintf("requested by %s in entry %d", f.AskedBy, e.About))
	}
	return words
}

// requestWords say what was asked for, confirmed or cancelled.
func requestWords(e ledger.Entry, f Facts) string {
	if f.Request == nil {
		return f.AccountChange
	}
	switch account.Change(f.AccountChange) {
	case account.RequestConfirmed:
		return fmt.Sprintf("confirmed the request in entry %d: %s", e.About, f.Request.Words())
	case account.RequestCancelled:
		return fmt.Sprintf("cancelled the request in entry %d: %s", e.About, f.Request.Words())
	}
	return "requested: " + f.Request.Words()
}

func signingKeyWords(f Facts) []string {
	if f.KeyChange == "" {
		return []string{f.PublicKey}
	}
	c, err := ledger.OpenKeyChange([]byte(f.KeyChange))
	if err != nil || c.New != f.PublicKey {
		return []string{f.PublicKey, "what should vouch for it does not"}
	}
	return []string{f.PublicKey, "in the place of " + c.Old + ", which vouches for it"}
}

func dataKeyWords(f Facts) []string {
	key := shortKey(f.DataKey) + " in the place of " + shortKey(f.EarlierDataKey)
	switch f.DataKeyChange {
	case DataKeyBegun:
		return []string{"begun: " + key}
	case DataKeyFinished:
		return []string{"finished: " + key, fmt.Sprintf("%d values were sealed anew", f.Rows)}
	}
	return []string{string(f.DataKeyChange) + ": " + key}
}

// shortKey is as much of a fingerprint as is needed to tell keys apart.
func shortKey(fingerprint string) string { return fingerprint[:min(len(fingerprint), 8)] }

func (s LogState) words() string {
	switch s {
	case LogMissing:
		return "the checkpoint log is missing"
	case LogFound:
		return "the checkpoint log is there again"
	case LogAccepted:
		return "without its checkpoint log, on purpose"
	}
	return string(s)
}

// releaseWords say whose case was released, where it was another's.
func releaseWords(e ledger.Entry, f Facts) []string {
	switch {
	case e.Actor == account.SystemID:
		return []string{"of " + f.AssigneeName, wentBack}
	case f.AssigneeName != "":
		return []string{"of " + f.AssigneeName}
	}
	return nil
}

// wentBack says why the system released a case.
const wentBack = "it went back after a day without activity"
