package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

const somebody = "00000000-0000-4000-8000-000000000001"

// gallery is a stand-in of Yoti's with one recipient, whose document has so many
// pages, all with the same picture.
type gallery struct {
	pages int
	photo []byte
	slow  chan struct{} // when it is not nil, a picture stops in its middle until it is closed
	line  time.Duration // how long 64 KiB take on the line; zero for as fast as may be
}

func (g *gallery) ids() []string {
	var ids []string
	for i := range g.pages {
		ids = append(ids, fmt.Sprintf("00000000-0000-4000-8000-%012d", 900+i))
	}
	return ids
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/json") {
		g.send(w, r)
		return
	}
	var pages []any
	for _, id := range g.ids() {
		pages = append(pages, map[string]any{"capture_method": "CAMERA", "media": map[string]any{"id": id, "type": "IMAGE"}})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"session_id": "a", "state": "COMPLETED", "checks": []any{},
		"resources": map[string]any{"id_documents": []any{map[string]any{"id": "b", "document_type": "PASSPORT", "pages": pages}}},
	})
}

func (g *gallery) send(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/jpeg")
	if g.line > 0 {
		g.sendSlowly(w)
		return
	}
	if g.slow == nil {
		_, _ = w.Write(g.photo)
		return
	}
	_, _ = w.Write(g.photo[:len(g.photo)/2])
	_ = http.NewResponseController(w).Flush()
	select {
	case <-g.slow:
	case <-r.Context().Done():
	}
}

// sendSlowly sends a picture as a line between two towns would.
func (g *gallery) sendSlowly(w http.ResponseWriter) {
	ticker := time.NewTicker(g.line)
	defer ticker.Stop()
	for rest := g.photo; len(rest) > 0; rest = rest[min(len(rest), 64<<10):] {
		if _, err := w.Write(rest[:min(len(rest), 64<<10)]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		<-ticker.C
	}
}

// photo is a picture of the size, with the noise of a camera.
func photo(t testing.TB, width, height, quality int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	noise := uint32(1)
	for y := range height {
		for x := range width {
			noise = noise*1664525 + 1013904223
			n := uint8(noise >> 27)
			m.SetRGBA(x, y, color.RGBA{uint8(x/16) + n, uint8(y/12) + n, uint8((x + y) / 28), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mediaPath(id string) string { return "/recipients/" + somebody + "/media/" + id }

func TestAPictureArrivesAsItWas(t *testing.T) {
	t.Parallel()
	g := &gallery{pages: 1, photo: photo(t, 1200, 900, 90)}
	d := newDeskBefore(t, t.TempDir(), g)
	b := d.signedIn("ann")
	a, err := b.get(mediaPath(g.ids()[0]))
	if err != nil || a.status != http.StatusOK || a.body != string(g.photo) {
		t.Errorf("status %d, %d bytes of %d, error %v", a.status, len(a.body), len(g.photo), err)
	}
	small, err := b.get(mediaPath(g.ids()[0]) + "/thumbnail")
	if err != nil {
		t.Fatal(err)
	}
	c, kind, err := image.DecodeConfig(strings.NewReader(small.body))
	if err != nil || kind != "jpeg" || c.Width != 320 || c.Height != 240 {
		t.Errorf("thumbnail: %s %dx%d, error %v", kind, c.Width, c.Height, err)
	}
}

// Nobody sees a picture that is not on record first.
func TestNoPictureWithoutAnEntry(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	page, err := b.get("/recipients/" + somebody)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	picture, text := doc.Find("[data-picture] a").AttrOr("href", ""), doc.Find("[data-load] a").AttrOr("href", "")
	d.refuseInserts("access_log", "")
	for _, path := range []string{picture, text, "/recipients/" + somebody + "/report", "/recipients/" + somebody} {
		a, err := b.get(path)
		if err != nil || a.status != http.StatusInternalServerError || strings.Contains(a.body, "SPECIMEN") || strings.HasPrefix(a.header.Get("Content-Type"), "image/") {
			t.Errorf("%s: status %d, %s, error %v", path, a.status, a.header.Get("Content-Type"), err)
		}
	}
}

// A picture that breaks off must not be taken for the whole.
func TestAPictureThatBreaksOff(t *testing.T) {
	t.Parallel()
	g := &gallery{pages: 1, photo: photo(t, 1200, 900, 90)}
	cut := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/json") {
			g.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(g.photo)))
		_, _ = w.Write(g.photo[:len(g.photo)/2])
	})
	d := newDeskBefore(t, t.TempDir(), cut)
	b := d.signedIn("ann")
	if a, err := b.get(mediaPath(g.ids()[0])); err == nil {
		t.Errorf("status %d and %d bytes of %d without an error", a.status, len(a.body), len(g.photo))
	}
	if a, err := b.get(mediaPath(g.ids()[0]) + "/thumbnail"); err != nil || a.status != http.StatusBadGateway {
		t.Errorf("thumbnail: status %d, error %v", a.status, err)
	}
	if !strings.Contains(d.log.String(), `level=ERROR msg="answer cut short"`) {
		t.Errorf("the log does not say so: %s", d.log.String())
	}
}

// Pictures that one person has opened and that do not come keep nobody else from theirs.
func TestSlowPicturesHoldUpOnlyTheirReader(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", "/thumbnail"} {
		slowPictures(t, suffix)
	}
}

func slowPictures(t *testing.T, suffix string) {
	asked := make(chan string, 100)
	g := &gallery{pages: 10, photo: photo(t, 300, 200, 90)}
	quick := g.ids()[0]
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/json") || strings.HasSuffix(r.URL.Path, quick) {
			g.ServeHTTP(w, r)
			return
		}
		_, _ = w.Write(g.photo[:len(g.photo)/2])
		_ = http.NewResponseController(w).Flush()
		asked <- r.URL.Path
		<-r.Context().Done()
	}))
	ann, bob := d.signedIn("ann"), d.signedIn("bob")
	if _, err := ann.get("/recipients/" + somebody); err != nil {
		t.Fatal(err)
	}
	ctx, closeTabs := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, id := range g.ids()[1:] {
		all.Go(func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, ann.base+mediaPath(id)+suffix, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if response, err := ann.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	for range 3 {
		<-asked
	}
	a, err := bob.get(mediaPath(quick) + suffix)
	if err != nil || a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "image/jpeg") {
		t.Errorf("bob's picture: status %d, %d bytes, error %v", a.status, len(a.body), err)
	}
	if n := len(asked); n > 0 {
		t.Errorf("%d pictures of ann's are on their way beside three", n)
	}
	closeTabs()
	all.Wait()
}

