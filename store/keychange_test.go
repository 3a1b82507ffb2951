package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// beside opens the database of a desk as a command does.
func (d *desk) beside(t testing.TB) *Store {
	t.Helper()
	o := d.options
	o.Serve, o.SigningKeyFile, o.CheckpointLog = false, "", ""
	return mustOpen(t, o)
}

// changeDataKey changes the data key of a desk as the command does.
func (d *desk) changeDataKey(o ChangeOptions) *DataKeyResult {
	d.t.Helper()
	s := d.beside(d.t)
	defer s.Close()
	result, err := s.ChangeDataKey(d.t.Context(), o)
	must(d.t, err)
	return result
}

// keepCode sets up somebody's authenticator app with a secret.
func (d *desk) keepCode(who account.Person, secret string) {
	d.t.Helper()
	must(d.t, d.AddCodeSecret(d.t.Context(), who.ID, secret, noon))
	pending, err := d.CodeSecret(d.t.Context(), who.ID, false)
	must(d.t, err)
	_, err = d.ConfirmCodeSecret(d.t.Context(), pending, 1, nil, account.ChangedBy{By: who, At: noon})
	must(d.t, err)
}

// code is the secret of somebody's authenticator app.
func (d *desk) code(who account.Person) string {
	d.t.Helper()
	kept, err := d.CodeSecret(d.t.Context(), who.ID, true)
	must(d.t, err)
	return kept.Secret
}

func (d *desk) wantNote(id idv.RecipientID, text string) {
	d.t.Helper()
	notes := d.file(id, d.ann).Record.Notes
	if len(notes) == 0 || notes[0].Text != text {
		d.t.Errorf("the notes on %s are %+v, want %q", id, notes, text)
	}
}

// wantVerified verifies the database with the data key of a file.
func (d *desk) wantVerified(keyFile string) *Verification {
	d.t.Helper()
	v, err := Verify(d.t.Context(), VerifyOptions{Path: d.options.Path, DataKeyFile: keyFile})
	must(d.t, err)
	return v
}

// wrappedBytes are the values under the data key itself, as they stand in the files.
func (d *desk) wrappedBytes() [][]byte {
	d.t.Helper()
	var list [][]byte
	for _, column := range wrappedColumns() {
		must(d.t, d.read(d.t.Context(), func(tx *sql.Tx) error {
			return column.each(d.t.Context(), tx, nil, func(w wrappedValue) error {
				list = append(list, w.sealed)
				return nil
			})
		}))
	}
	return list
}

// manyRecipients makes so many recipients, each with a note.
func (d *desk) manyRecipients(n int) []idv.RecipientID {
	d.t.Helper()
	var ids []idv.RecipientID
	for i := range n {
		id := mustID(d.t, "33333333-3333-4333-8333-3333333333"+hex.EncodeToString([]byte{byte(i)}))
		digest := d.fetch(id, 0, d.ann, decode(d.t, "COMPLETED", id.String()))
		must(d.t, d.keepNote(d.t.Context(), review.NewNote{Recipient: id, Digest: digest, Author: d.ann, At: after(1), Text: "about " + id.String(), Key: "n" + id.String()}))
		ids = append(ids, id)
	}
	return ids
}

