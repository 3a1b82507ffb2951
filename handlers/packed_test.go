package handlers_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"countersign/internal/yotisign/sandbox"
)

// A page that is put together from packed parts is the page that is sent to whoever takes
// nothing packed.
func TestPackedPageIsThePage(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	// What differs from one opening to the next.
	own := regexp.MustCompile(`name="key" value="[A-Z0-9]+(-[a-z]+)?"|data-page-view="\d+"|, \d+ times?</summary>|( \d+ times that day)?\s*</div>`)
	for _, p := range sandbox.People() {
		if p.Trouble && !strings.HasSuffix(p.ID, "bad6") && !strings.HasSuffix(p.ID, "bad9") {
			continue
		}
		path := "/recipients/" + p.ID
		if a, err := ann.get(path); err != nil || a.status != http.StatusOK { // the first opening fetches
			t.Fatalf("%s: status %d, %v", p.Name, a.status, err)
		}
		plain, packed := rawBody(t, ann, path, ""), rawBody(t, ann, path, "gzip")
		if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: encodings %q and %q", p.Name, plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
		}
		unpacked, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		want, got := own.ReplaceAllString(read(t, plain.Body), ""), own.ReplaceAllString(read(t, unpacked), "")
		if want != got || !strings.Contains(got, "</html>") {
			t.Errorf("%s: packed, the page has %d characters, and else %d", p.Name, len(got), len(want))
		}
		if n := packed.ContentLength; n <= 0 || n > int64(len(want))/2 {
			t.Errorf("%s: of %d bytes %d are sent", p.Name, len(want), n)
		}
	}
}

func rawBody(t *testing.T, b *browser, path, encoding string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	for _, cookie := range b.Jar.Cookies(mustURL(t, b.base)) {
		r.AddCookie(cookie)
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableCompression: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
