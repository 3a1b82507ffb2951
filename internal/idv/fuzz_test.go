package idv

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// FuzzDecode holds every body to what Decode promises: no panic, no secret, one
// canonical form, and nothing that could not be read counted as clear.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, completed(approved, noted, rejected), completed(pending, broken, unknown),
		`{"state":"COMPLETED","client_session_token":"` + plant + `","client_session_token_ttl":599}`,
		`{"checks":[{"report":{"watchlist_summary":{"search_config":{"api_key":"` + plant + `","tags":{"a":"b"}}}}}]}`,
		`{"resources":{"id_documents":[{"source":"END_USER","pages":[{"frames":[{"media":null}]}],"tasks":[{"recommendation":{"reason":{}}}]}]}}`,
		withProfile("identity_profile", `{"result":"ABORTED","failure_reason":{"reason_code":"FRAUD_DETECTED","requirements_not_met_details":[{}]},`+simpleReport("UK_TFIDA", scheme("false", ""))+`}`),
		withProfile("advanced_identity_profile", `{"result":"DONE","failure_reason":"x","identity_profile_report":{"compliance":[{"schemes_compliance":[{"scheme":7}]},7],"media":{}}}`),
		`{"state":"é\u003c","State":1}`, `{"checks":[7,null,"x",{"created":"2026-11-01T10:00:00Z","type":"LIVENESS"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Decode(body)
		if err != nil {
			if !slices.Contains([]error{ErrTooLarge, errDepth, errDuplicate, errObject, errSyntax, errTrailing}, err) {
				t.Errorf("the error may quote the body: %v", err)
			}
			return
		}
		again, err := Decode(d.Canonical)
		if err != nil || !bytes.Equal(again.Canonical, d.Canonical) || again.Digest != d.Digest {
			t.Fatalf("of %s the canonical form is %s, and of that %v, %v", body, d.Canonical, again, err)
		}
		a := Assess(&d.Session)
		if (a.Bucket == Clear || a.Bucket == ClearWithNotes) && len(d.Session.Problems) > 0 {
			t.Errorf("%s is %s with problems %v", body, a.Bucket, d.Session.Problems)
		}
		for _, c := range a.Checks {
			if (c.Bucket == Clear || c.Bucket == ClearWithNotes) && len(c.Problems) > 0 || attentionRank(c.Bucket) < attentionRank(a.Bucket) && a.Bucket != NotReady && a.Bucket != Incomplete {
				t.Errorf("%s is %s, with a check that is %s and has problems %v", body, a.Bucket, c.Bucket, c.Problems)
			}
		}
		exceptionsAreWhole(t, string(body), a)
		if found, err := Changes(d.Canonical, d.Canonical); err != nil || len(found) > 0 {
			t.Errorf("%s differs from itself: %v, %v", body, found, err)
		}
		secretsDoNotSurvive(t, d.Canonical)
	})
}

// FuzzChanges holds every pair of results to what Changes promises: whatever changes
// the digest is listed, nothing else is, and each change says two different things.
func FuzzChanges(f *testing.F) {
	f.Add([]byte(completed(approved, pending)), []byte(completed(pending, approved)))
	f.Add([]byte(withProfile("identity_profile", `{"result":"DONE",`+simpleReport("UK_TFIDA", scheme("true", ""), scheme("true", ""))+`}`)), []byte(`{"identity_profile":{}}`))
	f.Add([]byte(`{"a":{"b":1},"a.b":[{"name":"x#2"},{"name":"x"},{"name":"x"},{"name":"1"},7]}`), []byte(`{"a":null,"checks":[{},7],"resources":{"id_documents":[]}}`))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		old, err := Decode(before)
		if err != nil {
			return
		}
		now, err := Decode(after)
		if err != nil {
			return
		}
		found, err := Changes(old.Canonical, now.Canonical)
		if err != nil || (len(found) == 0) != (old.Digest == now.Digest) {
			t.Errorf("from %s to %s: %v, %v", old.Canonical, now.Canonical, found, err)
		}
		for _, c := range found {
			if c.Before == c.After || c.Subject == "" || c.Field == "" {
				t.Errorf("from %s to %s: %+v", old.Canonical, now.Canonical, c)
			}
		}
	})
}

// secretsDoNotSurvive plants secrets into a result and looks for them afterwards.
func secretsDoNotSurvive(t *testing.T, canonical []byte) {
	rest := strings.TrimPrefix(string(canonical), "{")
	if rest != "}" {
		rest = "," + rest
	}
	for _, name := range []string{"client_session_token", "Api-Key"} {
		secret := `{"` + name + `":["` + plant + `-7"]`
		d, err := Decode([]byte(secret + `,"checks ":[` + secret + `,"x":{}}]` + rest))
		if err != nil {
			continue // the result has such a member already, in other letter case
		}
		if bytes.Contains(d.Canonical, []byte(plant+"-7")) || strings.Contains(fmt.Sprintf("%+v", d.Session), plant+"-7") {
			t.Errorf("the planted %s survives in %s", name, d.Canonical)
		}
	}
}
