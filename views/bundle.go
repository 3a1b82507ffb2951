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
	fetchable, names := s.Fetchable(), s.MediaNames()
	seen := map[idv.MediaID]bool{}
	for _, m := range s.Media() {
		id, ok := m.Media.MediaID()
		if !ok || seen[id] || fetchable.Check(id) != nil {
			continue
		}
		seen[id] = true
		list = append(list, mediaChoice{id.String(), names[id]})
	}
	return list
}
