package views

import (
	"countersign/internal/idv"
	"countersign/internal/review"
)

// hitsLabel says how far pages of hits got: a browser does not say which hits of a page
// were on the screen.
func hitsLabel(c *review.Coverage) string {
	if c.Graded {
		return "Watchlist hits sent"
	}
	return "Watchlist hits"
}

// partName is what people call a part of a result that a statement names; empty where
// nobody can say any more. The session is that of the result; nil where it is gone.
func partName(s *idv.Session, c *review.Coverage, key string) string {
	if name := c.PartNames[key]; name != "" || s == nil {
		return name
	}
	return s.PartName(key)
}

// mediaNames is what people call the media of a result; nothing where it is gone.
func mediaNames(s *idv.Session) idv.MediaNames {
	if s == nil {
		return nil
	}
	return s.MediaNames()
}

// mediumName is what people call a medium that a statement names; empty where nobody can
// say any more.
func mediumName(names idv.MediaNames, m review.SentMedium) string {
	if m.Name != "" {
		return m.Name
	}
	id, err := idv.ParseMediaID(m.ID)
	if err != nil {
		return ""
	}
	return names[id]
}

// shortID is enough of an ID to tell it from its neighbours.
func shortID(id string) string {
	if len(id) <= 8 {
		return id
	}
	return id[:8] + "…"
}

// sumOrNone is a digest as text; empty where there is none.
func sumOrNone(d idv.Digest) string {
	if d == (idv.Digest{}) {
		return ""
	}
	return d.String()
}
