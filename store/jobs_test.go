package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/webhook"
	"countersign/store"
)

// taking is what a worker takes some minutes after noon.
func taking(holder string, minutes int) arrivals.Taking {
	return arrivals.Taking{Holder: holder, Now: after(minutes), Until: after(minutes).Add(time.Minute)}
}

// taken returns the task that a worker gets, and when it is to look again.
func (d *desk) taken(t arrivals.Taking) (*arrivals.Task, time.Time) {
	d.t.Helper()
	task, next, err := d.TakeTask(d.t.Context(), t)
	must(d.t, err)
	return task, next
}

// hook records an event that names recipients.
func (d *desk) hook(minutes int, body string, ids ...idv.RecipientID) arrivals.Outcome {
	d.t.Helper()
	outcome, err := d.KeepHook(d.t.Context(), arrivals.Hook{
		Hint: webhook.Hint{Kind: webhook.IDVSessionCompletion, Recipients: ids}, Digest: sha256.Sum256([]byte(body)), At: after(minutes),
	})
	must(d.t, err)
	return outcome
}

// A result that is not final is asked for again by itself, one that is final no more.
func TestNotFinalResultsAreAskedForAgain(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	if task, next := d.taken(taking("w", 0)); task != nil || !next.Equal(after(1)) {
		t.Fatalf("at once there is the task %+v, the next at %v", task, next)
	}
	task, _ := d.taken(taking("w", 1))
	if task == nil || task.Kind != arrivals.OfRecipient || task.ID != d.id.String() || task.Line {
		t.Fatalf("after a minute there is the task %+v", task)
	}
	d.fetch(d.id, 60, d.ann, decode(t, "ONGOING", "a"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(60)}))
	if task, next := d.taken(taking("w", 60)); task != nil || !next.Equal(after(90)) {
		t.Fatalf("after an hour there is the task %+v, the next at %v, want %v", task, next, after(90))
	}
	d.fetch(d.id, 70, d.ann, decode(t, "COMPLETED", "a"))
	if task, next := d.taken(taking("w", 1000)); task != nil || !next.IsZero() {
		t.Errorf("after it was final there is the task %+v, the next at %v", task, next)
	}
}

func TestNothingIsAskedAfterThirtyDays(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	d.fetch(d.id, 30*24*60, d.ann, decode(t, "ONGOING", "b"))
	if task, next := d.taken(taking("w", 40*24*60)); task != nil || !next.IsZero() {
		t.Errorf("there is the task %+v, the next at %v", task, next)
	}
}

// However often an event comes, there is one task; what comes while Yoti is being asked leads
// to one more.
func TestOneTaskForEachRecipient(t *testing.T) {
	d := newDesk(t)
	for i, want := range []arrivals.Outcome{arrivals.Queued, arrivals.Repeated, arrivals.AlreadyDue} {
		body := []string{"a", "a", "bb"}[i]
		if got := d.hook(0, body, d.id); got != want {
			t.Errorf("event %d: %s, want %s", i, got, want)
		}
	}
	task, _ := d.taken(taking("w", 0))
	if task == nil {
		t.Fatal("there is no task")
	}
	if got := d.hook(1, "ccc", d.id); got != arrivals.Queued {
		t.Errorf("an event while Yoti is being asked: %s", got)
	}
	d.fetchAskedAt(d.id, 0, 2, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(2)}))
	if task, _ = d.taken(taking("w", 2)); task == nil {
		t.Fatal("the event that came meanwhile is forgotten")
	}
	d.fetch(d.id, 3, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(3)}))
	if task, next := d.taken(taking("w", 100)); task != nil || !next.IsZero() {
		t.Errorf("there is still the task %+v, the next at %v", task, next)
	}
}

