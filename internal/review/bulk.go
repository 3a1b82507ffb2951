package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// CasesAct is something that is done about several cases at once. Cases are never decided so.
type CasesAct struct {
	Cases []idv.RecipientID
	By    account.Person
	Act   ledger.Act // ActTaken, ActReleased, ActAssigned, ActTagged or ActUntagged
	To    string     // name of the account, for ActAssigned
	Tag   string     // as it was typed, for ActTagged and ActUntagged
	Key   string     // idempotency key of the form, from which that of each case follows
}

// CaseOutcome is what came of it for one case: Err is nil where it is done, or was before.
type CaseOutcome struct {
	Recipient idv.RecipientID
	Err       error
}

// MaxCasesAct is how many cases can be named at once.
const MaxCasesAct = 100

// ActOnCases does something about several cases, one after the other, and says for each what
// came of it. What failed for one is done for the others nevertheless. However many cases it
// is about, it is one form of those that somebody can record. It returns a *Refused or a
// *TooFast, and does nothing, for what can be done for no case.
func (d *Desk) ActOnCases(ctx context.Context, a CasesAct) ([]CaseOutcome, error) {
	if !a.By.Role.May(account.TakeCases) {
		return nil, ErrNoCases
	}
	if err := d.checkCasesAct(&a); err != nil {
		return nil, err
	}
	var keys []string
	for _, id := range a.Cases {
		keys = append(keys, caseKey(a.Key, id))
	}
	if err := d.mayRecordAs(ctx, a.By, a.Key, keys...); err != nil {
		return nil, err
	}
	var list []CaseOutcome
	for _, id := range a.Cases {
		list = append(list, CaseOutcome{id, d.actOnCase(ctx, &a, id)})
	}
	return list, nil
}

func (d *Desk) checkCasesAct(a *CasesAct) error {
	switch {
	case len(a.Cases) == 0:
		return &Refused{"No case is selected. Tick those that are meant."}
	case len(a.Cases) > MaxCasesAct:
		return &Refused{"Too many cases are selected."}
	}
	switch a.Act {
	case ActTaken, ActReleased, ActAssigned:
	case ActTagged, ActUntagged:
		if _, err := ParseTag(a.Tag); err != nil {
			return err
		}
	default:
		return &Refused{"This cannot be done for several cases."}
	}
	return CheckKey(a.Key)
}

func (d *Desk) actOnCase(ctx context.Context, a *CasesAct, id idv.RecipientID) error {
	key := caseKey(a.Key, id)
	switch a.Act {
	case ActTaken:
		return d.take(ctx, NewTake{Recipient: id, By: a.By, Key: key})
	case ActReleased:
		return d.release(ctx, NewRelease{Recipient: id, By: a.By, Key: key})
	case ActAssigned:
		return d.assign(ctx, NewAssign{Recipient: id, By: a.By, To: a.To, Key: key})
	}
	return d.tag(ctx, NewTag{Recipient: id, By: a.By, Tag: a.Tag, Remove: a.Act == ActUntagged, Key: key})
}

// caseKey is the idempotency key for one case of a form that is about several.
func caseKey(form string, id idv.RecipientID) string {
	sum := sha256.Sum256([]byte(form + " " + id.String()))
	return hex.EncodeToString(sum[:16])
}
