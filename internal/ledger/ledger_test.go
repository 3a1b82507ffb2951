package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/digest"
	"countersign/internal/ledger"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// entry is the n-th of a made-up ledger.
func entry(n int) ledger.Entry {
	return ledger.Entry{
		Seq: int64(n), At: noon.Add(time.Duration(n/3) * time.Second), Actor: int64(n%4 + 1), Name: "Ann \"the\nfirst\" Ü", Role: "reviewer",
		Recipient: "7c9e6679-7425-40de-944b-e07fc1f90ae7", Snapshot: digest.SHA256{1, byte(n)}, Act: "note",
		About: 5, Facts: `{"form":"x"}`, Sealed: digest.SHA256{2},
		Content: ledger.Commit([ledger.SaltSize]byte{byte(n)}, []byte("text")),
	}
}

func entries(n int) [][]byte {
	var list [][]byte
	for i := range n {
		list = append(list, entry(i).Bytes())
	}
	return list
}

// The bytes of an entry are signed for years: they may never change.
func TestBytesOfAnEntry(t *testing.T) {
	e := entry(7)
	e.Content = digest.SHA256{}
	want := `countersign entry v1
seq 7
at 2026-11-23T12:00:02.000Z
actor 4
name "Ann \"the\nfirst\" \u00dc"
role "reviewer"
recipient "7c9e6679-7425-40de-944b-e07fc1f90ae7"
snapshot 0107000000000000000000000000000000000000000000000000000000000000
act "note"
about 5
facts "{\"form\":\"x\"}"
content -
sealed 0200000000000000000000000000000000000000000000000000000000000000
`
	if got := string(e.Bytes()); got != want {
		t.Errorf("bytes:\n%s\nwant:\n%s", got, want)
	}
}

