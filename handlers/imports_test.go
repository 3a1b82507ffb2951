package handlers_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"countersign/internal/arrivals"
	"countersign/internal/yotisign/sandbox"
)

func giveList(ts *testscript.TestScript, s *story, args []string) {
	var pasted, file string
	if strings.HasSuffix(args[0], ".csv") {
		file = ts.ReadFile(args[0])
	} else {
		pasted = strings.ReplaceAll(args[0], `\n`, "\n")
	}
	a, err := s.current.list(pasted, file)
	s.took(ts, a, err)
}

// list gives a list to import as the form does, which has both fields.
func (b *browser) list(pasted, file string) (answer, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("list", pasted); err != nil {
		return answer{}, err
	}
	part, err := form.CreateFormFile("file", "of-ann-planted.csv")
	if err != nil {
		return answer{}, err
	}
	if _, err := part.Write([]byte(file)); err != nil {
		return answer{}, err
	}
	if err := form.Close(); err != nil {
		return answer{}, err
	}
	request, err := http.NewRequest(http.MethodPost, b.base+"/import", &body)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(request)
}

// idLines are the IDs of recipients, one on a line.
func idLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "10000000-0000-4000-8000-%012d\n", i)
	}
	return b.String()
}

// Whatever a list is, it gets a page that says so, and nothing is asked or started.
func TestListsThatAreRefused(t *testing.T) {
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	wide := func(order binary.AppendByteOrder, text string) string {
		var b []byte
		for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
			b = order.AppendUint16(b, unit)
		}
		return string(b)
	}
	const id = "00000000-0000-4000-8000-000000000001"
	for _, test := range []struct {
		name, pasted, file string
		status             int
		want               string
	}{
		{"nothing", "", "", 422, "Paste a list, or choose a file."},
		{"two lists", id, id, 422, "Give one of them."},
		{"no ID", "", "name;town\nJane;Bath\n", 422, "No column of the list holds a recipient ID."},
		{"twenty thousand lines", "", idLines(20_000), 422, "more than 10,000 lines"},
		{"a workbook", "", "PK\x03\x04" + id, 422, "Save the sheet as CSV"},
		{"a long line", "", id + "," + strings.Repeat("x", 5000), 422, "Line 1 is longer"},
		{"ten megabytes", "", strings.Repeat(id+"\n", 300_000), 413, "more than 8 MB"},
		{"forty megabytes", "", strings.Repeat(id+"\n", 1_100_000), 413, "more than 8 MB"},
		{"a line of a megabyte", "", strings.Repeat("x", 1<<20) + "," + id, 422, "Line 1 is longer"},
		{"zero bytes", "", id + "\nJane\x00Doe," + id, 422, "The file is not text."},
		{"zero bytes, pasted", id + "\n\x00", "", 422, "The file is not text."},
		{"UTF-16, small end first", "", wide(binary.LittleEndian, "name;id\nJosé;"+id+"\n"), 200, "Fetch 1 recipient"},
		{"UTF-16, big end first", "", wide(binary.BigEndian, "name;id\nJosé;"+id+"\n"), 200, "Fetch 1 recipient"},
		{"semicolons", "", "name;id\nJane, MA;" + id + "\n", 200, "Fetch 1 recipient"},
		{"a formula", "", id + "\n=HYPERLINK(\"https://evil.example\")\n", 200, "This begins as a formula does."},
		{"ten thousand lines", "", idLines(10_000), 200, "Fetch 10000 recipients"},
	} {
		a, err := ann.list(test.pasted, test.file)
		if err != nil || a.status != test.status || !strings.Contains(squeeze(a.body), test.want) {
			t.Errorf("%s: status %d, error %v, want %d and %q in: %.3000s", test.name, a.status, err, test.status, test.want, squeeze(a.body))
		}
	}
	if d.sandbox.Calls() != 0 || d.rows("imports", "import_lines", "jobs") != "imports 0, import_lines 0, jobs 0" {
		t.Errorf("Yoti was asked %d times, there are %s", d.sandbox.Calls(), d.rows("imports", "import_lines", "jobs"))
	}
}

// A form that was altered starts nothing.
func TestAlteredLists(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	const id = "10000000-0000-4000-8000-000000000001"
	for _, ids := range []string{"", "1", id, "1 " + id + "\n1 " + id, "1 " + id + "\n2 " + id, "1 ../../" + id, "x " + id, "-1 " + id} {
		a, err := ann.post("/import/start", url.Values{"key": {"k"}, "ids": {ids}})
		if err != nil || a.status != http.StatusBadRequest {
			t.Errorf("%q: status %d, error %v", ids, a.status, err)
		}
	}
	var many strings.Builder
	for i := range arrivals.MaxLines + 1 {
		fmt.Fprintf(&many, "%d 10000000-0000-4000-8000-%012d\n", i+1, i)
	}
	if a, err := ann.post("/import/start", url.Values{"key": {"k"}, "ids": {many.String()}}); err != nil || a.status != http.StatusBadRequest {
		t.Errorf("too many: status %d, error %v", a.status, err)
	}
	for path, status := range map[string]int{"/import/1": 404, "/import/x": 404, "/import/-1": 404, "/import/99999999999999999999": 404} {
		if a, err := ann.get(path); err != nil || a.status != status || !strings.Contains(a.body, `data-error="no-import"`) {
			t.Errorf("%s: status %d, error %v", path, a.status, err)
		}
	}
	if n := d.rows("imports"); n != "imports 0" {
		t.Errorf("there are %s", n)
	}
}

