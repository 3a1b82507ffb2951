// Package bundle writes the evidence about a recipient into one file, and verifies such
// a file on a machine that has nothing else.
//
// A bundle is a zip archive. Its entries.jsonl holds what the ledger has about the
// recipient, with the texts that the entries commit to; proofs/ shows that each of them is
// in the tree of checkpoint.txt; key-changes/ shows, where the ledger's key was changed, by which
// key that of the checkpoint is vouched for; snapshot.json and snapshots/ are the results that they are
// about, named by their digests; decision.pdf says the same for people and can be made
// again from the rest. Check trusts nothing of it but the key that it is given.
package bundle

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"countersign/internal/ledger"
	"countersign/internal/media"
	"countersign/internal/review"
)

// The names of the files in a bundle, besides those of snapshots, proofs and media.
const (
	aboutName      = "about.json"
	pdfName        = "decision.pdf"
	snapshotName   = "snapshot.json"
	entriesName    = "entries.jsonl"
	checkpointName = "checkpoint.txt"
	keyName        = "public-key.txt"
	verifyName     = "VERIFY.md"
)

// verifyText says how to verify a bundle, with this program and by hand.
//
//go:embed VERIFY.md
var verifyText []byte

// bundleOrigin says what made a bundle. It is what the other files do not say and the PDF needs.
type bundleOrigin struct {
	Recipient string    `json:"recipient"`
	Program   string    `json:"program"`
	By        string    `json:"by"`
	Role      string    `json:"role"`
	Made      time.Time `json:"made"`
	Primary   string    `json:"result"` // digest of snapshot.json
}

// entryLine is an entry of the ledger as entries.jsonl has it.
type entryLine struct {
	Entry   string  `json:"entry"`             // canonical text
	Salt    []byte  `json:"salt,omitempty"`    // base64
	Content *string `json:"content,omitempty"` // what the entry commits to; absent when there is nothing, or it was erased
}

// Build writes the bundle that holds what it is given, the same bytes for the same contents.
func Build(d *review.BundleContents) ([]byte, error) {
	files, err := filesOf(d)
	if err != nil {
		return nil, fmt.Errorf("make a bundle: %w", err)
	}
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, f := range files {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: d.Made.UTC()})
		if err != nil {
			return nil, fmt.Errorf("make a bundle: %w", err)
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, fmt.Errorf("make a bundle: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("make a bundle: %w", err)
	}
	return b.Bytes(), nil
}

// bundleFile is one of a bundle.
type bundleFile struct {
	name string
	text []byte
}

func filesOf(d *review.BundleContents) ([]bundleFile, error) {
	a := bundleOrigin{d.Recipient.String(), d.Program, d.By, d.Role, d.Made.UTC(), d.Results[0].Digest.String()}
	aboutText, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return nil, err
	}
	c := recordContent{about: a, entries: d.Entries, checkpoint: d.Proofs[0].Checkpoint, public: d.Public, results: map[string][]byte{}}
	for _, s := range d.Results {
		c.results[s.Digest.String()] = s.Canonical
	}
	pdf, err := c.renderPDF()
	if err != nil {
		return nil, err
	}
	entries, err := entryLines(d.Entries)
	if err != nil {
		return nil, err
	}
	files := []bundleFile{
		{pdfName, pdf}, {verifyName, verifyText}, {aboutName, aboutText}, {snapshotName, d.Results[0].Canonical},
		{entriesName, entries}, {checkpointName, d.Proofs[0].Checkpoint}, {keyName, []byte(d.Public + "\n")},
	}
	for _, s := range d.Results[1:] {
		files = append(files, bundleFile{resultName(s.Digest.String()), s.Canonical})
	}
	for _, signed := range d.Changes {
		change, err := ledger.OpenKeyChange(signed)
		if err != nil {
			return nil, err
		}
		files = append(files, bundleFile{keyChangeName(change.Seq), signed})
	}
	for i := range d.Proofs {
		files = append(files, bundleFile{proofName(d.Proofs[i].Seq), d.Proofs[i].Text()})
	}
	for _, m := range d.Media {
		files = append(files, bundleFile{mediumName(m.ID.String(), m.Bytes), m.Bytes})
	}
	return files, nil
}

func resultName(digest string) string { return "snapshots/" + digest + ".json" }

func keyChangeName(seq int64) string {
	return "key-changes/" + strconv.FormatInt(seq, 10) + ".txt"
}

func proofName(seq int64) string { return "proofs/" + strconv.FormatInt(seq, 10) + ".txt" }

func mediumName(id string, body []byte) string { return "media/" + id + fileExtension(body) }

// fileExtension is how the name of a medium ends, by its first bytes.
func fileExtension(body []byte) string {
	m, err := media.Sniff(bytes.NewReader(body))
	if err != nil {
		return ".bin"
	}
	return m.Kind.Extension()
}

func entryLines(list []review.Recorded) ([]byte, error) {
	var b bytes.Buffer
	for i := range list {
		e := &list[i]
		l := entryLine{Entry: string(e.Bytes())}
		if e.Content != nil {
			text := string(e.Content)
			l.Salt, l.Content = e.Salt[:], &text
		}
		if err := json.NewEncoder(&b).Encode(l); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// toRecorded reads a line back. It does not check that the content is what the entry
// commits to.
func (l *entryLine) toRecorded() (review.Recorded, error) {
	e, err := ledger.ParseEntry([]byte(l.Entry))
	if err != nil {
		return review.Recorded{}, err
	}
	r := review.Recorded{Entry: e}
	if l.Content != nil {
		copy(r.Salt[:], l.Salt)
		r.Content = []byte(*l.Content)
	}
	return r, nil
}
