package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/ledger"
)

// pair is a key of a ledger, with its secret half.
type pair struct {
	note.Signer
	public string
}

func newPair(t testing.TB, name string) pair {
	t.Helper()
	secret, public, err := ledger.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return pair{signer, public}
}

func pairs(t testing.TB, n int) []pair {
	t.Helper()
	var list []pair
	for range n {
		list = append(list, newPair(t, "countersign/test"))
	}
	return list
}

// signedChange is that one key takes the place of another from an entry on.
func signedChange(t testing.TB, old, next pair, seq int64) []byte {
	t.Helper()
	signed, err := ledger.KeyChange{Old: old.public, New: next.public, Seq: seq}.Sign(old, next)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func openedChange(t testing.TB, signed []byte) ledger.KeyChange {
	t.Helper()
	c, err := ledger.OpenKeyChange(signed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A change holds when both keys signed it, and with no byte altered.
func TestKeyChange(t *testing.T) {
	k := pairs(t, 3)
	signed := signedChange(t, k[0], k[1], 7)
	if c := openedChange(t, signed); c != (ledger.KeyChange{Old: k[0].public, New: k[1].public, Seq: 7}) {
		t.Errorf("opened: %+v", c)
	}
	for i := range signed {
		altered := slices.Clone(signed)
		altered[i] ^= 1
		if c, err := ledger.OpenKeyChange(altered); err == nil {
			t.Errorf("with byte %d altered it is %+v", i, c)
		}
	}
	text, _, _ := strings.Cut(string(signed), "\n\n")
	for name, signers := range map[string][]note.Signer{
		"by nobody": nil, "by the old key alone": {k[0]}, "by the new key alone": {k[1]}, "by others": {k[2]}, "by one more": {k[0], k[1], k[2]},
	} {
		forged, err := note.Sign(&note.Note{Text: text + "\n"}, signers...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.OpenKeyChange(forged); !errors.Is(err, ledger.ErrKeyChange) {
			t.Errorf("signed %s: %v", name, err)
		}
	}
	other := newPair(t, "countersign/other")
	for name, c := range map[string]ledger.KeyChange{
		"of another ledger":  {Old: k[0].public, New: other.public, Seq: 7},
		"of a key to itself": {Old: k[0].public, New: k[0].public, Seq: 7},
		"at the first entry": {Old: k[0].public, New: k[1].public},
	} {
		next := map[string]note.Signer{k[0].public: k[0], k[1].public: k[1], other.public: other}[c.New]
		if signed, err := c.Sign(k[0], next); err == nil {
			t.Errorf("%s: %s", name, signed)
		}
	}
}

// Whoever trusts any key of a chain can believe what any of them signed in its time.
func TestKeyChain(t *testing.T) {
	k := pairs(t, 5)
	chain := ledger.KeyChanges{openedChange(t, signedChange(t, k[1], k[2], 20)), openedChange(t, signedChange(t, k[0], k[1], 10))}
	fork := append(slices.Clone(chain), openedChange(t, signedChange(t, k[0], k[3], 11)))
	for _, test := range []struct {
		name            string
		chain           ledger.KeyChanges
		trusted, signed int
		size            int64
		want            error
		steps           int
	}{
		{"the key itself", nil, 0, 0, 99, nil, 0},
		{"the oldest is trusted, the newest signed", chain, 0, 2, 99, nil, 2},
		{"the newest is trusted, the oldest signed", chain, 2, 0, 10, nil, 2},
		{"the one in the middle is trusted", chain, 1, 0, 3, nil, 1},
		{"the oldest signed after it was replaced", chain, 2, 0, 11, ledger.ErrKeyReplaced, 0},
		{"and is the one that is trusted", chain, 0, 0, 11, ledger.ErrKeyReplaced, 0},
		{"without the chain", nil, 0, 2, 99, ledger.ErrKeyUnconnected, 0},
		{"a key that nobody vouches for", chain, 0, 4, 99, ledger.ErrKeyUnconnected, 0},
		{"half of the chain", chain[:1], 0, 2, 99, ledger.ErrKeyUnconnected, 0},
		{"a second one from the oldest key", fork, 0, 3, 99, ledger.ErrKeyFork, 0},
	} {
		steps, err := test.chain.Check(k[test.trusted].public, k[test.signed].public, test.size)
		if !errors.Is(err, test.want) || steps != test.steps {
			t.Errorf("%s: %d steps, %v, want %d, %v", test.name, steps, err, test.steps, test.want)
		}
	}
}

// Changes that stand in one file are read; with anything else in it none is.
func TestParseKeyChanges(t *testing.T) {
	k := pairs(t, 3)
	both := slices.Concat(signedChange(t, k[0], k[1], 10), signedChange(t, k[1], k[2], 20))
	list, err := ledger.ParseKeyChanges(both)
	if err != nil || len(list) != 2 || list[0].New != list[1].Old {
		t.Errorf("%+v, %v", list, err)
	}
	for _, text := range []string{"", "something", "x" + string(both), string(both) + "x\n", strings.Replace(string(both), "entry 20", "entry 21", 1)} {
		if _, err := ledger.ParseKeyChanges([]byte(text)); !errors.Is(err, ledger.ErrKeyChange) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A proof is as good for whoever trusts a key of before, or one of later.
func TestProofFileWithKeyChanges(t *testing.T) {
	k := pairs(t, 3)
	list := entries(10)
	at := func(signer pair, seq int64, changes ...[]byte) ledger.ProofFile {
		_, signed := checkpoint(t, list, signer)
		proof, err := ledger.Prove(seq, 10, kept(t, list), signed)
		if err != nil {
			t.Fatal(err)
		}
		f, err := ledger.ParseProofFile(ledger.ProofFile{Public: signer.public, Changes: changes, Entry: list[seq], Proof: proof}.Text())
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first, second := signedChange(t, k[0], k[1], 4), signedChange(t, k[1], k[2], 12)
	newer, earlier := at(k[1], 6, first), at(k[1], 6)
	for _, test := range []struct {
		name    string
		file    ledger.ProofFile
		trusted pair
		brought ledger.KeyChanges
		want    error
	}{
		{"its own key", newer, k[1], nil, nil},
		{"the key before", newer, k[0], nil, nil},
		{"the key before, without the change", earlier, k[0], nil, ledger.ErrCheckpoint},
		{"a later key, with the change that was brought", earlier, k[2], ledger.KeyChanges{openedChange(t, second)}, nil},
		{"a later key, without", earlier, k[2], nil, ledger.ErrCheckpoint},
		{"a key that was replaced before", at(k[0], 6, first), k[0], nil, ledger.ErrKeyReplaced},
	} {
		e, c, err := test.file.Check(test.trusted.public, test.brought...)
		if !errors.Is(err, test.want) || err == nil && (e.Seq != 6 || c.Size != 10) {
			t.Errorf("%s: entry %d of %d, %v, want %v", test.name, e.Seq, c.Size, err, test.want)
		}
	}
	altered := bytes.Replace(newer.Text(), []byte("\nchange "), []byte("\nchange A"), 1)
	if _, err := ledger.ParseProofFile(altered); !errors.Is(err, ledger.ErrProofFile) {
		t.Errorf("with an altered change: %v", err)
	}
}

func FuzzParseKeyChanges(f *testing.F) {
	k := pairs(f, 2)
	f.Add(signedChange(f, k[0], k[1], 3))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := ledger.ParseKeyChanges(text)
		if err == nil && len(list) != bytes.Count(text, []byte("countersign key change v1\n")) {
			t.Errorf("%q has %d changes", text, len(list))
		}
	})
}
