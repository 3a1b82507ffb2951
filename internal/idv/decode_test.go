package idv

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func decode(t testing.TB, body string) *Decoded {
	t.Helper()
	d, err := Decode([]byte(body))
	if err != nil {
		t.Fatalf("Decode(%.200s): %v", body, err)
	}
	return d
}

func TestDecodeReadsWhatIsOnYotisPage(t *testing.T) {
	s := decode(t, `{
		"session_id": "s-1", "client_session_token_ttl": 599, "user_tracking_id": "made-up",
		"biometric_consent": "2026-11-01T15:23:28.894Z", "state": "COMPLETED",
		"resources": {
			"id_documents": [{
				"id": "d-1", "source": {"type": "END_USER"}, "document_type": "PASSPORT", "issuing_country": "GBR",
				"pages": [{"capture_method": "CAMERA", "media": {"id": "m-1", "type": "IMAGE", "created": "2026-11-01T15:00:00Z"},
					"frames": [{"media": {"id": "m-2"}}, {}]}],
				"document_fields": {"media": {"id": "m-3", "type": "JSON"}},
				"document_id_photo": {"media": {"id": "m-4", "type": "IMAGE"}},
				"tasks": [{"id": "t-1", "type": "ID_DOCUMENT_TEXT_DATA_EXTRACTION", "state": "DONE",
					"generated_checks": [{"id": "c-2", "type": "ID_DOCUMENT_TEXT_DATA_CHECK"}], "generated_media": [{"id": "m-3", "type": "JSON"}]}]
			}],
			"liveness_capture": [{"id": "l-1", "liveness_type": "ZOOM", "facemap": {"media": {"id": "m-5", "type": "BINARY"}}, "frames": [{"media": {"id": "m-6"}}]}]
		},
		"checks": [{
			"id": "c-1", "type": "WATCHLIST_ADVANCED_CA", "state": "DONE", "resources_used": ["d-1", "gone"],
			"generated_profile": {"media": {"id": "m-7"}},
			"report": {
				"recommendation": {"value": "CONSIDER", "reason": "POTENTIAL_MATCH", "recovery_suggestion": "x"},
				"breakdown": [{"sub_check": "sanction", "result": "FAIL", "process": "AUTOMATED", "details": [{"name": "number_of_hits", "value": 2}]}],
				"watchlist_summary": {"total_hits": 2, "associated_country_codes": ["GBR"], "raw_results": {"media": {"id": "m-8"}},
					"search_config": {"type": "WITH_CUSTOM_ACCOUNT", "api_key": "secret", "share_url": true, "sources": {"type": "PROFILE", "search_profile": "p"},
						"matching_strategy": {"type": "FUZZY", "fuzziness": 0.6}, "tags": {"b": "2", "a": "1"}}}
			}
		}]
	}`).Session
	hits, yes := 2, true
	wantCheck := Check{
		ID: "c-1", Type: WatchlistAdvanced, State: CheckDone, ResourcesUsed: []string{"d-1", "gone"},
		GeneratedProfile: &Media{ID: "m-7"},
		Report: &Report{
			Recommendation: Consider, Reason: "POTENTIAL_MATCH", RecoverySuggestion: "x",
			Breakdown: []SubCheck{{Name: "sanction", Result: Fail, Process: "AUTOMATED", Details: []Detail{{"number_of_hits", "2"}}}},
			Watchlist: &WatchlistSummary{
				TotalHits: &hits, RawResults: &Media{ID: "m-8"}, AssociatedCountryCodes: []string{"GBR"},
				Search: SearchConfig{
					Type: "WITH_CUSTOM_ACCOUNT", ShareURL: &yes, Sources: SearchSources{Type: "PROFILE", SearchProfile: "p"},
					Matching: MatchingStrategy{Type: "FUZZY", Fuzziness: "0.6"}, Tags: []Detail{{"a", "1"}, {"b", "2"}},
				},
			},
		},
	}
	got := s.Checks[0]
	got.JSON = ""
	if diff := cmp.Diff(wantCheck, got); diff != "" {
		t.Errorf("check (-want +got):\n%s", diff)
	}
	document := s.Resources[0]
	document.JSON = ""
	wantDocument := Resource{
		Kind: IDDocuments, ID: "d-1", Source: "END_USER", DocumentType: "PASSPORT", IssuingCountry: "GBR",
		Pages: []Page{{
			CaptureMethod: "CAMERA",
			Media:         &Media{ID: "m-1", Type: "IMAGE", Created: Time{Wire: "2026-11-01T15:00:00Z", At: time.Date(2026, 11, 1, 15, 0, 0, 0, time.UTC)}},
			Frames:        []Frame{{&Media{ID: "m-2"}}, {}},
		}},
		Media: []NamedMedia{{"document_fields", Media{ID: "m-3", Type: "JSON"}}, {"document_id_photo", Media{ID: "m-4", Type: "IMAGE"}}},
		Tasks: []Task{{
			ID: "t-1", Type: "ID_DOCUMENT_TEXT_DATA_EXTRACTION", State: TaskDone,
			GeneratedChecks: []GeneratedCheck{{"c-2", "ID_DOCUMENT_TEXT_DATA_CHECK"}}, GeneratedMedia: []Media{{ID: "m-3", Type: "JSON"}},
		}},
	}
	if diff := cmp.Diff(wantDocument, document); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	links := s.Links()
	found, all := links.ResourcesOf(&s.Checks[0], 10)
	dangling := links.Dangling(&s.Checks[0])
	if all != 1 || len(found) != 1 || found[0].ID != "d-1" || !slices.Equal(dangling, []string{"gone"}) {
		t.Errorf("resources of the check: %v, dangling %v", found, dangling)
	}
	if checks := links.ChecksOf(&s.Resources[0]); len(checks) != 1 || checks[0].ID != "c-1" {
		t.Errorf("checks of the document: %v", checks)
	}
	if s.ID != "s-1" || s.State != SessionCompleted || s.UserTrackingID != "made-up" || s.BiometricConsent.At.IsZero() || len(s.Problems)+len(s.Extras) > 0 {
		t.Errorf("session %+v", s)
	}
}