// The background keeps to its rate, and leaves Yoti alone for as long as it asks, and after
// it was restarted too.
func TestBackgroundKeepsToItsRate(t *testing.T) {
	t.Parallel()
	const tooMany = "00000000-0000-4000-8000-000000000429"
	d := newDesk(t, t.TempDir())
	d.worker.PerMinute = 30
	ann := d.signedIn("ann")
	page, err := ann.list(tooMany+"\n00000000-0000-4000-8000-000000000001\n00000000-0000-4000-8000-000000000002\n", "")
	if err != nil || page.status != http.StatusOK {
		t.Fatalf("status %d, error %v", page.status, err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	fields := url.Values{}
	for _, name := range []string{"key", "ids"} {
		fields.Set(name, doc.Find("input[name="+name+"]").AttrOr("value", ""))
	}
	if a, err := ann.post("/import/start", fields); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("start: status %d, error %v", a.status, err)
	}
	start := d.clock()
	step := func() time.Time {
		t.Helper()
		next, err := d.worker.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	if next := step(); !next.Equal(start.Add(2 * time.Second)) {
		t.Errorf("after the first request the next is due at %v", next)
	}
	d.later(2 * time.Second)
	if next := step(); !next.Equal(start.Add(30 * time.Second)) {
		t.Errorf("Yoti wants to be asked at %v, the next is due at %v", start.Add(30*time.Second), next)
	}
	d.takeArrivals(newClient(t, d.upstream, d.clock)) // a restart
	if step(); d.sandbox.Calls() != 1 {
		t.Errorf("Yoti was asked %d times", d.sandbox.Calls())
	}
	d.later(29 * time.Second)
	if step(); d.sandbox.Calls() != 2 {
		t.Errorf("afterwards Yoti was asked %d times", d.sandbox.Calls())
	}
}

// While Yoti is out of order, the background asks less and less, and goes on when it is back;
// what failed meanwhile is had then.
func TestBackgroundBearsAnOutage(t *testing.T) {
	t.Parallel()
	stand := sandbox.New(apiKey)
	out := true
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if out {
			w.WriteHeader(http.StatusUnauthorized) // which is not tried again at once
			return
		}
		stand.ServeHTTP(w, r)
	}))
	d.sandbox = stand
	for n := range 12 {
		body := fmt.Sprintf(`{"topic":"idv_session_completion","recipient_id":"00000000-0000-4000-8000-0000000000%02d"}`, n+1)
		if a, err := d.hook("/hooks/yoti/"+hookSecret, body); err != nil || a.status != http.StatusNoContent {
			t.Fatalf("status %d, error %v", a.status, err)
		}
	}
	steps := 0
	for end := d.clock().Add(time.Hour); d.clock().Before(end); steps++ {
		next, err := d.worker.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d.later(max(next.Sub(d.clock()), time.Second))
	}
	if steps > 40 {
		t.Errorf("in an hour without answers there were %d steps", steps)
	}
	out = false
	for end := d.clock().Add(time.Hour); d.clock().Before(end); {
		next, err := d.worker.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() {
			break
		}
		d.later(max(next.Sub(d.clock()), time.Second))
	}
	if n := d.rows("recipients"); n != "recipients 12" {
		t.Errorf("there are %s", n)
	}
}

// A recipient that cannot be read here, since somebody altered the database, keeps no other
// from being fetched, and the log says why it was not.
func TestBackgroundGoesOnBesideTrouble(t *testing.T) {
	t.Parallel()
	const altered, other = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	if a, err := ann.get("/recipients/" + altered); err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	d.exec(`UPDATE recipients SET data_key = $1 WHERE id = $2`, []byte{0}, altered)
	for _, id := range []string{altered, other} {
		if a, err := d.hook("/hooks/yoti/"+hookSecret, `{"topic":"idv_task_completion","recipient_id":"`+id+`"}`); err != nil || a.status != http.StatusNoContent {
			t.Fatalf("status %d, error %v", a.status, err)
		}
	}
	if _, err := d.worker.Step(t.Context()); err == nil || strings.Contains(err.Error(), apiKey) {
		t.Errorf("the trouble is %v", err)
	}
	d.later(time.Second)
	if n := d.workOff(); n != 1 {
		t.Errorf("Yoti was asked %d times for the other", n)
	}
}