// A page that asked Yoti before an event came does not answer it, whatever it brings; one that
// asked afterwards does.
func TestEventWhileAPageAsks(t *testing.T) {
	for _, test := range []struct {
		name       string
		state      string
		asked, had int
		taken      bool // by a worker, after the event
		due        bool
	}{
		{"asked before, and final", "COMPLETED", 4, 6, false, true},
		{"asked before, and not final", "ONGOING", 4, 6, false, true},
		{"asked before, and shared with the worker", "COMPLETED", 4, 6, true, true},
		{"asked afterwards, and final", "COMPLETED", 6, 7, false, false},
		{"asked afterwards, and not final", "ONGOING", 6, 7, false, false},
		{"asked by the worker", "COMPLETED", 6, 7, true, false},
		{"asked before the clock was put back", "COMPLETED", 9, 6, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
			d.hook(5, "a", d.id)
			if test.taken {
				if task, _ := d.taken(taking("w", 5)); task == nil {
					t.Fatal("there is no task")
				}
			}
			d.fetchAskedAt(d.id, test.asked, test.had, d.ann, decode(t, test.state, "b"))
			if task, next := d.taken(taking("w", test.had)); (task != nil) != test.due {
				t.Errorf("then there is the task %+v, the next at %v", task, next)
			}
		})
	}
}

// What came of a line of an import leaves alone what an event wants of the same recipient.
func TestEventWhileALineIsAsked(t *testing.T) {
	for name, again := range map[string]time.Time{"given up": {}, "tried again": after(60)} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.startImport("k", d.id)
			line, _ := d.taken(taking("w", 1))
			d.hook(2, "a", d.id)
			must(t, d.EndTask(t.Context(), *line, arrivals.Ending{At: after(3), Failure: review.Unavailable, Again: again}))
			if task, next := d.taken(taking("w", 3)); task == nil || task.Line {
				t.Errorf("there is the task %+v, the next at %v", task, next)
			}
		})
	}
}

// A worker whose lease ended while it waited for Yoti takes nothing from the one that has it
// now: what the other one is about stays due until the other ends it.
func TestLeaseLostInTheMiddle(t *testing.T) {
	for name, end := range map[string]arrivals.Ending{
		"given up":    {At: after(5), Failure: review.NotFound},
		"tried again": {At: after(5), Failure: review.Unavailable, Again: after(600)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			other := mustOpen(t, d.options)
			d.hook(0, "a", d.id)
			slow, _ := d.taken(taking("slow", 0))
			d.hook(2, "b", d.id)
			quick, _, err := other.TakeTask(t.Context(), taking("quick", 3))
			must(t, err)
			if slow == nil || quick == nil {
				t.Fatalf("the tasks are %+v and %+v", slow, quick)
			}
			must(t, d.EndTask(t.Context(), *slow, end))
			if task, next := d.taken(taking("third", 10)); task == nil {
				t.Errorf("nobody goes on when the other is gone; the next is due at %v", next)
			}
		})
	}
}

// What an event wants that came while the clock was ahead is asked for as soon as the clock is
// right again, and once.
func TestEventFromTheFuture(t *testing.T) {
	const day = 24 * 60
	d := newDesk(t)
	d.hook(400*day, "a", d.id)
	task, next := d.taken(taking("w", 0))
	if task == nil {
		t.Fatalf("there is no task until %v", next)
	}
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(0)}))
	if task, next := d.taken(taking("w", 1)); task != nil || !next.IsZero() {
		t.Errorf("there is still the task %+v, the next at %v", task, next)
	}
}

// A result that was to be asked for again by a clock that was ahead does not wait for years.
func TestAskedAgainByAClockThatWasAhead(t *testing.T) {
	const day = 24 * 60
	d := newDesk(t)
	d.fetch(d.id, 400*day, d.ann, decode(t, "ONGOING", "a"))
	if task, next := d.taken(taking("w", 1)); task == nil {
		t.Errorf("there is no task until %v", next)
	}
}

// Yoti is left alone as long as it wanted, whatever another worker thinks.
func TestPauseIsNotCutShort(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	must(t, d.PauseTasks(t.Context(), after(0), after(30)))
	must(t, d.PauseTasks(t.Context(), after(1), after(2)))
	if task, next := d.taken(taking("w", 3)); task != nil || !next.Equal(after(30)) {
		t.Errorf("there is the task %+v, the next at %v", task, next)
	}
}

