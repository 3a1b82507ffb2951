package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
)

// A second review takes a second person, and the record knows accounts only. Whoever made
// an account, gave it a role or a password, or made the link by which its password was
// chosen, may have acted as that account. For a day nobody can rely on such an account as
// that of another person.

// PeopleStore tells who decides, and who could act as whom.
type PeopleStore interface {
	// Deciders lists the people who may decide, by name.
	Deciders(ctx context.Context) ([]account.Person, error)
	// AccountChanges returns the changes of accounts since a time that may let somebody act as
	// another.
	AccountChanges(ctx context.Context, since time.Time) ([]AccountChange, error)
}

// TrustedAgainAfter is how long after such a change an account is relied on again.
const TrustedAgainAfter = 24 * time.Hour

// AccountChange is a change of an account that may let somebody act as it.
type AccountChange struct {
	Seq         int64 // of its entry
	By          int64 // ID of the account that may; zero for the operator
	ByName      string
	Account     int64
	AccountName string
	Change      account.Change
}

// OnePerson is a change on account of which two people may be one.
type OnePerson struct {
	Entry       int64          `json:"entry"`
	By          string         `json:"by,omitempty"` // empty for the operator
	AccountName string         `json:"whose"`
	Change      account.Change `json:"deed"`
}

// ReadAccountChanges returns who may act as an account by the change that an entry puts on
// record. Where one admin asked for it and another carried it out, both may: the one chose whose
// account it is, and the other saw the link.
func ReadAccountChanges(e *Recorded) ([]AccountChange, error) {
	facts, err := ParseFacts(e.Entry)
	if err != nil || e.Act != ActAccount {
		return nil, err
	}
	c := AccountChange{Seq: e.Seq, By: e.Actor, ByName: e.Name, Account: facts.Account, AccountName: facts.AccountName, Change: account.Change(facts.AccountChange)}
	switch c.Change {
	case account.Added, account.RoleChanged, account.LinkMade, account.Bound:
		if c.By == account.SystemID { // on the word of the company's sign-in, which is nobody here
			return nil, nil
		}
	case account.PasswordChanged:
		if e.About != 0 { // by a link, which was made in that entry
			c.By, c.ByName = facts.LinkByID, facts.LinkBy
		}
	default:
		return nil, nil
	}
	list := []AccountChange{c}
	if facts.AskedByID != 0 && facts.AskedByID != c.By {
		c.By, c.ByName = facts.AskedByID, facts.AskedBy
		list = append(list, c)
	}
	return slices.DeleteFunc(list, func(c AccountChange) bool { return c.By == c.Account }), nil
}

// reliedSince returns since when changes of accounts count for a second review at a time.
func (d *Decision) reliedSince(at time.Time) time.Time {
	if d.At.Before(at) {
		at = d.At
	}
	return at.Add(-TrustedAgainAfter)
}

// onePerson returns why the author of a decision and whoever would review it now may be one
// person.
func (d *Desk) onePerson(ctx context.Context, decision *Decision, second account.Person, now time.Time) ([]OnePerson, error) {
	changes, err := d.Records.AccountChanges(ctx, decision.reliedSince(now))
	if err != nil {
		return nil, err
	}
	return CouldBeOne(decision.Author, second.ID, changes), nil
}

// CouldBeOne returns the changes, in the order of their entries, on account of which the
// holders of two accounts may be one person; none when nothing of these says so. It takes
// as few changes as there can be.
func CouldBeOne(author, second int64, changes []AccountChange) []OnePerson {
	ofAuthor, ofSecond := whoCouldAct(author, changes), whoCouldAct(second, changes)
	var shortest []AccountChange
	for id, path := range ofAuthor {
		other, both := ofSecond[id]
		if !both {
			continue
		}
		path = mergeChanges(path, other)
		if shortest == nil || len(path) < len(shortest) || len(path) == len(shortest) && path[0].Seq < shortest[0].Seq {
			shortest = path
		}
	}
	var list []OnePerson
	for _, c := range shortest {
		list = append(list, OnePerson{c.Seq, c.ByName, c.AccountName, c.Change})
	}
	return list
}

// whoCouldAct returns whose holders could act as an account, each with the changes that let
// them: the account itself, whoever changed it, whoever changed theirs, and so on.
func whoCouldAct(as int64, changes []AccountChange) map[int64][]AccountChange {
	found := map[int64][]AccountChange{as: {}}
	for next := []int64{as}; len(next) > 0; next = next[1:] {
		for _, c := range changes {
			if _, known := found[c.By]; c.Account != next[0] || known {
				continue
			}
			found[c.By] = append(slices.Clone(found[next[0]]), c)
			next = append(next, c.By)
		}
	}
	return found
}

// mergeChanges joins changes, each once.
func mergeChanges(a, b []AccountChange) []AccountChange {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y AccountChange) int { return cmp.Compare(x.Seq, y.Seq) })
	return slices.CompactFunc(all, func(x, y AccountChange) bool { return x.Seq == y.Seq })
}

// OnePersonTitle says what the changes of a second review mean.
const OnePersonTitle = "One person could have been both author and second reviewer."

// String says a change in a sentence.
func (o OnePerson) String() string {
	return fmt.Sprintf("%s %s (entry %d).", cmp.Or(o.By, "The operator"), o.deedWords(), o.Entry)
}

func (o OnePerson) deedWords() string {
	switch o.Change {
	case account.Added:
		return "created the account of " + o.AccountName
	case account.RoleChanged:
		return "changed the role of " + o.AccountName
	case account.LinkMade:
		return "created a password link for " + o.AccountName
	case account.Bound:
		return "bound to an identity of the company's sign-in the account of " + o.AccountName
	case account.PasswordChanged:
		return "had the means to choose the password of " + o.AccountName
	}
	return "changed the account of " + o.AccountName
}
