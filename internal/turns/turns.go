// Package turns shares a limited number of places between people, so that nobody can
// take them all.
//
// A person who holds few places goes before one who holds many, and among equals
// the one who has waited longest. It knows nothing of what the places are for.
package turns

import (
	"context"
	"slices"
	"sync"
)

// Limits say how many places there are. Each must be at least one.
type Limits struct {
	Working int // turns that are working at the same time
	Open    int // turns that have not ended, working or not
	Each    int // turns of one person that have not ended
}

// Queue hands out turns. It may be used at the same time by many.
type Queue struct {
	limits Limits

	mu      sync.Mutex
	working int
	open    int
	each    map[int64]int // turns of a person that have not ended
	waiting []*waiter     // in the order in which they came
}

type waiter struct {
	person  int64
	granted chan struct{} // closed when the turn has come
}

// New returns a queue with all places free.
func New(limits Limits) *Queue {
	return &Queue{limits: limits, each: map[int64]int{}}
}

// Wait returns when it is the person's turn, or with the error of ctx. The caller ends
// the turn.
func (q *Queue) Wait(ctx context.Context, person int64) (*Turn, error) {
	w := &waiter{person, make(chan struct{})}
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	q.grantFreePlaces()
	q.mu.Unlock()
	select {
	case <-w.granted:
		return &Turn{queue: q, person: person}, nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	at := slices.Index(q.waiting, w)
	if at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	q.mu.Unlock()
	if at < 0 { // it came in the same moment
		(&Turn{queue: q, person: person}).End()
	}
	return nil, ctx.Err()
}

// grantFreePlaces gives the free places to those who wait. The caller holds the lock.
func (q *Queue) grantFreePlaces() {
	for q.working < q.limits.Working && q.open < q.limits.Open {
		next := q.nextIndex()
		if next < 0 {
			return
		}
		w := q.waiting[next]
		q.waiting = slices.Delete(q.waiting, next, next+1)
		q.working++
		q.open++
		q.each[w.person]++
		close(w.granted)
	}
}

// nextIndex is the place in the queue of the one who comes next; less than zero when nobody may.
func (q *Queue) nextIndex() int {
	found, fewest := -1, q.limits.Each
	for i, w := range q.waiting {
		if held := q.each[w.person]; held < fewest {
			found, fewest = i, held
		}
	}
	return found
}

// Turn is a place that someone has.
type Turn struct {
	queue  *Queue
	person int64
	rested sync.Once
	ended  sync.Once
}

// Rest lets someone else work, while the turn still counts as the person's. It may be
// called again.
func (t *Turn) Rest() {
	t.rested.Do(func() {
		t.queue.mu.Lock()
		defer t.queue.mu.Unlock()
		t.queue.working--
		t.queue.grantFreePlaces()
	})
}

// End gives the place back. It may be called again.
func (t *Turn) End() {
	t.Rest()
	t.ended.Do(func() {
		t.queue.mu.Lock()
		defer t.queue.mu.Unlock()
		t.queue.open--
		if t.queue.each[t.person]--; t.queue.each[t.person] == 0 {
			delete(t.queue.each, t.person)
		}
		t.queue.grantFreePlaces()
	})
}
