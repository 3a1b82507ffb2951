package review

import (
	"sync"

	"countersign/internal/idv"
)

// reading is what a stored result says. A result never changes, so whoever opens it
// shares its reading and leaves it as it is.
type reading struct {
	session    *idv.Session
	assessment idv.Assessment
}

// readings keeps what was read of late, by digest: a result is opened many times, and
// by many people, for each time that it changes. A session result holds nothing of a
// person, so keeping it in memory gives nothing away.
type readings struct {
	mu   sync.Mutex
	kept map[idv.Digest]*reading
}

const (
	maxReadings    = 64
	maxReadingSize = 256 << 10 // bytes of JSON; larger results are read each time
)

// of returns what a snapshot says.
func (r *readings) of(s *Snapshot) (*reading, error) {
	r.mu.Lock()
	known := r.kept[s.Digest]
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	decoded, err := idv.Decode(s.Canonical)
	if err != nil {
		return nil, err
	}
	fresh := &reading{&decoded.Session, idv.Assess(&decoded.Session)}
	if len(s.Canonical) <= maxReadingSize {
		r.keep(s.Digest, fresh)
	}
	return fresh, nil
}

// keep keeps a reading, in the place of any other when there are too many.
func (r *readings) keep(digest idv.Digest, fresh *reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = make(map[idv.Digest]*reading, maxReadings)
	}
	for other := range r.kept {
		if len(r.kept) < maxReadings {
			break
		}
		delete(r.kept, other)
	}
	r.kept[digest] = fresh
}