// While a server works, the data key is changed beside it, twice: what was sealed is read, what
// is new is sealed under the new key, what is erased stays erased, and the old key opens nothing.
func TestDataKeyIsChangedBesideAServer(t *testing.T) {
	d, sue := newSigningDesk(t)
	ids := d.manyRecipients(7)
	d.casework(d.id, sue)
	d.keepCode(d.ann, "JBSWY3DP")
	must(t, d.AddCodeSecret(t.Context(), sue.ID, "JBSWY3DQ", noon)) // which nobody confirms
	must(t, d.Erase(t.Context(), ids[0], d.ann, "Asked for."))
	first, err := os.ReadFile(d.options.DataKeyFile)
	must(t, err)
	derived, err := d.DerivedKey("cookies")
	must(t, err)
	for round := range 2 {
		before := d.wrappedBytes()
		steps := 0
		result := d.changeDataKey(ChangeOptions{Batch: 3, Step: func(step KeyStep) {
			// At each step the server reads and writes.
			steps++
			for _, id := range ids[1:] {
				d.wantNote(id, "about "+id.String())
			}
			id := mustID(t, "55555555-5555-4555-8555-5555555555"+hex.EncodeToString([]byte{byte(16*round + steps)}))
			digest := d.fetch(id, 0, d.ann, decode(t, "COMPLETED", id.String()))
			must(t, d.keepNote(t.Context(), review.NewNote{Recipient: id, Digest: digest, Author: d.ann, At: after(2), Text: "about " + id.String(), Key: "m" + id.String()}))
			ids = append(ids, id)
			if step == StepSealed && steps == 3 {
				must(t, d.Erase(t.Context(), ids[1+round], d.ann, "Asked for."))
				ids = append(ids[:1+round:1+round], ids[2+round:]...)
			}
		}})
		if steps < 6 || len(result.Kept) != 1 || result.StillLogged || result.Old == result.New {
			t.Errorf("%d steps: %+v", steps, result)
		}
		if n := d.holding(before); n != 0 {
			t.Errorf("the files still hold %d of %d values under the old key", n, len(before))
		}
		_, err := Verify(t.Context(), VerifyOptions{Path: d.options.Path, DataKeyFile: result.Kept[0]})
		wantErr(t, err, ErrWrongKey)
	}
	for _, id := range ids[1:] {
		d.wantNote(id, "about "+id.String())
	}
	if got := d.code(d.ann); got != "JBSWY3DP" {
		t.Errorf("the secret of the app is %q", got)
	}
	_, err = d.CodeSecret(t.Context(), sue.ID, false)
	wantErr(t, err, account.ErrNoFactor) // it is begun once more
	if again, err := d.DerivedKey("cookies"); err != nil || !bytes.Equal(again, derived) {
		t.Error("cookies of a server at work are named anew")
	}
	d.restart()
	d.wantNote(ids[3], "about "+ids[3].String())
	if again, err := d.DerivedKey("cookies"); err != nil || bytes.Equal(again, derived) {
		t.Error("cookies are named by a key that is gone")
	}
	d.sign()
	d.wantVerified(d.options.DataKeyFile)
	if files, err := filepath.Glob(d.options.DataKeyFile + ".old-*"); err != nil || len(files) != 2 {
		t.Errorf("the old keys are in %v", files)
	} else if text := readFiles(t, files); !strings.Contains(text, string(first)) {
		t.Errorf("none of %v holds the first key", files)
	}
	var acts []review.DataKeyChange
	list, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActDataKey, Limit: 9})
	must(t, err)
	for i := range list {
		facts, err := review.ParseFacts(list[i].Entry)
		must(t, err)
		acts = append(acts, facts.DataKeyChange)
	}
	wantEqual(t, "entries", acts, []review.DataKeyChange{review.DataKeyFinished, review.DataKeyBegun, review.DataKeyFinished, review.DataKeyBegun})
}

func readFiles(t testing.TB, names []string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(t, err)
		all.Write(text)
	}
	return all.String()
}

// errKilled stands for the end of a process at a step.
var errKilled = errors.New("killed")

// changeUntil changes a key and breaks off after the n-th step. It reports whether there are so
// many.
func (d *desk) changeUntil(n int, change func(*Store, ChangeOptions) error) (broken bool) {
	d.t.Helper()
	s := d.beside(d.t)
	defer s.Close()
	defer func() {
		if cause := recover(); cause != nil {
			if cause != errKilled {
				panic(cause)
			}
			broken = true
		}
	}()
	must(d.t, change(s, ChangeOptions{Batch: 2, Step: func(step KeyStep) {
		if n--; n == 0 && step != StepFilesReady { // after that all is done
			panic(errKilled)
		}
	}}))
	return false
}

