package static_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"countersign/static"
)

func names() []static.Name {
	return []static.Name{static.Stylesheet, static.Script, static.Sprite, static.Favicon}
}

func fetch(t *testing.T, method, address, accept string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", accept)
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

func TestAssetsAreKeptForEver(t *testing.T) {
	server := httptest.NewServer(static.Handler())
	defer server.Close()
	total := 0
	for _, name := range names() {
		address := server.URL + static.URL(name)
		if !regexp.MustCompile(`\.[0-9a-f]{12}\.(css|js|svg)$`).MatchString(address) {
			t.Errorf("%s is at %s", name, address)
		}
		response, plain := fetch(t, http.MethodGet, address, "identity")
		for header, want := range map[string]string{
			"Cache-Control":          "public, max-age=31536000, immutable",
			"X-Content-Type-Options": "nosniff",
			"Vary":                   "Accept-Encoding",
			"Content-Encoding":       "",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		response, packed := fetch(t, http.MethodGet, address, "br, gzip;q=0.5")
		if response.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not packed", name)
		}
		z, err := gzip.NewReader(strings.NewReader(string(packed)))
		if err != nil {
			t.Fatal(err)
		}
		if unpacked, err := io.ReadAll(z); err != nil || string(unpacked) != string(plain) {
			t.Errorf("%s differs when unpacked, error %v", name, err)
		}
		response, body := fetch(t, http.MethodHead, address, "gzip")
		if len(body) > 0 || response.ContentLength != int64(len(packed)) {
			t.Errorf("HEAD %s: %d bytes, length %d", name, len(body), response.ContentLength)
		}
		if response, _ := fetch(t, http.MethodGet, address, "gzip;q=0, br"); response.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is packed for who refuses it", name)
		}
		total += len(packed)
	}
	t.Logf("all assets: %d bytes packed", total)
	if total > 60<<10 {
		t.Errorf("the assets weigh %d bytes", total)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	server := httptest.NewServer(static.Handler())
	defer server.Close()
	for _, path := range []string{"", "dist/countersign.css", "countersign.css", "countersign.000000000000.css", "../static.go", "icons/"} {
		if response, _ := fetch(t, http.MethodGet, server.URL+static.Path+path, "gzip"); response.StatusCode != http.StatusNotFound {
			t.Errorf("%q: status %d", path, response.StatusCode)
		}
	}
}

// What a strict policy would refuse must not be there.
func TestAssetsFitThePolicy(t *testing.T) {
	server := httptest.NewServer(static.Handler())
	defer server.Close()
	elsewhere := regexp.MustCompile(`url\(|https?://[^\s"'<>)]*|data:|eval\(|innerHTML|new Function`)
	for _, name := range names() {
		_, body := fetch(t, http.MethodGet, server.URL+static.URL(name), "identity")
		for _, found := range elsewhere.FindAllString(string(body), -1) {
			if found != "http://www.w3.org/2000/svg" && found != "https://tailwindcss.com" {
				t.Errorf("%s holds %q", name, found)
			}
		}
	}
}
