// Package cache keeps what took long to make, for anyone who asks for it again. It holds the
// values used last, and knows nothing of what they are.
package cache

import (
	"container/list"
	"sync"
)

// maxValues is how many values an LRU holds.
const maxValues = 64

// LRU holds the values used last, each under a key. It may be used at the same time by many.
// The zero LRU is empty and ready.
type LRU[K comparable, V any] struct {
	mu     sync.Mutex
	held   map[K]*list.Element // of recent
	recent list.List           // of entries, the one used last in front
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// GetOrCompute returns the value under the key, which compute gives where none is held. What
// it gives with an error is not held. The value is shared by everyone who asks, so nobody
// may change it; two who ask at the same time may both compute it.
func (c *LRU[K, V]) GetOrCompute(key K, compute func() (V, error)) (V, error) {
	if value, ok := c.get(key); ok {
		return value, nil
	}
	value, err := compute()
	if err == nil {
		c.put(key, value)
	}
	return value, err
}

func (c *LRU[K, V]) get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[key]
	if !ok {
		var none V
		return none, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(entry[K, V]).value, true
}

// put holds a value, in the place of the one not used for longest when there are too many.
func (c *LRU[K, V]) put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.held[key]; ok { // computed by another meanwhile
		e.Value = entry[K, V]{key, value}
		c.recent.MoveToFront(e)
		return
	}
	if c.held == nil {
		c.held = map[K]*list.Element{}
	}
	c.held[key] = c.recent.PushFront(entry[K, V]{key, value})
	if len(c.held) > maxValues {
		oldest := c.recent.Remove(c.recent.Back()).(entry[K, V])
		delete(c.held, oldest.key)
	}
}
