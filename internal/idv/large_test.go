package idv

import (
	"fmt"
	"strings"
	"testing"
)

// many is a result in which n checks all name n documents, of which most share an ID.
func many(n int) string {
	var checks, documents, ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf(`"d%d"`, i%10))
	}
	for i := range n {
		documents = append(documents, fmt.Sprintf(`{"id": "d%d", "document_type": "PASSPORT"}`, i%20))
		used := `["d0", "d1"]`
		if i == 0 {
			used = "[" + strings.Join(ids, ",") + "]"
		}
		checks = append(checks, fmt.Sprintf(`{"id": "c%d", "type": "ID_DOCUMENT_FACE_MATCH", "resources_used": %s}`, i, used))
	}
	return `{"state": "COMPLETED", "resources": {"id_documents": [` + strings.Join(documents, ",") + `]}, "checks": [` + strings.Join(checks, ",") + `]}`
}

func TestLinksOfMany(t *testing.T) {
	s := decode(t, many(200)).Session
	links := s.Links()
	for _, test := range []struct{ check, most, found, all int }{{0, 500, 100, 100}, {0, 7, 7, 100}, {1, 500, 20, 20}, {1, 15, 15, 20}} {
		if found, all := links.ResourcesOf(&s.Checks[test.check], test.most); len(found) != test.found || all != test.all {
			t.Errorf("check %d, at most %d: %d of %d resources", test.check, test.most, len(found), all)
		}
	}
	if n := len(links.ChecksOf(&s.Resources[0])); n != 200 {
		t.Errorf("%d checks name the first resource", n)
	}
	if links.Check("c7") != &s.Checks[7] || links.Check("") != nil {
		t.Error("a check is not found by its ID")
	}
}

// What is said about a result does not grow faster than the result, whatever is long in it.
func TestSentencesOfLongValues(t *testing.T) {
	const long, times = 20_000, 300
	name := strings.Repeat("n", long)
	repeated := func(one string) string {
		var list []string
		for i := range times {
			list = append(list, strings.ReplaceAll(one, "#", fmt.Sprint(i)))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	for what, body := range map[string]string{
		"a type of check": `{"checks": [{"type": "` + name + `", "report": {"breakdown": ` + repeated(`{"sub_check": "s#", "result": "X#"}`) + `}}]}`,
		"a document":      `{"resources": {"id_documents": [{"id": "d", "document_type": "` + name + `"}]}, "checks": ` + repeated(`{"type": "LIVENESS", "resources_used": ["d"]}`) + `}`,
		"a sub-check":     `{"checks": [{"report": {"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "` + name + `", "result": "PASS", "details": ` + repeated(`{"name": "number_of_hits", "value": "1#"}`) + `}]}}]}`,
		"a framework":     `{"identity_profile": {"identity_profile_report": {"trust_framework": "` + name + `", "schemes_compliance": ` + repeated(`{"scheme": {"type": "a#"}}`) + `}}}`,
	} {
		s := decode(t, body).Session
		a := Assess(&s)
		said := len(strings.Join(a.Reasons, ""))
		for _, c := range a.Checks {
			said += len(c.Name()) + len(strings.Join(c.Notes, ""))
		}
		for _, r := range a.Resources {
			said += len(r.Title()) + len(strings.Join(r.Notes, ""))
		}
		for _, p := range a.Profiles {
			said += len(strings.Join(p.Summary(), ""))
		}
		if said > 40*len(body) {
			t.Errorf("%s of %d characters: %d bytes are said about a result of %d", what, long, said, len(body))
		}
	}
}

// Of very many changes the gravest are listed, and how many more there are.
func TestManyChanges(t *testing.T) {
	rows := func(value string) string {
		var list []string
		for i := range 3000 {
			list = append(list, fmt.Sprintf(`"f%d": %s`, i, value))
		}
		return "{" + strings.Join(list, ",") + "}"
	}
	check := `{"type": "LIVENESS", "report": {"recommendation": {"value": "%s"}}}`
	before, after := `{"a": `+rows("1")+`, "checks": [`+fmt.Sprintf(check, "APPROVE")+`]}`, `{"a": `+rows("2")+`, "checks": [`+fmt.Sprintf(check, "REJECT")+`]}`
	got := changes(t, before, after)
	if len(got) != 202 || got[0].After != "Reject" || got[201].Field != "2800 more that differ" {
		t.Errorf("%d changes, first %+v, last %+v", len(got), got[0], got[len(got)-1])
	}
}

// Names and nesting make no path longer than people read.
func TestPathsOfLongNames(t *testing.T) {
	deep := func(value string) string {
		name := strings.Repeat("n", 5000)
		body := `{"x": ` + value + `, "y": ` + value + `}`
		for range 50 {
			body = `{"` + name + `": ` + body + `}`
		}
		return body
	}
	for _, pair := range [][2]string{{deep("1"), deep("2")}, {`{}`, deep("1")}, {deep("1"), `{}`}, {deep("1"), `{"` + strings.Repeat("n", 5000) + `": 7}`}} {
		got := changes(t, pair[0], pair[1])
		if len(got) == 0 {
			t.Error("nothing differs")
		}
		for _, c := range got {
			if len(c.Path) > 1000 || len(c.Field) > 1000 {
				t.Errorf("a path of %d bytes", len(c.Path))
			}
		}
	}
}

func BenchmarkManyChecks(b *testing.B) {
	for _, n := range []int{50, 500, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			body := []byte(many(n))
			for b.Loop() {
				d, err := Decode(body)
				if err != nil {
					b.Fatal(err)
				}
				Assess(&d.Session)
				if _, err := Changes(d.Canonical, []byte("{}")); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/check")
		})
	}
}