// Wherever changing the data key ends, everything opens, and the next call finishes it.
func TestDataKeyChangeThatBrokeOff(t *testing.T) {
	for n := 1; ; n++ {
		d, _ := newSigningDesk(t)
		ids := d.manyRecipients(4)
		broken := d.changeUntil(n, func(s *Store, o ChangeOptions) error {
			_, err := s.ChangeDataKey(t.Context(), o)
			return err
		})
		for _, id := range ids {
			d.wantNote(id, "about "+id.String())
		}
		d.restart() // a server that starts with what is there
		id := mustID(t, "55555555-5555-4555-8555-555555555555")
		d.fetch(id, 3, d.ann, decode(t, "COMPLETED", "new"))
		d.wantVerified(d.options.DataKeyFile)
		if !broken {
			if n < 7 {
				t.Errorf("there were only %d steps", n)
			}
			return
		}
		d.changeDataKey(ChangeOptions{})
		for _, id := range ids {
			d.wantNote(id, "about "+id.String())
		}
		keys, err := readKeys(d.options.DataKeyFile)
		must(t, err)
		list, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActDataKey, Limit: 9})
		must(t, err)
		if len(keys) != 1 || len(list) != 2 {
			t.Errorf("after step %d and another call there are %d keys in the file and %d entries", n, len(keys), len(list))
		}
		d.restart()
		d.wantVerified(d.options.DataKeyFile)
	}
}

// A server that does not have the new key records nothing, says why, and goes on by itself
// when it has it.
func TestServerWithoutTheNewDataKey(t *testing.T) {
	d, _ := newSigningDesk(t)
	ids := d.manyRecipients(2)
	own := filepath.Join(t.TempDir(), "own.key")
	text, err := os.ReadFile(d.options.DataKeyFile)
	must(t, err)
	must(t, os.WriteFile(own, text, 0o600))
	other := d.options.DataKeyFile
	d.options.DataKeyFile = own
	d.restart()
	d.options.DataKeyFile = other
	d.changeDataKey(ChangeOptions{})

	err = d.KeepResult(t.Context(), d.id, d.ann, after(1), decode(t, "COMPLETED", "x"))
	wantErr(t, err, review.ErrNotRecorded)
	if !strings.Contains(d.WhyNotRecording(), "does not have the new one") {
		t.Errorf("it says %q", d.WhyNotRecording())
	}
	var unready *review.Unready
	if err := d.Ready(t.Context()); !errors.As(err, &unready) || unready.Reason != review.UnreadyKey {
		t.Errorf("readiness is %v", err)
	}
	_, err = d.Recipient(t.Context(), ids[0], d.ann, review.NotePage{})
	wantErr(t, err, ErrNoNewKey)

	text, err = os.ReadFile(other)
	must(t, err)
	must(t, os.WriteFile(own, text, 0o600))
	d.wantNote(ids[0], "about "+ids[0].String())
	d.fetch(d.id, 1, d.ann, decode(t, "COMPLETED", "x"))
	must(t, d.Ready(t.Context()))
	d.wantVerified(other)
}

