package idv

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestMend(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"nothing wrong", `{"a": "é\u00e9\ud83d\ude00😀 \\ \" \/", "b": -1.5e+7}`, `{"a": "é\u00e9\ud83d\ude00😀 \\ \" \/", "b": -1.5e+7}`},
		{"a byte order mark", "\ufeff{}", "{}"},
		{"behind blanks, and twice", " \r\n\ufeff\n\ufeff{}", "{}"},
		{"bytes that are no character", "{\"a\xffb\": \"\xc3\", \"c\": \"\xed\xa0\x80\"}", "{\"a\ufffdb\": \"\ufffd\", \"c\": \"\ufffd\ufffd\ufffd\"}"},
		{"the same outside of texts", "{\xff}", "{\xff}"},
		{"half a surrogate", `["\ud800", "\udc00", "\ud800\u0041", "\ud800\ud83d\ude00", "\uD800x"]`, "[\"\ufffd\", \"\ufffd\", \"\ufffd\\u0041\", \"\ufffd\\ud83d\\ude00\", \"\ufffdx\"]"},
		{"escapes that there are not", `["\x41", "\u12g4", "\u", "\'"]`, "[\"\ufffdx41\", \"\ufffdu12g4\", \"\ufffdu\", \"\ufffd'\"]"},
		{"a control character within an escape", "[\"\\u00\x1041\"]", "[\"\ufffdu00\\u001041\"]"},
		{"bare control characters", "[\"a\tb\nc\x00d\x1f\"]", `["a\u0009b\u000ac\u0000d\u001f"]`},
		{"numbers that are none", `{"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN", "c": -1}`, `{"a": "NaN", "b": ["-Infinity", "Infinity"], "NaN": "NaN", "c": -1}`},
		{"no end", "[\"a\\", "[\"a\ufffd"},
		{"no end of an escape", `["\ud83d\ude0`, "[\"\ufffd\ufffdude0"},
	} {
		if got := string(mendJSON([]byte(test.body))); got != test.want {
			t.Errorf("%s: %q becomes %q, want %q", test.name, test.body, got, test.want)
		}
	}
}

// One bad text costs itself: it is marked, and everything else is read as before.
func TestOneBadTextOfAResult(t *testing.T) {
	const result = `{"state": "COMPLETED", "user_tracking_id": "TRACK", "checks": [
		{"id": "a", "type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "report": {"recommendation": {"value": "REJECT", "reason": "REASON"},
			"breakdown": [{"sub_check": "document_in_date", "result": "PASS", "details": [{"name": "NAME", "value": "VALUE"}]}]}},
		{"id": "b", "type": "LIVENESS", "state": "DONE", "resources_used": ["x", "USED"], "report": {"recommendation": {"value": "APPROVE"}}}],
		"resources": {"id_documents": [{"id": "x", "document_type": "TYPE", "pages": [{"extraction_image_ids": ["IMAGE"]}]}]}}`
	for _, word := range []string{"TRACK", "REASON", "NAME", "VALUE", "USED", "TYPE", "IMAGE"} {
		for _, bad := range []string{"\xff", `\ud800`, `\x`, "\ufffd"} {
			d := decode(t, strings.Replace(result, word, "a"+bad+"b", 1))
			s := d.Session
			problems := slices.Clone(s.Problems)
			for i := range s.Checks {
				problems = append(problems, s.Checks[i].Problems...)
			}
			for i := range s.Resources {
				problems = append(problems, s.Resources[i].Problems...)
			}
			if len(s.Checks) != 2 || s.Checks[0].Recommendation() != Reject || s.Checks[1].Recommendation() != Approve || len(s.Resources) != 1 {
				t.Errorf("%q in the place of %s hides something: %+v", bad, word, s)
			}
			if len(problems) != 1 || problems[0].Want != wantWhole || !strings.Contains(string(d.Canonical), "a\ufffd") {
				t.Errorf("%q in the place of %s is marked as %+v", bad, word, problems)
			}
			if again := decode(t, string(d.Canonical)); again.Digest != d.Digest || !cmp.Equal(again.Session, s) {
				t.Errorf("%q in the place of %s is read in another way the second time", bad, word)
			}
		}
	}
}