// A browser that does not read holds no place before Yoti, and is given up.
func TestABrowserThatDoesNotRead(t *testing.T) {
	t.Parallel()
	sent := make(chan struct{}, 3)
	g := &gallery{pages: 3, photo: append(photo(t, 300, 200, 90), make([]byte, 18<<20)...)}
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.ServeHTTP(w, r)
		if !strings.HasSuffix(r.URL.Path, "/json") {
			sent <- struct{}{}
		}
	}))
	d.server.Stall = time.Second
	b := d.signedIn("ann")
	if _, err := b.get("/recipients/" + somebody); err != nil {
		t.Fatal(err)
	}
	var open []*http.Response
	for _, id := range g.ids() {
		response, err := b.Get(b.base + mediaPath(id))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		open = append(open, response)
	}
	for range g.ids() {
		<-sent
	}
	for deadline := time.After(time.Minute); strings.Count(d.log.String(), "i/o timeout") < len(open); {
		select {
		case <-deadline:
			t.Fatalf("the browsers are waited for; log: %s", d.log.String())
		default:
			runtime.Gosched()
		}
	}
	if n, err := io.Copy(io.Discard, open[0].Body); err == nil {
		t.Errorf("%d bytes of %d without an error", n, len(g.photo))
	}
	if strings.Contains(d.log.String(), "level=ERROR") {
		t.Errorf("a slow browser is taken for an error of the server's: %s", d.log.String())
	}
}