// Where keys do not come from a file, the new one comes from there too, and one that was used
// before is not taken again.
func TestDataKeyChangeWithoutAFile(t *testing.T) {
	first, second, third := NewDataKey(), NewDataKey(), NewDataKey()
	given := first
	d := newDesk(t)
	must(t, d.Store.Close())
	d.options = optionsIn(t.TempDir())
	d.options.DataKeyFile, d.options.DataKey = "", func(context.Context) ([]byte, error) { return []byte(given), nil }
	d.Store = mustOpen(t, d.options)
	d.ann = d.addPerson("Ann")
	ids := d.manyRecipients(3)
	change := func() error {
		s := d.beside(t)
		defer s.Close()
		_, err := s.ChangeDataKey(t.Context(), ChangeOptions{})
		return err
	}
	wantErr(t, change(), ErrNoOtherKey)
	given = first + second + third
	wantErr(t, change(), ErrManyNewKeys)
	given = second + first
	must(t, change())
	d.wantNote(ids[0], "about "+ids[0].String())
	wantErr(t, change(), ErrNoOtherKey)
	given = second
	d.restart()
	d.wantNote(ids[2], "about "+ids[2].String())
	given = first
	_, err := Open(t.Context(), d.options)
	wantErr(t, err, ErrWrongKey)
	given = "hunter2"
	_, err = Open(t.Context(), d.options)
	wantErr(t, err, ErrBadKey)
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows what was given: %v", err)
	}
}

// A backup is opened by the keys that there were when it was made.
func TestBackupsFromBeforeAChange(t *testing.T) {
	d, _ := newSigningDesk(t)
	ids := d.manyRecipients(4)
	folder := t.TempDir()
	earlier, during := filepath.Join(folder, "earlier.db"), filepath.Join(folder, "during.db")
	must(t, d.Backup(t.Context(), earlier))
	result := d.changeDataKey(ChangeOptions{Batch: 1, Step: func(step KeyStep) {
		if _, err := os.Stat(during); step == StepSealed && errors.Is(err, fs.ErrNotExist) {
			must(t, d.Backup(t.Context(), during))
		}
	}})
	must(t, d.Erase(t.Context(), ids[3], d.ann, "Asked for.")) // which takes nothing from backups of before
	if notes := d.file(ids[3], d.ann).Record.Notes; len(notes) != 1 || notes[0].Text != "" {
		t.Errorf("of the erased there is %+v", notes)
	}
	old := result.Kept[0]
	both := filepath.Join(folder, "both.key")
	var text []byte
	for _, name := range []string{old, d.options.DataKeyFile} {
		one, err := os.ReadFile(name)
		must(t, err)
		text = append(text, one...)
	}
	must(t, os.WriteFile(both, text, 0o600))
	for _, test := range []struct {
		db, key string
		want    error
	}{
		{earlier, old, nil},
		{earlier, both, nil},
		{earlier, d.options.DataKeyFile, ErrWrongKey},
		{during, both, nil},
		{during, old, ErrLacksNewKey},
		{during, d.options.DataKeyFile, ErrWrongKey},
	} {
		s, err := Open(t.Context(), Options{Path: test.db, DataKeyFile: test.key, Now: d.options.Now})
		if !errors.Is(err, test.want) {
			t.Errorf("%s with %s: %v, want %v", filepath.Base(test.db), filepath.Base(test.key), err, test.want)
		}
		if err == nil {
			d.Store.Close()
			d.Store = s
			for _, id := range ids {
				d.wantNote(id, "about "+id.String())
			}
			must(t, s.Close())
		}
	}
	// The change goes on in the backup from then, and begins anew in the one from before.
	for _, db := range []string{during, earlier} {
		s := mustOpen(t, Options{Path: db, DataKeyFile: both, Now: d.options.Now})
		_, err := s.ChangeDataKey(t.Context(), ChangeOptions{})
		must(t, err)
		d.Store = s
		d.wantNote(ids[1], "about "+ids[1].String())
		must(t, s.Close())
		must(t, os.WriteFile(both, text, 0o600))
	}
}