// Damaged names may have been different ones, and unknown ones hide nothing.
func TestBadNames(t *testing.T) {
	d := decode(t, "{\"state\": \"COMPLETED\", \"a\xff\": 1, \"a\xfe\": 2, \"a\ufffd\ufffd2\": 3, \"A\xff\": 4, \"api\xff_key\": \"SECRET\"}")
	want := "{\"A\ufffd\":4,\"a\ufffd\":1,\"a\ufffd\ufffd2\":3,\"a\ufffd\ufffd3\":2,\"state\":\"COMPLETED\"}"
	if string(d.Canonical) != want || d.Session.State != SessionCompleted || len(d.Session.Extras) != 4 {
		t.Errorf("canonical form %s, extras %v", d.Canonical, d.Session.Extras)
	}
	if again := decode(t, want); string(again.Canonical) != want {
		t.Errorf("the second time it is %s", again.Canonical)
	}
}

// In a map of a customer's own names those that differ in letter case are two.
func TestTagsAreACustomersOwn(t *testing.T) {
	const body = `{"checks": [{"type": "WATCHLIST_ADVANCED_CA", "report": {"watchlist_summary": {"search_config": {"tags": {"Team": "a", "team": "b", "n": NaN}}}}}]}`
	d := decode(t, body)
	tags := d.Session.Checks[0].Report.Watchlist.Search.Tags
	if want := []Detail{{"Team", "a"}, {"n", "NaN"}, {"team", "b"}}; !slices.Equal(tags, want) || len(d.Session.Checks[0].Problems) > 0 {
		t.Errorf("tags %v, problems %v", tags, d.Session.Checks[0].Problems)
	}
	other := decode(t, strings.Replace(body, `"b"`, `"c"`, 1))
	if found, err := Changes(d.Canonical, other.Canonical); err != nil || len(found) != 1 || found[0].After != "c" {
		t.Errorf("changes %+v, %v", found, err)
	}
}

// hitCalled is a hit with that name and more members of its entity.
func hitCalled(name, more string) string {
	return `{"score": 1.5, "match_types": ["name_exact"], "doc": {"name": "` + name + `", "types": ["pep"]` + more + `}}`
}

// Whatever is wrong with one hit costs that hit or a part of it, and no other.
func TestOneBadHit(t *testing.T) {
	for _, test := range []struct {
		name, hit string
		broken    bool
		problems  int
	}{
		{"a name with bytes that are no character", hitCalled("A\xff", ""), false, 1},
		{"half a surrogate in an article", hitCalled("A", `, "media": [{"title": "\ud83d", "snippet": "B"}]`), false, 1},
		{"a bare line end", hitCalled("A\nB", ""), false, 0},
		{"a score that is no number", strings.Replace(hitCalled("A", ""), "1.5", "NaN", 1), false, 0},
		{"a score beyond range", strings.Replace(hitCalled("A", ""), "1.5", "1e400", 1), false, 0},
		{"a score with many digits", strings.Replace(hitCalled("A", ""), "1.5", strings.Repeat("9", 1000), 1), false, 0},
		{"a name twice", `{"doc": {"name": "A"}, "doc": {"name": "B"}}`, true, 0},
		{"a name twice, in other letter case", `{"doc": {"name": "A", "Name": "B"}}`, true, 0},
		{"a name twice in a part", hitCalled("A", `, "media": [{"title": "B", "title": "C"}, {"title": "D"}]`), false, 1},
		{"wrong types", hitCalled("A", `, "aka": [7, null, {"name": []}], "fields": [[], {"value": {}}], "media": {}, "associates": "x", "source_notes": [1]`), false, 8},
		{"what is nested too deeply", hitCalled("A", `, "more": `+strings.Repeat("[", 100)+strings.Repeat("]", 100)), true, 0},
		{"null", `null`, true, 0},
		{"a number", `7`, true, 0},
		{"no entity", `{"score": 1}`, true, 0},
		{"an entity of another kind", `{"doc": ["A"]}`, true, 0},
	} {
		l := ReadHits(rawResults(t, answer(hitCalled("First", ""), test.hit, hitCalled("Last", ""))))
		if len(l.Searches) != 1 || l.Searches[0].Unread != nil {
			t.Errorf("%s: %+v", test.name, l)
			continue
		}
		s := l.Searches[0]
		if len(s.Hits)+len(s.Broken) != 3 || s.Hits[0].Name != "First" || s.Hits[len(s.Hits)-1].Name != "Last" || (len(s.Broken) == 1) != test.broken {
			t.Errorf("%s: hits %+v, broken %+v", test.name, s.Hits, s.Broken)
			continue
		}
		if !test.broken && len(s.Hits[1].Problems) != test.problems {
			t.Errorf("%s: problems %+v", test.name, s.Hits[1].Problems)
		}
	}
}

