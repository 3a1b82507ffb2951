package store_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// beside opens the database of a desk as a command does.
func (d *desk) beside(t testing.TB) *store.Store {
	t.Helper()
	o := d.options
	o.Serve, o.SigningKeyFile, o.CheckpointLog = false, "", ""
	return mustOpen(t, o)
}

// changeDataKey changes the data key of a desk as the command does.
func (d *desk) changeDataKey(o store.ChangeOptions) *store.DataKeyResult {
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
func (d *desk) wantVerified(keyFile string) *store.Verification {
	d.t.Helper()
	v, err := store.Verify(d.t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: keyFile})
	must(d.t, err)
	return v
}

// wrappedBytes are the values under the data key itself, as they stand in the files.
func (d *desk) wrappedBytes() [][]byte {
	d.t.Helper()
	list, err := d.WrappedValues(d.t.Context())
	must(d.t, err)
	return list
}

// keysIn counts the keys in a data-key file, a line each.
func keysIn(t testing.TB, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return bytes.Count(text, []byte("\n"))
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
		result := d.changeDataKey(store.ChangeOptions{Batch: 3, Step: func(step store.KeyStep) {
			// At each step the server reads and writes.
			steps++
			for _, id := range ids[1:] {
				d.wantNote(id, "about "+id.String())
			}
			id := mustID(t, "55555555-5555-4555-8555-5555555555"+hex.EncodeToString([]byte{byte(16*round + steps)}))
			digest := d.fetch(id, 0, d.ann, decode(t, "COMPLETED", id.String()))
			must(t, d.keepNote(t.Context(), review.NewNote{Recipient: id, Digest: digest, Author: d.ann, At: after(2), Text: "about " + id.String(), Key: "m" + id.String()}))
			ids = append(ids, id)
			if step == store.StepSealed && steps == 3 {
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
		_, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: result.Kept[0]})
		wantErr(t, err, store.ErrWrongKey)
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
func (d *desk) changeUntil(n int, change func(*store.Store, store.ChangeOptions) error) (broken bool) {
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
	must(d.t, change(s, store.ChangeOptions{Batch: 2, Step: func(step store.KeyStep) {
		if n--; n == 0 && step != store.StepFilesReady { // after that all is done
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
		broken := d.changeUntil(n, func(s *store.Store, o store.ChangeOptions) error {
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
		d.changeDataKey(store.ChangeOptions{})
		for _, id := range ids {
			d.wantNote(id, "about "+id.String())
		}
		keys := keysIn(t, d.options.DataKeyFile)
		list, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActDataKey, Limit: 9})
		must(t, err)
		if keys != 1 || len(list) != 2 {
			t.Errorf("after step %d and another call there are %d keys in the file and %d entries", n, keys, len(list))
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
	d.changeDataKey(store.ChangeOptions{})

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
	wantErr(t, err, store.ErrNoNewKey)

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
	first, second, third := store.NewDataKey(), store.NewDataKey(), store.NewDataKey()
	given := first
	d := newDesk(t)
	must(t, d.Store.Close())
	d.options = optionsIn(t, t.TempDir())
	d.options.DataKeyFile, d.options.DataKey = "", func(context.Context) ([]byte, error) { return []byte(given), nil }
	d.Store = mustOpen(t, d.options)
	d.ann = d.addPerson("Ann")
	ids := d.manyRecipients(3)
	change := func() error {
		s := d.beside(t)
		defer s.Close()
		_, err := s.ChangeDataKey(t.Context(), store.ChangeOptions{})
		return err
	}
	wantErr(t, change(), store.ErrNoOtherKey)
	given = first + second + third
	wantErr(t, change(), store.ErrManyNewKeys)
	given = second + first
	must(t, change())
	d.wantNote(ids[0], "about "+ids[0].String())
	wantErr(t, change(), store.ErrNoOtherKey)
	given = second
	d.restart()
	d.wantNote(ids[2], "about "+ids[2].String())
	given = first
	_, err := store.Open(t.Context(), d.options)
	wantErr(t, err, store.ErrWrongKey)
	given = "hunter2"
	_, err = store.Open(t.Context(), d.options)
	wantErr(t, err, store.ErrBadKey)
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows what was given: %v", err)
	}
}

// A value that does not open keeps the old key in use: nothing is given up in silence.
func TestDataKeyChangeStopsAtWhatDoesNotOpen(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(3)
	exec(t, d.raw(), `UPDATE recipients SET data_key = randomblob(60) WHERE id = (SELECT max(id) FROM recipients)`)
	s := d.beside(t)
	_, err := s.ChangeDataKey(t.Context(), store.ChangeOptions{})
	wantErr(t, err, store.ErrUnopened)
	if !strings.Contains(err.Error(), "333333333302") {
		t.Errorf("it does not say of whom: %v", err)
	}
	if keys := keysIn(t, d.options.DataKeyFile); keys != 2 {
		t.Errorf("%d keys are in the file", keys)
	}
	must(t, d.Erase(t.Context(), mustID(t, "33333333-3333-4333-8333-333333333302"), d.ann, "Cannot be read."))
	_, err = s.ChangeDataKey(t.Context(), store.ChangeOptions{})
	must(t, err)
	d.wantVerified(d.options.DataKeyFile)
}

// Two at once do not take each other's keys away.
func TestOnlyOneChangesTheKeys(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(2)
	other := d.beside(t)
	d.changeDataKey(store.ChangeOptions{Step: func(step store.KeyStep) {
		if step == store.StepFilesReady {
			return
		}
		_, err := other.ChangeDataKey(t.Context(), store.ChangeOptions{})
		wantErr(t, err, store.ErrChanging)
	}})
}

// changeSigningKey changes the signing key of a desk as the command does.
func (d *desk) changeSigningKey() *store.SigningKeyResult {
	d.t.Helper()
	s := d.beside(d.t)
	defer s.Close()
	result, err := s.ChangeSigningKey(d.t.Context(), d.options.SigningKeyFile, store.ChangeOptions{})
	must(d.t, err)
	return result
}

func (d *desk) wantTrusted(public string, checkpoints ...[]byte) {
	d.t.Helper()
	v, err := store.Verify(d.t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, Public: []string{public}, Checkpoints: checkpoints})
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
		public := signingKeyIn(t, d.options.SigningKeyFile).public
		broken := d.changeUntil(n, func(s *store.Store, o store.ChangeOptions) error {
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
		if _, err := os.Stat(store.NextSignerFile(d.options.SigningKeyFile)); err == nil || len(list) != 2 {
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
	wantErr(t, err, store.ErrSigningKeyChanged)
	must(t, d.Store.Close())
	_, err = store.Open(t.Context(), d.options)
	wantErr(t, err, store.ErrOtherSigningKey)
	must(t, os.WriteFile(file, next, 0o600))
	d.Store = mustOpen(t, d.options)
	d.sign()
}