// A value that does not open keeps the old key in use: nothing is given up in silence.
func TestDataKeyChangeStopsAtWhatDoesNotOpen(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(3)
	exec(t, raw(t, d.options.Path), `UPDATE recipients SET data_key = randomblob(60) WHERE id = (SELECT max(id) FROM recipients)`)
	s := d.beside(t)
	_, err := s.ChangeDataKey(t.Context(), ChangeOptions{})
	wantErr(t, err, ErrUnopened)
	if !strings.Contains(err.Error(), "333333333302") {
		t.Errorf("it does not say of whom: %v", err)
	}
	if keys, err := readKeys(d.options.DataKeyFile); err != nil || len(keys) != 2 {
		t.Errorf("%d keys are in the file (%v)", len(keys), err)
	}
	must(t, d.Erase(t.Context(), mustID(t, "33333333-3333-4333-8333-333333333302"), d.ann, "Cannot be read."))
	_, err = s.ChangeDataKey(t.Context(), ChangeOptions{})
	must(t, err)
	d.wantVerified(d.options.DataKeyFile)
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(NewDataKey() + NewDataKey()))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := parseKeys(text, "it")
		if err != nil {
			return
		}
		again, err := parseKeys([]byte(linesOf(keys)), "it")
		if err != nil || len(again) != len(keys) || !bytes.Equal(again[0].fingerprint, keys[0].fingerprint) {
			t.Errorf("%d keys are written as %d (%v)", len(keys), len(again), err)
		}
	})
}

// Two at once do not take each other's keys away.
func TestOnlyOneChangesTheKeys(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(2)
	other := d.beside(t)
	d.changeDataKey(ChangeOptions{Step: func(step KeyStep) {
		if step == StepFilesReady {
			return
		}
		_, err := other.ChangeDataKey(t.Context(), ChangeOptions{})
		wantErr(t, err, ErrChanging)
	}})
}

// changeSigningKey changes the signing key of a desk as the command does.
func (d *desk) changeSigningKey() *SigningKeyResult {
	d.t.Helper()
	s := d.beside(d.t)
	defer s.Close()
	result, err := s.ChangeSigningKey(d.t.Context(), d.options.SigningKeyFile, ChangeOptions{})
	must(d.t, err)
	return result
}

func (d *desk) wantTrusted(public string, checkpoints ...[]byte) {
	d.t.Helper()
	v, err := Verify(d.t.Context(), VerifyOptions{Path: d.options.Path, Public: []string{public}, Checkpoints: checkpoints})
	if err != nil || !v.Trusted {
		d.t.Errorf("by the key %s: %+v, %v", public, v, err)
	}
}

// While a server works, the signing key is changed beside it, twice. Whoever has any of the
// keys verifies everything, and proofs of each time.
func TestSigningKeyIsChangedBesideAServer(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(2)
	var publics []string
	var checkpoints [][]byte
	var proofs []ledger.ProofFile
	keep := func() {
		text, err := d.Checkpoint(t.Context())
		must(t, err)
		proof, err := d.ProofFile(t.Context(), 2)
		must(t, err)
		health, err := d.Health(t.Context())
		must(t, err)
		if health.Public != proof.Public || ledger.SignedWith(text, []string{health.Public}) == "" {
			t.Errorf("the checkpoint is not signed with %s", health.Public)
		}
		publics, checkpoints, proofs = append(publics, health.Public), append(checkpoints, text), append(proofs, proof)
	}
	keep()
	for round := range 2 {
		result := d.changeSigningKey()
		if result.Old != publics[round] || result.New == result.Old || !strings.HasPrefix(result.Kept, d.options.SigningKeyFile+".old-") {
			t.Errorf("%+v", result)
		}
		keep()
		if publics[round+1] != result.New {
			t.Errorf("it signs with %s", publics[round+1])
		}
	}
	changes, err := d.KeyChanges(t.Context())
	must(t, err)
	chain, err := ledger.ParseKeyChanges(bytes.Join(changes, nil))
	must(t, err)
	for _, public := range publics {
		d.wantTrusted(public, checkpoints...)
		for i := range proofs {
			file, err := ledger.ParseProofFile(proofs[i].Text())
			must(t, err)
			if _, _, err := file.Check(public, chain...); err != nil {
				t.Errorf("proof %d by the key %s: %v", i, public, err)
			}
		}
	}
	if v := d.wantVerified(d.options.DataKeyFile); len(v.Public) != 3 || len(v.Unvouched) != 0 {
		t.Errorf("%+v", v)
	}
	d.restart()
	d.fetch(d.id2, 9, d.ann, decode(t, "COMPLETED", "later"))
	must(t, d.BatchLogs(t.Context(), after(90)))
	keep()
	d.wantTrusted(publics[0], checkpoints...)
}

