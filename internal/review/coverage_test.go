package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/internal/idv"
)

// mediumID is a media ID of the tests.
func mediumID(t *testing.T, n int) idv.MediaID {
	t.Helper()
	id, err := idv.ParseMediaID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// covered is a result with a document of one page in four frames, its portrait and its
// text, and a check with hits.
func covered(t *testing.T) *idv.Session {
	t.Helper()
	medium := func(n int) string { return `{"media": {"id": "` + mediumID(t, n).String() + `"}}` }
	decoded, err := idv.Decode([]byte(`{"resources": {"id_documents": [{"document_type": "PASSPORT", "issuing_country": "DNK",
		"pages": [{"media": {"id": "` + mediumID(t, 1).String() + `"}, "frames": [` + medium(2) + `, ` + medium(3) + `, ` + medium(4) + `, ` + medium(5) + `]}],
		"document_id_photo": ` + medium(6) + `, "document_fields": ` + medium(7) + `}]},
		"checks": [{"type": "WATCHLIST_SCREENING", "report": {"watchlist_summary": {"raw_results": ` + medium(8) + `}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return &decoded.Session
}

func TestCoverage(t *testing.T) {
	one, other := idv.Digest{1}, idv.Digest{2}
	of := func(what AccessKind, n int, sum idv.Digest) Access {
		return Access{What: what, Medium: mediumID(t, n), SHA256: sum}
	}
	for _, test := range []struct {
		name    string
		entries []Access
		want    []string // medium, digest and grade
	}{
		{"nothing", nil, nil},
		{"asked for alone", []Access{of(AccessMedium, 1, idv.Digest{})}, nil},
		{"a thumbnail", []Access{of(AccessMedium, 1, idv.Digest{}), of(AccessThumbnail, 1, one)}, []string{"1 01 sent"}},
		{"on the screen", []Access{of(AccessThumbnail, 1, one), of(AccessOnScreen, 1, one)}, []string{"1 01 on-screen"}},
		{"opened, and sent once more", []Access{of(AccessOpened, 1, one), of(AccessThumbnail, 1, one)}, []string{"1 01 opened"}},
		{"opened as something else", []Access{of(AccessThumbnail, 1, one), of(AccessOpened, 1, other)}, []string{"1 01 sent", "1 02 opened"}},
		{"from before there were grades", []Access{of(AccessMedium, 1, idv.Digest{}), of(AccessMediumComplete, 1, one)}, []string{"1 01 sent"}},
		{"in a bundle and for a comparison", []Access{of(AccessBundled, 1, one), of(AccessConsulted, 7, one)}, []string{"1 01 sent", "7 01 sent"}},
	} {
		b := NewCoverage()
		for i := range test.entries {
			b.Add(&test.entries[i], false) // media are the same in each result
		}
		c := b.Coverage()
		var got []string
		for _, m := range c.Media {
			got = append(got, fmt.Sprint(strings.TrimLeft(m.ID[24:], "0"), " ", m.SHA256[:2], " ", m.Grade))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Pages of parts and hits are of one result; an entry counts once.
func TestCoverageOfPages(t *testing.T) {
	b := NewCoverage()
	for _, a := range []Access{
		{What: AccessPart, Part: "id_documents-1"}, {What: AccessPart, Part: "id_documents-1"},
		{What: AccessHitPage, Part: "check-1", Hits: "1 to 100 of 130"}, {What: AccessReportSent},
	} {
		b.Add(&a, true)
		a.Part += "-of-another-result"
		b.Add(&a, false)
	}
	want := Coverage{Parts: []string{"id_documents-1"}, Hits: []ViewedHits{{"check-1", "1 to 100 of 130"}}, Media: []SentMedium{}, Report: true}
	if diff := cmp.Diff(want, b.Coverage()); diff != "" {
		t.Errorf("coverage (-want +got):\n%s", diff)
	}
}

// A report that was only asked for was not opened; older entries do not tell.
func TestCoverageOfReports(t *testing.T) {
	for _, test := range []struct {
		entry Access
		want  bool
	}{{Access{What: AccessReport}, false}, {Access{What: AccessReport, Older: true}, true}, {Access{What: AccessReportSent}, true}} {
		b := NewCoverage()
		b.Add(&test.entry, true)
		if c := b.Coverage(); c.Report != test.want {
			t.Errorf("%+v: opened is %v", test.entry, c.Report)
		}
	}
}

func TestNotOpened(t *testing.T) {
	const passport = "Passport, Denmark, "
	for _, test := range []struct {
		name   string
		grades map[int]Grade
		hits   []HitReview
		want   []string
	}{
		{"nothing was sent", nil, nil, []string{passport + "page 1", passport + "page 1, frames 1 to 4", passport + "portrait", passport + "extracted data"}},
		{"frames in between were opened", map[int]Grade{1: GradeOpened, 3: GradeOpened}, nil,
			[]string{passport + "page 1, frame 1", passport + "page 1, frames 3 to 4", passport + "portrait", passport + "extracted data"}},
		{"frames got as far as others", map[int]Grade{1: GradeOnScreen, 2: GradeOnScreen, 3: GradeOnScreen, 4: GradeSent, 7: GradeSent}, nil,
			[]string{passport + "page 1: on-screen", passport + "page 1, frames 1 to 2: on-screen", passport + "page 1, frame 3: sent",
				passport + "page 1, frame 4", passport + "portrait", passport + "extracted data: sent"}},
		{"everything was opened", map[int]Grade{1: GradeOpened, 2: GradeOpened, 3: GradeOpened, 4: GradeOpened, 5: GradeOpened, 6: GradeOpened, 7: GradeOpened},
			[]HitReview{{Check: "check-1", Type: "WATCHLIST_SCREENING", Reviewed: 2, Total: 2, Read: true}}, nil},
		{"hits are left", map[int]Grade{1: GradeOpened, 2: GradeOpened, 3: GradeOpened, 4: GradeOpened, 5: GradeOpened, 6: GradeOpened, 7: GradeOpened},
			[]HitReview{{Check: "checks-1", Type: "WATCHLIST_SCREENING", Reviewed: 1, Total: 2, Read: true}}, []string{"Watchlist screening, hits: 1 of 2 reviewed"}},
	} {
		c := Coverage{}
		for n, g := range test.grades {
			c.Media = append(c.Media, SentMedium{ID: mediumID(t, n).String(), SHA256: "x", Grade: g})
		}
		c.nameAndOrder(inventoryOf(covered(t)), test.hits)
		var got []string
		for _, n := range c.NotOpened {
			line := n.Name
			if n.Grade != "" {
				line += ": " + string(n.Grade)
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		for _, m := range c.Media {
			if !strings.HasPrefix(m.Name, passport) {
				t.Errorf("%s: %s is called %q", test.name, m.ID, m.Name)
			}
		}
	}
}

// A statement from before there were grades says that media were shown, and no more.
func TestCoverageOfOlderStatements(t *testing.T) {
	older := Coverage{Media: []SentMedium{{ID: "m", SHA256: "d"}}}
	if older.NothingOpened() || len(older.Opened()) != 1 {
		t.Errorf("older: nothing is %v, opened are %v", older.NothingOpened(), older.Opened())
	}
	sent := Coverage{Graded: true, Media: []SentMedium{{ID: "m", SHA256: "d", Grade: GradeSent}}}
	if !sent.NothingOpened() || len(sent.Opened()) != 0 || !sent.Sent("m") || sent.Medium("m", "other") != nil {
		t.Errorf("sent: nothing is %v, opened are %v", sent.NothingOpened(), sent.Opened())
	}
}
