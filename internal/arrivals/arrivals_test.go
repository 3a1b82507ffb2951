package arrivals

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
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

// A flood of events is refused until the minute is over, and also when the clock is put back.
func TestEventsHaveALimit(t *testing.T) {
	now := noon.Add(20 * time.Second)
	s := &Service{Now: func() time.Time { return now }}
	for n := range hooksPerMinute {
		if err := s.mayTake(); err != nil {
			t.Fatalf("event %d: %v", n+1, err)
		}
	}
	var refused *review.TooFast
	if err := s.mayTake(); !errors.As(err, &refused) || !refused.Until.Equal(noon.Add(time.Minute)) {
		t.Errorf("one too many: %v", err)
	}
	for _, now = range []time.Time{noon.Add(time.Minute), noon.Add(-time.Hour)} {
		if err := s.mayTake(); err != nil {
			t.Errorf("at %v: %v", now, err)
		}
	}
}

func TestLatestDue(t *testing.T) {
	for cause, want := range map[Cause]time.Duration{OfEvent: time.Minute, Again: 24*time.Hour + time.Minute} {
		if got := cause.LatestDue(noon); !got.Equal(noon.Add(want)) {
			t.Errorf("%s: %v, want %v", cause, got, noon.Add(want))
		}
	}
}

func TestPauseUntil(t *testing.T) {
	for _, test := range []struct {
		name  string
		until time.Time
		want  time.Duration
	}{
		{"as long as Yoti says", noon.Add(time.Hour), time.Hour},
		{"it does not say", time.Time{}, pauseAtLeast},
		{"it says a time that is over", noon.Add(-time.Second), pauseAtLeast},
	} {
		err := fmt.Errorf("fetch: %w", &idv.RateLimit{Until: test.until})
		if got := pauseUntil(err, noon); !got.Equal(noon.Add(test.want)) {
			t.Errorf("%s: until %v, want %v", test.name, got, noon.Add(test.want))
		}
	}
}

// An event that names many things of which it does not say what they are leads to few requests.
func TestGuessedIDsAreFew(t *testing.T) {
	var ids []string
	for n := range 2 * maxGuessed {
		ids = append(ids, fmt.Sprintf(`"00000000-0000-4000-8000-%012d"`, n+1))
	}
	h := readHook([]byte("["+strings.Join(ids, ",")+"]"), noon)
	if got := h.Guessed(); len(got) != maxGuessed || h.Unreadable {
		t.Errorf("%d are guessed, unreadable %t", len(got), h.Unreadable)
	}
	if h := readHook([]byte("{"), noon); !h.Unreadable || len(h.Guessed()) != 0 {
		t.Errorf("what is not JSON is read as %+v", h)
	}
}

// Every outcome and state has words for people.
func TestWordsOfStates(t *testing.T) {
	for _, o := range []Outcome{Queued, AlreadyDue, Repeated, Ignored, NamesNone, Unreadable} {
		if o.Word() == string(o) {
			t.Errorf("outcome %q has no words", o)
		}
	}
	for _, s := range []ImportState{Running, Stopped, Done} {
		if s.Label() == string(s) {
			t.Errorf("state %q has no label", s)
		}
	}
	for _, s := range []LineState{LineWaiting, LineFetched, LineKnown, LineErased} {
		if _, failed := s.Failure(); failed {
			t.Errorf("state %q counts as a failure", s)
		}
	}
	if kind, failed := LineState(review.NotFound).Failure(); !failed || kind != review.NotFound {
		t.Errorf("a line that Yoti refused: %q, %t", kind, failed)
	}
}

func TestImportsHaveALimit(t *testing.T) {
	s := &Service{Now: func() time.Time { return noon }} // without records, which are not reached
	if _, err := s.Start(t.Context(), account.Person{}, "k", nil); !errors.Is(err, ErrNoLines) {
		t.Errorf("nothing: %v", err)
	}
	if _, err := s.Start(t.Context(), account.Person{}, "k", make([]Line, MaxLines+1)); !errors.Is(err, ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
}