// Entries of the second form say by how much their clock was behind.
func TestBytesOfAnEntryNow(t *testing.T) {
	e := ledger.Entry{Version: ledger.V2, Seq: 8, At: noon, Behind: 365 * 24 * time.Hour, Act: "account", Facts: "{}"}
	want := `countersign entry v2
seq 8
at 2026-11-23T12:00:00.000Z
actor 0
name ""
role ""
recipient ""
snapshot -
act "account"
about 0
facts "{}"
content -
sealed -
behind 31536000000
`
	if got := string(e.Bytes()); got != want {
		t.Errorf("bytes:\n%s\nwant:\n%s", got, want)
	}
	for name, bad := range map[string]string{
		"a negative lag":     strings.Replace(want, "behind 3", "behind -3", 1),
		"a lag that is none": strings.Replace(want, "behind 31536000000", "behind ", 1),
		"a lag of ages":      strings.Replace(want, "behind 3", "behind 99999999993", 1),
		"no lag":             strings.Replace(want, "behind 31536000000\n", "", 1),
		"the first version":  strings.Replace(want, " v2", " v1", 1),
		"a third version":    strings.Replace(want, " v2", " v3", 1),
	} {
		if e, err := ledger.ParseEntry([]byte(bad)); !errors.Is(err, ledger.ErrEntry) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// Entries of both forms may only come behind what they can come behind.
func TestFollows(t *testing.T) {
	v1, v2 := ledger.V1, ledger.V2
	at := func(v ledger.Version, minutes int, behind time.Duration) ledger.Entry {
		return ledger.Entry{Version: v, At: noon.Add(time.Duration(minutes) * time.Minute), Behind: behind}
	}
	for _, test := range []struct {
		name       string
		last, next ledger.Entry
		want       bool
	}{
		{"the first of the first form", ledger.Entry{}, at(v1, 0, 0), true},
		{"the first of the second", ledger.Entry{}, at(v2, 0, 0), true},
		{"at the same time", at(v1, 1, 0), at(v1, 1, 0), true},
		{"earlier, in the first form", at(v1, 1, 0), at(v1, 0, 0), false},
		{"a lag in the first form", at(v1, 1, 0), at(v1, 1, time.Minute), false},
		{"later", at(v2, 1, 0), at(v2, 2, 0), true},
		{"earlier, and says so", at(v2, 5, 0), at(v2, 2, 3*time.Minute), true},
		{"earlier, and does not", at(v2, 5, 0), at(v2, 2, 0), false},
		{"earlier, and says too little", at(v2, 5, 0), at(v2, 2, time.Minute), false},
		{"later, and says to be behind", at(v2, 1, 0), at(v2, 2, time.Minute), false},
		{"earlier than the last of the first form", at(v1, 5, 0), at(v2, 2, 3*time.Minute), true},
		{"the first form behind the second", at(v2, 1, 0), at(v1, 2, 0), false},
	} {
		if why := test.next.OrderFault(&test.last); (why == "") != test.want {
			t.Errorf("%s: %q", test.name, why)
		}
	}
}

func TestParseEntry(t *testing.T) {
	behind := entry(4)
	behind.Version, behind.Behind = ledger.V2, time.Millisecond
	for _, e := range []ledger.Entry{entry(0), entry(99), {At: noon, Act: "set-up"}, {Version: ledger.V2, At: noon}, behind} {
		if got, err := ledger.ParseEntry(e.Bytes()); err != nil || got != e {
			t.Errorf("%+v, %v; want %+v", got, err, e)
		}
	}
	good := string(entry(3).Bytes())
	for name, bad := range map[string]string{
		"nothing":          "",
		"no end":           strings.TrimSuffix(good, "\n"),
		"more behind it":   good + "x",
		"another version":  strings.Replace(good, " v1", " v2", 1),
		"a line too few":   strings.Replace(good, "actor 4\n", "", 1),
		"a line twice":     strings.Replace(good, "actor 4\n", "actor 4\nactor 4\n", 1),
		"lines exchanged":  strings.Replace(good, "seq 3\nat 2026-11-23T12:00:01.000Z\n", "at 2026-11-23T12:00:01.000Z\nseq 3\n", 1),
		"another spelling": strings.Replace(good, "seq 3", "seq 03", 1),
		"a plus":           strings.Replace(good, "seq 3", "seq +3", 1),
		"another zone":     strings.Replace(good, "12:00:01.000Z", "13:00:01.000+01:00", 1),
		"more digits":      strings.Replace(good, "01.000Z", "01.0000Z", 1),
		"upper case":       strings.Replace(good, "snapshot 01", "snapshot 0A", 1),
		"a digest of none": strings.Replace(good, "snapshot 0103", "snapshot 0000", 1),
		"raw letters":      strings.Replace(good, `\u00dc`, "Ü", 1),
	} {
		if e, err := ledger.ParseEntry([]byte(bad)); !errors.Is(err, ledger.ErrEntry) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

func TestCommit(t *testing.T) {
	seen := map[digest.SHA256]bool{}
	for _, salt := range [][ledger.SaltSize]byte{{}, {1}} {
		for _, content := range []string{"", "a", "b"} {
			seen[ledger.Commit(salt, []byte(content))] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d commitments for six contents", len(seen))
	}
}

// shelf keeps hashes in memory.
type shelf []tlog.Hash

func (s shelf) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var list []tlog.Hash
	for _, i := range indexes {
		if i >= int64(len(s)) {
			return nil, fmt.Errorf("there is no hash %d", i)
		}
		list = append(list, s[i])
	}
	return list, nil
}

func kept(t testing.TB, list [][]byte) shelf {
	t.Helper()
	var s shelf
	for n, text := range list {
		if tlog.StoredHashIndex(0, int64(n)) != int64(len(s)) {
			t.Fatalf("the hashes of entry %d begin at %d, not at %d", n, tlog.StoredHashIndex(0, int64(n)), len(s))
		}
		hashes, err := ledger.NextHashes(int64(n), text, s)
		if err != nil {
			t.Fatal(err)
		}
		s = append(s, hashes...)
	}
	return s
}

// The tree that is grown and the tree that is kept are the same, at every size.
func TestFrontierIsTheTree(t *testing.T) {
	list := entries(300)
	hashes := kept(t, list)
	var f ledger.Frontier
	for n := range 301 {
		root, err := tlog.TreeHash(int64(n), hashes)
		if err != nil {
			t.Fatal(err)
		}
		if f.Size() != int64(n) || f.Root() != root {
			t.Fatalf("at %d entries: %d, %v, want %v", n, f.Size(), f.Root(), root)
		}
		read, err := ledger.ReadFrontier(int64(n), hashes)
		if err != nil || read.Size() != int64(n) || read.Root() != root {
			t.Fatalf("read at %d entries: %+v, error %v, want the root %v", n, read, err, root)
		}
		if n < 300 {
			f.Add(list[n])
		}
	}
}

// keys are those of a ledger.
func keys(t testing.TB) (note.Signer, note.Verifier) {
	t.Helper()
	signing, public, err := ledger.GenerateKey(rand.Reader, "countersign.example/ledger")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(signing)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

func checkpoint(t testing.TB, list [][]byte, signer note.Signer) (ledger.Checkpoint, []byte) {
	t.Helper()
	var f ledger.Frontier
	for _, text := range list {
		f.Add(text)
	}
	c := ledger.Checkpoint{Origin: signer.Name(), Size: f.Size(), Root: f.Root()}
	signed, err := c.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	return c, signed
}

func TestCheckpoint(t *testing.T) {
	signer, verifier := keys(t)
	_, stranger := keys(t)
	for _, n := range []int{0, 1, 100} {
		c, signed := checkpoint(t, entries(n), signer)
		if n == 100 {
			c.Previous = 7
			var err error
			if signed, err = c.Sign(signer); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := ledger.OpenCheckpoint(signed, verifier); err != nil || got != c {
			t.Errorf("%+v, %v; want %+v", got, err, c)
		}
		if _, err := ledger.OpenCheckpoint(signed, stranger); !errors.Is(err, ledger.ErrCheckpoint) {
			t.Errorf("with another key: %v", err)
		}
		for i := range signed {
			forged := bytes.Clone(signed)
			forged[i] ^= 1
			if got, err := ledger.OpenCheckpoint(forged, verifier); err == nil {
				t.Fatalf("with byte %d changed it says %+v", i, got)
			}
		}
	}
	other := ledger.Checkpoint{Origin: "another/ledger", Size: 1}
	signed, err := other.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenCheckpoint(signed, verifier); !errors.Is(err, ledger.ErrCheckpoint) {
		t.Errorf("for another ledger: %v", err)
	}
}

// Every entry is proved at every size, and by no proof but its own.
func TestProofs(t *testing.T) {
	signer, verifier := keys(t)
	list := entries(40)
	hashes := kept(t, list)
	for size := 1; size <= len(list); size++ {
		c, signed := checkpoint(t, list[:size], signer)
		for seq := range size {
			proof, err := ledger.Prove(int64(seq), int64(size), hashes, signed)
			if err != nil {
				t.Fatal(err)
			}
			read, err := ledger.ParseProof(proof.Text())
			if err != nil {
				t.Fatal(err)
			}
			e, in, err := read.Check(list[seq], verifier)
			if err != nil || e != entry(seq) || in != c {
				t.Fatalf("entry %d of %d: %+v, %v", seq, size, e, err)
			}
			if _, _, err := read.Check(list[(seq+1)%len(list)], verifier); !errors.Is(err, ledger.ErrProof) {
				t.Fatalf("the proof of %d of %d fits its neighbour: %v", seq, size, err)
			}
		}
		if _, err := ledger.Prove(int64(size), int64(size), hashes, signed); err == nil {
			t.Errorf("an entry behind the end was proved")
		}
	}
}

func TestAForgedProofShowsNothing(t *testing.T) {
	signer, verifier := keys(t)
	list := entries(21)
	_, signed := checkpoint(t, list, signer)
	proof, err := ledger.Prove(9, 21, kept(t, list), signed)
	if err != nil {
		t.Fatal(err)
	}
	text := proof.Text()
	for i := range text {
		forged := bytes.Clone(text)
		forged[i] ^= 4
		p, err := ledger.ParseProof(forged)
		if err != nil {
			continue
		}
		if e, c, err := p.Check(list[9], verifier); err == nil && (e != entry(9) || c.Size != 21) {
			t.Errorf("with byte %d changed it shows %+v", i, e)
		}
	}
}

func walk(list [][]byte) (*verifier, error) {
	v := &verifier{}
	for _, text := range list {
		if _, err := v.Next(text); err != nil {
			return v, err
		}
	}
	return v, nil
}

// Whatever is done to a ledger, it is found with an old checkpoint.
func TestEveryChangeIsFound(t *testing.T) {
	signer, verifier := keys(t)
	list := entries(60)
	_, signed := checkpoint(t, list, signer)
	c, err := ledger.OpenCheckpoint(signed, verifier)
	if err != nil {
		t.Fatal(err)
	}
	v, err := walk(list)
	if err != nil || v.Check(c) != nil {
		t.Fatalf("untouched: %v, %v", err, v.Check(c))
	}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for round := range 400 {
		changed := slices.Clone(list)
		at := random.IntN(len(list))
		what := tamper(changed, at, random)
		if what == nil {
			continue
		}
		v, err := walk(what)
		if err == nil {
			err = v.Check(c)
		}
		if err == nil {
			t.Errorf("round %d, at entry %d: nothing was found", round, at)
		}
		var broken *ledger.Broken
		if errors.As(err, &broken) && !errors.Is(err, ledger.ErrBroken) {
			t.Error("a Broken that is no ErrBroken")
		}
	}
}

// tamper changes a ledger at one place, in one of many ways; nil when that changes
// nothing.
func tamper(list [][]byte, at int, random *mathrand.Rand) [][]byte {
	e, err := ledger.ParseEntry(list[at])
	if err != nil {
		panic(err)
	}
	switch random.IntN(15) {
	case 0:
		return slices.Delete(list, at, at+1)
	case 1:
		return slices.Insert(list, at, list[at])
	case 2:
		if at == 0 {
			return nil
		}
		list[at], list[at-1] = list[at-1], list[at]
		return list
	case 3:
		return list[:at]
	case 4:
		e.At = e.At.Add(time.Millisecond)
	case 5:
		e.Actor++
	case 6:
		e.Name += "x"
	case 7:
		e.Role = "supervisor"
	case 8:
		e.Recipient = ""
	case 9:
		e.Snapshot[3] ^= 1
	case 10:
		e.Act = "reset"
	case 11:
		e.Content[0] ^= 1
	case 12:
		e.About--
	case 13:
		e.Facts = "{}"
	case 14:
		e.Sealed = digest.SHA256{}
	}
	list[at] = e.Bytes()
	return list
}

func TestTheFirstBrokenEntryIsNamed(t *testing.T) {
	list := entries(10)
	later := entry(4)
	later.At = noon.Add(-time.Hour)
	for name, broken := range map[string][][]byte{
		"not an entry": slices.Replace(slices.Clone(list), 4, 5, []byte("x")),
		"cut out":      slices.Delete(slices.Clone(list), 4, 5),
		"older":        slices.Replace(slices.Clone(list), 4, 5, later.Bytes()),
	} {
		_, err := walk(broken)
		var at *ledger.Broken
		if !errors.As(err, &at) || at.Seq != 4 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(entry(1).Bytes())
	f.Add(ledger.Entry{Version: ledger.V2, At: noon, Behind: time.Hour}.Bytes())
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\nx\n1\nAA==\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if e, err := ledger.ParseEntry(text); err == nil && !bytes.Equal(e.Bytes(), text) {
			t.Errorf("%q is read and written otherwise", text)
		}
		if p, err := ledger.ParseProof(text); err == nil && !bytes.Equal(p.Text(), text) {
			t.Errorf("%q is read and written otherwise", text)
		}
	})
}

// BenchmarkVerify goes through a million entries.
func BenchmarkVerify(b *testing.B) {
	const million = 1_000_000
	text := make([][]byte, million)
	for i := range text {
		text[i] = entry(i).Bytes()
	}
	for b.Loop() {
		if _, err := walk(text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/million")
}
