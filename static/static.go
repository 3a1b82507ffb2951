// Package static holds the stylesheet, the script and the icons. Each is served under
// a name that holds the hash of its content, so that browsers may keep it for ever,
// and is packed once, when it is first asked for.
//
// css and js are the sources; dist is what esbuild makes of them, committed, so that
// building the program needs Go alone. What the stylesheet shows by url() is copied
// beside it under a name with a hash of esbuild's own.
package static

//go:generate go tool esbuild countersign=css/countersign.css lists=css/lists.css countersign=js/main.js viewer=js/viewer.js passkey=js/passkey.js session=js/session.js --bundle --minify --format=esm --target=chrome123,firefox121,safari17.5 --loader:.svg=file --asset-names=[name].[hash] --outdir=dist --log-level=warning

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Path is where the assets lie.
const Path = "/static/"

// Name is an asset that pages use.
type Name string

// The assets.
const (
	Stylesheet Name = "dist/countersign.css"
	ListStyle  Name = "dist/lists.css" // of the pages that list cases, what comes in and what is on record
	Script     Name = "dist/countersign.js"
	Passkey    Name = "dist/passkey.js" // on pages that ask for a passkey
	Viewer     Name = "dist/viewer.js"  // a part of the script that is loaded when a picture is opened
	Session    Name = "dist/session.js" // a part of the script that is loaded when the page is there
	Sprite     Name = "icons/sprite.svg"
	Favicon    Name = "icons/favicon.svg"
)

//go:embed dist icons/sprite.svg icons/favicon.svg
var files embed.FS

// asset is a file as it is sent.
type asset struct {
	kind  string // media type
	plain []byte
	// The same packed, by the name of the coding in HTTP.
	brotli, gzip []byte
}

// assetIndex is every asset by the name under which it is served, and those names.
type assetIndex struct {
	assets map[string]asset
	names  map[Name]string
}

// loadAssets is done once: what it gives never changes. Its panics are for what cannot be,
// as the files are embedded with the program.
var loadAssets = sync.OnceValue(func() assetIndex {
	s := assetIndex{map[string]asset{}, map[Name]string{}}
	for _, name := range []Name{Stylesheet, ListStyle, Script, Viewer, Passkey, Session, Sprite, Favicon} {
		body := readFile(string(name))
		s.names[name] = hashedName(name, body)
		s.put(s.names[name], body)
	}
	pictures, err := fs.Glob(files, "dist/*.svg")
	if err != nil {
		panic(err)
	}
	for _, file := range pictures {
		s.put(path.Base(file), readFile(file))
	}
	return s
})

func readFile(file string) []byte {
	body, err := files.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return body
}

func (s assetIndex) put(served string, body []byte) {
	s.assets[served] = asset{
		kind: kindOf(served), plain: body,
		brotli: compress(body, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) }),
		gzip:   compress(body, func(w io.Writer) io.WriteCloser { return gzipWriter(w) }),
	}
}

// hashedName puts the hash of the content into the name: "countersign.0123456789ab.css".
func hashedName(name Name, body []byte) string {
	sum := sha256.Sum256(body)
	base, ext := path.Base(string(name)), path.Ext(string(name))
	return strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

const svg = "image/svg+xml; charset=utf-8"

func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return svg
}

// compress packs a body with what the function makes of a writer.
func compress(body []byte, packing func(io.Writer) io.WriteCloser) []byte {
	var b bytes.Buffer
	z := packing(&b)
	_, err := z.Write(body)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func gzipWriter(w io.Writer) io.WriteCloser {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		panic(err) // there is such a level
	}
	return z
}

// URL is the address of an asset. For a name that is none of the above it is an
// address that is not found.
func URL(name Name) string {
	if served, ok := loadAssets().names[name]; ok {
		return Path + served
	}
	return Path + string(name)
}

// Handler serves the assets below Path, and nothing else. It answers GET and HEAD.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := loadAssets().assets[strings.TrimPrefix(r.URL.Path, Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		a.send(w, r)
	})
}

func (a asset) send(w http.ResponseWriter, r *http.Request) {
	h, body := w.Header(), a.plain
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if a.kind == svg {
		// Opened by itself an SVG is a document, which may hold scripts: not ours.
		h.Set("Content-Security-Policy", "default-src 'none'")
	}
	accepted := r.Header.Values("Accept-Encoding")
	switch {
	case acceptsCoding(accepted, "br"):
		h.Set("Content-Encoding", "br")
		body = a.brotli
	case acceptsCoding(accepted, "gzip", "x-gzip"):
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that left needs no answer
	}
}

// acceptsCoding reads in Accept-Encoding whether a coding, by any of its names, is taken. One with
// weight 0 is refused, and "*" speaks for those that are not named. Source: RFC 9110,
// section 12.5.3.
func acceptsCoding(headers []string, names ...string) bool {
	taken := false
	for coding := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name, parameters, _ := strings.Cut(coding, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if slices.Contains(names, name) {
			return codingWeight(parameters) > 0
		}
		if name == "*" {
			taken = codingWeight(parameters) > 0
		}
	}
	return taken
}

// codingWeight is the q of a coding: 1 when there is none, 0 when it cannot be read.
func codingWeight(parameters string) float64 {
	name, value, _ := strings.Cut(parameters, "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 0
	}
	return q
}
