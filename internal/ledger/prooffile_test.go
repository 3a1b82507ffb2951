package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/ledger"
)

// proofFile proves an entry of a made-up ledger of ten, by a key of its own.
func proofFile(t testing.TB, seq int64) ledger.ProofFile {
	t.Helper()
	secret, public, err := ledger.GenerateKey(rand.Reader, "countersign/test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	list := entries(10)
	_, signed := checkpoint(t, list, signer)
	proof, err := ledger.Prove(seq, 10, kept(t, list), signed)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.ProofFile{Public: public, Entry: list[seq], Proof: proof}
}

// A file proves its entry by its own key, and by nothing else.
func TestProofFile(t *testing.T) {
	written := proofFile(t, 6)
	file, err := ledger.ParseProofFile(written.Text())
	if err != nil {
		t.Fatal(err)
	}
	e, c, err := file.Check(written.Public)
	if err != nil || e.Seq != 6 || c.Size != 10 || c.Origin != "countersign/test" {
		t.Errorf("entry %d of %d in %s, error %v", e.Seq, c.Size, c.Origin, err)
	}
	for public, want := range map[string]error{
		"": ledger.ErrKey, "countersign/test": ledger.ErrKey, proofFile(t, 6).Public: ledger.ErrCheckpoint,
	} {
		if _, _, err := file.Check(public); !errors.Is(err, want) {
			t.Errorf("by the key %q: %v, want %v", public, err, want)
		}
	}
	file.Entry = entries(10)[5]
	if _, _, err := file.Check(written.Public); !errors.Is(err, ledger.ErrProof) {
		t.Errorf("of another entry: %v", err)
	}
}

// With any byte altered a file proves nothing, or what it proved before: the last digit of
// a signature has bits that nobody reads.
func TestAnAlteredProofFileProvesNothingElse(t *testing.T) {
	written := proofFile(t, 6)
	entry, checkpoint, err := written.Check(written.Public)
	if err != nil {
		t.Fatal(err)
	}
	text := written.Text()
	for i := range text {
		altered := slices.Clone(text)
		altered[i] ^= 1
		file, err := ledger.ParseProofFile(altered)
		if err != nil {
			continue
		}
		if e, c, err := file.Check(written.Public); err == nil && (e != entry || c != checkpoint) {
			t.Errorf("with byte %d altered it proves entry %+v in %+v", i, e, c)
		}
	}
}

func FuzzParseProofFile(f *testing.F) {
	f.Add(proofFile(f, 3).Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := ledger.ParseProofFile(text)
		if err == nil && !bytes.Equal(file.Text(), text) {
			t.Errorf("%q is read and written otherwise", text)
		}
	})
}
