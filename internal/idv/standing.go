package idv

// Standing says what became of a resource among others of its kind.
type Standing string

// The standings.
const (
	Judged     Standing = "judged"     // a check used it, and nothing newer took its place
	Superseded Standing = "superseded" // another of its kind was judged after it, or in its place
	Unjudged   Standing = "unjudged"   // no check used it, nor another of its kind
)

// StandingOf returns what became of the resource r, one of this session. Every retry
// makes a new resource, and checks tell which one they used; that is all it looks at.
// Source: Yoti IDV, results.
func (s *Session) StandingOf(r *Resource) Standing {
	judged := len(s.ChecksOf(r)) > 0
	for i := range s.Resources {
		other := &s.Resources[i]
		if other == r || other.Kind != r.Kind || len(s.ChecksOf(other)) == 0 {
			continue
		}
		if !judged || s.judgedAgain(r, other) {
			return Superseded
		}
	}
	if judged {
		return Judged
	}
	return Unjudged
}

// judgedAgain reports whether a check of the same type used other after r was made.
func (s *Session) judgedAgain(r, other *Resource) bool {
	if r.CreatedAt.At.IsZero() || !other.CreatedAt.At.After(r.CreatedAt.At) {
		return false
	}
	for _, c := range s.ChecksOf(r) {
		for _, again := range s.ChecksOf(other) {
			if c != again && c.Type == again.Type {
				return true
			}
		}
	}
	return false
}

// Word says the standing.
func (s Standing) Word() Word {
	switch s {
	case Judged:
		return Word{"Judged", "The checks that name it used it.", true}
	case Superseded:
		return Word{"Superseded", "Checks used another one of its kind after it, or in its place.", true}
	case Unjudged:
		return Word{"Not judged", "No check of this result says that it used it.", true}
	}
	return Word{Label: string(s)}
}
