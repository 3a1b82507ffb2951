package handlers_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"countersign/internal/idv"
)

// result is a stand-in of Yoti's that gives everybody the same result and no media.
type result string

func (r result) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if !strings.HasSuffix(request.URL.Path, "/json") {
		http.NotFound(w, request)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(r))
}

// list writes n things as JSON, each with its number in the place of "#".
func list(n int, thing string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(thing, "#", fmt.Sprintf("%08d", i)))
	}
	return "[" + b.String() + "]"
}

const framed = `{"media": {"id": "00000000-0000-4000-8000-0000#", "type": "IMAGE"}}`

// manyFrames is a result with one capture in n frames.
func manyFrames(n int) result {
	return result(`{"session_id": "s", "state": "COMPLETED", "resources": {"liveness_capture": [{"id": "l", "liveness_type": "STATIC", "frames": ` + list(n, framed) + `}]},
		"checks": [{"id": "c", "type": "LIVENESS", "state": "DONE", "resources_used": ["l"], "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "liveness_auth", "result": "PASS"}]}}]}`)
}

// Of very many pictures the page has the first sixty, and leads to all of them.
func TestManyFrames(t *testing.T) {
	t.Parallel()
	const frames = 650
	d := newDeskBefore(t, t.TempDir(), manyFrames(frames))
	ann := d.signedIn("ann")
	page := pageAt(t, ann, "/recipients/"+somebody)
	if n, bucket := page.Find(".resource .gallery img").Length(), page.Find("main").AttrOr("data-assessment", ""); n != 60 || bucket != "clear" {
		t.Errorf("%d pictures, %s", n, bucket)
	}
	details := pageAt(t, ann, page.Find("#liveness_capture-1 a[href*='/details/']").AttrOr("href", ""))
	if n := details.Find(".frames li").Length(); n != 200 || details.Find("[data-further='450']").Length() != 1 {
		t.Errorf("%d frames are listed, and %d sentences say how many more", n, details.Find("[data-further='450']").Length())
	}
	all := page.Find("a:contains('All 650 pictures')").AttrOr("href", "")
	seen := map[string]bool{}
	pages := 0
	for next := all; next != ""; pages++ {
		part := pageAt(t, ann, next)
		pictures := part.Find(".gallery a[data-view]")
		if n := pictures.Length(); n > 60 {
			t.Fatalf("%d pictures at %s", n, next)
		}
		for _, picture := range pictures.EachIter() {
			seen[picture.AttrOr("href", "")] = true
		}
		next = part.Find("a[rel=next]").AttrOr("href", "")
	}
	if len(seen) != frames || pages != 11 {
		t.Errorf("%d pictures on %d pages", len(seen), pages)
	}
	for _, number := range []string{"12", "0", "-1", "x", "99999999999999999999"} {
		if a, err := ann.get(all + "&pictures=" + number); err != nil || a.status != http.StatusNotFound {
			t.Errorf("page %s: status %d, %v", number, a.status, err)
		}
	}
	choices := pageAt(t, ann, "/recipients/"+somebody+"/bundle?choose&pictures=4")
	if n := choices.Find("input[name=media]").Length(); n != 50 || choices.Find("a[rel=next]").Length() != 0 || choices.Find("a[rel=prev]").Length() != 1 {
		t.Errorf("%d media to choose from on the last page", n)
	}
}

