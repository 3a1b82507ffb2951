package idv

// MediaChoice is a medium that can go into a bundle.
type MediaChoice struct{ ID, Label string }

// MediaChoices lists what a result names and may be fetched, once each, with where it
// stands.
func (s *Session) MediaChoices() []MediaChoice {
	if s == nil {
		return nil
	}
	var list []MediaChoice
	fetchable, names := s.Fetchable(), s.MediaNames()
	seen := map[MediaID]bool{}
	for _, m := range s.Media() {
		id, ok := m.Media.MediaID()
		if !ok || seen[id] || fetchable.Check(id) != nil {
			continue
		}
		seen[id] = true
		list = append(list, MediaChoice{id.String(), names[id]})
	}
	return list
}
