package views

import (
	"countersign/internal/idv"
)

// mediaChoice is a medium that can go into a bundle.
type mediaChoice struct{ ID, Label string }

// mediaChoices lists what a result names and may be fetched, once each, with where it
// stands.
func mediaChoices(s *idv.Session) []mediaChoice {
	if s == nil {
		return nil
	}
	var list []mediaChoice
	fetchable := s.Fetchable()
	seen := map[idv.MediaID]bool{}
	add := func(of string, part *idv.Session) {
		for _, m := range part.Media() {
			id, ok := m.Media.MediaID()
			if !ok || seen[id] || fetchable.Check(id) != nil {
				continue
			}
			seen[id] = true
			list = append(list, mediaChoice{id.String(), of + ": " + idv.MediaField(m.Field).Label})
		}
	}
	for i := range s.Resources {
		add(s.Resources[i].Title(), &idv.Session{Resources: s.Resources[i : i+1]})
	}
	for i := range s.Checks {
		add(s.Checks[i].Name(), &idv.Session{Checks: s.Checks[i : i+1]})
	}
	for i := range s.IdentityProfiles {
		add(s.IdentityProfiles[i].Kind.Word().Label, &idv.Session{IdentityProfiles: s.IdentityProfiles[i : i+1]})
	}
	return list
}
