package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"countersign/static"
)

func names() []static.Name {
	return []static.Name{static.Stylesheet, static.ListStyle, static.Script, static.Viewer, static.Passkey, static.Session, static.Sprite, static.Favicon}
}

// pictures are the addresses that the stylesheet names, as a browser resolves them.
func pictures(t *testing.T) []string {
	t.Helper()
	css, err := os.ReadFile(string(static.Stylesheet))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, match := range regexp.MustCompile(`url\("?\./([^")]*)"?\)`).FindAllSubmatch(css, -1) {
		paths = append(paths, static.Path+string(match[1]))
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// addresses is all that is served.
func addresses(t *testing.T) []string {
	t.Helper()
	paths := pictures(t)
	for _, name := range names() {
		paths = append(paths, static.URL(name))
	}
	return paths
}

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(static.Handler())
	t.Cleanup(server.Close)
	return server
}

func fetch(t *testing.T, method, address string, accept ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Accept-Encoding"] = accept
	response, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
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

func TestNamesHoldTheHash(t *testing.T) {
	for _, name := range names() {
		if !regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{12}\.(css|js|svg)$`).MatchString(static.URL(name)) {
			t.Errorf("%s is at %s", name, static.URL(name))
		}
	}
	for _, picture := range pictures(t) {
		if !regexp.MustCompile(`^/static/[a-z-]+\.[0-9A-Z]{8}\.svg$`).MatchString(picture) {
			t.Errorf("the stylesheet names %s", picture)
		}
	}
}

func TestAssetsAreKeptForEver(t *testing.T) {
	server := serve(t)
	kinds := map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml; charset=utf-8",
	}
	total := 0
	for _, path := range addresses(t) {
		address, ext := server.URL+path, filepath.Ext(path)
		policy := ""
		if ext == ".svg" {
			policy = "default-src 'none'"
		}
		response, plain := fetch(t, http.MethodGet, address, "identity")
		for header, want := range map[string]string{
			"Content-Type":            kinds[ext],
			"Content-Security-Policy": policy,
			"Cache-Control":           "public, max-age=31536000, immutable",
			"X-Content-Type-Options":  "nosniff",
			"Vary":                    "Accept-Encoding",
			"Content-Encoding":        "",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", path, header, got, want)
			}
		}
		lengths := map[string]int{"identity": len(plain)}
		for coding, unpack := range map[string]func(io.Reader) (io.Reader, error){
			"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		} {
			response, packed := fetch(t, http.MethodGet, address, coding)
			if got := response.Header.Get("Content-Encoding"); got != coding {
				t.Errorf("%s is packed as %q, want %q", path, got, coding)
			}
			z, err := unpack(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			if unpacked, err := io.ReadAll(z); err != nil || !bytes.Equal(unpacked, plain) {
				t.Errorf("%s differs when unpacked from %s, error %v", path, coding, err)
			}
			lengths[coding] = len(packed)
		}
		for accept, length := range lengths {
			response, body := fetch(t, http.MethodHead, address, accept)
			if len(body) > 0 || response.ContentLength != int64(length) {
				t.Errorf("HEAD %s, %s: %d bytes, length %d, want %d", path, accept, len(body), response.ContentLength, length)
			}
		}
		t.Logf("%s: %d bytes, packed %d", path, len(plain), lengths["br"])
		total += lengths["br"]
	}
	t.Logf("all assets: %d bytes packed", total)
	if total > 36<<10 { // no page loads all of them
		t.Errorf("the assets weigh %d bytes", total)
	}
}

func TestPackedForWhoTakesIt(t *testing.T) {
	server := serve(t)
	for _, test := range []struct {
		accept []string
		coding string
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"identity"}, ""},
		{[]string{"zstd"}, ""},
		{[]string{"br, zstd"}, "br"},
		{[]string{"gzip, deflate, br, zstd"}, "br"},
		{[]string{"gzip"}, "gzip"},
		{[]string{"br;q=0, GZIP;q=0.5"}, "gzip"},
		{[]string{"gzip", "BR"}, "br"},
		{[]string{"gzip ; q=1.000"}, "gzip"},
		{[]string{"gzip;q=0.001"}, "gzip"},
		{[]string{"gzip;q=0"}, ""},
		{[]string{"gzip;q=0.000, br;q=0"}, ""},
		{[]string{"gzip; Q=0"}, ""},
		{[]string{"gzip;q="}, ""},
		{[]string{"*"}, "br"},
		{[]string{"*, br;q=0"}, "gzip"},
		{[]string{"*;q=0"}, ""},
		{[]string{"*, gzip;q=0, br;q=0"}, ""},
		{[]string{"gzip, *;q=0"}, "gzip"},
		{[]string{"gzipped"}, ""},
	} {
		response, _ := fetch(t, http.MethodGet, server.URL+static.URL(static.Script), test.accept...)
		if coding := response.Header.Get("Content-Encoding"); coding != test.coding {
			t.Errorf("Accept-Encoding %q: packed as %q, want %q", test.accept, coding, test.coding)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	server := serve(t)
	unknown := strings.TrimPrefix(static.URL("dist/other.css"), static.Path)
	for _, path := range []string{
		"", unknown, "dist/", "icons/", "dist/countersign.css", "countersign.css", "countersign.000000000000.css",
		"icons/sprite.svg", "sprite.svg", "icons/LICENSE-lucide", "../static.go", "..%2fstatic.go", "js/main.js",
	} {
		response, _ := fetch(t, http.MethodGet, server.URL+static.Path+path, "gzip")
		if response.StatusCode != http.StatusNotFound || response.Header.Get("Cache-Control") != "" {
			t.Errorf("%q: status %d, Cache-Control %q", path, response.StatusCode, response.Header.Get("Cache-Control"))
		}
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	server := serve(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		response, _ := fetch(t, method, server.URL+static.URL(static.Script))
		if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d, Allow %q", method, response.StatusCode, response.Header.Get("Allow"))
		}
	}
}

// What a strict policy would refuse must not be there, nor what another host serves.
func TestAssetsFitThePolicy(t *testing.T) {
	server := serve(t)
	elsewhere := regexp.MustCompile(`url\(\s*["']?[^)"']*|https?://[^\s"'<>)]*|data:|eval\(|innerHTML|outerHTML|insertAdjacentHTML|new Function|document\.write|\sstyle=|<style|<script|\son[a-z]+=`)
	named := pictures(t)
	for _, path := range addresses(t) {
		response, body := fetch(t, http.MethodGet, server.URL+path, "identity")
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, response.StatusCode)
		}
		for _, found := range elsewhere.FindAllString(string(body), -1) {
			picture, isURL := strings.CutPrefix(found, `url("./`)
			if isURL && slices.Contains(named, static.Path+picture) {
				continue
			}
			if found != "http://www.w3.org/2000/svg" {
				t.Errorf("%s holds %q", path, found)
			}
		}
	}
}

// What generating leaves behind is used: an entry, or named by the stylesheet.
func TestDistHoldsNothingStale(t *testing.T) {
	wanted := []string{string(static.Stylesheet), string(static.ListStyle), string(static.Script), string(static.Viewer), string(static.Passkey), string(static.Session)}
	for _, picture := range pictures(t) {
		wanted = append(wanted, "dist/"+strings.TrimPrefix(picture, static.Path))
	}
	slices.Sort(wanted)
	got, err := filepath.Glob("dist/*")
	if err != nil || !slices.Equal(got, wanted) {
		t.Errorf("dist holds %v, want %v; error %v", got, wanted, err)
	}
}

func TestSpriteHasTheIcons(t *testing.T) {
	sprite, err := os.ReadFile("icons/sprite.svg")
	if err != nil {
		t.Fatal(err)
	}
	var icons []string
	for _, symbol := range regexp.MustCompile(`<symbol [^>]*id="([^"]+)"`).FindAllStringSubmatch(string(sprite), -1) {
		icons = append(icons, symbol[1])
	}
	if !slices.IsSorted(icons) || len(slices.Compact(slices.Clone(icons))) != len(icons) {
		t.Errorf("the symbols are not in order, or not unique: %v", icons)
	}
	for _, name := range []string{
		"arrow-right", "ban", "braces", "camera", "check", "chevron-down", "chevron-right", "circle-check",
		"circle-help", "circle-minus", "circle-slash", "circle-x", "clock", "copy", "diamond", "external-link",
		"eye", "file-text", "globe", "history", "hourglass", "id-card", "image", "info", "keyboard", "link",
		"list-checks", "log-out", "moon", "octagon-alert", "pencil", "refresh-cw", "scan-face", "search",
		"shield-check", "signature", "sun", "sun-moon", "trash-2", "triangle-alert", "user", "x",
	} {
		if !slices.Contains(icons, name) {
			t.Errorf("the sprite has no %s", name)
		}
	}
}