// Whoever closes the tab leaves nothing behind.
func TestClosedTabsLeaveNothing(t *testing.T) {
	g := &gallery{pages: 20, photo: photo(t, 1200, 900, 90), slow: make(chan struct{})}
	d := newDeskBefore(t, t.TempDir(), g)
	b := d.signedIn("ann")
	if _, err := b.get("/recipients/" + somebody); err != nil {
		t.Fatal(err)
	}
	b.CloseIdleConnections()
	before := runtime.NumGoroutine()
	for _, suffix := range []string{"", "/thumbnail"} {
		ctx, closeTab := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for _, id := range g.ids() {
			all.Go(func() {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+mediaPath(id)+suffix, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if response, err := b.Do(r); err == nil {
					_, _ = io.Copy(io.Discard, response.Body)
					response.Body.Close()
				}
			})
		}
		arrived := make(chan struct{})
		go func() { all.Wait(); close(arrived) }()
		closeTab()
		<-arrived
	}
	close(g.slow) // for those who had asked before the tab was closed
	b.CloseIdleConnections()
	d.web.CloseClientConnections()
	deadline := time.After(20 * time.Second)
	for runtime.NumGoroutine() > before+8 { // connections to Yoti's stand-in may stay open
		select {
		case <-deadline:
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		default:
			runtime.Gosched()
		}
	}
}

// After somebody has looked at everything, none of it is in a file.
func TestNothingOfAPersonIsOnTheDisk(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	var seen []string
	// These people have pictures and documents of every content type.
	for _, number := range []string{"03", "21", "22", "23", "24"} {
		seen = append(seen, d.lookAtEverything(b, "00000000-0000-4000-8000-0000000000"+number)...)
	}
	if len(seen) < 100 {
		t.Fatalf("only %d media were seen", len(seen))
	}
	for _, folder := range []string{d.dir, temp} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			kept, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, medium := range seen {
				middle := medium[len(medium)/2:]
				if bytes.Contains(kept, []byte(middle[:min(len(middle), 64)])) {
					t.Errorf("%s holds a part of a medium", path)
				}
			}
			for _, name := range []string{"SPECIMEN", "MADEUP0", "Specimen"} {
				if bytes.Contains(kept, []byte(name)) {
					t.Errorf("%s holds %q", path, name)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(d.log.String(), "SPECIMEN") {
		t.Error("the log names somebody")
	}
}

// lookAtEverything opens all that a recipient's page leads to, and returns the media.
func (d *desk) lookAtEverything(b *browser, id string) []string {
	d.t.Helper()
	page, err := b.get("/recipients/" + id)
	if err != nil {
		d.t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		d.t.Fatal(err)
	}
	var seen []string
	for _, link := range []struct{ selector, attribute string }{
		{"[data-picture] a", "href"}, {"[data-picture] img", "src"}, {"[data-load] a", "href"}, {".resource a:contains('Download')", "href"},
	} {
		found := doc.Find(link.selector)
		for i := range found.Length() {
			a, err := b.get(found.Eq(i).AttrOr(link.attribute, ""))
			if err != nil {
				d.t.Fatal(err)
			}
			if a.status == http.StatusOK && !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				seen = append(seen, a.body)
			}
		}
	}
	return seen
}

// BenchmarkMedium downloads a picture of 5 MB from Yoti's stand-in itself and through
// us: on this machine alone, where nothing but copying takes time, and over a line of
// 100 Mbit/s to the stand-in.
func BenchmarkMedium(b *testing.B) {
	for name, line := range map[string]time.Duration{"loopback": 0, "100Mbit": 5 * time.Millisecond} {
		g := &gallery{pages: 1, photo: append(photo(b, 1200, 900, 90), make([]byte, 5<<20)...), line: line}
		d := newDeskBefore(b, b.TempDir(), g)
		b.Run(name+"/direct", func(b *testing.B) {
			download(b, http.DefaultClient, d.upstream+"/v2/idv/recipients/"+somebody+"/sessions/signed/media/"+g.ids()[0], len(g.photo))
		})
		b.Run(name+"/through-us", func(b *testing.B) {
			who := d.signedIn("ann")
			download(b, who.Client, who.base+mediaPath(g.ids()[0]), len(g.photo))
		})
	}
}

func download(b *testing.B, client *http.Client, address string, size int) {
	b.SetBytes(int64(size))
	for b.Loop() {
		response, err := client.Get(address)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, response.Body)
		if err != nil || n != int64(size) || response.StatusCode != http.StatusOK {
			b.Fatalf("status %d, %d bytes, error %v", response.StatusCode, n, err)
		}
		response.Body.Close()
	}
}