// Of very many checks the page has those of most concern.
func TestManyChecks(t *testing.T) {
	t.Parallel()
	const check = `{"id": "c#", "type": "LIVENESS", "state": "DONE", "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "liveness_auth", "result": "PASS"}]}}`
	checks := list(3000, strings.ReplaceAll(check, "LIVENESS", "ID_DOCUMENT_FACE_MATCH"))
	checks = strings.TrimSuffix(checks, "]") + `,` + strings.ReplaceAll(check, "APPROVE", "REJECT") + `]`
	d := newDeskBefore(t, t.TempDir(), result(`{"state": "COMPLETED", "checks": `+checks+`}`))
	page := pageAt(t, d.signedIn("ann"), "/recipients/"+somebody)
	shown := page.Find("section[data-check]")
	if shown.Length() != 500 || shown.First().AttrOr("data-recommendation", "") != "REJECT" || page.Find("main").AttrOr("data-assessment", "") != "adverse" {
		t.Errorf("%d checks, the first %s", shown.Length(), shown.First().AttrOr("data-recommendation", ""))
	}
	if page.Find(".case-checks [data-further='2501']").Length() != 1 || page.Find(".check-list [data-further='2501']").Length() != 1 {
		t.Error("the page does not say how many more checks there are")
	}
	if n := page.Find(".check-line").Length(); n != 500 {
		t.Errorf("%d lines", n)
	}
}

// Whatever is many in a result, and however long, its pages do not grow with it: those of twice
// as much are as long, and no page is very long.
func TestNoPageGrowsWithoutBound(t *testing.T) {
	t.Parallel()
	const picture = `{"id": "00000000-0000-4000-8000-0000#", "type": "IMAGE"}`
	long := strings.Repeat("long ", 100_000)
	for what, body := range map[string]func(many int) string{
		"documents": func(many int) string {
			return `{"resources": {"id_documents": ` + list(many, `{"id": "d#", "document_type": "PASSPORT"}`) + `}}`
		},
		"one ID for all": func(many int) string {
			return `{"resources": {"id_documents": ` + list(many/4, `{"id": "d"}`) + `}, "checks": ` + list(many/4, `{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["d", "d"]}`) + `}`
		},
		"faces": func(many int) string {
			return `{"resources": {"face_capture": ` + list(many/4, `{"id": "f#", "image": {"media": `+picture+`}}`) + `}, "checks": ` + list(many/4, `{"type": "FACE_COMPARISON", "resources_used": ["f00000000", "f00000001"]}`) + `}`
		},
		"pages": func(many int) string {
			return `{"resources": {"id_documents": [{"pages": ` + list(many, `{"capture_method": "CAMERA", "frames": [{}, {}, {}], "extraction_image_ids": ["a", "b"]}`) + `}]}}`
		},
		"pages without IDs": func(many int) string {
			return `{"resources": {"id_documents": [{"pages": ` + list(many, `{"media": {"id": "x"}}`) + `}]}}`
		},
		"tasks": func(many int) string {
			return `{"resources": {"id_documents": [{"tasks": ` + list(many, `{"id": "t#", "generated_checks": [{"id": "c"}], "generated_media": [{"id": "m"}]}`) + `}]}}`
		},
		"resources used": func(many int) string { return `{"checks": [{"resources_used": ` + list(many, `"r#"`) + `}]}` },
		"sub-checks": func(many int) string {
			return `{"checks": [{"report": {"breakdown": ` + list(many, `{"sub_check": "s#", "result": "FAIL", "details": [{"name": "n#", "value": "v"}]}`) + `}}]}`
		},
		"details": func(many int) string {
			return `{"checks": [{"report": {"breakdown": [{"details": ` + list(many, `{"name": "n#", "value": "v"}`) + `}]}}]}`
		},
		"fields": func(many int) string {
			return `{"z": {}` + strings.NewReplacer("[", ",", "]", "").Replace(list(many, `"f#": 1`)) + `}`
		},
		"attempts": func(many int) string {
			return `{"checks": ` + list(many/4, `{"type": "LIVENESS", "created": "2026-11-01T10:00:00Z"}`) + `}`
		},
		"codes": func(many int) string {
			return `{"checks": [{"report": {"watchlist_summary": {"associated_country_codes": ` + list(many, `"c#"`) + `, "search_config": {"categories": ` + list(many, `"k#"`) + `}}}}]}`
		},
		"schemes": func(many int) string {
			return `{"identity_profile": {"identity_profile_report": {"trust_framework": "UK_TFIDA", "schemes_compliance": ` + list(many, `{"scheme": {"type": "t#"}}`) + `}}}`
		},
		"not met": func(many int) string {
			return `{"identity_profile": {"failure_reason": {"requirements_not_met_details": ` + list(many, `{"failure_type": "t#", "details": "d#"}`) + `}}}`
		},
		"a long type": func(int) string {
			return `{"checks": [{"type": "` + long + `", "scheme": "` + long + `", "report": {"recommendation": {"value": "` + long + `", "reason": "` + long + `"}}}]}`
		},
		"a long ID": func(int) string {
			return `{"session_id": "` + long + `", "resources": {"id_documents": [{"id": "` + long + `", "document_type": "` + long + `"}]}, "checks": [{"resources_used": ["` + long + `"]}]}`
		},
		"deep JSON": func(many int) string {
			return `{"checks": [{"x": ` + strings.Repeat("[", 50) + strings.Trim(list(many, `1`), "[]") + strings.Repeat("]", 50) + `}]}`
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			const many = 2_000 // a quarter of it is as much as any page shows
			yoti := onceAndTwice{body(many), body(2 * many)}
			ann := newDeskBefore(t, t.TempDir(), yoti).signedIn("ann")
			for _, path := range []string{"", "/evidence/id_documents-1", "/evidence/check-1", "/details/id_documents-1", "/details/check-1", "/bundle?choose"} {
				once, twice := boundedPage(t, ann, somebody, path), boundedPage(t, ann, twiceAsMuch, path)
				if path == "" {
					wantBucket(t, once, yoti.once)
					wantBucket(t, twice, yoti.twice)
				}
				if grown := len(twice.body) - len(once.body); grown > 4<<10 {
					t.Errorf("%q grows by %d bytes to %d", path, grown, len(twice.body))
				}
			}
		})
	}
}

