package idv

import (
	"fmt"
	"slices"
	"strings"
)

// HitConflict is a sub-check of a watchlist check whose result and the hits of the search
// contradict each other. It takes no side.
type HitConflict struct {
	SubCheck string `json:"sub_check"`
	Result   Result `json:"result"`
	Hits     int    `json:"hits"` // on the lists that the sub-check searches
}

// Conflicts compares the sub-checks of a watchlist check with the hits of its search: one
// that passed beside a hit on its lists, and one that failed beside none, where all hits
// could be read.
func (c *Check) Conflicts(l *HitList) []HitConflict {
	if c.Report == nil {
		return nil
	}
	all := l.Complete() && l.Unreadable() == 0 && !l.isIncomplete()
	var found []HitConflict
	for _, row := range c.Report.Breakdown {
		lists, ok := listsOfSubCheck(row.Name)
		if !ok {
			continue
		}
		hits := l.countOn(lists)
		if row.Result == Pass && hits > 0 || row.Result == Fail && hits == 0 && all {
			found = append(found, HitConflict{row.Name, row.Result, hits})
		}
	}
	return found
}

// ConflictText says a conflict of the check in a sentence.
func (c *Check) ConflictText(conflict HitConflict) string {
	label := asItCame(c.Type.SubCheck(conflict.SubCheck).Label)
	switch {
	case conflict.Result != Pass:
		return fmt.Sprintf("%q failed although no hit of the search stands on such a list.", label)
	case conflict.Hits == 1:
		return fmt.Sprintf("%q passed although 1 hit of the search stands on such a list.", label)
	}
	return fmt.Sprintf("%q passed although %d hits of the search stand on such a list.", label, conflict.Hits)
}

// listsOfSubCheck returns the sorts of lists that a sub-check searches; none stands for
// all. It reports whether the sub-check searches lists.
func listsOfSubCheck(name string) ([]string, bool) {
	switch name {
	case "sanction", "pep", "warning":
		return []string{name}, true
	case "fitness_probity":
		return []string{"fitness-probity"}, true
	case "adverse_media", "adverse media":
		return []string{"adverse-media"}, true
	case "pep_warning":
		return []string{"pep", "warning"}, true
	case "custom_search":
		return nil, true
	}
	return nil, false
}

// countOn counts the hits on one of the sorts of lists, or all hits where none is given.
func (l *HitList) countOn(lists []string) int {
	n := 0
	for i := range l.Searches {
		for j := range l.Searches[i].Hits {
			stands := l.Searches[i].Hits[j].Lists()
			if len(lists) == 0 || slices.ContainsFunc(lists, func(list string) bool {
				return slices.ContainsFunc(stands, func(s string) bool { return isOn(strings.ReplaceAll(s, "_", "-"), list) })
			}) {
				n++
			}
		}
	}
	return n
}

// Whole reports whether every answer of a provider could be read, so that the number of
// hits is known.
func (l *HitList) Complete() bool {
	if l.Unread != nil || l.Skipped > 0 || len(l.Problems) > 0 {
		return false
	}
	return !slices.ContainsFunc(l.Searches, func(s Search) bool {
		_, known := s.Lacking()
		return !known
	})
}

// Unreadable counts the hits that are in the answers and were not read, so that nobody can
// say anything of them.
func (l *HitList) Unreadable() int {
	n := 0
	for i := range l.Searches {
		n += len(l.Searches[i].Broken) + l.Searches[i].Skipped
	}
	return n
}

// isIncomplete reports whether an answer counts hits that it does not hold.
func (l *HitList) isIncomplete() bool {
	return slices.ContainsFunc(l.Searches, func(s Search) bool {
		n, _ := s.Lacking()
		return n > 0
	})
}
