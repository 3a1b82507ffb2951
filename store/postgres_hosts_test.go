package store_test

import (
	"testing"

	"countersign/internal/postgrestest"
	"countersign/store"
)

// Where an address asks for a server that takes writes, as one of several hosts does, the
// connections that only read are made as well.
func TestServerThatTakesWrites(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	address := postgresAt(t, postgrestest.URLIn(t, folder)+"&target_session_attrs=read-write")
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
}
