package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/foldertest"
	"countersign/internal/idv"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/store"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// desk is a store in a folder of its own, with two people and two recipients.
type desk struct {
	*store.Store
	t        testing.TB
	folder   string
	options  store.Options
	ann, bob account.Person
	id, id2  idv.RecipientID
}

// newDesk opens a copy of one database with Ann and Bob.
func newDesk(t testing.TB) *desk {
	t.Helper()
	folder := t.TempDir()
	if postgrestest.Chosen() {
		keepServingURL(t, folder, schemaWithPeople.CopyTo(t, folder))
	} else {
		databaseWithPeople.CopyTo(t, folder)
	}
	d := openDesk(t, folder)
	d.ann, d.bob = d.person("Ann"), d.person("Bob")
	return d
}

// newUncopiedDesk has files that Open just made, and so keys that no other has.
func newUncopiedDesk(t testing.TB) *desk {
	t.Helper()
	d := openDesk(t, t.TempDir())
	d.ann, d.bob = d.addPerson("Ann"), d.addPerson("Bob")
	return d
}

var databaseWithPeople = foldertest.Template{Make: func(folder string) error { return addPeople(fileIn(folder)) }}

// schemaWithPeople is the same on PostgreSQL.
var schemaWithPeople = postgrestest.Template{Make: func(folder string, made postgrestest.Made) error {
	owner, err := parsePostgres(made.Owner)
	if err != nil {
		return err
	}
	o := fileIn(folder)
	if o.Postgres, err = parsePostgres(made.Serving); err != nil {
		return err
	}
	if _, err := store.Migrate(context.Background(), store.Options{Postgres: owner}, made.Role); err != nil {
		return err
	}
	return addPeople(o)
}}

func addPeople(o store.Options) error {
	s, err := store.Open(context.Background(), o)
	if err != nil {
		return err
	}
	for _, name := range []string{"Ann", "Bob"} {
		_, err = s.AddAccount(context.Background(), reviewerAccount(name), false, account.ChangedBy{At: noon})
		if err != nil {
			break
		}
	}
	return errors.Join(err, s.Close())
}

// optionsIn are those of a desk in a folder: of a file in it, or of the schema that belongs to it.
func optionsIn(t testing.TB, folder string) store.Options {
	t.Helper()
	o := fileIn(folder)
	if postgrestest.Chosen() {
		o.Postgres = servedIn(t, folder)
	}
	return o
}

func fileIn(folder string) store.Options {
	return store.Options{
		Path:        filepath.Join(folder, "data", "countersign.db"),
		DataKeyFile: filepath.Join(folder, "keys", "countersign.key"),
		Now:         func() time.Time { return noon },
	}
}

func reviewerAccount(name string) account.Account {
	return account.Account{Person: account.Person{Name: name, Role: account.Reviewer, Created: noon}, Key: strings.ToLower(name), Password: "hash"}
}

func openDesk(t testing.TB, folder string) *desk {
	t.Helper()
	return openDeskWith(t, folder, optionsIn(t, folder))
}

func openDeskWith(t testing.TB, folder string, o store.Options) *desk {
	t.Helper()
	d := &desk{t: t, options: o, folder: folder}
	d.Store = mustOpen(t, d.options)
	d.id = mustID(t, "11111111-1111-4111-8111-111111111111")
	d.id2 = mustID(t, "22222222-2222-4222-8222-222222222222")
	return d
}

func mustOpen(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustID(t testing.TB, s string) idv.RecipientID {
	t.Helper()
	id, err := idv.ParseRecipientID(s)
	must(t, err)
	return id
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func (d *desk) addPerson(name string) account.Person {
	d.t.Helper()
	a := reviewerAccount(name)
	id, err := d.AddAccount(d.t.Context(), a, false, account.ChangedBy{At: noon})
	must(d.t, err)
	a.ID = id
	return a.Person
}

// person returns somebody who has been added.
func (d *desk) person(name string) account.Person {
	d.t.Helper()
	added, err := d.Account(d.t.Context(), strings.ToLower(name))
	must(d.t, err)
	p := reviewerAccount(name).Person
	p.ID = added.ID
	return p
}

// decode returns a result whose session has the state, told apart by its tracking ID.
func decode(t testing.TB, state, tracking string) *idv.Decoded {
	t.Helper()
	d, err := idv.Decode([]byte(`{"session_id":"s","client_session_token":"hunter2","client_session_token_ttl":599,` +
		`"state":"` + state + `","user_tracking_id":"` + tracking + `","checks":[]}`))
	must(t, err)
	return d
}

// fetch records the result d after some minutes and returns its digest.
func (d *desk) fetch(id idv.RecipientID, minutes int, who account.Person, result *idv.Decoded) idv.Digest {
	d.t.Helper()
	return d.fetchAskedAt(id, minutes, minutes, who, result)
}

// fetchAskedAt is fetch of a result that Yoti was asked for some minutes before it was had.
func (d *desk) fetchAskedAt(id idv.RecipientID, asked, had int, who account.Person, result *idv.Decoded) idv.Digest {
	d.t.Helper()
	answer := *result
	answer.Asked = after(asked)
	must(d.t, d.KeepResult(d.t.Context(), id, who, after(had), &answer))
	return answer.Digest
}

func after(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func (d *desk) file(id idv.RecipientID, who account.Person) review.File {
	d.t.Helper()
	f, err := d.Recipient(d.t.Context(), id, who, review.NotePage{})
	must(d.t, err)
	return f
}

func (d *desk) note(digest idv.Digest, key, text string) error {
	return d.keepNote(d.t.Context(), d.newNote(digest, key, text))
}

func (d *desk) newNote(digest idv.Digest, key, text string) review.NewNote {
	return review.NewNote{Recipient: d.id, Digest: digest, Author: d.ann, At: after(30), Text: text, Key: key}
}

func writeFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(name, []byte(text), mode))
	return name
}

func wantMode(t *testing.T, name string, want os.FileMode) {
	t.Helper()
	found, err := os.Stat(name)
	must(t, err)
	if found.Mode().Perm() != want {
		t.Errorf("%s has mode %o, want %o", filepath.Base(name), found.Mode().Perm(), want)
	}
}
