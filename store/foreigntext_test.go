package store_test

import (
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/store"
)

// foreignResult is a result with the character NUL wherever lists know something of it.
func foreignResult(t testing.TB) *idv.Decoded {
	t.Helper()
	d, err := idv.Decode([]byte(`{"session_id":"s\u0000","state":"COMPLETED\u0000","user_tracking_id":"t\u0000","checks":[` +
		`{"type":"LIVENESS\u0000","id":"c\u0000","state":"DONE","report":{"recommendation":{"value":"REJECT\u0000","reason":"X\u0000"},"breakdown":[]}}],` +
		`"resources":{"id_documents":[{"id":"d\u0000","document_type":"PASSPORT\u0000","issuing_country":"GBR\u0000"}]}}`))
	must(t, err)
	return d
}

// What PostgreSQL cannot hold is replaced in what lists know of a result, on either engine. The
// result itself stays as it came, and the record is verified.
func TestResultsWithForeignText(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, foreignResult(t))
	var state, session, tracking string
	must(t, d.raw().QueryRow(`SELECT state, session, tracking FROM recipients`).Scan(&state, &session, &tracking))
	for _, found := range [][2]string{{state, "COMPLETED\uFFFD"}, {session, "s\uFFFD"}, {tracking, "t\uFFFD"}} {
		if found[0] != found[1] {
			t.Errorf("a column has %q, want %q", found[0], found[1])
		}
	}
	snapshot, err := d.Snapshot(t.Context(), d.id, digest)
	must(t, err)
	result, err := idv.Decode(snapshot.Canonical)
	must(t, err)
	if result.Session.State != "COMPLETED\x00" {
		t.Errorf("the state of the result is %q", result.Session.State)
	}
	_, err = store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: d.options.DataKeyFile})
	must(t, err)
}

// A look-up with what no database holds finds nothing.
func TestLookUpsWithForeignText(t *testing.T) {
	d := newDesk(t)
	for _, name := range []string{"ann\x00", "\x00", "ann\xff"} {
		_, err := d.Account(t.Context(), name)
		wantErr(t, err, account.ErrNoAccount)
		_, err = d.AccountByIdentity(t.Context(), account.Identity{Issuer: "https://sign.example", Subject: name})
		wantErr(t, err, account.ErrNoAccount)
	}
}
