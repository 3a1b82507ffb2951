package arrivals

import (
	"testing"
	"time"

	"countersign/internal/idv"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestNextAsking(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name string
		age  time.Duration
		want time.Duration // zero for never
	}{
		{"just had", 0, time.Minute},
		{"had by a clock that was ahead", -time.Hour, time.Minute},
		{"a minute", time.Minute, time.Minute},
		{"five minutes", 5 * time.Minute, 150 * time.Second},
		{"an hour", time.Hour, 30 * time.Minute},
		{"a day", day, 12 * time.Hour},
		{"two days", 2 * day, day},
		{"ten days", 10 * day, day},
		{"twenty-nine days", 29 * day, day},
		{"longer than twenty-nine days", 29*day + time.Second, 0},
		{"thirty days", 30 * day, 0},
		{"a year", 365 * day, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			next, ok := NextAsking(noon.Add(-test.age), noon)
			if want := noon.Add(test.want); ok != (test.want > 0) || ok && !next.Equal(want) {
				t.Errorf("asked again at %v, %t; want %v", next, ok, want)
			}
		})
	}
}

// A result is asked for some fifty times in thirty days, not thousands.
func TestAskingSlowsDown(t *testing.T) {
	asked := 0
	for now := noon; ; asked++ {
		next, ok := NextAsking(noon, now)
		if !ok {
			break
		}
		now = next
	}
	if asked < 30 || asked > 60 {
		t.Errorf("asked %d times", asked)
	}
}

func TestNextAttempt(t *testing.T) {
	for _, test := range []struct {
		name string
		task Task
		err  error
		want time.Duration // zero for never
	}{
		{"not there yet", Task{}, idv.ErrNotFound, time.Minute},
		{"not there the second time", Task{Attempts: 1}, idv.ErrNotFound, time.Minute},
		{"not there the third time", Task{Attempts: 2}, idv.ErrNotFound, 0},
		{"a line of a list that is not there", Task{Line: true}, idv.ErrNotFound, 0},
		{"out of order", Task{Attempts: 20}, idv.ErrUnavailable, time.Minute},
		{"a line while Yoti is out of order", Task{Line: true}, idv.ErrUnavailable, time.Minute},
		{"not ready", Task{Attempts: 9}, idv.ErrNotReady, time.Minute},
		{"damaged for good", Task{Attempts: 2}, idv.ErrInvalid, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.task.Since = noon
			got := nextAttempt(test.task, test.err, noon)
			if test.want == 0 && !got.IsZero() || test.want > 0 && !got.Equal(noon.Add(test.want)) {
				t.Errorf("tried again at %v, want after %v", got, test.want)
			}
		})
	}
	if got := nextAttempt(Task{Since: noon.Add(-31 * 24 * time.Hour)}, idv.ErrUnavailable, noon); !got.IsZero() {
		t.Errorf("tried after thirty days, at %v", got)
	}
}