// An erased recipient has no task, and gets none: not by an event, not by a list, and not by
// what a worker was about when it was erased.
func TestErasedRecipientIsNotAskedFor(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	d.hook(1, "a", d.id)
	task, _ := d.taken(taking("w", 1))
	must(t, d.Erase(t.Context(), d.id, d.ann, "asked for"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(2), Failure: review.Unavailable, Again: after(3)}))
	if outcome := d.hook(4, "b", d.id); outcome != arrivals.AlreadyDue {
		t.Errorf("an event: %s", outcome)
	}
	id := d.startImport("k", d.id)
	if got := d.importOf(id); got.State != arrivals.Done || got.Counts.Known != 1 {
		t.Errorf("the import is %+v", got)
	}
	if task, next := d.taken(taking("w", 100)); task != nil || !next.IsZero() {
		t.Errorf("there is the task %+v, the next at %v", task, next)
	}
}

// A line whose recipient was erased while Yoti was asked leads to nothing more.
func TestErasedWhileALineIsAsked(t *testing.T) {
	d := newDesk(t)
	id := d.startImport("k", d.id)
	line, _ := d.taken(taking("w", 1))
	d.fetch(d.id, 1, d.ann, decode(t, "COMPLETED", "a")) // somebody opened the page
	must(t, d.Erase(t.Context(), d.id, d.ann, "asked for"))
	must(t, d.EndTask(t.Context(), *line, arrivals.Ending{At: after(2), Failure: review.Unavailable, Again: after(3)}))
	if task, next := d.taken(taking("w", 100)); task != nil || !next.IsZero() {
		t.Errorf("there is the task %+v, the next at %v", task, next)
	}
	if got := d.importOf(id); got.State != arrivals.Done {
		t.Errorf("the import is %+v", got)
	}
}

// A task that nobody ended, because the program was killed, is there when it is started again.
func TestTasksOutliveTheProgram(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	if task, _ := d.taken(taking("before", 0)); task == nil {
		t.Fatal("there is no task")
	}
	must(t, d.Store.Close())
	d.Store = mustOpen(t, d.options)
	if task, next := d.taken(taking("after", 0)); task != nil || !next.Equal(after(1)) {
		t.Fatalf("while the lease lasts there is the task %+v, the next at %v", task, next)
	}
	if task, _ := d.taken(taking("after", 1)); task == nil || task.ID != d.id.String() {
		t.Errorf("after it there is the task %+v", task)
	}
}

// A worker that ends lets another go on at once, and ends nobody else's lease.
func TestEndedLease(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	d.taken(taking("before", 0))
	must(t, d.EndLease(t.Context(), "other"))
	if task, _ := d.taken(taking("after", 0)); task != nil {
		t.Fatal("another took a task while the lease lasts")
	}
	must(t, d.EndLease(t.Context(), "before"))
	if task, _ := d.taken(taking("after", 0)); task == nil {
		t.Error("nobody can go on")
	}
}

