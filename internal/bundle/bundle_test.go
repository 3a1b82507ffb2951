package bundle_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/text/unicode/norm"

	"countersign/internal/bundle"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/internal/ziptest"
)

const (
	recipient = "00000000-0000-4000-8000-000000000001"
	another   = "00000000-0000-4000-8000-000000000002"
	pictureID = "00000000-0000-4000-8000-00000000aaaa"
	program   = "countersign, under test"
)

// picture is a small one, and pictureID names it.
func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const rejected = `{"session_id":"5e55","state":"COMPLETED","checks":[{"type":"ID_DOCUMENT_AUTHENTICITY","id":"c","state":"DONE",` +
	`"report":{"recommendation":{"value":"REJECT","reason":"COUNTERFEIT"},"breakdown":[{"sub_check":"hologram","result":"FAIL","details":[]}]}}]}`

// book is a ledger of which bundles are made.
type book struct {
	t       testing.TB
	signing note.Signer
	public  string
	entries []review.Recorded
	hashes  []tlog.Hash
}

func newBook(t testing.TB) *book {
	t.Helper()
	secret, public, err := ledger.GenerateKey(rand.NewChaCha8([32]byte{7}), "countersign/test")
	if err != nil {
		t.Fatal(err)
	}
	signing, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	b := &book{t: t, signing: signing, public: public}
	b.write(review.Recorded{Entry: ledger.Entry{Version: ledger.V2, Act: review.ActBegun}})
	return b
}

// ReadHashes implements ledger.Hashes.
func (b *book) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var list []tlog.Hash
	for _, i := range indexes {
		list = append(list, b.hashes[i])
	}
	return list, nil
}

// write appends an entry, with the content that it commits to, and returns its number.
func (b *book) write(r review.Recorded) int64 {
	b.t.Helper()
	r.Seq = int64(len(b.entries))
	r.At = time.Date(2026, 11, 23, 14, int(r.Seq), 0, 0, time.UTC)
	if r.Facts == "" {
		r.Facts = "{}"
	}
	if r.Content != nil {
		r.Salt = sha256.Sum256([]byte{byte(r.Seq)})
		r.Entry.Content = ledger.Commit(r.Salt, r.Content)
		r.Sealed = r.Entry.Content
	}
	hashes, err := ledger.NextHashes(r.Seq, r.Bytes(), b)
	if err != nil {
		b.t.Fatal(err)
	}
	b.hashes = append(b.hashes, hashes...)
	b.entries = append(b.entries, r)
	return r.Seq
}

// did appends what ann did about a recipient.
func (b *book) did(about string, act ledger.Act, result idv.Digest, answers int64, facts review.Facts, content string) int64 {
	r := review.Recorded{Entry: ledger.Entry{
		Version: ledger.V2,
		Actor:   1, Name: "ann", Role: "reviewer", Recipient: about, Snapshot: result, Act: act, About: answers, Facts: facts.String(),
	}}
	if content != "" {
		r.Content = []byte(content)
	}
	return b.write(r)
}

// contents returns what a bundle taken now holds.
func (b *book) contents(results []review.Snapshot, media ...review.BundleMedium) *review.BundleContents {
	b.t.Helper()
	id, err := idv.ParseRecipientID(recipient)
	if err != nil {
		b.t.Fatal(err)
	}
	names := []string{}
	for _, m := range media {
		names = append(names, m.ID.String())
	}
	taken := b.did(recipient, review.ActExport, results[0].Digest, 0, review.Facts{Version: program}, asJSON(b.t, names))
	d := &review.BundleContents{
		Recipient: id, Program: program, By: "ann", Role: "reviewer", Made: b.entries[taken].At,
		Results: results, Public: b.public, Media: media,
	}
	for _, e := range b.entries {
		if e.Recipient == recipient {
			d.Entries = append(d.Entries, e)
		}
	}
	b.prove(d)
	return d
}