// What cannot be read is noted where it stands and hides nothing beside it.
func TestDecodeIsTolerantNeverSilent(t *testing.T) {
	const good = `{"type": "LIVENESS", "state": "DONE", "report": {"recommendation": {"value": "APPROVE"}}}`
	tests := []struct {
		name, check  string
		problems     []string
		extras       []string
		unreadable   bool
		recommending Recommendation
	}{
		{name: "nothing", check: `{}`},
		{name: "nulls", check: `{"id": null, "type": null, "state": null, "report": null, "resources_used": null}`},
		{name: "a text", check: `"LIVENESS"`, problems: []string{""}, unreadable: true},
		{name: "null", check: `null`, problems: []string{""}, unreadable: true},
		{name: "type of another kind", check: `{"type": 7}`, problems: []string{"type"}, unreadable: true},
		{name: "report of another kind", check: `{"report": []}`, problems: []string{"report"}, unreadable: true},
		{name: "recommendation of another kind", check: `{"report": {"recommendation": "APPROVE"}}`, problems: []string{"report.recommendation"}, unreadable: true},
		{
			name: "one bad row", check: `{"report": {"recommendation": {"value": "APPROVE"}, "breakdown": [7, {"sub_check": "a", "result": ["PASS"]}]}}`,
			problems: []string{"report.breakdown[0]", "report.breakdown[1].result"}, recommending: Approve,
		},
		{
			name: "fields that nobody knows", check: `{"colour": "red", "report": {"recommendation": {"value": "REJECT", "score": 1}}}`,
			extras: []string{"report.recommendation.score", "colour"}, recommending: Reject,
		},
		{name: "blanks around a value", check: `{"report": {"recommendation": {"value": " REJECT "}}}`, recommending: " REJECT "},
		{
			name: "hits that are no number", check: `{"report": {"watchlist_summary": {"total_hits": "many"}}}`,
			problems: []string{"report.watchlist_summary.total_hits"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := decode(t, `{"state": "COMPLETED", "checks": [`+test.check+`, `+good+`]}`).Session
			if len(s.Checks) != 2 || s.Checks[1].Recommendation() != Approve || len(s.Checks[1].Problems) > 0 {
				t.Fatalf("the check beside it: %+v", s.Checks)
			}
			c := s.Checks[0]
			var problems, extras []string
			for _, p := range c.Problems {
				problems = append(problems, p.Path)
				if p.JSON == "" || p.Want == "" {
					t.Errorf("problem %+v says too little", p)
				}
			}
			for _, x := range c.Extras {
				extras = append(extras, x.Name)
			}
			if !slices.Equal(problems, test.problems) || !slices.Equal(extras, test.extras) {
				t.Errorf("problems %q, extras %q; want %q, %q", problems, extras, test.problems, test.extras)
			}
			if c.Unreadable() != test.unreadable || c.Recommendation() != test.recommending {
				t.Errorf("unreadable %t, recommendation %q", c.Unreadable(), c.Recommendation())
			}
		})
	}
}