// Wherever changing the signing key ends, a server signs, and the next call finishes it.
func TestSigningKeyChangeThatBrokeOff(t *testing.T) {
	for n := 1; ; n++ {
		d, _ := newSigningDesk(t)
		d.sign()
		public := d.signer.public
		broken := d.changeUntil(n, func(s *Store, o ChangeOptions) error {
			_, err := s.ChangeSigningKey(t.Context(), d.options.SigningKeyFile, o)
			return err
		})
		d.manyRecipients(1)
		d.sign()
		d.restart()
		must(t, d.note(d.fetch(d.id, 5, d.ann, decode(t, "COMPLETED", "x")), "k", "text"))
		d.sign()
		d.wantTrusted(public)
		if !broken {
			if n < 4 {
				t.Errorf("there were only %d steps", n)
			}
			return
		}
		d.changeSigningKey()
		list, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActSigningKey, Limit: 9})
		must(t, err)
		if _, err := os.Stat(nextSignerFile(d.options.SigningKeyFile)); err == nil || len(list) != 2 {
			t.Errorf("after step %d and another call there are %d entries (%v)", n, len(list), err)
		}
		must(t, d.note(d.file(d.id, d.ann).Newest.Digest, "k2", "more"))
		d.sign()
		d.wantTrusted(public)
	}
}

// A server whose file does not get the new key signs nothing with the old one.
func TestServerWithoutTheNewSigningKey(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.sign()
	file := d.options.SigningKeyFile
	text, err := os.ReadFile(file)
	must(t, err)
	d.changeSigningKey()
	next, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, text, 0o600))
	_, err = d.Checkpoint(t.Context())
	wantErr(t, err, ErrSigningKeyChanged)
	must(t, d.Store.Close())
	_, err = Open(t.Context(), d.options)
	wantErr(t, err, ErrOtherSigningKey)
	must(t, os.WriteFile(file, next, 0o600))
	d.Store = mustOpen(t, d.options)
	d.sign()
}

