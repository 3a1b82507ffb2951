package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/internal/yotisign/sandbox"
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

// BenchmarkImport opens pages by turns while nothing is done in the background and while a
// list of ten thousand is being fetched, and says how much longer half of the pages, and nine in ten, take then.
// The first rate is that of a server, the second that of the demo.
func BenchmarkImport(b *testing.B) {
	for _, rate := range []int{30, 600} {
		b.Run(fmt.Sprint(rate, " a minute"), func(b *testing.B) {
			yoti := sandbox.New(apiKey)
			d := newDeskBefore(b, b.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.Path = regexp.MustCompile(`/1[0-9a-f]{7}-0000-4000-8000-[0-9]{12}/`).ReplaceAllString(r.URL.Path, "/00000000-0000-4000-8000-000000000003/")
				yoti.ServeHTTP(w, r)
			}))
			ann := d.signedIn("ann")
			if a, err := ann.get(nineChecks); err != nil || a.status != http.StatusOK {
				b.Fatalf("status %d, error %v", a.status, err)
			}
			lines := url.Values{"key": {"key"}, "ids": {numberedLines(b, arrivals.MaxLines)}}
			if a, err := ann.post("/import/start", lines); err != nil || a.status != http.StatusSeeOther {
				b.Fatalf("status %d, error %v", a.status, err)
			}
			took := map[bool][]time.Duration{}
			for b.Loop() {
				for _, working := range []bool{false, true} {
					took[working] = append(took[working], d.pagesBeside(b, ann, rate, working)...)
				}
			}
			slices.Sort(took[false])
			slices.Sort(took[true])
			for name, tenths := range map[string]int{"median": 5, "p90": 9} {
				alone, beside := quantile(took[false], tenths), quantile(took[true], tenths)
				b.ReportMetric(float64(beside.Microseconds())/1000, "ms-"+name)
				b.ReportMetric(float64(beside)/float64(alone), "times-"+name)
			}
		})
	}
}

// quantile is how long so many tenths of the pages took at most.
func quantile(sorted []time.Duration, tenths int) time.Duration {
	return sorted[len(sorted)*tenths/10]
}

// numberedLines are lines as the form of an import carries them.
func numberedLines(b *testing.B, n int) string {
	b.Helper()
	var text strings.Builder
	for i, id := range strings.Fields(idLines(n)) {
		fmt.Fprintf(&text, "%d %s\n", i+1, id)
	}
	return text.String()
}

// pagesBeside opens pages for a second, with or without a worker at work, and returns how long
// each took.
func (d *desk) pagesBeside(b *testing.B, who *browser, rate int, working bool) []time.Duration {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	var worker sync.WaitGroup
	if working {
		w := arrivals.NewWorker(arrivals.Worker{Jobs: d.store, Fetcher: d.server.Desk, Now: time.Now, PerMinute: rate, Holder: "benchmark", Log: d.server.Log})
		worker.Go(func() { w.Run(ctx) })
	}
	var took []time.Duration
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		for _, path := range []string{nineChecks, "/queue", "/"} {
			start := time.Now()
			if a, err := who.get(path); err != nil || a.status != http.StatusOK {
				b.Fatalf("%s: status %d, error %v", path, a.status, err)
			}
			took = append(took, time.Since(start))
		}
	}
	stop()
	worker.Wait()
	return took
}