func TestDecodeIsStrictWhereItIsSafety(t *testing.T) {
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + "1" + strings.Repeat("]", n-1) + `}` }
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"empty":                         {"", ErrInvalid},
		"cut short":                     {`{"state": "COMPL`, ErrInvalid},
		"a list":                        {`[]`, ErrInvalid},
		"a text":                        {`"COMPLETED"`, ErrInvalid},
		"something behind":              {`{} {}`, ErrInvalid},
		"a letter behind":               {`{}x`, ErrInvalid},
		"the same member twice":         {`{"state": "A", "state": "B"}`, ErrInvalid},
		"twice, in other letter case":   {`{"state": "A", "State": "B"}`, ErrInvalid},
		"twice, in an odd letter case":  {`{"checks": [], "chec\u212as": []}`, ErrInvalid},
		"twice, deep inside":            {`{"checks": [{"report": {"a": 1, "A": 2}}]}`, ErrInvalid},
		"twice, and a secret":           {`{"api_key": 1, "API_KEY": 2}`, ErrInvalid},
		"no UTF-8, outside of texts":    {"{\"state\": \xff}", ErrInvalid},
		"a byte order mark inside":      {"{\uFEFF}", ErrInvalid},
		"a byte order mark behind":      {"{}\uFEFF", ErrInvalid},
		"a byte order mark alone":       {"\uFEFF", ErrInvalid},
		"a control character between":   {"{\x00}", ErrInvalid},
		"a text without an end":         {`{"state": "COMPL\`, ErrInvalid},
		"twice, around a map":           {`{"tags": {}, "Tags": {}}`, ErrInvalid},
		"twice, beside a map":           {`{"tags": {"a": 1}, "checks": [], "Checks": []}`, ErrInvalid},
		"twice, within a map's object":  {`{"tags": {"a": {"b": 1, "B": 2}}}`, ErrInvalid},
		"the same tag twice":            {`{"search_config": {"tags": {"a": "1", "a": "2"}}}`, ErrInvalid},
		"tags in other letter case":     {`{"search_config": {"tags": {"a": "1", "A": "2"}}}`, nil},
		"a comma behind the last item":  {`{"COMPL": [1,]}`, ErrInvalid},
		"a comma behind the last":       {`{"COMPL": 1,}`, ErrInvalid},
		"a name that is none":           {`{COMPL: 1}`, ErrInvalid},
		"a list that ends as another":   {`{"COMPL": [1}`, ErrInvalid},
		"an object that ends as a list": {`{"COMPL": {]}`, ErrInvalid},
		"a number that is none":         {`{"COMPL": 01}`, ErrInvalid},
		"a comment":                     {`{/*COMPL*/}`, ErrInvalid},
		"as deep as may be, in objects": {strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth), nil},
		"deeper, in objects":            {strings.Repeat(`{"a":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1), ErrInvalid},
		"names that only look alike":    {`{"i": 1, "\u0130": 2, "\u0131": 3}`, nil},
		"as deep as may be":             {deep(maxDepth), nil},
		"deeper":                        {deep(maxDepth + 1), ErrInvalid},
		"much deeper":                   {deep(100_000), ErrInvalid},
		"as large as may be":            {`{"a": "` + strings.Repeat("x", MaxResultBytes-9) + `"}`, nil},
		"larger":                        {`{"a": "` + strings.Repeat("x", MaxResultBytes-8) + `"}`, ErrTooLarge},
		"blanks around":                 {" \n{}\n ", nil},
	} {
		_, err := Decode([]byte(test.body))
		if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "COMPL") {
			t.Errorf("%s: the error quotes the body: %v", name, err)
		}
	}
}

