package cli

import (
	"fmt"
	"sync"
	"time"

	"countersign/store"
)

// progressPace is how often at most something is said of the same step.
const progressPace = 5 * time.Second

// progressLines says for people how far a command is that takes long: a line for each step, and
// now and then one for a step that goes on.
type progressLines struct {
	say func(line string)
	now func() time.Time

	mu   sync.Mutex
	last map[[2]string]time.Time // when a line was printed, by task and noun
}

func newProgressLines(say func(string)) *progressLines {
	return &progressLines{say: say, now: time.Now, last: map[[2]string]time.Time{}}
}

// progress is what a command on a terminal is told of. What takes long neither fails nor ends
// because nobody reads that any more.
func (s streams) progress() func(store.Progress) {
	first := true
	return newProgressLines(func(line string) {
		if first {
			ignoreWriteSignals()
		}
		first = false
		_, _ = fmt.Fprintln(s.err, line)
	}).print
}

// print prints a line, unless one of the same step was printed a moment ago.
func (p *progressLines) print(at store.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	step, now := [2]string{at.Task, at.Noun}, p.now()
	if last, said := p.last[step]; said && now.Sub(last) < progressPace {
		return
	}
	p.last[step] = now
	p.say(progressLine(at))
}

// progressLine says how far a step is.
func progressLine(at store.Progress) string {
	switch {
	case at.Noun == "":
		return at.Task
	case at.Total > 0:
		return fmt.Sprintf("%s: %d of %d %s", at.Task, at.Done, at.Total, at.Noun)
	case at.Done > 0:
		return fmt.Sprintf("%s: %d %s", at.Task, at.Done, at.Noun)
	}
	return at.Task + ": " + at.Noun
}
