package cache_test

import (
	"errors"
	"sync"
	"testing"

	"countersign/internal/cache"
)

// computes returns a function that gives a value and counts how often it was asked.
func computes(value int, times *int) func() (int, error) {
	return func() (int, error) {
		*times++
		return value, nil
	}
}

func TestComputedOnce(t *testing.T) {
	var c cache.LRU[string, int]
	var times int
	for range 3 {
		if got, err := c.GetOrCompute("a", computes(1, &times)); err != nil || got != 1 {
			t.Fatalf("got %d, %v", got, err)
		}
	}
	if times != 1 {
		t.Errorf("computed %d times", times)
	}
	if got, err := c.GetOrCompute("b", computes(2, &times)); err != nil || got != 2 {
		t.Errorf("under another key: %d, %v", got, err)
	}
}

// What failed is tried again.
func TestErrorsAreNotHeld(t *testing.T) {
	var c cache.LRU[string, int]
	fail := errors.New("on purpose")
	if _, err := c.GetOrCompute("a", func() (int, error) { return 1, fail }); !errors.Is(err, fail) {
		t.Errorf("got %v", err)
	}
	var times int
	if got, err := c.GetOrCompute("a", computes(2, &times)); err != nil || got != 2 || times != 1 {
		t.Errorf("after an error: %d, %v", got, err)
	}
}

// However many values there are, the ones used last are held, and no others.
func TestHoldsWhatIsUsed(t *testing.T) {
	var c cache.LRU[int, int]
	var often, once int
	for key := 1; key <= 1000; key++ {
		if _, err := c.GetOrCompute(0, computes(0, &often)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.GetOrCompute(key, computes(key, &once)); err != nil {
			t.Fatal(err)
		}
	}
	if often != 1 || once != 1000 {
		t.Errorf("the one used all the time was computed %d times, the others %d times", often, once)
	}
	once = 0
	if got, err := c.GetOrCompute(1, computes(1, &once)); err != nil || got != 1 || once != 1 {
		t.Errorf("the oldest is still held: %d, %v", got, err)
	}
}

func TestManyAtATime(t *testing.T) {
	var c cache.LRU[int, int]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				key := i % 100
				if got, err := c.GetOrCompute(key, func() (int, error) { return key, nil }); err != nil || got != key {
					t.Errorf("under %d: %d, %v", key, got, err)
				}
			}
		})
	}
	all.Wait()
}