// However a chain of keys is forged, whoever has one of its keys finds it.
func TestForgedKeyChains(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(1)
	d.sign()
	old := d.signer
	before := int64(d.size())
	result := d.changeSigningKey()
	d.fetch(d.id, 5, d.ann, decode(t, "COMPLETED", "x"))
	must(t, d.note(d.file(d.id, d.ann).Newest.Digest, "k", "text"))
	d.sign()
	next := d.signer
	changes, err := d.KeyChanges(t.Context())
	must(t, err)
	must(t, d.Store.Close())
	e := &evidence{t: t, path: d.options.Path}
	_, foreign, forger := newKey(t)
	statement := func(from, to *signer, seq int64) string {
		text, err := ledger.KeyChange{Old: from.public, New: to.public, Seq: seq}.Sign(from, to)
		must(t, err)
		return string(text)
	}
	another, err := newSignerText(old.Name())
	must(t, err)
	own := filepath.Join(t.TempDir(), "own")
	must(t, os.WriteFile(own, []byte(another), 0o600))
	thief, err := readSigner(own)
	must(t, err)

	for _, test := range []struct {
		name    string
		do      func(c *copied)
		trusted string
		want    string // part of the error; empty when nothing is wrong
	}{
		{"untouched", func(*copied) {}, old.public, ""},
		{"untouched, by the newest key", func(*copied) {}, next.public, ""},
		{"another's key", func(*copied) {}, foreign, "that you did not bring"},
		{"named in the place of the new one", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: thief.public, KeyChange: string(changes[0])}.String(), before)
			c.rehash()
			c.resign(thief, before)
		}, old.public, "does not vouch"},
		{"that nobody vouches for", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: foreign}.String(), before)
			c.rehash()
			c.resign(forger, before)
		}, old.public, "no key which you brought vouches for"},
		{"vouched for by itself alone", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: next.public, KeyChange: statement(thief, next, before)}.String(), before)
			c.rehash()
			c.resign(next, before)
		}, old.public, "does not vouch"},
		{"vouched for at another entry", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: next.public, KeyChange: statement(old, next, before+1)}.String(), before)
			c.rehash()
			c.resign(next, before)
		}, old.public, "does not vouch"},
		{"a statement with a letter altered", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = replace(facts, 'key change v1', 'key change v2') WHERE seq = ?`, before)
			c.rehash()
			c.resign(next, before)
		}, "", "does not vouch"},
		{"signed on with the old key", func(c *copied) { c.resign(old, before) }, old.public, "had been replaced before"},
		{"signed on with the old key, for whoever brings none", func(c *copied) { c.resign(old, before) }, "", "had been replaced before"},
		{"the change taken away, with the old key", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: old.public}.String(), before)
			c.rehash()
			c.resign(old, before)
		}, next.public, "that you did not bring"},
	} {
		c := e.copy(t)
		c.free(func() { test.do(c) })
		must(t, c.db.Close())
		o := VerifyOptions{Path: c.path}
		if test.trusted != "" {
			o.Public = []string{test.trusted}
		}
		_, err := Verify(t.Context(), o)
		if test.want == "" && err != nil || test.want != "" && (!errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}

	// A checkpoint that the old key signed later passes for none that was kept.
	c, err := ledger.OpenCheckpoint(d.lastCheckpoint(e.path), mustVerifier(t, next.public))
	must(t, err)
	late, err := c.Sign(old)
	must(t, err)
	_, err = Verify(t.Context(), VerifyOptions{Path: e.path, Public: []string{next.public}, Checkpoints: [][]byte{late}})
	if !errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), "had been replaced before") {
		t.Errorf("a checkpoint of later by the old key: %v", err)
	}
	if result.New != next.public {
		t.Errorf("the server signs with %s", next.public)
	}
}

// lastCheckpoint returns the newest checkpoint of a database.
func (d *desk) lastCheckpoint(path string) []byte {
	d.t.Helper()
	var text string
	must(d.t, raw(d.t, path).QueryRow(`SELECT text FROM checkpoints ORDER BY size DESC LIMIT 1`).Scan(&text))
	return []byte(text)
}

func mustVerifier(t testing.TB, public string) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(public)
	must(t, err)
	return v
}

// What the database says about changed data keys is compared with the entries.
func TestForgedDataKeyChanges(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(1)
	d.changeDataKey(ChangeOptions{})
	must(t, d.Store.Close())
	e := &evidence{t: t, path: d.options.Path}
	for name, do := range map[string]func(c *copied){
		"the fact of before": func(c *copied) {
			c.exec(`UPDATE facts SET value = (SELECT unhex(json_extract(facts, '$.earlier_data_key')) FROM ledger WHERE act = 'data-key' LIMIT 1) WHERE name = ?`, fingerprintFact)
		},
		"a change that goes on": func(c *copied) { c.exec(`INSERT INTO facts (name, value) VALUES (?, randomblob(32))`, nextKeyFact) },
		"an entry about another key": func(c *copied) {
			c.exec(`UPDATE ledger SET facts = json_set(facts, '$.earlier_data_key', 'ab') WHERE act = 'data-key'`)
			c.rehash()
		},
		"a value under a key that does not count": func(c *copied) { c.exec(`UPDATE recipients SET data_key = randomblob(68)`) },
	} {
		c := e.copy(t)
		c.free(func() { do(c) })
		must(t, c.db.Close())
		if _, err := Verify(t.Context(), VerifyOptions{Path: c.path}); !errors.Is(err, ledger.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
