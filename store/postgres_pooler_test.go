package store_test

import (
	"testing"

	"countersign/internal/postgrestest"
	"countersign/store"
)

// Through a pooler that gives each connection one of the server's for as long as it lasts, settings
// hold, though it takes none at the start.
func TestPoolerBySession(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	address := postgresAt(t, postgrestest.Pooler(t, postgrestest.URLIn(t, folder), postgrestest.BySession))
	_, err := store.Migrate(t.Context(), store.Options{Postgres: address}, "")
	must(t, err)
	o := fileIn(folder)
	o.Postgres = address
	d := openDeskWith(t, folder, o)
	d.ann = d.addPerson("Ann")
	must(t, d.note(d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a")), "form", "a note"))
	if n := len(d.file(d.id, d.ann).Record.Notes); n != 1 {
		t.Errorf("%d notes", n)
	}
	for name, want := range map[string]string{"lock_timeout": "30s", "idle_in_transaction_session_timeout": "10s"} {
		var found string
		must(t, d.Writer().QueryRowContext(t.Context(), `SELECT current_setting($1)`, name).Scan(&found))
		if found != want {
			t.Errorf("the writer has %s = %s, want %s", name, found, want)
		}
	}
}

// Through one that passes connections on between transactions, settings of one connection would
// hold for another. Nothing is done there.
func TestPoolerByTransaction(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	direct := postgrestest.URLIn(t, folder)
	address := postgresAt(t, postgrestest.Pooler(t, direct, postgrestest.ByTransaction))
	_, err := store.Migrate(t.Context(), store.Options{Postgres: address}, "")
	wantErr(t, err, store.ErrPooled)
	_, err = store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, direct)}, "")
	must(t, err)
	o := fileIn(folder)
	o.Postgres = address
	_, err = store.Open(t.Context(), o)
	wantErr(t, err, store.ErrPooled)
	_, err = store.OpenReadOnly(t.Context(), o)
	wantErr(t, err, store.ErrPooled)
	_, err = store.Verify(t.Context(), store.VerifyOptions{Postgres: address})
	wantErr(t, err, store.ErrPooled)
}