// Of two programs with one file one works, until it is gone.
func TestOneWorkerAtATime(t *testing.T) {
	d := newDesk(t)
	other := mustOpen(t, d.options)
	for i := range 20 {
		d.hook(0, fmt.Sprint("x", i), mustID(t, fmt.Sprintf("00000000-0000-4000-8000-0000000000%02d", i+1)))
	}
	var mu sync.Mutex
	took := map[string]int{}
	var both sync.WaitGroup
	for holder, s := range map[string]*store.Store{"one": d.Store, "other": other} {
		both.Go(func() {
			for range 5 {
				task, _, err := s.TakeTask(context.Background(), taking(holder, 0))
				if err != nil {
					t.Error(err)
				}
				if task == nil {
					continue
				}
				mu.Lock()
				took[holder]++
				mu.Unlock()
				if err := s.EndTask(context.Background(), *task, arrivals.Ending{At: after(0)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	if len(took) != 1 {
		t.Errorf("tasks were taken by %v, want one of them", took)
	}
	for holder, s := range map[string]*store.Store{"one": d.Store, "other": other} {
		if took[holder] > 0 {
			continue
		}
		if task, _, err := s.TakeTask(t.Context(), taking(holder, 2)); err != nil || task == nil {
			t.Errorf("after the lease has ended the other gets %+v, error %v", task, err)
		}
	}
}

// A lease and a pause that a clock wrote which was ahead keep nobody waiting.
func TestLeaseFromTheFuture(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	if task, _ := d.taken(taking("ahead", 60*24)); task == nil {
		t.Fatal("there is no task")
	}
	must(t, d.PauseTasks(t.Context(), after(60*24), after(60*25)))
	if task, next := d.taken(taking("w", 1)); task == nil {
		t.Errorf("no task until %v", next)
	}
}

func TestPause(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	must(t, d.PauseTasks(t.Context(), after(0), after(10)))
	if task, next := d.taken(taking("w", 9)); task != nil || !next.Equal(after(10)) {
		t.Errorf("while it is paused there is the task %+v, the next at %v", task, next)
	}
	must(t, d.Store.Close())
	d.Store = mustOpen(t, d.options)
	if task, _ := d.taken(taking("w", 9)); task != nil {
		t.Error("a restart ends the pause")
	}
	if task, _ := d.taken(taking("w", 10)); task == nil {
		t.Error("there is no task afterwards")
	}
}

// What an event brings goes before what is asked again, and that and lists take turns.
func TestOrderOfTasks(t *testing.T) {
	d := newDesk(t)
	again, event, line := mustID(t, "00000000-0000-4000-8000-00000000000a"), mustID(t, "00000000-0000-4000-8000-00000000000b"), mustID(t, "00000000-0000-4000-8000-00000000000c")
	d.fetch(again, 0, d.ann, decode(t, "ONGOING", "a"))
	d.startImport("k", line)
	d.hook(5, "a", event)
	for _, test := range []struct {
		linesFirst bool
		want       idv.RecipientID
	}{{true, event}, {true, line}, {false, again}, {false, line}} {
		now := taking("w", 10)
		now.LinesFirst = test.linesFirst
		task, _ := d.taken(now)
		if task == nil || task.ID != test.want.String() {
			t.Fatalf("the task is %+v, want %s", task, test.want)
		}
		if test.want != line || !test.linesFirst {
			must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(10), Failure: review.NotFound}))
		}
	}
	if task, next := d.taken(taking("w", 10)); task != nil || !next.IsZero() {
		t.Errorf("there is still the task %+v, the next at %v", task, next)
	}
}

// What failed and may pass is tried again later, with the attempts counted.
func TestRetriedTasks(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	task, _ := d.taken(taking("w", 0))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(0), Failure: review.Unavailable, Again: after(3)}))
	if early, next := d.taken(taking("w", 2)); early != nil || !next.Equal(after(3)) {
		t.Fatalf("too early there is the task %+v, the next at %v", early, next)
	}
	task, _ = d.taken(taking("w", 3))
	if task == nil || task.Attempts != 1 || !task.Since.Equal(after(0)) {
		t.Fatalf("the task is %+v", task)
	}
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(3), Failure: review.NotFound}))
	if task, next := d.taken(taking("w", 100)); task != nil || !next.IsZero() {
		t.Errorf("after it was given up there is the task %+v, the next at %v", task, next)
	}
}

// An envelope leads to its recipients; an erased one is not asked for.
func TestEnvelopeJobNamesRecipients(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id2, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.Erase(t.Context(), d.id2, d.ann, "asked for"))
	envelope, err := idv.ParseEnvelopeID("eeeeeeee-0000-4000-8000-000000000001")
	must(t, err)
	outcome, err := d.KeepHook(t.Context(), arrivals.Hook{Hint: webhook.Hint{Kind: webhook.EnvelopeCompletion, Envelopes: []idv.EnvelopeID{envelope}}, At: after(0)})
	must(t, err)
	if outcome != arrivals.Queued {
		t.Errorf("outcome %s", outcome)
	}
	task, _ := d.taken(taking("w", 0))
	if task == nil || task.Kind != arrivals.OfEnvelope || task.ID != envelope.String() {
		t.Fatalf("the task is %+v", task)
	}
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(0), Recipients: []idv.RecipientID{d.id, d.id2}}))
	if task, _ = d.taken(taking("w", 0)); task == nil || task.ID != d.id.String() {
		t.Fatalf("the task is %+v", task)
	}
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(0)}))
	if task, _ := d.taken(taking("w", 0)); task != nil {
		t.Errorf("there is still the task %+v", task)
	}
	var kept string
	must(t, d.raw().QueryRow(`SELECT envelope FROM recipients WHERE id = $1`, d.id.String()).Scan(&kept))
	if kept != envelope.String() {
		t.Errorf("the recipient's envelope is %q", kept)
	}
}

