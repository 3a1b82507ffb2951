package handlers_test

import (
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// firstLoad is how many bytes the page of nine checks, with all that it is drawn with,
// may have as they are sent to a browser that was never here.
const firstLoad = 40 << 10

func TestFirstLoadIsPacked(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	page := pageAt(t, ann, nineChecks)
	paths := []string{nineChecks}
	for _, named := range []struct{ selector, attribute string }{
		{"link[rel=stylesheet]", "href"}, {"script[src]", "src"}, {"link[rel=icon]", "href"}, {"svg.icon use", "href"},
	} {
		found := page.Find(named.selector)
		if found.Length() == 0 {
			t.Fatalf("the page has no %s", named.selector)
		}
		paths = append(paths, addressesOf(found, named.attribute)...)
	}
	paths = append(paths, picturesOf(t, ann, page)...)
	total := 0
	for _, path := range paths {
		n := ann.weigh(t, path)
		t.Logf("%s: %d bytes", path, n)
		total += n
	}
	t.Logf("first load of the nine-check page: %d bytes", total)
	if total > firstLoad {
		t.Errorf("the first load of the nine-check page has %d bytes, want at most %d", total, firstLoad)
	}
}

// addressesOf are the addresses that elements name, each once and without its fragment.
func addressesOf(elements *goquery.Selection, attribute string) []string {
	seen := map[string]bool{}
	var paths []string
	for _, element := range elements.EachIter() {
		path := regexp.MustCompile(`#.*`).ReplaceAllString(element.AttrOr(attribute, ""), "")
		if !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	return paths
}

// picturesOf are the pictures that the stylesheet of a page names.
func picturesOf(t *testing.T, b *browser, page *goquery.Document) []string {
	t.Helper()
	a, err := b.get(page.Find("link[rel=stylesheet]").AttrOr("href", ""))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, match := range regexp.MustCompile(`url\("?\./([^")]*)"?\)`).FindAllStringSubmatch(a.body, -1) {
		paths = append(paths, "/static/"+match[1])
	}
	return paths
}

// weigh is how many bytes the body of an answer has as it is sent to a browser.
func (b *browser) weigh(t *testing.T, path string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	response, err := b.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, response.StatusCode, err)
	}
	return int(n)
}
