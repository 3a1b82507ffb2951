package views

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/chromiumtest"
	"countersign/static"
)

// room is a page with pictures, served under the policy of all pages, and a Chromium
// with one tab that looks at it.
type room struct {
	t   *testing.T
	ctx context.Context
	web *httptest.Server

	recovered atomic.Bool   // whether what was unavailable is there again
	given     chan struct{} // a request for the slow picture was given up
	failed    chan struct{} // closed by fail, once a thumbnail was refused
	fail      func()

	mu      sync.Mutex
	trouble []string           // console errors, exceptions, refusals
	asked   []string           // originals that were asked for
	drawn   map[drawing][]byte // as PNG; to draw one takes longer than all else that a page needs
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func newRoom(t *testing.T) *room {
	t.Helper()
	chromiumtest.Need(t)
	r := &room{t: t, drawn: map[drawing][]byte{}, given: make(chan struct{}, 1), failed: make(chan struct{})}
	r.fail = sync.OnceFunc(func() { close(r.failed) })
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.HandleFunc(static.URL(static.Script), func(w http.ResponseWriter, q *http.Request) {
		<-r.failed // the script comes last, when pictures have failed already
		static.Handler().ServeHTTP(w, q)
	})
	mux.HandleFunc("/{$}", r.page)
	mux.HandleFunc("/small/{name}", r.picture)
	mux.HandleFunc("/original/{name}", r.picture)
	r.web = httptest.NewServer(mux)
	t.Cleanup(r.web.Close)
	r.startChromium()
	return r
}

func (r *room) startChromium() {
	r.t.Helper()
	allocator, stop := chromedp.NewExecAllocator(context.Background(), chromiumtest.Options(chromedp.UserDataDir(r.t.TempDir()))...)
	r.t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	r.t.Cleanup(cancel)
	r.ctx = ctx
	if err := chromedp.Listen(ctx, r.listen); err != nil {
		r.t.Fatal(err)
	}
	call(r, cdplog.Enable, cdp.Empty{})
	call(r, runtime.Enable, cdp.Empty{})
}

func (r *room) listen(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		r.trouble = append(r.trouble, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			r.trouble = append(r.trouble, "console: "+e.Args[0].Description+string(e.Args[0].Value))
		}
	case *cdplog.EventEntryAdded:
		// A picture that fails is reported as such, and is meant.
		if e.Entry.Level == cdplog.EntryLevelError && !strings.Contains(e.Entry.Text, "Failed to load resource") {
			r.trouble = append(r.trouble, "log: "+e.Entry.Text)
		}
	}
}

// page has galleries with a failing picture each, one below the other so that it scrolls.
func (r *room) page(w http.ResponseWriter, q *http.Request) {
	picture := func(name, label, note string) Picture {
		return Picture{Href: "/original/" + name, Thumbnail: "/small/" + name, Label: label, Note: note}
	}
	pages := []Picture{
		picture("front", "Passport, United Kingdom, front", "Uploaded"),
		picture("back", "Passport, United Kingdom, back", "Captured by camera"),
		picture("tall", "Proof of address, page 1", "Uploaded"),
		picture("gone", "Passport, United Kingdom, page 3", "Uploaded"),
		picture("broken", "Passport, United Kingdom, page 4", "Uploaded"),
		picture("unavailable", "Passport, United Kingdom, page 5", "Uploaded"),
	}
	faces := []Picture{
		picture("portrait", "Portrait from the passport", "Cut out of the document"),
		picture("live", "Live capture", "Static liveness"),
		picture("face", "Face capture", ""),
	}
	body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		part := func(title string, c templ.Component) {
			_, _ = io.WriteString(w, `<section class="panel"><header class="panel-head"><h2>`+title+`</h2></header>`)
			_ = c.Render(ctx, w)
			_, _ = io.WriteString(w, `</section>`)
		}
		_, _ = io.WriteString(w, `<main id="main"><h1>Pictures</h1>`)
		more := strings.Repeat(`<p>More of the page.</p>`, 30)
		part("Passport", gallery("Pages of the passport", pages))
		part("Faces", faceComparison(faces))
		_, _ = io.WriteString(w, more)
		part("Selfie", pictureTile(picture("live?alone", "Selfie", "")))
		part("Slow", pictureTile(picture("live?slow", "A picture that never comes", "")))
		_, _ = io.WriteString(w, more+`</main>`)
		return nil
	})
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-store")
	theme := ParseTheme(q.URL.Query().Get("theme"))
	if err := page(Frame{Title: "Pictures", Theme: theme}).Render(templ.WithChildren(q.Context(), body), w); err != nil {
		r.t.Error(err)
	}
}

