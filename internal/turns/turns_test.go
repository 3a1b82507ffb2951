package turns

import (
	"context"
	"errors"
	"testing"
)

// ask joins the queue of q and returns where the turn arrives.
func ask(t *testing.T, q *Queue, person int64) <-chan *Turn {
	t.Helper()
	came := make(chan *Turn, 1)
	q.mu.Lock()
	before := len(q.waiting)
	q.mu.Unlock()
	joined := make(chan struct{})
	go func() {
		close(joined)
		turn, err := q.Wait(context.Background(), person)
		if err != nil {
			t.Error(err)
		}
		came <- turn
	}()
	<-joined
	// Either it has come or it is in the queue: the next who asks comes behind it.
	for {
		q.mu.Lock()
		waits := len(q.waiting) > before
		q.mu.Unlock()
		if waits || len(came) > 0 {
			return came
		}
	}
}

func now(t *testing.T, q *Queue, person int64) *Turn {
	t.Helper()
	turn, err := q.Wait(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func came(turn <-chan *Turn) bool { return len(turn) > 0 }

func TestNobodyTakesAllPlaces(t *testing.T) {
	q := New(Limits{Working: 8, Open: 16, Each: 3})
	for range 3 {
		now(t, q, 1)
	}
	fourth := ask(t, q, 1)
	now(t, q, 2) // does not wait behind the fourth
	if came(fourth) {
		t.Error("a person has a fourth turn beside three")
	}
}

func TestFewestFirst(t *testing.T) {
	q := New(Limits{Working: 3, Open: 9, Each: 3})
	first, second := now(t, q, 1), now(t, q, 1)
	other := now(t, q, 2)
	third := ask(t, q, 1)    // holds two
	stranger := ask(t, q, 3) // holds none, and came later
	other.End()
	(<-stranger).End()
	if turn := <-third; turn == nil {
		t.Error("no third turn when a place is free")
	}
	first.End()
	second.End()
}

func TestRestedTurnStillCounts(t *testing.T) {
	q := New(Limits{Working: 1, Open: 3, Each: 2})
	turns := []*Turn{now(t, q, 1)}
	waiting := ask(t, q, 1)
	if came(waiting) {
		t.Fatal("two work where one may")
	}
	turns[0].Rest()
	turns = append(turns, <-waiting)
	turns[1].Rest()
	third := ask(t, q, 1)
	if came(third) {
		t.Error("a person has three turns where two may be open")
	}
	turns[0].End()
	turns[0].End() // twice is once
	turns = append(turns, <-third)
	turns[2].Rest()
	if len(q.each) != 1 || q.each[1] != 2 || q.open != 2 || q.working != 0 {
		t.Errorf("open %d, working %d, each %v", q.open, q.working, q.each)
	}
}

func TestAllOpenTurnsAreBounded(t *testing.T) {
	q := New(Limits{Working: 2, Open: 2, Each: 2})
	now(t, q, 1).Rest()
	turn := now(t, q, 2)
	turn.Rest()
	third := ask(t, q, 3)
	if came(third) {
		t.Fatal("three turns are open where two may be")
	}
	turn.End()
	<-third
}

func TestWhoLeavesHoldsNothing(t *testing.T) {
	q := New(Limits{Working: 1, Open: 1, Each: 1})
	turn := now(t, q, 1)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := q.Wait(ctx, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait after leaving: %v", err)
	}
	turn.End()
	now(t, q, 3)
	if len(q.waiting) != 0 {
		t.Errorf("%d wait", len(q.waiting))
	}
}
