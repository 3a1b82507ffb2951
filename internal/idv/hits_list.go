package idv

import (
	"cmp"
	"slices"
	"strings"
)

// hitItems returns what is in the list of hits of an answer, and remembers whether
// there was one. Some programs write a list as an object with numbers for names; that
// has one meaning too.
func (o *object) hitItems(s *Search) []node {
	n := o.get("hits")
	switch {
	case n == nil:
		return nil
	case n.kind == '[':
		s.HitsListed = true
		return n.items
	case n.kind == '{' && len(n.members) > 0 && !slices.ContainsFunc(n.members, func(m member) bool { return !isNumber(m.name) }):
		s.HitsListed = true
		return numberedItems(n)
	}
	o.r.addProblem(n, o.pathOf("hits"), "a list")
	return nil
}

// isNumber reports whether a name is the place of an item in a list: no sign, and no
// zero before it.
func isNumber(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == "" && (name == "0" || name[0] != '0')
}

// numberedItems returns the members of an object in the order of their numbers.
func numberedItems(n *node) []node {
	members := slices.Clone(n.members)
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(len(a.name), len(b.name)), cmp.Compare(a.name, b.name))
	})
	items := make([]node, len(members))
	for i := range members {
		items[i] = members[i].value
	}
	return items
}

// Lacking returns how many hits the answer counts and does not hold. It is not known
// where the answer has no list of hits and counts none either, or could not be read.
func (s *Search) Lacking() (n int, known bool) {
	held := len(s.Hits) + len(s.Broken) + s.Skipped
	switch {
	case s.Unread != nil, !s.HitsListed && s.TotalHits == nil:
		return 0, false
	case s.TotalHits == nil:
		return 0, true
	}
	return max(0, *s.TotalHits-held), true
}

// CountUnread counts what the searches hold that is not read as a hit: answers, hits, and
// hits behind the first MaxHits.
func (l *HitList) CountUnread() (answers, broken, skipped int) {
	for _, s := range l.Searches {
		if s.Unread != nil {
			answers++
		}
		broken += len(s.Broken)
		skipped += s.Skipped
	}
	return answers, broken, skipped
}

// CountLacking counts the hits that answers count themselves and do not hold, and the
// answers that do not say how many there are.
func (l *HitList) CountLacking() (lacking, unknown int) {
	for i := range l.Searches {
		n, known := l.Searches[i].Lacking()
		lacking += n
		if !known && l.Searches[i].Unread == nil {
			unknown++
		}
	}
	return lacking, unknown
}

// ListDay writes a time of a list, of which only the day means something, and what names
// no day as it came.
func (t Time) ListDay() string {
	day, ok := t.Day()
	if !ok {
		return t.Wire
	}
	return day.Format("2 Jan 2006")
}

// ListedSpan says since when and until when an entity stands on the list; empty where the list
// says neither.
func (s HitSource) ListedSpan() string {
	var parts []string
	if s.ListedFrom.Wire != "" {
		parts = append(parts, "from "+s.ListedFrom.ListDay())
	}
	if s.ListedUntil.Wire != "" {
		parts = append(parts, "until "+s.ListedUntil.ListDay())
	}
	if len(parts) == 0 {
		return ""
	}
	return "listed " + strings.Join(parts, " ")
}
