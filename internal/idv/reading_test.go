package idv

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the readings in testdata anew")

// Each archive in testdata holds a result and what is read from it, as text that a
// person can judge. What the result is about stands at its top.
func TestReadings(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Files) != 2 || archive.Files[0].Name != "result.json" || archive.Files[1].Name != "reading" {
				t.Fatalf("%s holds something else than result.json and reading", path)
			}
			got := reading(archive.Files[0].Data)
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" && !*update {
				t.Errorf("reading (-want +got):\n%s", diff)
			}
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// reading writes down all that is read from a result.
func reading(body []byte) string {
	d, err := Decode(body)
	if err != nil {
		return "refused: " + err.Error() + "\n"
	}
	w := &writer{}
	s, a := &d.Session, Assess(&d.Session)
	w.line("%s, %s", a.Bucket, state(string(s.State)))
	for _, reason := range a.Reasons {
		w.line("  %s", reason)
	}
	if d.TokenTTL != nil {
		w.line("the signer's token has %d seconds left", *d.TokenTTL)
	}
	w.rest(s.Extras, s.Problems)
	for _, c := range a.Checks {
		w.check(s, c)
	}
	for _, p := range a.Profiles {
		w.profile(p)
	}
	for _, r := range s.Resources {
		w.resource(r)
	}
	return w.String()
}

func state(s string) string {
	if s == "" {
		return "(no state)"
	}
	return s
}

// writer indents lines by the depth of what they belong to.
type writer struct {
	strings.Builder
	depth int
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, strings.Repeat("  ", w.depth)+format+"\n", args...)
}

func (w *writer) rest(extras []UnknownField, problems []Problem) {
	for _, x := range extras {
		w.line("extra %s = %s", x.Name, x.JSON)
	}
	for _, p := range problems {
		w.line("problem %q: want %s, is %s", p.Path, p.Want, p.JSON)
	}
}

func (w *writer) check(s *Session, c AssessedCheck) {
	w.line("%s %s, %s: %s, %s", c.Key(), c.Type, state(string(c.State)), c.Bucket, c.Verdict())
	w.depth++
	defer func() { w.depth-- }()
	for _, note := range c.Notes {
		w.line("note: %s", note)
	}
	links := s.Links()
	dangling := links.Dangling(c.Check)
	if found, _ := links.ResourcesOf(c.Check, len(s.Resources)); len(found)+len(dangling) > 0 {
		var keys []string
		for _, r := range found {
			keys = append(keys, r.Key())
		}
		w.line("used %q, dangling %q", keys, dangling)
	}
	if c.Report != nil {
		w.report(c.Report)
	}
	w.rest(c.Extras, c.Problems)
	for _, earlier := range c.Earlier {
		w.line("earlier:")
		w.check(s, earlier)
	}
}

func (w *writer) profile(p AssessedProfile) {
	w.line("%s: %s, subject %q", p.Key(), p.Bucket, p.SubjectID)
	w.depth++
	defer func() { w.depth-- }()
	for _, line := range p.Summary() {
		w.line("%s", line)
	}
	for _, f := range p.Findings {
		w.line("%s: %s", f.Bucket, f.Sentence)
	}
	if p.Report != nil {
		w.line("report %q", p.Report.ID)
	}
	w.rest(p.Extras, p.Problems)
}

func (w *writer) report(r *Report) {
	for _, row := range r.Breakdown {
		w.line("%s %s %s %v", row.Name, row.Result, row.Process, row.Details)
	}
	if l := r.Watchlist; l != nil {
		w.line("watchlist: hits %s, countries %v, search %+v", number64(l.TotalHits), l.AssociatedCountryCodes, l.Search.Categories)
	}
}

func number64(n *int) string {
	if n == nil {
		return "unknown"
	}
	return fmt.Sprint(*n)
}

func (w *writer) resource(r Resource) {
	w.line("%s %q from %q, %s %s", r.Key(), r.ID, r.Source, r.DocumentType, r.IssuingCountry)
	w.depth++
	defer func() { w.depth-- }()
	for i, p := range r.Pages {
		w.line("page %d %s: media %v, %d frames", i+1, p.CaptureMethod, p.Media != nil, len(p.Frames))
	}
	for _, m := range r.Media {
		w.line("%s %q %s", m.Field, m.Media.ID, m.Media.Type)
	}
	for _, task := range r.Tasks {
		w.line("task %s, %s", task.Type, state(string(task.State)))
	}
	w.rest(r.Extras, r.Problems)
}
