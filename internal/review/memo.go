package review

import (
	"sync"

	"countersign/internal/idv"
)

// Memo keeps what was made of stored results of late: each is opened many times, and
// by many people, for each time that it changes. A session result holds nothing of a
// person, so keeping what was made of it in memory gives nothing away. The zero Memo
// is empty and ready.
type Memo[V any] struct {
	mu   sync.Mutex
	kept map[idv.Digest]V
}

const (
	maxMemo     = 64        // results of which something is kept
	maxMemoSize = 256 << 10 // bytes of JSON; of larger results nothing is kept
)

// Of returns what make gave for the result s, now or before. It is shared by everybody
// who asks, so nobody may change it.
func (m *Memo[V]) Of(s *Snapshot, make func() (V, error)) (V, error) {
	m.mu.Lock()
	value, known := m.kept[s.Digest]
	m.mu.Unlock()
	if known {
		return value, nil
	}
	value, err := make()
	if err == nil && len(s.Canonical) <= maxMemoSize {
		m.keep(s.Digest, value)
	}
	return value, err
}

// keep keeps a value, in the place of any other when there are too many.
func (m *Memo[V]) keep(digest idv.Digest, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[idv.Digest]V{}
	}
	for other := range m.kept {
		if len(m.kept) < maxMemo {
			break
		}
		delete(m.kept, other)
	}
	m.kept[digest] = value
}
