package review

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	limits := []paceLimit{{3, time.Minute}, {5, time.Hour}}
	start := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	var p pace
	for i, test := range []struct {
		after time.Duration
		room  time.Duration // after the start, when it is refused; zero when it is not
	}{
		{0, 0},
		{time.Second, 0},
		{2 * time.Second, 0},
		{3 * time.Second, time.Minute},
		{59 * time.Second, time.Minute},
		{time.Minute, 0},
		{5 * time.Minute, 0},
		{6 * time.Minute, time.Hour},
		{time.Hour, 0},
		{time.Hour + time.Millisecond, time.Hour + time.Second},
		{-24 * time.Hour, 0}, // the clock was set back: nobody is kept out for a day
	} {
		room, ok := p.count(1, start.Add(test.after), limits...)
		if ok != (test.room == 0) || !ok && !room.Equal(start.Add(test.room)) {
			t.Errorf("%d: after %v: %v, room at %v, want %v", i, test.after, ok, room.Sub(start), test.room)
		}
	}
	if _, ok := p.count(2, start.Add(3*time.Second), limits...); !ok {
		t.Error("one person keeps another from recording")
	}
	if n := len(p.done[1]); n > 5 {
		t.Errorf("%d times are kept, more than are needed", n)
	}
}
