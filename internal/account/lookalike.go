package account

import (
	"fmt"
	"slices"

	"github.com/mtibben/confusables"
)

// Looks are the forms of a name that it has in common with every name that an eye may
// take for it: letters of another script, a one for an l, rn for m.
type Skeletons []string

// SkeletonsOf returns the looks of a name, as it is written and in the letter case in which
// names are compared. Source: Unicode, UTS 39 (confusable detection).
func SkeletonsOf(name string) Skeletons {
	written := confusables.Skeleton(name)
	return Skeletons{
		written,
		confusables.Skeleton(NameKey(name)),
		confusables.Skeleton(NameKey(written)), // capitals of another script look like ours before they are folded
	}
}

// Like reports whether one name may be taken for another.
func (l Skeletons) Confusable(other Skeletons) bool {
	return slices.ContainsFunc(l, func(form string) bool { return slices.Contains(other, form) })
}

// RefuseLookalike is why a name cannot be had that may be taken for the name of an
// account.
func RefuseLookalike(existing string) *Refused {
	return &Refused{FieldName, fmt.Sprintf("The name looks like %s, which is the name of another account. Please choose one that nobody takes for it.", existing)}
}