// picture answers like the media of a recipient: errors are JSON to who takes only that.
func (r *room) picture(w http.ResponseWriter, q *http.Request) {
	original := strings.HasPrefix(q.URL.Path, "/original/")
	if original {
		r.mu.Lock()
		r.asked = append(r.asked, q.PathValue("name"))
		r.mu.Unlock()
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if original && q.URL.Query().Has("slow") {
		<-q.Context().Done()
		r.given <- struct{}{}
		return
	}
	size := image.Pt(1200, 800)
	shade := color.RGBA{R: 196, G: 210, B: 226, A: 255}
	switch q.PathValue("name") {
	case "gone":
		explainMissing(w, q, http.StatusNotFound, "media-gone", "Yoti no longer has this picture", "<b>It</b> was deleted.")
		return
	case "unavailable":
		if !r.recovered.Load() {
			explainMissing(w, q, http.StatusServiceUnavailable, "unavailable", "Yoti is not available", "Try again in a minute.")
			return
		}
	case "broken":
		defer r.fail()
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "no picture")
		return
	case "back":
		shade = color.RGBA{R: 226, G: 214, B: 190, A: 255}
	case "tall":
		size = image.Pt(700, 990)
		shade = color.RGBA{R: 250, G: 250, B: 246, A: 255}
	case "portrait", "live", "face":
		size = image.Pt(480, 640)
	}
	if !original {
		size = size.Div(4)
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(r.png(drawing{size, shade}))
}

func explainMissing(w http.ResponseWriter, q *http.Request, status int, code, title, advice string) {
	if !strings.Contains(q.Header.Get("Accept"), "application/json") {
		http.Error(w, "an error page", status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "title": title, "advice": advice})
}

// drawing is a card: a face to the left, lines to the right, so that one sees how it
// is turned and mirrored.
type drawing struct {
	size  image.Point
	shade color.RGBA
}

// png returns a drawing, which is made when it is asked for the first time.
func (r *room) png(d drawing) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.drawn[d] == nil {
		r.drawn[d] = d.draw()
	}
	return r.drawn[d]
}

func (d drawing) draw() []byte {
	size, shade := d.size, d.shade
	picture := image.NewRGBA(image.Rectangle{Max: size})
	ink := color.RGBA{R: 46, G: 58, B: 92, A: 255}
	skin := color.RGBA{R: 222, G: 176, B: 146, A: 255}
	across := float64(size.X)
	middle, radius := 0.5, 0.3
	if size.X > size.Y {
		middle, radius = 0.22, 0.12
	}
	for y := range size.Y {
		for x := range size.X {
			u, v := float64(x)/across, float64(y)/across
			c := shade
			high := float64(size.Y) / across / 2
			head := (u-middle)*(u-middle) + (v-high)*(v-high)*0.7
			switch {
			case head < radius*radius:
				c = skin
			case head < radius*radius*1.25:
				c = ink
			case u > 0.45 && u < 0.92-0.2*v && size.X > size.Y && y/(size.Y/14)%2 == 1:
				c = ink
			}
			picture.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, picture)
	return b.Bytes()
}

const patience = 30 * time.Second

func (r *room) do(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		r.t.Fatal(err)
	}
}

// eval returns the value of an expression in the page, or what its promise gives.
func eval[T any](r *room, expression string) T {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		r.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for an expression in the page to become true.
func until(r *room, expression string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression)); err != nil {
		r.t.Fatalf("%s: %v", expression, err)
	}
}