func TestHooksAreListedForAWeek(t *testing.T) {
	d := newDesk(t)
	d.hook(0, "a", d.id)
	d.hook(1, "bb", d.id2)
	if outcome, err := d.KeepHook(t.Context(), arrivals.Hook{Hint: webhook.Hint{Kind: webhook.EnvelopeReady, Recipients: []idv.RecipientID{d.id}}, At: after(2)}); err != nil || outcome != arrivals.Ignored {
		t.Errorf("an event of another kind: %s, error %v", outcome, err)
	}
	if outcome, err := d.KeepHook(t.Context(), arrivals.Hook{Hint: webhook.Hint{Kind: webhook.IDVTaskCompletion, Sessions: []uuid.UUID{uuid.New()}}, At: after(3)}); err != nil || outcome != arrivals.NamesNone {
		t.Errorf("an event that names an unknown session: %s, error %v", outcome, err)
	}
	list, err := d.Hooks(t.Context(), 0, 10)
	must(t, err)
	if len(list) != 4 || list[3].Recipients[0].ID != d.id || !list[3].Recipients[0].Waiting || list[0].Kind != "idv_task_completion" {
		t.Errorf("events are %+v", list)
	}
	d.fetch(d.id, 5, d.ann, decode(t, "COMPLETED", "a"))
	list, err = d.Hooks(t.Context(), 3, 10)
	must(t, err)
	if r := list[1].Recipients[0]; len(list) != 2 || r.Waiting || !r.Asked.Equal(after(5)) || r.Failed {
		t.Errorf("after the fetch the first events are %+v", list)
	}
	must(t, d.SweepHooks(t.Context(), after(1)))
	if list, err = d.Hooks(t.Context(), 0, 10); err != nil || len(list) != 3 {
		t.Errorf("after sweeping there are %d events, error %v", len(list), err)
	}
}

func (d *desk) startImport(key string, ids ...idv.RecipientID) int64 {
	d.t.Helper()
	n := arrivals.NewImport{By: d.ann, At: noon, Key: key}
	for i, id := range ids {
		n.Lines = append(n.Lines, arrivals.Line{Number: i + 1, Recipient: id})
	}
	id, err := d.StartImport(d.t.Context(), n)
	must(d.t, err)
	return id
}

func (d *desk) importOf(id int64) arrivals.Import {
	d.t.Helper()
	i, err := d.Import(d.t.Context(), id)
	must(d.t, err)
	return i
}

// A list is asked for line by line; what is stored is not asked for, and the end is known.
func TestImport(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	third, fourth := mustID(t, "33333333-3333-4333-8333-333333333333"), mustID(t, "44444444-4444-4444-8444-444444444444")
	id := d.startImport("k", d.id, d.id2, third, fourth)
	if again := d.startImport("k", d.id, d.id2, third, fourth); again != id {
		t.Errorf("the same form started %d and %d", id, again)
	}
	if got, want := d.importOf(id), (arrivals.ImportCounts{Total: 4, Waiting: 3, Known: 1}); got.Counts != want || got.State != arrivals.Running || got.By != "Ann" {
		t.Fatalf("at first it is %+v", got)
	}
	task, _ := d.taken(taking("w", 1))
	if task == nil || task.ID != d.id2.String() || !task.Line {
		t.Fatalf("the first task is %+v", task)
	}
	d.fetch(d.id2, 1, account.System(), decode(t, "COMPLETED", "a"))
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(1)}))
	d.fetch(third, 1, d.bob, decode(t, "COMPLETED", "a")) // somebody opened it meanwhile
	change := arrivals.ImportChange{ID: id, By: d.bob, At: after(2), To: arrivals.Stopped}
	must(t, d.ChangeImport(t.Context(), change))
	must(t, d.ChangeImport(t.Context(), change))
	if task, next := d.taken(taking("w", 2)); task != nil || !next.IsZero() {
		t.Errorf("while it is stopped there is the task %+v, the next at %v", task, next)
	}
	change.To = arrivals.Running
	must(t, d.ChangeImport(t.Context(), change))
	if task, _ = d.taken(taking("w", 3)); task == nil || task.ID != fourth.String() {
		t.Fatalf("the last task is %+v", task)
	}
	must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(3), Failure: review.NotFound}))
	if got, want := d.importOf(id), (arrivals.ImportCounts{Total: 4, Known: 2, Fetched: 1, Failed: 1}); got.Counts != want || got.State != arrivals.Done {
		t.Errorf("at last it is %+v", got)
	}
	lines, err := d.ImportLines(t.Context(), arrivals.LineQuery{Import: id, Failed: true, Limit: 10})
	must(t, err)
	if len(lines) != 1 || lines[0].Recipient != fourth || lines[0].State != arrivals.LineState(review.NotFound) || lines[0].Again {
		t.Errorf("failed lines are %+v", lines)
	}
	wantErr(t, d.ChangeImport(t.Context(), arrivals.ImportChange{ID: id + 1, By: d.ann, At: noon, To: arrivals.Stopped}), arrivals.ErrNoImport)
}