// plant is a secret that must not be found anywhere after decoding.
const plant = "PLANTED-SECRET"

func TestSecretsNeverSurvive(t *testing.T) {
	for _, name := range []string{
		"client_session_token", "clientSessionToken", "CLIENT_SESSION_TOKEN", "client-session-token", "client session token",
		"api_key", "apiKey", "API-KEY", "apikey", "api.key", "_api_key_", "API_\u212aEY", "api_keys", "x-api-key", "session_token", "sessionToken2",
		"client_" + strings.Repeat("_", 100) + "session_token",
	} {
		for _, body := range []string{
			`{"` + name + `": "` + plant + `"}`,
			`{"` + name + `": {"deep": ["` + plant + `"]}}`,
			`{"unknown": [{"` + name + `": "` + plant + `"}]}`,
			`{"state": {"` + name + `": "` + plant + `"}}`,
			`{"checks": [{"report": {"watchlist_summary": {"search_config": {"` + name + `": "` + plant + `"}}}}]}`,
			`{"checks": [{"report": {"recommendation": [{"` + name + `": "` + plant + `"}]}}]}`,
			`{"resources": {"id_documents": [{"tasks": [{"` + name + `": "` + plant + `"}]}]}}`,
		} {
			d := decode(t, body)
			if strings.Contains(string(d.Canonical), plant) || strings.Contains(cmp.Diff(Session{}, d.Session), plant) {
				t.Errorf("the secret of %s is still there", body)
			}
		}
	}
	for _, name := range []string{"keys", "token", "monkey", "api_key_age", "client_session_token_type"} {
		if d := decode(t, `{"`+name+`": 1}`); len(d.Session.Extras) != 1 {
			t.Errorf("%s is gone, and is no secret", name)
		}
	}
}

func TestTokenTTLIsKeptBeside(t *testing.T) {
	for ttl, want := range map[string]int64{"599": 599, "0": 0, "-1": -1, `"60"`: 60, "6e1": 60} {
		d := decode(t, `{"client_session_token_ttl": `+ttl+`}`)
		if d.TokenTTL == nil || *d.TokenTTL != want || string(d.Canonical) != "{}" || d.Digest != decode(t, "{}").Digest {
			t.Errorf("TTL %s: %v, canonical %s", ttl, d.TokenTTL, d.Canonical)
		}
	}
	for _, ttl := range []string{`"soon"`, "1.5", "[]", "1e99"} {
		d := decode(t, `{"client_session_token_ttl": `+ttl+`}`)
		if d.TokenTTL != nil || len(d.Session.Problems) != 1 || d.Session.Problems[0].Path != "client_session_token_ttl" {
			t.Errorf("TTL %s: %v, problems %v", ttl, d.TokenTTL, d.Session.Problems)
		}
	}
	d := decode(t, `{"client_session_token_ttl": 599}`)
	if d.TokenTTL == nil || *d.TokenTTL != 599 || strings.Contains(string(d.Canonical), "599") {
		t.Errorf("TTL %v, canonical %s", d.TokenTTL, d.Canonical)
	}
}

// One result has one digest, however it is written.
func TestCanonicalForm(t *testing.T) {
	const canonical = `{"checks":[{"type":"LIVENESS"}],"state":"é<\n"}`
	want := decode(t, canonical)
	if string(want.Canonical) != canonical {
		t.Errorf("canonical form %s", want.Canonical)
	}
	for _, body := range []string{
		`{"state":"é<\n","checks":[{"type":"LIVENESS"}]}`,
		" { \"checks\" : [ { \"type\" : \"LIVENESS\" } ] , \"state\" : \"\\u00e9\\u003c\\u000a\" } ",
		`{"state":"é<\n","client_session_token":"x","client_session_token_ttl":1,"checks":[{"type":"LIVENESS"}]}`,
	} {
		if got := decode(t, body); got.Digest != want.Digest {
			t.Errorf("%s has another digest; its canonical form is %s", body, got.Canonical)
		}
	}
	for _, body := range []string{
		`{"state":"é<","checks":[{"type":"LIVENESS"}]}`,
		`{"state":"é<\n","checks":[{"type":"LIVENESS"},{}]}`,
		`{"state":"é<\n","checks":[{"type":"LIVENESS"}],"extra":null}`,
	} {
		if got := decode(t, body); got.Digest == want.Digest {
			t.Errorf("%s has the same digest", body)
		}
	}
}