func call[P, R any](r *room, command cdp.Command[P, R], params P) {
	r.t.Helper()
	if _, err := chromedp.Call(r.ctx, command, params); err != nil {
		r.t.Fatal(err)
	}
}

// look shows the page in a window of that width, and waits until nothing moves any more.
func (r *room) look(width int64, scheme string) {
	r.t.Helper()
	call(r, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	r.recovered.Store(false)
	r.do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(r.web.URL+"/"))
	until(r, `document.querySelectorAll(".picture-problem").length === 3`)
}

// open opens the picture of that name, and waits for its original.
func (r *room) open(name string) {
	r.t.Helper()
	r.do(chromedp.Click(tile(name)))
	until(r, arrived)
}

func tile(name string) string { return `a[href="/original/` + name + `"]` }

// arrived is whether the viewer shows a picture.
const arrived = `Boolean(document.querySelector(".viewer-picture")?.style.transform)`

func (r *room) press(key string, modifiers ...chromedp.Modifier) {
	r.t.Helper()
	r.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

func (r *room) click(name string) {
	r.t.Helper()
	r.do(chromedp.Click(`.viewer button[aria-label^="` + name + `"]`))
}

// zoom is what the viewer shows as its zoom.
func (r *room) zoom() string {
	return eval[string](r, `document.querySelector(".viewer-zoom").textContent`)
}

// says waits for the status line to hold a text.
func (r *room) says(text string) {
	r.t.Helper()
	until(r, fmt.Sprintf(`document.querySelector(".viewer-status")?.textContent.includes(%q)`, text))
}

// box is where the picture is.
type box struct{ Left, Top, Width, Height float64 }

func (r *room) box() box {
	return eval[box](r, `(({left, top, width, height}) => ({Left: left, Top: top, Width: width, Height: height}))(document.querySelector(".viewer-picture").getBoundingClientRect())`)
}

func (r *room) mouse(kind input.DispatchMouseEventType, x, y float64, count int64) {
	r.t.Helper()
	call(r, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: count})
}

func (r *room) touch(kind input.DispatchTouchEventType, at ...[2]float64) {
	r.t.Helper()
	points := []*input.TouchPoint{}
	for i, p := range at {
		id := float64(i)
		points = append(points, &input.TouchPoint{X: p[0], Y: p[1], ID: &id})
	}
	call(r, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
}

// complain reports whatever went wrong in the browser since the last time.
func (r *room) complain() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, trouble := range r.trouble {
		r.t.Error(trouble)
	}
	r.trouble = nil
}