// While a worker has its lease for long enough, taking a line writes nothing, and a line of which
// the result was had is ended with it: others wait for the disk less.
func TestLinesAreTakenWithoutWriting(t *testing.T) {
	d := newDesk(t)
	third := mustID(t, "33333333-3333-4333-8333-333333333333")
	id := d.startImport("k", d.id, d.id2, third)
	lease := func() (until int64) {
		must(t, d.raw().QueryRow(`SELECT until FROM leases`).Scan(&until))
		return until
	}
	first, _ := d.taken(taking("w", 0))
	before := lease()
	d.fetch(d.id, 0, account.System(), decode(t, "COMPLETED", "a"))
	must(t, d.EndTask(t.Context(), *first, arrivals.Ending{At: after(0)}))
	soon := taking("w", 0)
	soon.Now, soon.Until = soon.Now.Add(20*time.Second), soon.Until.Add(20*time.Second)
	second, _ := d.taken(soon)
	if second == nil || second.ID != d.id2.String() || lease() != before {
		t.Fatalf("the second task is %+v; the lease went from %d to %d", second, before, lease())
	}
	if got, want := d.importOf(id).Counts, (arrivals.ImportCounts{Total: 3, Waiting: 2, Fetched: 1}); got != want {
		t.Errorf("the lines have come to %+v, want %+v", got, want)
	}
	soon.Now, soon.Until = soon.Now.Add(20*time.Second), soon.Until.Add(20*time.Second)
	if task, _ := d.taken(soon); task == nil || lease() == before {
		t.Errorf("in the second half of the lease the task is %+v, and it is not renewed", task)
	}
	d.hook(0, "a", third)
	if task, _ := d.taken(soon); task == nil || task.Line {
		t.Errorf("beside an event the task is %+v", task)
	}
}

// Who started and stopped an import is in the ledger, once each, with the digest of the list.
func TestImportsAreInTheLedger(t *testing.T) {
	d := newDesk(t)
	id := d.startImport("k", d.id, d.id2)
	must(t, d.ChangeImport(t.Context(), arrivals.ImportChange{ID: id, By: d.bob, At: noon, To: arrivals.Stopped}))
	list, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActImport, Limit: 10})
	must(t, err)
	if len(list) != 2 || list[0].Name != "Bob" || list[1].Name != "Ann" {
		t.Fatalf("entries are %+v", list)
	}
	for i, want := range []string{
		"list 1 was stopped",
		"list 1 was started with 2 IDs, SHA-256 be2001bca1476f8f8480dd7db6264be12c94cb7be24332f370976c1ebc46e729",
	} {
		if got := review.FactWords(list[i].Entry); got != want {
			t.Errorf("entry %d says %q, want %q", i, got, want)
		}
	}
}

// A database with all of this verifies.
func TestVerifyWithArrivals(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	d.hook(0, "a", d.id2)
	d.startImport("k", d.id, d.id2)
	must(t, d.Store.Close())
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: filepath.Clean(d.options.DataKeyFile)}); err != nil {
		t.Error(err)
	}
}
