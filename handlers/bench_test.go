package handlers_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"countersign/internal/review"
)

const nineChecks = "/recipients/00000000-0000-4000-8000-000000000003"

// withoutAccess keeps everything but access entries, whose wait for the disk is
// measured by itself.
type withoutAccess struct{ review.Records }

func (withoutAccess) KeepAccess(context.Context, review.Access) error { return nil }

func (withoutAccess) KeepView(context.Context, review.Access) (int64, error) { return 1, nil }

// BenchmarkReviewPage renders the page of the nine-check result from a stored
// snapshot, through everything from the socket to the disk: with the access entry,
// without it, and against a constant body of the same size from the same server.
func BenchmarkReviewPage(b *testing.B) {
	d := newDesk(b, b.TempDir())
	ann := d.signedIn("ann")
	page, err := ann.get(nineChecks)
	if err != nil || page.status != http.StatusOK {
		b.Fatalf("status %d, error %v", page.status, err)
	}
	run := func(name, path string) {
		b.Run(name, func(b *testing.B) {
			web := httptest.NewServer(d.server.HandlerSending([]byte(page.body)))
			defer web.Close()
			cookies := ann.Jar.Cookies(mustURL(b, ann.base))
			b.ReportMetric(float64(len(page.body)), "page-bytes")
			b.RunParallel(func(pb *testing.PB) {
				client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
				for pb.Next() {
					load(b, client, web.URL+path, cookies)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
	run("with-access-entry", nineChecks)
	d.server.Desk.Records = withoutAccess{d.store}
	run("page", nineChecks)
	run("constant-body", "/constant")
}

// BenchmarkHitsPage renders the page of a thousand hits, which are fetched and read for each,
// against a constant body of the same size from the same server.
func BenchmarkHitsPage(b *testing.B) {
	d := newDeskBefore(b, b.TempDir(), manyHits(1000))
	d.server.Desk.Records = withoutAccess{d.store}
	ann := d.signedIn("ann")
	path := "/recipients/" + somebody + "/evidence/check-1"
	page, err := ann.get(path)
	if err != nil || page.status != http.StatusOK {
		b.Fatalf("status %d, error %v", page.status, err)
	}
	web := httptest.NewServer(d.server.HandlerSending([]byte(page.body)))
	defer web.Close()
	cookies := ann.Jar.Cookies(mustURL(b, ann.base))
	for _, one := range []struct{ name, path string }{{"page", path}, {"constant-body", "/constant"}} {
		b.Run(one.name, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			for b.Loop() {
				load(b, client, web.URL+one.path, cookies)
			}
			b.ReportMetric(float64(len(page.body)), "page-bytes")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// load asks for a page as a browser does, packed.
func load(b *testing.B, client *http.Client, address string, cookies []*http.Cookie) {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.Error(err)
		return
	}
	request.Header.Set("Accept-Encoding", "gzip")
	for _, cookie := range cookies {
		request.AddCookie(cookie)
	}
	response, err := client.Do(request)
	if err != nil {
		b.Error(err)
		return
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		b.Errorf("status %d, error %v", response.StatusCode, err)
	}
}

func mustURL(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