// twiceAsMuch is the recipient whose result has twice as much of everything.
const twiceAsMuch = "00000000-0000-4000-8000-000000000022"

// onceAndTwice is a stand-in of Yoti's with a result for everybody, and one for twiceAsMuch.
type onceAndTwice struct{ once, twice string }

func (o onceAndTwice) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if strings.Contains(request.URL.Path, twiceAsMuch) {
		result(o.twice).ServeHTTP(w, request)
		return
	}
	result(o.once).ServeHTTP(w, request)
}

// boundedPage gets a page of a recipient that is there, or a part that need not be.
func boundedPage(t *testing.T, b *browser, id, path string) answer {
	t.Helper()
	a, err := b.get("/recipients/" + id + path)
	if err != nil || a.status != http.StatusOK && !strings.HasPrefix(path, "/evidence") && !strings.HasPrefix(path, "/details") {
		t.Fatalf("%q: status %d, %v", path, a.status, err)
	}
	if len(a.body) > 3<<20 {
		t.Errorf("%q has %d bytes", path, len(a.body))
	}
	return a
}

// wantBucket checks that a page says of a result what all of it comes to.
func wantBucket(t *testing.T, page answer, body string) {
	t.Helper()
	read, err := idv.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := doc.Find("main").AttrOr("data-assessment", ""), string(idv.Assess(&read.Session).Bucket); got != want {
		t.Errorf("the page says %s, want %s", got, want)
	}
}

// BenchmarkManyFrames opens the page of a result with many frames.
func BenchmarkManyFrames(b *testing.B) {
	for _, n := range []int{50, 500, 5000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			d := newDeskBefore(b, b.TempDir(), manyFrames(n))
			ann := d.signedIn("ann")
			for b.Loop() {
				if a, err := ann.get("/recipients/" + somebody); err != nil || a.status != http.StatusOK {
					b.Fatalf("status %d, %v", a.status, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/frame")
		})
	}
}
