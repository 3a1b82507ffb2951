package review

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/internal/account"
	"countersign/internal/idv"
)

func TestWhatAPageViewBrought(t *testing.T) {
	of := func(what AccessKind, n int) Access { return Access{What: what, Medium: mediumID(t, n)} }
	for _, test := range []struct {
		name  string
		lines []Access
		more  int
		want  string
	}{
		{"nothing", nil, 0, ""},
		{"asked for in vain", []Access{of(AccessMedium, 1)}, 0, "viewed 0 items (1 not sent)"},
		{"a medium in several lines", []Access{of(AccessMedium, 1), of(AccessThumbnail, 1), of(AccessMedium, 1), of(AccessOnScreen, 1), of(AccessOpened, 1)}, 0, "viewed 1 item (1 opened)"},
		{"each grade", []Access{of(AccessThumbnail, 1), of(AccessThumbnail, 2), of(AccessOnScreen, 2), of(AccessOpened, 3), of(AccessMedium, 4)}, 0, "viewed 3 items (1 opened, 1 on screen, 1 sent only, 1 not sent)"},
		{"hits", []Access{of(AccessConsulted, 1), {What: AccessHitPage, Part: "check-1", Hits: "1 to 2 of 2"}, {What: AccessHitPage, Part: "check-1", Hits: "1 to 1 of 1"}}, 0, "viewed 3 items (3 sent only)"},
		{"too many lines", []Access{of(AccessThumbnail, 1)}, 7, "viewed 1 item (1 sent only), and 7 more lines"},
	} {
		v := PageView{Lines: test.lines, More: test.more}
		if got := v.Words(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Lines from before page views were kept stand together by person, result and time, and
// say so; later ones are never grouped by guess.
func TestGroupOlder(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(id int64, seconds int, who int64, result byte, what AccessKind, older bool) PageView {
		a := Access{ID: id, At: noon.Add(time.Duration(seconds) * time.Second), Who: account.Person{ID: who}, Digest: idv.Digest{result}, What: what, Older: older}
		if what == AccessMedium || what == AccessMediumComplete {
			a.Medium = mediumID(t, int(id))
		}
		return PageView{Access: a}
	}
	list := []PageView{ // newest first
		at(12, 600, 1, 1, AccessMedium, false),
		at(11, 599, 1, 1, AccessResult, false),
		at(10, 200, 1, 1, AccessResult, true),
		at(9, 100, 1, 1, AccessMediumComplete, true),
		at(8, 60, 2, 1, AccessMediumComplete, true),
		at(7, 50, 1, 1, AccessMedium, true),
		at(6, 49, 2, 1, AccessResult, true),
		at(5, 45, 1, 2, AccessResult, true),
		at(4, 40, 1, 1, AccessResult, true),
	}
	var got []string
	for _, v := range groupOlder(list) {
		line := fmt.Sprint(v.ID, " ", v.What)
		for _, a := range v.Lines {
			line += fmt.Sprint(" ", a.ID)
		}
		if v.ByTime {
			line += " by time"
		}
		got = append(got, line)
	}
	want := []string{"12 medium", "11 result", "10 result", "4 result 7 9 by time", "6 result 8 by time", "5 result"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// Each kind of access stands for a grade, but what was only asked for, and how a document
// compared with the expected signer, which is no item of a page view.
func TestGradesOfAccess(t *testing.T) {
	for _, kind := range AccessKinds() {
		asked := kind == AccessMedium || kind == AccessReport || kind == AccessSigner
		if got := kind.Grade(); (got == "") != asked {
			t.Errorf("%s has the grade %q", kind, got)
		}
	}
	view := PageView{Access: Access{What: AccessPerson}, Lines: []Access{{What: AccessSigner, Part: "id_documents-1"}, {What: AccessConsulted, Part: "id_documents-1"}}}
	if got, want := view.Words(), "viewed 1 item (1 sent only)"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}