// accessible runs axe on what the page shows.
func (r *room) accessible(where string) {
	r.t.Helper()
	axe, err := os.ReadFile("../handlers/testdata/axe/axe.min.js")
	if err != nil {
		r.t.Fatal(err)
	}
	if !eval[bool](r, `typeof globalThis.axe?.run === "function"`) { // the page keeps it until it is left
		r.do(chromedp.Evaluate[chromedp.Void](string(axe)))
	}
	found := eval[[]string](r, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.impact + " " + v.id + " at " + v.nodes[0].target + ": " + v.nodes[0].failureSummary))`)
	for _, violation := range found {
		r.t.Errorf("%s: %s", where, violation)
	}
}

func TestPicturesInChromium(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, test := range []struct {
		name string
		run  func(*room)
	}{
		{"a picture opens and closes", opensAndCloses},
		{"a slow picture is given up", givesUp},
		{"pages are turned", turnsPages},
		{"zoom has bounds", zooms},
		{"a zoomed picture moves", moves},
		{"turned, mirrored, lit", turns},
		{"the magnifier", magnifies},
		{"fingers", fingers},
		{"a missing original", missesOriginal},
		{"missing thumbnails", missesThumbnails},
		{"faces grow together", comparesFaces},
		{"paper", prints},
		{"everybody can use it", isAccessible},
		{"clicks before the viewer is there", opensOnce},
		{"without the viewer", followsLink},
	} {
		t.Run(test.name, func(t *testing.T) {
			r.t = t
			r.look(1440, "light")
			test.run(r)
			r.complain()
		})
	}
}

func opensAndCloses(r *room) {
	r.mu.Lock()
	if len(r.asked) > 0 {
		r.t.Errorf("originals were asked for before anybody opened them: %v", r.asked)
	}
	r.mu.Unlock()
	eval[chromedp.Void](r, `document.querySelector('a[href="/original/live?alone"]').scrollIntoView({block: "center", behavior: "instant"})`)
	eval[string](r, `document.documentElement.style.scrollBehavior = "auto"`)
	scroll := eval[float64](r, `scrollY`)
	r.open("live?alone")
	if src := eval[string](r, `document.querySelector(".viewer-picture").getAttribute("alt")`); src != "Selfie" {
		r.t.Errorf("the viewer shows %q", src)
	}
	if n := eval[int](r, `document.querySelectorAll(".viewer-next").length`); n != 0 {
		r.t.Error("a picture alone can be paged")
	}
	r.press(" ") // scrolls no page behind it
	r.press(kb.Escape)
	until(r, `!document.querySelector(".viewer, .viewer-picture")`)
	if back := eval[string](r, `document.activeElement.getAttribute("href")`); back != "/original/live?alone" {
		r.t.Errorf("the focus is at %q", back)
	}
	if now := eval[float64](r, `scrollY`); now != scroll || scroll == 0 {
		r.t.Errorf("scrolled to %v, before to %v", now, scroll)
	}
	r.press(kb.Enter)
	until(r, arrived)
	r.click("Close")
	until(r, `!document.querySelector(".viewer")`)
	taken := eval[bool](r, `new Promise(resolve => {
		addEventListener("click", event => { resolve(event.defaultPrevented); event.preventDefault(); }, { once: true });
		document.querySelector("a[data-view]").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
	})`)
	if taken {
		r.t.Error("a click with Control is taken from the browser")
	}
}

// The viewer is loaded with the first picture. Who clicks again meanwhile gets one.
func opensOnce(r *room) {
	eval[chromedp.Void](r, `document.querySelectorAll("a[data-view]").forEach(link => link.click())`)
	until(r, arrived)
	if n := eval[int](r, `document.querySelectorAll("dialog.viewer").length`); n != 1 {
		r.t.Errorf("%d viewers are open", n)
	}
}

func followsLink(r *room) {
	eval[chromedp.Void](r, `document.querySelector("script[data-viewer]").dataset.viewer = "/static/nowhere.js"`)
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(tile("front"))); err != nil {
		r.t.Fatal(err)
	}
	if path := eval[string](r, `location.pathname`); path != "/original/front" {
		r.t.Errorf("without the viewer a picture leads to %s", path)
	}
}

// Until the original comes the viewer says so, and nothing is loaded once it is closed.
func givesUp(r *room) {
	r.do(chromedp.Click(tile("live?slow")))
	until(r, `document.querySelector(".viewer-message")?.textContent === "Loading the original …"`)
	for _, key := range []string{"+", "r", "f", "m", kb.ArrowLeft, "0", kb.Escape} {
		r.press(key)
	}
	until(r, `!document.querySelector(".viewer")`)
	select {
	case <-r.given:
	case <-time.After(patience):
		r.t.Error("the picture is still being loaded")
	}
}

func turnsPages(r *room) {
	r.open("front")
	r.says("Picture 1 of 6: Passport, United Kingdom, front. Zoom 100 %")
	r.press(kb.ArrowRight)
	r.says("Picture 2 of 6: Passport, United Kingdom, back.")
	r.click("Next")
	r.says("Picture 3 of 6")
	until(r, arrived)
	r.press("+")
	r.press(kb.ArrowLeft, chromedp.ModifierShift)
	r.says("Picture 2 of 6")
	until(r, arrived)
	if zoom := r.zoom(); zoom != "100 %" {
		r.t.Errorf("the next picture starts at %s", zoom)
	}
	r.click("Previous")
	r.press(kb.ArrowLeft)
	r.says("Picture 1 of 6")
	for _, key := range []string{"j", "/", "?", "n"} {
		r.press(key)
	}
	if !eval[bool](r, `document.querySelector(".viewer").contains(document.activeElement)`) {
		r.t.Error("a key of the page works behind the viewer")
	}
	r.press(kb.Escape)
	until(r, `!document.querySelector(".viewer")`)
	if back := eval[string](r, `document.activeElement.getAttribute("href")`); back != "/original/front" {
		r.t.Errorf("the focus is at %q, want the picture it was opened from", back)
	}
}

func zooms(r *room) {
	r.open("front")
	fit := r.box()
	for range 12 {
		r.press("+")
	}
	if zoom, width := r.zoom(), r.box().Width; zoom != "800 %" || width < 7.99*fit.Width || width > 8.01*fit.Width {
		r.t.Errorf("after many steps zoom is %s, %.0f px of %.0f", zoom, width, fit.Width)
	}
	r.press("-")
	r.press("0")
	r.press("-")
	r.click("Zoom out")
	if zoom := r.zoom(); zoom != "100 %" || r.box() != fit {
		r.t.Errorf("back at %s in %v, want %v", zoom, r.box(), fit)
	}
	// What is under the pointer stays there.
	x, y := fit.Left+fit.Width/4, fit.Top+fit.Height/4
	call(r, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 1, DeltaY: -400})
	until(r, `document.querySelector(".viewer-zoom").textContent !== "100 %"`)
	now := r.box()
	if u, v := (x-now.Left)/now.Width, (y-now.Top)/now.Height; u < 0.24 || u > 0.26 || v < 0.24 || v > 0.26 {
		r.t.Errorf("under the pointer is now %.2f, %.2f of the picture, was a quarter of each", u, v)
	}
	for count := range int64(2) {
		r.mouse(input.DispatchMouseEventTypeMousePressed, 700, 400, count+1)
		r.mouse(input.DispatchMouseEventTypeMouseReleased, 700, 400, count+1)
	}
	until(r, `document.querySelector(".viewer-zoom").textContent === "100 %"`)
	r.says("Zoom 100 %")
}

func moves(r *room) {
	r.open("front")
	r.press("+")
	r.press("+")
	r.press("+")
	start := r.box()
	r.press(kb.ArrowRight)
	if now := r.box(); now.Left >= start.Left {
		r.t.Errorf("→ moved the picture from %v to %v", start, now)
	}
	r.press(kb.ArrowLeft)
	r.mouse(input.DispatchMouseEventTypeMousePressed, 700, 400, 1)
	r.mouse(input.DispatchMouseEventTypeMouseMoved, 760, 430, 0)
	r.mouse(input.DispatchMouseEventTypeMouseReleased, 760, 430, 1)
	if now := r.box(); now.Left != start.Left+60 || now.Top != start.Top+30 {
		r.t.Errorf("dragged from %v to %v", start, now)
	}
	for range 60 {
		r.press(kb.ArrowLeft)
	}
	stage := eval[float64](r, `document.querySelector(".viewer-stage").getBoundingClientRect().left`)
	if now := r.box(); now.Left != stage {
		r.t.Errorf("the picture can be moved to %v, beyond its edge at %v", now, stage)
	}
}

func turns(r *room) {
	r.open("front")
	fit := r.box()
	r.press("r")
	if now := r.box(); now.Height <= now.Width || now.Height > fit.Height*1.01 {
		r.t.Errorf("turned it measures %v, before %v", now, fit)
	}
	r.press("f")
	r.says("turned 90°, mirrored")
	if pressed := eval[string](r, `document.querySelector('[aria-label="Mirror"]').ariaPressed`); pressed != "true" {
		r.t.Errorf("the button says %q", pressed)
	}
	r.click("Turn") // clockwise as one sees it, also in a mirror
	r.says("Zoom 100 %, mirrored, original")
	r.do(chromedp.Focus(`.viewer-range input`))
	r.press(kb.ArrowRight)
	r.press(kb.ArrowRight)
	r.says("brightness 110 %")
	if filter := eval[string](r, `getComputedStyle(document.querySelector(".viewer-picture")).filter`); filter != "brightness(1.1) contrast(1)" {
		r.t.Errorf("the filter is %q", filter)
	}
	r.says("Picture 1 of 6") // arrows were for the slider
	r.click("Reset")
	if filter := eval[string](r, `getComputedStyle(document.querySelector(".viewer-picture")).filter`); filter != "none" || r.box() != fit {
		r.t.Errorf("after a reset the filter is %q, the picture at %v, before %v", filter, r.box(), fit)
	}
}

func magnifies(r *room) {
	r.open("front")
	r.press("m")
	r.says("magnifier on")
	const ink = `(([canvas]) => [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].join())(document.querySelectorAll(".viewer-lens"))`
	picture := r.box()
	over := func(u, v float64) string {
		r.mouse(input.DispatchMouseEventTypeMouseMoved, picture.Left+u*picture.Width, picture.Top+v*picture.Height, 0)
		return eval[string](r, ink)
	}
	if face, ground := over(0.22, 0.5), over(0.02, 0.03); face != "222,176,146,255" || ground != "196,210,226,255" {
		r.t.Errorf("over the face the glass shows %s, over the ground %s", face, ground)
	}
	r.press("f")
	if face := over(0.78, 0.5); face != "222,176,146,255" {
		r.t.Errorf("mirrored, the glass shows %s over the face", face)
	}
	before := eval[string](r, `document.querySelector(".viewer-lens").style.left`)
	r.press(kb.ArrowLeft)
	if after := eval[string](r, `document.querySelector(".viewer-lens").style.left`); after == before {
		r.t.Error("an arrow does not move the glass")
	}
	r.press("m")
	r.do(chromedp.WaitNotVisible(".viewer-lens"))
}

func fingers(r *room) {
	call(r, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 2})
	defer call(r, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{})
	r.look(390, "dark")
	r.open("front")
	const start, move, end = input.DispatchTouchEventTypeTouchStart, input.DispatchTouchEventTypeTouchMove, input.DispatchTouchEventTypeTouchEnd
	swipe := func(from, to float64) {
		r.touch(start, [2]float64{from, 400})
		r.touch(move, [2]float64{(from + to) / 2, 402})
		r.touch(move, [2]float64{to, 405})
		r.touch(end)
	}
	swipe(300, 120)
	r.says("Picture 2 of 6")
	until(r, arrived)
	swipe(120, 300)
	r.says("Picture 1 of 6")
	until(r, arrived)
	r.touch(start, [2]float64{180, 400}, [2]float64{220, 400})
	r.touch(move, [2]float64{140, 400}, [2]float64{260, 400})
	r.touch(end)
	until(r, `document.querySelector(".viewer-zoom").textContent === "300 %"`)
	before := r.box()
	swipe(200, 260) // zoomed, a finger moves the picture
	if now := r.box(); now.Left != before.Left+60 {
		r.t.Errorf("a finger moved the picture from %v to %v", before, now)
	}
	r.says("Picture 1 of 6")
	for range 2 {
		r.touch(start, [2]float64{200, 400})
		r.touch(end)
	}
	until(r, `document.querySelector(".viewer-zoom").textContent === "100 %"`)
}

func missesOriginal(r *room) {
	r.do(chromedp.Click(tile("front")))
	message := func(text string) {
		r.t.Helper()
		until(r, fmt.Sprintf(`document.querySelector(".viewer-message").textContent.includes(%q)`, text))
	}
	until(r, arrived)
	for range 3 {
		r.press(kb.ArrowRight)
	}
	message("Yoti no longer has this picture<b>It</b> was deleted.")
	if n := eval[int](r, `document.querySelectorAll(".viewer-again, .viewer b").length`); n != 0 {
		r.t.Error("what is gone can be tried again, or its sentence became markup")
	}
	r.press("+") // nothing to zoom
	r.press(kb.ArrowRight)
	message("This picture cannot be shown")
	r.press(kb.ArrowRight)
	message("Yoti is not available")
	r.recovered.Store(true)
	r.do(chromedp.Click(".viewer-again"))
	until(r, arrived)
	r.press(kb.ArrowRight) // the focus is still in the viewer
	r.says("Picture 6 of 6")
}

func missesThumbnails(r *room) {
	words := eval[string](r, `[...document.querySelectorAll(".picture-problem")].map(e => e.innerText).join("|")`)
	for _, want := range []string{"Yoti no longer has this picture", "<b>It</b> was deleted.", "This picture cannot be shown", "Yoti is not available"} {
		if !strings.Contains(words, want) {
			r.t.Errorf("no tile says %q, only %q", want, words)
		}
	}
	if whole := eval[int](r, `[...document.querySelectorAll("[data-gallery] .picture:not(.picture-missing) img")].filter(i => i.naturalWidth > 0).length`); whole < 3 {
		r.t.Errorf("%d pictures are there", whole)
	}
	if buttons := eval[int](r, `document.querySelectorAll(".picture-problem button").length`); buttons != 1 {
		r.t.Errorf("%d can be tried again, want 1", buttons)
	}
	r.do(chromedp.Focus(".picture-problem button"))
	r.press(kb.Enter)
	until(r, `document.activeElement.matches(".picture-problem button:not([aria-disabled])")`)
	r.recovered.Store(true)
	r.press(kb.Enter)
	until(r, `document.querySelectorAll(".picture-problem").length === 2`)
	until(r, `document.activeElement.matches('a[href="/original/unavailable"]')`)
	r.do(chromedp.Click(tile("gone"))) // the link is still there
	until(r, `document.querySelector(".viewer-status")?.textContent.startsWith("Picture 4 of 6: Passport, United Kingdom, page 3.")`)
}

func comparesFaces(r *room) {
	const heights = `new Set([...document.querySelectorAll(".faces img")].map(i => Math.round(i.getBoundingClientRect().height))).size`
	const height = `document.querySelector(".faces img").getBoundingClientRect().height`
	if n := eval[int](r, heights); n != 1 {
		r.t.Errorf("the faces have %d heights", n)
	}
	before := eval[float64](r, height)
	r.do(chromedp.Click("[data-faces-larger]"))
	if n, after := eval[int](r, heights), eval[float64](r, height); n != 1 || after < 1.3*before {
		r.t.Errorf("larger faces have %d heights, grown from %.0f to %.0f px", n, before, after)
	}
}

func prints(r *room) {
	r.open("front")
	call(r, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	if !eval[bool](r, `!document.querySelector(".viewer").checkVisibility() && document.querySelector("h1").checkVisibility() && document.documentElement.scrollHeight > innerHeight`) {
		r.t.Error("on paper the viewer is shown, or the page is not")
	}
	call(r, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
}

func isAccessible(r *room) {
	sprite, err := os.ReadFile("../static/icons/sprite.svg")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1440, "light"}, {390, "dark"}, {320, "light"}} {
		where := fmt.Sprintf("%d px, %s", look.width, look.scheme)
		r.look(look.width, look.scheme)
		r.accessible(where)
		r.open("front")
		r.do(chromedp.Click(".viewer-help summary"))
		r.accessible(where + ", the viewer")
		for _, name := range eval[[]string](r, `[...document.querySelectorAll(".viewer use, .picture-problem use")].map(u => u.getAttribute("href").split("#")[1])`) {
			if !strings.Contains(string(sprite), `id="`+name+`"`) {
				r.t.Errorf("the sprite has no %s", name)
			}
		}
		if small := eval[[]string](r, `[...document.querySelectorAll(".viewer button, .viewer input, .viewer summary")].filter(e => { const b = e.getBoundingClientRect(); return b.width < 24 || b.height < 24 || b.left < 0 || b.right > innerWidth || b.bottom > innerHeight; }).map(e => e.ariaLabel ?? e.tagName)`); len(small) > 0 {
			r.t.Errorf("%s: too small, or out of sight: %v", where, small)
		}
		if over := eval[int](r, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			r.t.Errorf("%s: %d px too wide", where, over)
		}
		r.do(chromedp.Click(".viewer-help summary"))
		r.press("r")
		if moving := eval[string](r, `getComputedStyle(document.querySelector(".viewer-picture")).transitionDuration`); moving != "0s" {
			r.t.Errorf("the picture moves for %s although the reader wants no motion", moving)
		}
		r.complain()
	}
}
