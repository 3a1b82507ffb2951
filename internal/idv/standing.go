package idv

import (
	"cmp"
	"slices"
)

// Standing says what became of a resource: whether checks used it, and whether what
// they found counts.
type ResourceUse string

// The standings.
const (
	Used        ResourceUse = "used"           // a check that counts used it and has a report
	Waiting     ResourceUse = "waiting"        // the checks that name it have no report yet
	Superseded  ResourceUse = "superseded"     // only superseded attempts used it
	NotUsed     ResourceUse = "not-used"       // no check used it
	NotUsedLate ResourceUse = "not-used-later" // no check used it, and it is newer than all of its kind that were used
)

// Counts reports whether a check used the resource, or may still.
func (s ResourceUse) Counts() bool { return s == Used || s == Waiting }

// Standings returns what became of each resource, in the order of Resources. Every
// retry makes a new resource, and checks name those that they used. A newer document
// supersedes nothing by itself: only where all checks that used a resource are
// superseded is it superseded with them.
// Source: Yoti IDV, results and portal session results.
func (s *Session) ResourceUses() []ResourceUse {
	superseded := s.supersededChecks()
	byID := map[string]ResourceUse{}
	for id, checks := range s.checksByResourceID() {
		byID[id] = s.standingAfter(checks, superseded)
	}
	standings := make([]ResourceUse, len(s.Resources))
	used := map[ResourceKind]*usedTimes{}
	for i := range s.Resources {
		r := &s.Resources[i]
		standings[i] = cmp.Or(byID[r.ID], NotUsed)
		if used[r.Kind] == nil {
			used[r.Kind] = &usedTimes{}
		}
		if standings[i] == Used || standings[i] == Superseded {
			used[r.Kind].add(r.CreatedAt)
		}
	}
	for i := range standings {
		if r := &s.Resources[i]; standings[i] == NotUsed && used[r.Kind].allBefore(r.CreatedAt) {
			standings[i] = NotUsedLate
		}
	}
	return standings
}

// StandingOf returns what became of one resource of the session; of any other, that no
// check used it.
func (s *Session) UseOf(r *Resource) ResourceUse {
	standings := s.ResourceUses()
	for i := range s.Resources {
		if &s.Resources[i] == r {
			return standings[i]
		}
	}
	return NotUsed
}

// standingAfter is what becomes of a resource by the checks that name it.
func (s *Session) standingAfter(checks []*Check, superseded map[*Check]bool) ResourceUse {
	found := NotUsed
	for _, c := range checks {
		switch {
		case superseded[c]:
			if found == NotUsed {
				found = Superseded
			}
		case c.hasReport():
			return Used
		case c.Waiting() && s.State != SessionExpired:
			found = Waiting
		}
	}
	return found
}

// hasReport reports whether there is a report, even one that cannot be read.
func (c *Check) hasReport() bool {
	if c.Report != nil {
		return true
	}
	for _, p := range c.Problems {
		if p.Path == "report" {
			return true
		}
	}
	return false
}

// usedTimes is when the resources of a kind that checks used were made.
type usedTimes struct {
	latest  [2]Time // of the moments, and of the longer times such as days
	untimed bool    // whether the time of one could not be read
	some    bool
}

func (u *usedTimes) add(t Time) {
	u.some = true
	if t.At.IsZero() {
		u.untimed = true
		return
	}
	if t.Until.IsZero() {
		if t.At.After(u.latest[0].At) {
			u.latest[0] = t
		}
	} else if t.Until.After(u.latest[1].Until) {
		u.latest[1] = t
	}
}

// allBefore reports whether there are any, and all of them are certainly earlier than t.
// Where their times do not tell, nobody can say.
func (u *usedTimes) allBefore(t Time) bool {
	if !u.some || u.untimed {
		return false
	}
	for _, last := range u.latest {
		if !last.At.IsZero() && !last.Before(t) {
			return false
		}
	}
	return true
}

// checksByResourceID returns the checks that name a resource, by its id, each check
// once. What has no id is named by none.
func (s *Session) checksByResourceID() map[string][]*Check {
	checks := map[string][]*Check{}
	for i := range s.Checks {
		c := &s.Checks[i]
		for _, id := range c.ResourcesUsed {
			if list := checks[id]; id != "" && (len(list) == 0 || list[len(list)-1] != c) {
				checks[id] = append(list, c)
			}
		}
	}
	return checks
}

// resourceIDs returns the ids by which checks can name the resources.
func (s *Session) resourceIDs() map[string]bool {
	ids := map[string]bool{}
	for i := range s.Resources {
		if id := s.Resources[i].ID; id != "" {
			ids[id] = true
		}
	}
	return ids
}

// hasCheckOfNothing reports whether a check has a report and names no resource of the
// session, so that nobody can say what it used.
func (s *Session) hasCheckOfNothing() bool {
	known := s.resourceIDs()
	return slices.ContainsFunc(s.Checks, func(c Check) bool {
		return c.hasReport() && !slices.ContainsFunc(c.ResourcesUsed, func(id string) bool { return known[id] })
	})
}

// supersededChecks returns the attempts in whose place a newer one counts.
func (s *Session) supersededChecks() map[*Check]bool {
	checks := make([]AssessedCheck, len(s.Checks))
	for i := range s.Checks {
		checks[i] = AssessedCheck{Check: &s.Checks[i]}
	}
	superseded := map[*Check]bool{}
	for _, c := range nestSuperseded(checks) {
		for _, earlier := range c.Earlier {
			superseded[earlier.Check] = true
		}
	}
	return superseded
}

// Word says the standing. Its Meaning says by what the resource was used.
func (s ResourceUse) Word() Word {
	switch s {
	case Used:
		return Word{"Used in checks", "A check that has a report.", true}
	case Waiting:
		return Word{"Waiting", "Checks that have no report yet.", true}
	case Superseded:
		return Word{"Superseded", "Only an attempt that a newer one superseded.", true}
	case NotUsed:
		return Word{"Not used", "No check that has a report.", true}
	case NotUsedLate:
		return Word{"Not used, captured later", "No check that has a report. It was captured after all of its kind that checks used.", true}
	}
	return Word{Label: string(s)}
}