// Names of people and of lists are no names of the provider's.
func TestNamesInMapsOfHits(t *testing.T) {
	hit := `{"match_types_details": {"Alex Sample": {"type": "name", "match_types": {"Alex": ["a"], "alex": ["b"]}}, "ALEX SAMPLE": {"type": "aka"}, "Al` + "\xff" + `": {}},
		"doc": {"name": "A", "source_notes": {"List": {"name": "1"}, "list": {"name": "2"}, "twice": {"name": "3", "NAME": "4"}}}}`
	s := ReadHits(rawResults(t, answer(hit))).Searches[0]
	if len(s.Hits) != 1 || len(s.Hits[0].Matches) != 3 || len(s.Hits[0].Matches[1].Words) != 2 || len(s.Hits[0].Sources) != 2 || len(s.Hits[0].Problems) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestBadTextsOfFields(t *testing.T) {
	f := ReadFields([]byte("\ufeff{\"full_name\": \"Jos\xe9 Specimen\", \"date_of_birth\": \"1988-02-03\"}"))
	if f.Unread != nil || f.Value("full_name") != "Jos\ufffd Specimen" || !f.List[0].Damaged() || f.Value("date_of_birth") != "1988-02-03" || f.List[1].Damaged() {
		t.Errorf("%+v", f)
	}
	e := ReadExpanded([]byte("\ufeff{\"fields\": [{\"name\": \"full_name\", \"source\": \"VIZ\", \"value\": \"Jos\xe9\"}, {\"name\": \"full_name\", \"source\": \"MRZ\", \"value\": \"Jos\\ud800\"}]}"))
	if e.Unread != nil || len(e.Problems) != 2 || len(e.Rows) != 1 || e.Rows[0].Likeness != Damaged {
		t.Errorf("%+v", e)
	}
}

func TestDamagedTextsAreNotCompared(t *testing.T) {
	for _, pair := range [][2]string{{"a\ufffd", "a\ufffd"}, {"a\ufffd", "b"}, {"a", "\ufffd"}} {
		if got := Compare(pair[0], pair[1]); got != Damaged || !got.Word().Known {
			t.Errorf("Compare(%q, %q) = %s", pair[0], pair[1], got)
		}
	}
	if got := Compare("a\ufffd", ""); got != Missing {
		t.Errorf("with nothing it is %s", got)
	}
}

// asText makes bytes the content of a JSON text: they end neither the text nor in half
// an escape.
func asText(content []byte) string {
	text := strings.ReplaceAll(string(content), `"`, "")
	if rest := strings.TrimRight(text, `\`); (len(text)-len(rest))%2 == 1 {
		text += "n"
	}
	return text
}

// FuzzOneBadText puts bytes in the place of one text of a result, and of one hit: nothing
// else may be read in another way.
func FuzzOneBadText(f *testing.F) {
	for _, seed := range []string{"A", "\xff", `\ud800`, `\x`, "\n", `\"`, `\`, "\ufeff", "\xed\xa0\x80"} {
		f.Add([]byte(seed))
	}
	const result = `{"state":"COMPLETED","checks":[%s,{"id":"%s","type":"LIVENESS"},%s],"user_tracking_id":"made-up"}`
	whole, err := Decode(fmt.Appendf(nil, result, approved, "b", rejected))
	if err != nil {
		f.Fatal(err)
	}
	search := func(name string) string {
		return answer(hitCalled("First", ""), hitCalled(name, ""), hitCalled("Last", ""))
	}
	hits := ReadHits([]byte(`{"raw_output":` + search("b") + `}`)).Searches[0]
	f.Fuzz(func(t *testing.T, content []byte) {
		text := asText(content)
		d, err := Decode(fmt.Appendf(nil, result, approved, text, rejected))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		damaged := d.Session.Checks[1]
		if isDamaged(damaged.ID) != (len(damaged.Problems) == 1) || !utf8.ValidString(damaged.ID) {
			t.Errorf("%q becomes %q with problems %v", text, damaged.ID, damaged.Problems)
		}
		d.Session.Checks[1] = whole.Session.Checks[1]
		if diff := cmp.Diff(whole.Session, d.Session); diff != "" {
			t.Errorf("%q changes something else (-want +got):\n%s", text, diff)
		}
		encoded := base64.StdEncoding.EncodeToString([]byte(search(text)))
		for _, output := range []string{search(text), `"` + encoded + `"`} {
			s := ReadHits([]byte(`{"raw_output":` + output + `}`)).Searches[0]
			if s.Unread != nil || len(s.Hits) != 3 {
				t.Fatalf("%q hides hits: %+v", text, s)
			}
			s.Hits[1] = hits.Hits[1]
			if diff := cmp.Diff(hits, s); diff != "" {
				t.Errorf("%q changes another hit (-want +got):\n%s", text, diff)
			}
		}
	})
}
