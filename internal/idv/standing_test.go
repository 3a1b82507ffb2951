package idv

import (
	"strings"
	"testing"
	"time"
)

func TestStandings(t *testing.T) {
	at := func(hour int) Time { return Time{At: time.Date(2026, 11, 2, hour, 0, 0, 0, time.UTC)} }
	first := Resource{Kind: IDDocuments, ID: "first", CreatedAt: at(9)}
	second := Resource{Kind: IDDocuments, ID: "second", CreatedAt: at(10)}
	untimed := Resource{Kind: IDDocuments, ID: "untimed"}
	bill := Resource{Kind: SupplementaryDocuments, ID: "bill", CreatedAt: at(11)}
	nameless := Resource{Kind: IDDocuments, CreatedAt: at(12)}
	authenticity := func(ids ...string) Check {
		return Check{Type: DocumentAuthenticity, ResourcesUsed: ids, Report: &Report{}}
	}
	face := func(ids ...string) Check {
		return Check{Type: DocumentFaceMatch, ResourcesUsed: ids, Report: &Report{}}
	}
	bare := Resource{Kind: IDDocuments, ID: "bare"}
	liveness := func(id, created, recommendation string) Check {
		c := Check{Type: Liveness, ResourcesUsed: []string{id}, State: CheckDone, Report: &Report{Recommendation: Recommendation(recommendation)}}
		c.Created.At, _ = time.Parse(time.RFC3339, created)
		return c
	}
	const early, late = "2026-11-02T09:00:00Z", "2026-11-02T10:00:00Z"
	pending := func(c Check) Check { c.Report, c.State = nil, CheckPending; return c }
	failed := func(c Check) Check { c.Report, c.State = nil, CheckInternalError; return c }
	unread := func(c Check) Check { c.Report, c.Problems = nil, []Problem{{Path: "report"}}; return c }
	selfie := func(id string, hour int) Resource {
		return Resource{Kind: LivenessCaptures, ID: id, CreatedAt: at(hour)}
	}
	tests := []struct {
		name      string
		state     SessionState
		resources []Resource
		checks    []Check
		want      string
	}{
		{"one, used", SessionCompleted, []Resource{first}, []Check{authenticity("first")}, "used"},
		{"one, not used", SessionCompleted, []Resource{first}, nil, "not-used"},
		{"none used", SessionCompleted, []Resource{first, second}, nil, "not-used not-used"},
		{"second used", SessionCompleted, []Resource{first, second}, []Check{authenticity("second")}, "not-used used"},
		{"first used", SessionCompleted, []Resource{first, second}, []Check{authenticity("first")}, "used not-used-later"},
		{"both used by one check", SessionCompleted, []Resource{first, second}, []Check{authenticity("first", "second")}, "used used"},
		{"both used, each by its own", SessionCompleted, []Resource{second, first}, []Check{authenticity("first"), authenticity("second")}, "used used"},
		{"both compared", SessionCompleted, []Resource{first, second}, []Check{{Type: DocumentComparison, ResourcesUsed: []string{"first", "second"}, Report: &Report{}}}, "used used"},
		{"used by different checks", SessionCompleted, []Resource{first, second}, []Check{authenticity("first"), face("second")}, "used used"},
		{"newer than one used and older than the other", SessionCompleted, []Resource{first, second, {Kind: IDDocuments, ID: "third", CreatedAt: at(11)}}, []Check{authenticity("first", "third")}, "used not-used used"},
		{"at the same time as the one used", SessionCompleted, []Resource{first, {Kind: IDDocuments, ID: "twin", CreatedAt: at(9)}}, []Check{authenticity("first")}, "used not-used"},
		{"without times", SessionCompleted, []Resource{first, untimed}, []Check{authenticity("first"), authenticity("untimed")}, "used used"},
		{"newer than one without a time", SessionCompleted, []Resource{second, untimed}, []Check{authenticity("untimed")}, "not-used used"},
		{"no time, one used", SessionCompleted, []Resource{first, untimed}, []Check{authenticity("first")}, "used not-used"},
		{"another kind", SessionCompleted, []Resource{first, bill}, []Check{authenticity("bill")}, "not-used used"},
		{"without an id", SessionCompleted, []Resource{first, nameless}, []Check{authenticity("first", "")}, "used not-used-later"},
		{"one id for all", SessionCompleted, []Resource{bare, bare}, []Check{authenticity("bare", "bare")}, "used used"},
		{"a check without a report", SessionOngoing, []Resource{first}, []Check{pending(authenticity("first"))}, "waiting"},
		{"one check with a report and one without", SessionOngoing, []Resource{first}, []Check{pending(authenticity("first")), face("first")}, "used"},
		{"a check without a report in an expired session", SessionExpired, []Resource{first}, []Check{pending(authenticity("first"))}, "not-used"},
		{"a check that ended in an error", SessionCompleted, []Resource{first}, []Check{failed(authenticity("first"))}, "not-used"},
		{"a report that cannot be read", SessionCompleted, []Resource{first}, []Check{unread(authenticity("first"))}, "used"},
		{"captures of two attempts", SessionCompleted, []Resource{selfie("two", 10), selfie("one", 9)}, []Check{liveness("one", early, "REJECT"), liveness("two", late, "APPROVE")}, "used superseded"},
		{"an earlier capture that the face match used", SessionCompleted, []Resource{selfie("two", 10), selfie("one", 9)}, []Check{liveness("one", early, "REJECT"), liveness("two", late, "APPROVE"), face("one")}, "used used"},
		{"a capture that only a superseded attempt and a pending check name", SessionOngoing, []Resource{selfie("two", 10), selfie("one", 9)}, []Check{liveness("one", early, "REJECT"), liveness("two", late, "APPROVE"), pending(face("one"))}, "used waiting"},
		{"a newest attempt without a report", SessionOngoing, []Resource{selfie("two", 10), selfie("one", 9)}, []Check{liveness("one", early, "REJECT"), pending(liveness("two", late, ""))}, "waiting superseded"},
		{"a capture after all attempts", SessionCompleted, []Resource{selfie("two", 10), selfie("one", 9)}, []Check{liveness("one", early, "APPROVE")}, "not-used-later used"},
	}
	for _, test := range tests {
		s := &Session{State: test.state, Resources: test.resources, Checks: test.checks}
		var got []string
		for _, standing := range s.ResourceUses() {
			got = append(got, string(standing))
			if w := standing.Word(); !w.Known || w.Label == "" || w.Meaning == "" {
				t.Errorf("%s: no words for %s", test.name, standing)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
}
