package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
)

// BenchmarkHook answers events, fifty a second, while twenty people open pages, and says how
// long half of the answers and all but one in a hundred took.
func BenchmarkHook(b *testing.B) {
	d := newDesk(b, b.TempDir())
	person := d.signedIn("ann")
	const page = "/recipients/00000000-0000-4000-8000-000000000001"
	if a, err := person.get(page); err != nil || a.status != http.StatusOK {
		b.Fatalf("status %d, error %v", a.status, err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			pause := time.NewTicker(2 * time.Second) // between the pages of one person
			defer pause.Stop()
			for {
				select {
				case <-stop:
					return
				case <-pause.C:
					if _, err := person.get(page); err != nil {
						b.Error(err)
						return
					}
				}
			}
		})
	}
	var took []time.Duration
	second := time.NewTicker(time.Second / 50)
	defer second.Stop()
	for n := 0; b.Loop(); n++ {
		<-second.C
		body := fmt.Sprintf(`{"topic":"idv_session_completion","recipient_id":"20000000-0000-4000-8000-%012d"}`, n)
		start := time.Now()
		a, err := d.hook("/hooks/yoti/"+hookSecret, body)
		if err != nil || a.status != http.StatusNoContent {
			b.Fatalf("status %d, error %v", a.status, err)
		}
		took = append(took, time.Since(start))
		d.later(time.Second / 50)
	}
	close(stop)
	readers.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}

// longestImport is a list of as many recipients as one may have.
func longestImport(b *testing.B) []arrivals.Line {
	var lines []arrivals.Line
	for i := range arrivals.MaxLines {
		id, err := idv.ParseRecipientID(fmt.Sprintf("10000000-0000-4000-8000-%012d", i))
		if err != nil {
			b.Fatal(err)
		}
		lines = append(lines, arrivals.Line{Number: i + 1, Recipient: id})
	}
	return lines
}

// BenchmarkStartImport starts an import of as many recipients as one may have.
func BenchmarkStartImport(b *testing.B) {
	d := newDesk(b, b.TempDir())
	who, err := d.store.AddAccount(b.Context(), account.Account{Person: account.Person{Name: "ann", Role: account.Reviewer, Created: d.clock()}, Key: "ann", Password: "none"}, false, account.ChangedBy{At: d.clock()})
	if err != nil {
		b.Fatal(err)
	}
	lines := longestImport(b)
	for n := 0; b.Loop(); n++ {
		if _, err := d.server.Arrivals.Start(b.Context(), account.Person{ID: who, Name: "ann", Role: account.Reviewer}, fmt.Sprint("key", n), lines); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTask takes and ends one task of an import of ten thousand, without Yoti.
func BenchmarkTask(b *testing.B) {
	d := newDesk(b, b.TempDir())
	d.signedIn("ann")
	lines := longestImport(b)
	if _, err := d.server.Arrivals.Start(b.Context(), account.Person{ID: 1, Name: "ann", Role: account.Reviewer}, "key", lines); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		t, _, err := d.store.TakeTask(b.Context(), arrivals.Taking{Holder: "b", Now: d.clock(), Until: d.clock().Add(time.Minute)})
		if err != nil || t == nil {
			b.Fatalf("task %v, error %v", t, err)
		}
		if err := d.store.EndTask(b.Context(), *t, arrivals.Ending{At: d.clock(), Failure: "not-found"}); err != nil {
			b.Fatal(err)
		}
	}
}