// BenchmarkThumbnails loads the thumbnails of ten pictures of 2 MB, for one reviewer
// and for eight at once. The memory is that of the whole process at its peak, with
// Yoti's stand-in and the browsers in it.
func BenchmarkThumbnails(b *testing.B) {
	g := &gallery{pages: 10, photo: photo(b, 4000, 3000, 68)}
	d := newDeskBefore(b, b.TempDir(), g)
	for _, reviewers := range []int{1, 8} {
		b.Run(fmt.Sprintf("reviewers=%d", reviewers), func(b *testing.B) {
			who := d.signedIn("ann")
			stop, peak := watchMemory()
			for b.Loop() {
				var all sync.WaitGroup
				for range reviewers {
					for _, id := range g.ids() {
						all.Go(func() {
							if a, err := who.get(mediaPath(id) + "/thumbnail"); err != nil || a.status != http.StatusOK {
								b.Errorf("status %d, error %v", a.status, err)
							}
						})
					}
				}
				all.Wait()
			}
			close(stop)
			b.ReportMetric(float64(<-peak)/1e6, "MB-peak")
			b.ReportMetric(float64(len(g.photo))/1e6, "MB/picture")
		})
	}
}

// watchMemory looks at the memory that the process has from the system until stop is
// closed, and then sends the most that it saw.
func watchMemory() (stop chan struct{}, peak chan uint64) {
	stop, peak = make(chan struct{}), make(chan uint64, 1)
	runtime.GC()
	go func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-stop:
				peak <- most
				return
			case <-ticker.C:
			}
		}
	}()
	return stop, peak
}

// A reset whose sender leaves is carried through and put on record, and a server that
// stops waits for that.
func TestAResetWhoseSenderLeaves(t *testing.T) {
	t.Parallel()
	asked, answer := make(chan struct{}), make(chan struct{})
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-answer
	}))
	b := d.signedIn("supervisor")
	ctx, leave := context.WithCancel(t.Context())
	form := url.Values{"key": {"k"}, "confirm": {"yes"}, "reason": {"The camera failed."}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+"/recipients/"+somebody+"/reset-limit", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	left := make(chan error, 1)
	go func() {
		response, err := b.Do(r)
		if err == nil {
			response.Body.Close()
		}
		left <- err
	}()
	<-asked
	leave()
	if err := <-left; err == nil {
		t.Error("the sender did not leave")
	}
	close(answer)
	d.server.Desk.Wait()
	id, err := idv.ParseRecipientID(somebody)
	if err != nil {
		t.Fatal(err)
	}
	file, err := d.store.Recipient(t.Context(), id, account.Person{}, review.NotePage{})
	if list := file.Record.Resets; err != nil || len(list) != 1 || list[0].End.Outcome != review.ResetDone {
		t.Errorf("on record: %+v, error %v", file.Record, err)
	}
}

// What the business supplied about the signer is read like everything else.
func TestApplicantProfile(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-4000-8000-000000000777"
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/json") {
			_, _ = io.WriteString(w, `{"session_id":"a","state":"COMPLETED","checks":[],"resources":{"applicant_profiles":[
				{"id":"b","source":{"type":"RELYING_BUSINESS"},"media":{"id":"`+id+`","type":"JSON"}}]}}`)
			return
		}
		_, _ = io.WriteString(w, `{"full_name":"ALEX SPECIMEN","date_of_birth":"1988-02-03","structured_postal_address":{"town_city":"LEEDS"},"customer_number":17}`)
	}))
	b := d.signedIn("ann")
	page, err := b.get("/recipients/" + somebody)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := b.get(doc.Find("#applicant_profiles-1 [data-load] a").AttrOr("href", "/nowhere"))
	if err != nil {
		t.Fatal(err)
	}
	if doc, err = profile.document(); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"full_name": "ALEX SPECIMEN", "structured_postal_address.town_city": "LEEDS", "customer_number": "unknown",
	} {
		if text := doc.Find(`[data-field="` + field + `"]`).Text(); !strings.Contains(text, want) {
			t.Errorf("%s: %q, want %q in it", field, squeeze(text), want)
		}
	}
}
