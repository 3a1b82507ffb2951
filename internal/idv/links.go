package idv

// Links says which checks used which resources, and which check an ID names. It is made
// in one pass over a session: a caller that asks about many keeps it.
type Links struct {
	naming    map[string][]*Check    // the checks that name a resource, by its ID
	resources map[string][]*Resource // by their ID
	checks    map[string]*Check      // by their ID; nil for one that several share
}

// Links looks once at everything that names something else in the session.
func (s *Session) Links() *Links {
	l := &Links{naming: s.checksByResourceID(), resources: map[string][]*Resource{}, checks: map[string]*Check{}}
	for i := range s.Resources {
		if r := &s.Resources[i]; r.ID != "" {
			l.resources[r.ID] = append(l.resources[r.ID], r)
		}
	}
	for i := range s.Checks {
		c := &s.Checks[i]
		if _, shared := l.checks[c.ID]; shared {
			c = nil
		}
		l.checks[s.Checks[i].ID] = c
	}
	delete(l.checks, "")
	return l
}

// ChecksOf returns the checks that say they used the resource, by its ID. A resource
// without an ID has none.
func (l *Links) ChecksOf(r *Resource) []*Check { return l.naming[r.ID] }

// ResourcesOf returns the resources that the check names in resources_used, at most so
// many of them, and how many there are. Since many can share an ID, and every check name
// it, all together would be more than anybody reads.
func (l *Links) ResourcesOf(c *Check, most int) (found []*Resource, all int) {
	for _, id := range eachOnce(c.ResourcesUsed) {
		named := l.resources[id]
		found = append(found, named[:min(len(named), most-len(found))]...)
		all += len(named)
	}
	return found, all
}

// Dangling returns the IDs in resources_used that name no resource of the session, each
// once.
func (l *Links) Dangling(c *Check) []string {
	var dangling []string
	for _, id := range eachOnce(c.ResourcesUsed) {
		if len(l.resources[id]) == 0 {
			dangling = append(dangling, id)
		}
	}
	return dangling
}

// Check returns the only check that has an ID; nil when there is none or when several
// share it, as in Yoti's own example.
func (l *Links) Check(id string) *Check { return l.checks[id] }

// eachOnce returns the texts in their order without those that were there before.
func eachOnce(list []string) []string {
	if len(list) < 2 {
		return list
	}
	var once []string
	said := make(map[string]bool, len(list))
	for _, text := range list {
		if !said[text] {
			said[text] = true
			once = append(once, text)
		}
	}
	return once
}