// A number has one form, and different numbers have different ones.
func TestCanonicalNumbers(t *testing.T) {
	for _, same := range [][]string{
		{"0", "-0", "0.0", "0e5", "-0.00E-7"},
		{"2", "2.0", "2e0", "0.2e1", "20e-1", "2E+0"},
		{"-0.5", "-0.50", "-5e-1", "-50E-2"},
		{"100", "1e2", "1E+02", "1000e-1"},
		{"0.0012", "1.2e-3", "12E-4"},
		{"12.5", "125e-1", "1.25e1"},
		{"18446744073709551615", "18446744073709551615.0", "1844674407370955161.5e1"},
		{"1e20", "100000000000000000000", "10e19"},
		{"1.5e40", "15e39", "15000000000000000000000000000000000000000"},
		{"1e-30", "10e-31", "0.000000000000000000000000000001"},
		{"9007199254740993", "9007199254740993.0"}, // no floating point has it
	} {
		for _, other := range same {
			if got := string(decode(t, `{"a":`+other+`}`).Canonical); got != `{"a":`+same[0]+`}` {
				t.Errorf("canonical form of %s is %s, want %s", other, got, same[0])
			}
			if got := string(decode(t, `{"a":`+same[0]+`}`).Canonical); got != `{"a":`+same[0]+`}` {
				t.Errorf("canonical form of %s is %s", same[0], got)
			}
		}
	}
	for _, pair := range [][2]string{{"9007199254740992", "9007199254740993"}, {"1e999999999999", "1e9999999999999"}, {"0.1", "0.10000000000000001"}, {"2", `"2"`}} {
		if decode(t, `{"a":`+pair[0]+`}`).Digest == decode(t, `{"a":`+pair[1]+`}`).Digest {
			t.Errorf("%s and %s have one digest", pair[0], pair[1])
		}
	}
}

// What is read keeps no part of the body, for the secrets in it.
func TestSessionIsOfTheCanonicalForm(t *testing.T) {
	d := decode(t, `{"session_id": "caf\u00e9 \"x\"", "user_tracking_id": "", "new\n": 1, "checks": [{"scheme": 12.50, "id": "\u0041\u0042"}]}`)
	s := d.Session
	if s.ID != `café "x"` || s.UserTrackingID != "" || s.Extras[0] != (UnknownField{"new\n", "1"}) || s.Checks[0].Scheme != "12.5" || s.Checks[0].ID != "AB" {
		t.Errorf("session %+v", s)
	}
}

func TestFinal(t *testing.T) {
	for body, want := range map[string]bool{
		`{"state": "EXPIRED"}`:   true,
		`{"state": "COMPLETED"}`: true,
		`{"state": "COMPLETED", "checks": [{"state": "PENDING"}]}`:        false,
		`{"state": "COMPLETED", "checks": [{"state": "INTERNAL_ERROR"}]}`: true,
		`{"state": "ONGOING"}`:   false,
		`{"state": "PONDERING"}`: false,
		`{}`:                     false,
	} {
		s := decode(t, body).Session
		if got := s.Final(); got != want {
			t.Errorf("%s: Final() = %t", body, got)
		}
	}
}

func TestDigest(t *testing.T) {
	d := decode(t, `{}`).Digest
	if got, err := ParseDigest(d.String()); err != nil || got != d {
		t.Errorf("ParseDigest(%s) = %s, %v", d, got, err)
	}
	for _, s := range []string{"", "zz", d.String()[1:], d.String() + "0", strings.ToUpper(d.String()), strings.Repeat("g", 64)} {
		if _, err := ParseDigest(s); !errors.Is(err, ErrNoDigest) {
			t.Errorf("ParseDigest(%q): error %v", s, err)
		}
	}
}
