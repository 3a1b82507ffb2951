package review

import "sync"

// Memo keeps what was made of stored results of late, each under a key: each is opened
// many times, and by many people, for each time that it changes. A session result
// holds nothing of a person, so keeping what was made of it in memory gives nothing
// away. The zero Memo is empty and ready.
type Memo[K comparable, V any] struct {
	mu   sync.Mutex
	kept map[K]V
}

const (
	maxMemo     = 64        // results of which something is kept
	maxMemoSize = 256 << 10 // bytes of JSON; of larger results nothing is kept
)

// Of returns what make gave for the result s under the key, now or before. It is
// shared by everybody who asks, so nobody may change it.
func (m *Memo[K, V]) Of(key K, s *Snapshot, make func() (V, error)) (V, error) {
	m.mu.Lock()
	value, known := m.kept[key]
	m.mu.Unlock()
	if known {
		return value, nil
	}
	value, err := make()
	if err == nil && len(s.Canonical) <= maxMemoSize {
		m.keep(key, value)
	}
	return value, err
}

// keep keeps a value, in the place of any other when there are too many.
func (m *Memo[K, V]) keep(key K, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[K]V{}
	}
	for other := range m.kept {
		if len(m.kept) < maxMemo {
			break
		}
		delete(m.kept, other)
	}
	m.kept[key] = value
}