// prove replaces the proofs among contents by those for all that is written.
func (b *book) prove(d *review.BundleContents) {
	b.t.Helper()
	size := int64(len(b.entries))
	root, err := tlog.TreeHash(size, b)
	if err != nil {
		b.t.Fatal(err)
	}
	signed, err := ledger.Checkpoint{Origin: b.signing.Name(), Size: size, Root: root}.Sign(b.signing)
	if err != nil {
		b.t.Fatal(err)
	}
	d.Proofs = nil
	for i := range d.Entries {
		proof, err := ledger.Prove(d.Entries[i].Seq, size, b, signed)
		if err != nil {
			b.t.Fatal(err)
		}
		d.Proofs = append(d.Proofs, proof)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func result(t testing.TB, text string) review.Snapshot {
	t.Helper()
	decoded, err := idv.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return review.Snapshot{Digest: decoded.Digest, Canonical: decoded.Canonical}
}

func medium(t testing.TB, body []byte) review.BundleMedium {
	t.Helper()
	id, err := idv.ParseMediaID(pictureID)
	if err != nil {
		t.Fatal(err)
	}
	return review.BundleMedium{ID: id, Bytes: body}
}

// statement is what ann puts on record when she approves.
func statement(t testing.TB, digest idv.Digest) review.Statement {
	sum := sha256.Sum256(picture(t))
	return review.Statement{
		Version: 1, Program: program, Recipient: recipient, Verdict: review.Approve, Reasons: []review.Reason{{Code: "explained", Words: "It is explained."}},
		Note: "Seen the original.", Meaning: "I sign.", Name: "ann", Role: "reviewer", Result: digest.String(), Assessment: idv.Adverse,
		Coverage:       review.Coverage{Parts: []string{"check-1"}, Media: []review.SentMedium{{ID: pictureID, SHA256: hex.EncodeToString(sum[:])}}},
		Contradictions: []review.Contradiction{{Check: "check-1", Type: "ID_DOCUMENT_AUTHENTICITY", Recommendation: "REJECT", Reason: "It is genuine."}},
		Second:         review.Awaited, Rule: "The decision overrides Yoti's recommendation.",
	}
}

// decided is a ledger with a note on an older result, and a decision that someone
// agreed to and that was withdrawn, among entries about someone else.
func decided(t testing.TB) (*book, *review.BundleContents) {
	t.Helper()
	older, newest := result(t, `{"state":"ONGOING"}`), result(t, rejected)
	b := newBook(t)
	b.did(recipient, review.ActNote, older.Digest, 0, review.Facts{Form: "1"}, "Waiting for Yoti.")
	b.did(another, review.ActNote, older.Digest, 0, review.Facts{Form: "2"}, "Somebody else.")
	seq := b.did(recipient, review.ActDecision, newest.Digest, 0, review.Facts{Form: "3", Verdict: review.Approve, Second: review.Awaited},
		asJSON(t, statement(t, newest.Digest)))
	b.did(recipient, review.ActAgreed, newest.Digest, seq, review.Facts{Form: "4"}, "So do I.")
	b.did(recipient, review.ActWithdrawn, newest.Digest, seq, review.Facts{Form: "5"}, "The original was stolen.")
	return b, b.contents([]review.Snapshot{newest, older}, medium(t, picture(t)))
}

func build(t testing.TB, d *review.BundleContents) []byte {
	t.Helper()
	file, err := bundle.Build(d)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Anyone who has a bundle and this program can make any other of it, readable pages and
// all. What the ledger does not have is still found.
func TestForgedBundles(t *testing.T) {
	t.Parallel()
	withdrawal := func(d *review.BundleContents) *review.Recorded { return &d.Entries[3] }
	for _, test := range []struct {
		name  string
		forge func(*book, *review.BundleContents)
		file  string // that does not hold; empty when nothing is wrong
	}{
		{"untouched", func(*book, *review.BundleContents) {}, ""},
		{"the text of a note", func(_ *book, d *review.BundleContents) { d.Entries[0].Content = []byte("Not waiting.") }, "entries.jsonl, line 1,"},
		{"the text of a withdrawal is left out", func(_ *book, d *review.BundleContents) { withdrawal(d).Content = nil }, "entries.jsonl, line 4,"},
		{"a salt", func(_ *book, d *review.BundleContents) { d.Entries[0].Salt[0] ^= 1 }, "entries.jsonl, line 1,"},
		{"an entry's actor", func(_ *book, d *review.BundleContents) { d.Entries[0].Name = "bob" }, "proofs/1.txt"},
		{"an entry's time", func(_ *book, d *review.BundleContents) { d.Entries[0].At = d.Entries[0].At.Add(time.Second) }, "proofs/1.txt"},
		{"the export is gone", func(_ *book, d *review.BundleContents) { d.Entries, d.Proofs = d.Entries[:4], d.Proofs[:4] }, "about.json"},
		{"an entry after the export", func(b *book, d *review.BundleContents) {
			b.did(recipient, review.ActNote, d.Results[0].Digest, 0, review.Facts{}, "Late.")
			d.Entries = append(d.Entries, b.entries[len(b.entries)-1])
			b.prove(d)
		}, "about.json"},
		{"an entry about somebody else", func(b *book, d *review.BundleContents) {
			d.Entries = slices.Insert(d.Entries, 1, b.entries[2])
			b.prove(d)
		}, "entries.jsonl, line 2,"},
		{"an entry twice", func(_ *book, d *review.BundleContents) { d.Entries = slices.Insert(d.Entries, 1, d.Entries[0]) }, "entries.jsonl, line 2,"},
		{"who took it", func(_ *book, d *review.BundleContents) { d.By = "bob" }, "about.json"},
		{"in which role", func(_ *book, d *review.BundleContents) { d.Role = "supervisor" }, "about.json"},
		{"which program made it", func(_ *book, d *review.BundleContents) { d.Program = "countersign 9" }, "about.json"},
		{"when it was taken", func(_ *book, d *review.BundleContents) { d.Made = d.Made.Add(-time.Hour) }, "about.json"},
		{"a result", func(_ *book, d *review.BundleContents) {
			d.Results[0].Canonical = bytes.ReplaceAll(d.Results[0].Canonical, []byte("REJECT"), []byte("APPROVE"))
		}, "snapshot.json"},
		{"another result in front", func(_ *book, d *review.BundleContents) { slices.Reverse(d.Results) }, "about.json"},
		{"a result is gone", func(_ *book, d *review.BundleContents) { d.Results = d.Results[:1] }, "snapshots/"},
		{"a medium", func(_ *book, d *review.BundleContents) {
			d.Media[0].Bytes = append(slices.Clone(d.Media[0].Bytes), 'x')
		}, "media/" + pictureID + ".png"},
		{"a medium is gone", func(_ *book, d *review.BundleContents) { d.Media = nil }, "media/" + pictureID},
		{"the key", func(b *book, d *review.BundleContents) { d.Public = strings.Replace(d.Public, "+", "+0", 1) }, "public-key.txt"},
		{"another ledger altogether", func(_ *book, d *review.BundleContents) {
			secret, public, _ := ledger.GenerateKey(rand.NewChaCha8([32]byte{8}), "countersign/test")
			other := newBook(t)
			other.signing, _ = note.NewSigner(secret)
			for _, e := range d.Entries[:4] {
				e.Entry.Content = idv.Digest{}
				other.did(recipient, e.Act, e.Snapshot, max(0, e.About-1), review.Facts{Verdict: review.Reject}, string(e.Content))
			}
			other.public = public
			*d = *other.contents(d.Results, d.Media...)
		}, "public-key.txt"},
	} {
		b, d := decided(t)
		test.forge(b, d)
		report, err := bundle.Check(build(t, d), b.public, program)
		var broken *bundle.Broken
		switch {
		case test.file == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.file != "" && (!errors.As(err, &broken) || !strings.HasPrefix(broken.File, test.file)):
			t.Errorf("%s: %+v, error %v, want one about %s", test.name, report, err, test.file)
		}
	}
}

// member is a file in an archive.
type member struct {
	name string
	text []byte
}

// members are the files of a bundle in their order.
func members(t testing.TB, file []byte) []member {
	t.Helper()
	var list []member
	for name, text := range ziptest.Unpack(t, file) {
		list = append(list, member{name, text})
	}
	slices.SortFunc(list, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return list
}

func rezip(t testing.TB, list []member) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, m := range list {
		w, err := archive.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What people wrote in their own script is in the readable pages as they wrote it, with
// accents composed.
func TestNamesOnPaper(t *testing.T) {
	t.Parallel()
	names := []string{
		"Nguyễn Thị Hương", "Əliyev", "محمد عبد الله", "יוסף כהן", "王小明", "やまだ 山田", "김민준", "สมชาย ใจดี", "प्रियंका शर्मा", "Jose\u0301 Mu\u0308ller",
	}
	b := newBook(t)
	newest := result(t, rejected)
	for i, name := range names {
		b.did(recipient, review.ActNote, newest.Digest, 0, review.Facts{Form: strconv.Itoa(i)}, "The document is of "+name+".")
	}
	d := b.contents([]review.Snapshot{newest})
	file := build(t, d)
	text := written(t, ziptest.Unpack(t, file)["decision.pdf"])
	for _, name := range names {
		if want := "The document is of " + norm.NFC.String(name) + "."; !strings.Contains(text, want) {
			t.Errorf("the pages do not say %q", want)
		}
	}
	if _, err := bundle.Check(file, b.public, program); err != nil {
		t.Error(err)
	}
}

var (
	stream  = regexp.MustCompile(`(?s)\nstream\n(.*?)\nendstream\n`)
	meaning = regexp.MustCompile(`(?m)^<([0-9A-F]{4})> <([0-9A-F]+)>$`)
	fonts   = regexp.MustCompile(`/(F\d+) (\d+) 0 R`)
	shown   = regexp.MustCompile(`(?m)^/(F\d+) .* Tf$|^(/ReversedChars BMC )?<([0-9A-F]*)> Tj|^(ET)$`)
)

// written is what the pages of a PDF say, by what each font says that its numbers mean.
func written(t *testing.T, file []byte) string {
	t.Helper()
	object := func(number string) []byte {
		_, rest, _ := bytes.Cut(file, []byte("\n"+number+" 0 obj\n"))
		return rest
	}
	unpack := func(packed []byte) string {
		r, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			return ""
		}
		text, _ := io.ReadAll(r)
		return string(text)
	}
	meanings := map[string]string{} // by the name of the font and the number
	for _, font := range fonts.FindAllSubmatch(file, -1) {
		_, rest, _ := bytes.Cut(object(string(font[2])), []byte("/ToUnicode "))
		number, _, _ := bytes.Cut(rest, []byte(" "))
		for _, m := range meaning.FindAllStringSubmatch(unpack(stream.FindSubmatch(object(string(number)))[1]), -1) {
			units, _ := hex.DecodeString(m[2])
			var text []uint16
			for i := 0; i+1 < len(units); i += 2 {
				text = append(text, uint16(units[i])<<8|uint16(units[i+1]))
			}
			meanings[string(font[1])+m[1]] = string(utf16.Decode(text))
		}
	}
	var all strings.Builder
	for _, packed := range stream.FindAllSubmatch(file, -1) {
		font := ""
		for _, m := range shown.FindAllStringSubmatch(unpack(packed[1]), -1) {
			if m[1] != "" {
				font = m[1]
			}
			var signs []string
			for digits := m[3]; len(digits) >= 4; digits = digits[4:] {
				signs = append(signs, meanings[font+digits[:4]])
			}
			if m[2] != "" {
				slices.Reverse(signs)
			}
			all.WriteString(strings.Join(signs, ""))
			if m[4] != "" {
				all.WriteByte('\n')
			}
		}
	}
	return all.String()
}

// Files that are gone, come in, are there twice or change their names are found.
func TestFilesOfABundle(t *testing.T) {
	t.Parallel()
	b, d := decided(t)
	own := members(t, build(t, d))
	if _, err := bundle.Check(rezip(t, own), b.public, program); err != nil {
		t.Fatalf("packed again: %v", err)
	}
	refused := func(what string, list []member) {
		t.Helper()
		var broken *bundle.Broken
		if _, err := bundle.Check(rezip(t, list), b.public, program); !errors.As(err, &broken) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	for i, m := range own {
		refused(m.name+" is gone", slices.Delete(slices.Clone(own), i, i+1))
		refused(m.name+" is there twice", append(slices.Clone(own), m))
		for _, name := range []string{"/" + m.name, "../" + m.name, `\` + m.name, strings.ToUpper(m.name) + "x", "media/" + pictureID + ".jpg", "proofs/0.txt"} {
			renamed := slices.Clone(own)
			renamed[i].name = name
			refused(m.name+" as "+name, renamed)
			refused(name+" besides", append(slices.Clone(own), member{name, m.text}))
		}
		for j := range own {
			if bytes.Equal(m.text, own[j].text) {
				continue
			}
			swapped := slices.Clone(own)
			swapped[i].text, swapped[j].text = own[j].text, m.text
			refused(m.name+" in the place of "+own[j].name, swapped)
		}
	}
	refused("a folder", append(slices.Clone(own), member{"media/", nil}))
	for _, other := range members(t, build(t, b.contents(d.Results, d.Media...))) {
		for i, m := range own {
			if m.name != other.name || bytes.Equal(m.text, other.text) {
				continue
			}
			mixed := slices.Clone(own)
			mixed[i] = other
			refused(m.name+" of the next bundle", mixed)
		}
	}
}

// Another version of the program proves the same, except what only the one that made
// the bundle can write again.
func TestBundleOfAnotherProgram(t *testing.T) {
	t.Parallel()
	b, d := decided(t)
	report, err := bundle.Check(build(t, d), b.public, "another program")
	if err != nil || !strings.Contains(strings.Join(report.Unproved, "\n"), "another version") {
		t.Errorf("%+v, error %v", report, err)
	}
}

// Any byte that is changed is found, wherever it is.
func TestBytesOfABundle(t *testing.T) {
	t.Parallel()
	times := 600
	if testing.Short() {
		times = 60
	}
	b, d := decided(t)
	own := members(t, build(t, d))
	random := rand.New(rand.NewPCG(1, 2))
	for range times {
		i := random.IntN(len(own))
		at := random.IntN(len(own[i].text))
		forged := slices.Clone(own)
		forged[i].text = slices.Clone(own[i].text)
		forged[i].text[at] ^= byte(1 + random.IntN(255))
		var broken *bundle.Broken
		if _, err := bundle.Check(rezip(t, forged), b.public, program); !errors.As(err, &broken) {
			t.Errorf("byte %d of %s: error %v", at, own[i].name, err)
		}
	}
}

// A file that says to be huge is not unpacked, and neither is one that does not say so.
func TestHugeBundles(t *testing.T) {
	t.Parallel()
	b, d := decided(t)
	for _, says := range []uint64{1 << 40, 10} {
		var file bytes.Buffer
		archive := zip.NewWriter(&file)
		for _, m := range members(t, build(t, d)) {
			w, err := archive.Create(m.name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(m.text); err != nil {
				t.Fatal(err)
			}
		}
		zeros := deflated(t, bytes.Repeat([]byte{0}, 1<<20))
		w, err := archive.CreateRaw(&zip.FileHeader{
			Name: "snapshots/" + strings.Repeat("0", 64) + ".json", Method: zip.Deflate, CompressedSize64: uint64(len(zeros)), UncompressedSize64: says,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		var broken *bundle.Broken
		if _, err := bundle.Check(file.Bytes(), b.public, program); !errors.As(err, &broken) || !strings.HasPrefix(broken.File, "snapshots/") {
			t.Errorf("%d bytes: error %v", says, err)
		}
	}
}

// deflated is a text as it is in an archive.
func deflated(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameBundleForTheSameContents(t *testing.T) {
	t.Parallel()
	_, d := decided(t)
	if !bytes.Equal(build(t, d), build(t, d)) {
		t.Error("two bundles of the same contents differ")
	}
}

// Whatever is taken for a bundle of a ledger has the very files that were in it.
func FuzzCheck(f *testing.F) {
	b, d := decided(f)
	file := build(f, d)
	want := ziptest.Unpack(f, file)
	f.Add(file)
	f.Add(rezip(f, members(f, file)))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, foreign []byte) {
		if _, err := bundle.Check(foreign, b.public, program); err != nil {
			var broken *bundle.Broken
			if !errors.As(err, &broken) || broken.File == "" || broken.Why == "" {
				t.Errorf("error %v", err)
			}
			return
		}
		if got := ziptest.Unpack(t, foreign); !maps.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%d files are taken for the %d that were made", len(got), len(want))
		}
	})
}

// FuzzCheckFiles changes one file of a bundle: it is found, unless nothing was changed.
func FuzzCheckFiles(f *testing.F) {
	b, d := decided(f)
	own := members(f, build(f, d))
	for i, m := range own {
		if len(m.text) < 4<<10 {
			f.Add(uint8(i), m.name, m.text)
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, name string, text []byte) {
		if strings.HasSuffix(name, "/") || len(name) > 1000 {
			t.Skip() // no name of a file
		}
		forged := slices.Clone(own)
		at := int(i) % len(own)
		forged[at] = member{name, text}
		same := name == own[at].name && bytes.Equal(text, own[at].text)
		if _, err := bundle.Check(rezip(t, forged), b.public, program); (err == nil) != same {
			t.Errorf("%s in the place of %s: error %v", name, own[at].name, err)
		}
	})
}

// A medium is tied to the record by what its author had of it, and no further.
func TestHowFarAMediumGot(t *testing.T) {
	t.Parallel()
	for grade, want := range map[review.Grade]string{
		"":                   "was shown.",
		review.GradeSent:     "was sent, which does not say that it was on the screen.",
		review.GradeOnScreen: "had on the screen, as a thumbnail.",
		review.GradeOpened:   "opened.",
	} {
		newest := result(t, rejected)
		b := newBook(t)
		s := statement(t, newest.Digest)
		s.Coverage.Graded = grade != ""
		s.Coverage.Media[0].Grade = grade
		b.did(recipient, review.ActDecision, newest.Digest, 0, review.Facts{Form: "3", Verdict: review.Approve, Second: review.Awaited}, asJSON(t, s))
		report, err := bundle.Check(build(t, b.contents([]review.Snapshot{newest}, medium(t, picture(t)))), b.public, program)
		if err != nil {
			t.Fatal(err)
		}
		if proved := strings.Join(report.Proved, "\n"); !strings.Contains(proved, "the author of the decision in entry 1 "+want) {
			t.Errorf("%q: proved is %s", grade, proved)
		}
	}
}

// A bundle is as good for whoever has a key of before, or, with the changes since, one of later;
// a forged change is found.
func TestBundleOfALedgerWhoseKeyWasChanged(t *testing.T) {
	type pair struct {
		note.Signer
		public string
	}
	var keys []pair
	for i := range byte(4) {
		secret, public, err := ledger.GenerateKey(rand.NewChaCha8([32]byte{7 + i}), "countersign/test")
		if err != nil {
			t.Fatal(err)
		}
		signer, err := note.NewSigner(secret)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, pair{signer, public})
	}
	change := func(old, next int, seq int64) []byte {
		signed, err := ledger.KeyChange{Old: keys[old].public, New: keys[next].public, Seq: seq}.Sign(keys[old], keys[next])
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	since, err := ledger.ParseKeyChanges(change(1, 2, 1000))
	if err != nil {
		t.Fatal(err)
	}
	made := func(signer int, changes ...[]byte) []byte {
		b, d := decided(t)
		b.signing, d.Public, d.Changes = keys[signer], keys[signer].public, changes
		b.prove(d)
		return build(t, d)
	}
	altered := bytes.Replace(change(0, 1, 3), []byte("entry 3"), []byte("entry 4"), 1)
	withFile := func(file []byte, name string, text []byte) []byte {
		return rezip(t, append(members(t, file), member{name, text}))
	}
	for _, test := range []struct {
		name    string
		file    []byte
		trusted int
		brought ledger.KeyChanges
		want    string // file that is wrong; empty when all is proved
	}{
		{"its own key", made(1, change(0, 1, 3)), 1, nil, ""},
		{"the key before", made(1, change(0, 1, 3)), 0, nil, ""},
		{"a later key, with the changes since", made(1, change(0, 1, 3)), 2, since, ""},
		{"a later key", made(1, change(0, 1, 3)), 2, nil, "public-key.txt"},
		{"a key of nobody", made(1, change(0, 1, 3)), 3, since, "public-key.txt"},
		{"the key before, without the change", made(1), 0, nil, "public-key.txt"},
		{"signed with the key before", made(0, change(0, 1, 3)), 1, nil, "checkpoint.txt"},
		{"two keys in the place of one", made(1, change(0, 1, 3), change(0, 3, 2)), 0, nil, "key-changes/"},
		{"an altered change", withFile(made(1), "key-changes/4.txt", altered), 0, nil, "key-changes/4.txt"},
		{"a change of another entry", withFile(made(1), "key-changes/4.txt", change(0, 1, 3)), 0, nil, "key-changes/4.txt"},
	} {
		report, err := bundle.Check(test.file, keys[test.trusted].public, program, test.brought...)
		var broken *bundle.Broken
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want == "" && test.trusted != 1 && !strings.Contains(strings.Join(report.Proved, "\n"), "(1)"):
			t.Errorf("%s: it does not say by how many changes: %v", test.name, report.Proved)
		case test.want != "" && (!errors.As(err, &broken) || broken.File != test.want):
			t.Errorf("%s: %v, want one about %s", test.name, err, test.want)
		}
	}
}
