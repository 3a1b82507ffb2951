package handlers_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// largestUpload is how many bytes a file may have.
const largestUpload = 16 << 20

// A file that does not arrive, or is too large, is not shown, and the page says so.
func TestFilesThatDoNotArrive(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.web.Close()
	d.web = httptest.NewUnstartedServer(d.server.Handler())
	d.web.Config.ReadTimeout = stall
	d.web.Start()
	cookie := ""
	for _, c := range d.signedIn("ann").Jar.Cookies(mustURL(t, d.web.URL)) {
		cookie += c.Name + "=" + c.Value + "; "
	}
	before := d.recorded(t)
	const form = "Content-Type: multipart/form-data; boundary=x\r\n"
	const begin = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
	for _, test := range []struct {
		name, head, body string
		leaves           bool
		status           int
		says             string
	}{
		{"stalls", form + "Content-Length: 300\r\n", begin + "{", false, http.StatusRequestTimeout, `data-error="too-slow"`},
		{"ends early", form + "Content-Length: 300\r\n", begin + "{", true, http.StatusBadRequest, `data-error="incomplete"`},
		{"is not closed", form + fmt.Sprintf("Content-Length: %d\r\n", len(begin)+1), begin + "{", false, http.StatusBadRequest, `data-error="incomplete"`},
		{"comes in another encoding", "Content-Type: application/json\r\nContent-Length: 2\r\n", "{}", false, http.StatusUnsupportedMediaType, `data-error="bad-form"`},
		{"comes without a boundary", "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n", "{}", false, http.StatusUnprocessableEntity, "hoose a file."},
	} {
		address := d.web.Listener.Addr().String()
		for _, path := range []string{"/files", "/import"} {
			a, _, err := sendRaw(address, "POST "+path+" HTTP/1.1\r\nHost: "+address+"\r\nSec-Fetch-Site: same-origin\r\nCookie: "+cookie+"\r\n"+test.head+"\r\n"+test.body, test.leaves)
			if err != nil || a.status != test.status || !strings.Contains(a.body, test.says) {
				t.Errorf("%s, a file that %s: status %d, error %v, want %d and a page that says %s", path, test.name, a.status, err, test.status, test.says)
			}
		}
	}
	if after := d.recorded(t); after != before {
		t.Errorf("recorded: %s, before it %s", after, before)
	}
}

func TestLargeFiles(t *testing.T) {
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	const result = `{"state": "ONGOING", "checks": []}`
	for size, status := range map[int]int{largestUpload: http.StatusOK, largestUpload + 1<<20: http.StatusRequestEntityTooLarge} {
		file := strings.Repeat("a line of a log\n", size/16-10) + result
		a, err := b.upload([]byte(file))
		if err != nil || a.status != status {
			t.Errorf("a file of %d bytes: status %d, error %v, want %d", len(file), a.status, err, status)
		}
		if status != http.StatusOK && !strings.Contains(a.body, "The file has more than 16 MB.") {
			t.Error("nothing says that the file was too large")
		}
	}
}

// Nothing of a person is shown without a record of who saw it.
func TestFileWithoutAccessEntry(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	d.refuseInserts("access_log", "")
	a, err := b.upload([]byte(`{"state": "ONGOING", "checks": []}`))
	if err != nil || a.status != http.StatusInternalServerError || strings.Contains(a.body, "data-snapshot") {
		t.Errorf("status %d, error %v", a.status, err)
	}
}

// A file that is named as something else is refused before it is looked at; no more is done with
// its name.
func TestFilesNamedAsSomethingElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	const result, list = `{"state": "ONGOING", "checks": []}`, "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	for _, test := range []struct {
		path, name, body string
		status           int
	}{
		{"/files", "result.JSON", result, http.StatusOK},
		{"/files", "result", result, http.StatusOK},
		{"/files", "app.log.17", result, http.StatusOK},
		{"/files", "../../etc/session.har", result, http.StatusOK},
		{"/files", "result.exe", result, http.StatusUnprocessableEntity},
		{"/files", "result.json.exe", result, http.StatusUnprocessableEntity},
		{"/files", "result.svg.1", result, http.StatusUnprocessableEntity},
		{"/files", "result.csv", result, http.StatusUnprocessableEntity},
		{"/import", "ids.csv", list, http.StatusOK},
		{"/import", "ids.TXT", list, http.StatusOK},
		{"/import", "ids.xlsx", list, http.StatusUnprocessableEntity},
		{"/import", "ids.json", list, http.StatusUnprocessableEntity},
	} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", test.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(test.body)); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest(http.MethodPost, b.base+test.path, &body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		a := b.must(t, r)
		if refused := strings.Contains(a.body, "The name of the file must end in"); a.status != test.status || refused != (test.status != http.StatusOK) {
			t.Errorf("%s to %s: status %d, want %d; told why: %t", test.name, test.path, a.status, test.status, refused)
		}
	}
}
