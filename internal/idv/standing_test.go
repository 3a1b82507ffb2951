package idv

import (
	"strings"
	"testing"
	"time"
)

func TestStandingOf(t *testing.T) {
	at := func(hour int) Time { return Time{At: time.Date(2026, 11, 2, hour, 0, 0, 0, time.UTC)} }
	first := Resource{Kind: IDDocuments, ID: "first", CreatedAt: at(9)}
	second := Resource{Kind: IDDocuments, ID: "second", CreatedAt: at(10)}
	untimed := Resource{Kind: IDDocuments, ID: "untimed"}
	bill := Resource{Kind: SupplementaryDocuments, ID: "bill", CreatedAt: at(11)}
	nameless := Resource{Kind: IDDocuments, CreatedAt: at(12)}
	authenticity := func(ids ...string) Check { return Check{Type: "ID_DOCUMENT_AUTHENTICITY", ResourcesUsed: ids} }
	face := func(ids ...string) Check { return Check{Type: "ID_DOCUMENT_FACE_MATCH", ResourcesUsed: ids} }
	tests := []struct {
		name      string
		resources []Resource
		checks    []Check
		want      string
	}{
		{"one, used", []Resource{first}, []Check{authenticity("first")}, "judged"},
		{"one, not used", []Resource{first}, nil, "unjudged"},
		{"none used", []Resource{first, second}, nil, "unjudged unjudged"},
		{"second used", []Resource{first, second}, []Check{authenticity("second")}, "superseded judged"},
		{"first used", []Resource{first, second}, []Check{authenticity("first")}, "judged superseded"},
		{"both used by one check", []Resource{first, second}, []Check{authenticity("first", "second")}, "judged judged"},
		{"both used, each by its own", []Resource{second, first}, []Check{authenticity("first"), authenticity("second")}, "judged superseded"},
		{"used by different checks", []Resource{first, second}, []Check{authenticity("first"), face("second")}, "judged judged"},
		{"without times", []Resource{first, untimed}, []Check{authenticity("first"), authenticity("untimed")}, "judged judged"},
		{"another kind", []Resource{first, bill}, []Check{authenticity("bill")}, "unjudged judged"},
		{"without an id", []Resource{first, nameless}, []Check{authenticity("first", "")}, "judged superseded"},
	}
	for _, test := range tests {
		s := &Session{Resources: test.resources, Checks: test.checks}
		var got []string
		for i := range s.Resources {
			got = append(got, string(s.StandingOf(&s.Resources[i])))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
}
