// Package static holds the stylesheet, the script and the icons. Each is served under
// a name that holds the hash of its content, so that browsers may keep it for ever,
// and is packed once, when it is first asked for.
//
// css and js are the sources; dist is what esbuild makes of them, committed, so that
// building the program needs Go alone.
package static

//go:generate go tool esbuild css/countersign.css js/main.js --bundle --minify --target=chrome123,firefox121,safari17.5 --outdir=dist --out-extension:.js=.js --entry-names=[name] --log-level=warning

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Path is where the assets lie.
const Path = "/static/"

// Name is an asset that pages use.
type Name string

// The assets.
const (
	Stylesheet Name = "dist/countersign.css"
	Script     Name = "dist/main.js"
	Sprite     Name = "icons/sprite.svg"
	Favicon    Name = "icons/favicon.svg"
)

//go:embed dist icons/*.svg
var files embed.FS

// asset is a file as it is sent.
type asset struct {
	kind   string // media type
	plain  []byte
	packed []byte
}

// shelf is every asset by the name under which it is served, and those names.
type shelf struct {
	assets map[string]asset
	names  map[Name]string
}

// load is done once: what it gives never changes.
var load = sync.OnceValue(func() shelf {
	s := shelf{map[string]asset{}, map[Name]string{}}
	for _, name := range []Name{Stylesheet, Script, Sprite, Favicon} {
		body, err := files.ReadFile(string(name))
		if err != nil {
			panic(err) // embedded with the program: cannot be missing
		}
		s.names[name] = hashed(name, body)
		s.assets[s.names[name]] = asset{kindOf(name), body, pack(body)}
	}
	return s
})

// hashed puts the hash of the content into the name: "countersign.0123456789ab.css".
func hashed(name Name, body []byte) string {
	sum := sha256.Sum256(body)
	base, ext := path.Base(string(name)), path.Ext(string(name))
	return strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

func kindOf(name Name) string {
	switch path.Ext(string(name)) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "image/svg+xml"
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// URL is the address of an asset.
func URL(name Name) string { return Path + load().names[name] }

// Handler serves the assets below Path, and nothing else. It answers GET and HEAD.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := load().assets[strings.TrimPrefix(r.URL.Path, Path)]
		if !ok {
			http.NotFound(w, r)
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
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = a.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that left needs no answer
	}
}

// takesGzip reads an Accept-Encoding header. Source: RFC 9110, section 12.5.3.
func takesGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			value, _ := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			return strings.Trim(value, "0.") != "" || value == ""
		}
	}
	return false
}
