package bundle

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// The limits of a bundle that is read: more than Build writes.
const (
	maxFiles    = review.MaxBundleEntries + 100_000
	maxInflated = review.MaxBundle + 64<<20 // bytes of all files
)

// Broken says which file of a bundle does not hold, and why.
type Broken struct {
	File string
	Why  string // to follow the name of the file
}

func (e *Broken) Error() string { return e.File + " " + e.Why }

// Report is what a bundle proves, in sentences.
type Report struct {
	Proved   []string
	Unproved []string
}

func (r *Report) addProved(format string, args ...any) {
	r.Proved = append(r.Proved, fmt.Sprintf(format, args...))
}

func (r *Report) addDoubt(format string, args ...any) {
	r.Unproved = append(r.Unproved, fmt.Sprintf(format, args...))
}

// verification is a bundle that is being verified.
type verification struct {
	files    map[string][]byte
	about    bundleOrigin
	verifier note.Verifier
	changes  ledger.KeyChanges // of the ledger's key: those in the bundle, and those that were brought
	steps    int               // how many of them lie between the key that is trusted and that of the checkpoint
	at       ledger.Checkpoint
	entries  []review.Recorded
	record   *review.Record
	report   Report
}

// Check verifies a bundle with the public key of its ledger; with an empty key it takes
// the bundle's own word for it, and the report says so. It returns a *Broken when
// something does not hold. The program is the name and version of the one that checks. Where
// the trusted key is an earlier or a later one of the ledger, changes of keys have to connect it
// with that of the bundle: those in it, and those that are brought.
func Check(bundle []byte, trusted, program string, brought ...ledger.KeyChange) (*Report, error) {
	files, err := unpackBundle(bundle)
	if err != nil {
		return nil, err
	}
	c := &verification{files: files, changes: brought}
	for _, step := range []func() error{
		c.readAbout, c.readKeyChanges, func() error { return c.readKey(trusted) }, c.readEntries, c.checkProofs, c.checkResults,
		c.readRecord, c.checkMedia, func() error { return c.checkPages(program) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.reportProved(trusted)
	return &c.report, nil
}

// known are the names that files in a bundle may have.
var known = regexp.MustCompile(`^(?:about\.json|decision\.pdf|snapshot\.json|entries\.jsonl|checkpoint\.txt|public-key\.txt|VERIFY\.md` +
	`|snapshots/[0-9a-f]{64}\.json|(?:proofs|key-changes)/(?:0|[1-9][0-9]{0,17})\.txt|media/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]{3,4})$`)

// unpackBundle reads the files of a bundle, within its limits.
func unpackBundle(bundle []byte) (map[string][]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil || len(archive.File) > maxFiles {
		return nil, &Broken{"the file", "is not an evidence bundle"}
	}
	files := map[string][]byte{}
	left := int64(maxInflated)
	for _, f := range archive.File {
		if !known.MatchString(f.Name) {
			return nil, &Broken{fmt.Sprintf("%q", f.Name), "does not belong into a bundle"}
		}
		if files[f.Name] != nil {
			return nil, &Broken{f.Name, "is there twice"}
		}
		text, err := inflateFile(f, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(text))
		files[f.Name] = text
	}
	for _, name := range []string{aboutName, pdfName, snapshotName, entriesName, checkpointName, keyName, verifyName} {
		if files[name] == nil {
			return nil, &Broken{name, "is missing"}
		}
	}
	return files, nil
}

func inflateFile(f *zip.File, limit int64) ([]byte, error) {
	large := &Broken{f.Name, "is larger than a bundle can be"}
	if f.UncompressedSize64 > uint64(limit) {
		return nil, large
	}
	r, err := f.Open()
	if err != nil {
		return nil, &Broken{f.Name, "cannot be read"}
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, &Broken{f.Name, "is damaged"}
	}
	if int64(len(text)) > limit {
		return nil, large
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

func (c *verification) readAbout() error {
	decoder := json.NewDecoder(bytes.NewReader(c.files[aboutName]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c.about); err != nil {
		return &Broken{aboutName, "cannot be read"}
	}
	again, err := json.MarshalIndent(c.about, "", "  ")
	if err != nil || !bytes.Equal(again, c.files[aboutName]) {
		return &Broken{aboutName, "is not as Countersign writes it"}
	}
	return nil
}

// readKeyChanges reads how the ledger's keys took the place of each other.
func (c *verification) readKeyChanges() error {
	for _, name := range c.fileNames("key-changes/") {
		change, err := ledger.OpenKeyChange(c.files[name])
		if err != nil || name != keyChangeName(change.Seq) {
			return &Broken{name, "is not a change of keys that both keys signed"}
		}
		c.changes = append(c.changes, change)
	}
	return nil
}

// readKey takes the key that is trusted, and opens the checkpoint with it, or with one that
// changes of keys connect with it.
func (c *verification) readKey(trusted string) error {
	own := strings.TrimSuffix(string(c.files[keyName]), "\n")
	var err error
	if c.verifier, err = note.NewVerifier(own); err != nil {
		return &Broken{keyName, "is not a public key"}
	}
	if c.at, err = ledger.OpenCheckpoint(c.files[checkpointName], c.verifier); err != nil {
		return &Broken{checkpointName, "is not signed with that key"}
	}
	c.steps, err = c.changes.Check(cmp.Or(trusted, own), own, c.at.Size)
	switch {
	case errors.Is(err, ledger.ErrKeyUnconnected):
		return &Broken{keyName, "is not the public key that you gave, and no change of keys that you gave or that is in the bundle connects the two"}
	case errors.Is(err, ledger.ErrKeyReplaced):
		return &Broken{checkpointName, "is signed with a key that was replaced before"}
	case errors.Is(err, ledger.ErrKeyFork):
		return &Broken{"key-changes/", "is not to be trusted: " + err.Error()}
	}
	return err
}

// readEntries reads the entries, each with a text that it commits to.
func (c *verification) readEntries() error {
	for i, text := range bytes.Split(bytes.TrimSuffix(c.files[entriesName], []byte("\n")), []byte("\n")) {
		where := fmt.Sprintf("%s, line %d,", entriesName, i+1)
		var l entryLine
		if err := json.Unmarshal(text, &l); err != nil {
			return &Broken{where, "cannot be read"}
		}
		e, err := l.toRecorded()
		switch {
		case err != nil:
			return &Broken{where, "is not a ledger entry"}
		case e.Recipient != c.about.Recipient:
			return &Broken{where, "is about another recipient"}
		case len(c.entries) > 0 && e.Seq <= c.entries[len(c.entries)-1].Seq:
			return &Broken{where, "is out of order"}
		case l.Content != nil && (len(l.Salt) != ledger.SaltSize || ledger.Commit(e.Salt, e.Content) != e.Entry.Content):
			return &Broken{where, "holds another text than the one that was recorded"}
		}
		c.entries = append(c.entries, e)
	}
	again, err := entryLines(c.entries)
	if err != nil || !bytes.Equal(again, c.files[entriesName]) {
		return &Broken{entriesName, "is not as Countersign writes it"}
	}
	return nil
}

// checkProofs verifies that each entry has a proof for the checkpoint, and no other
// proofs are there.
func (c *verification) checkProofs() error {
	wanted := map[string]bool{}
	for i := range c.entries {
		e := &c.entries[i]
		name := proofName(e.Seq)
		wanted[name] = true
		proof, err := ledger.ParseProof(c.files[name])
		if err != nil || !bytes.Equal(proof.Checkpoint, c.files[checkpointName]) {
			return &Broken{name, "is not a proof for the checkpoint"}
		}
		if _, _, err := proof.Check(e.Bytes(), c.verifier); err != nil {
			return &Broken{name, fmt.Sprintf("does not prove that entry %d is in the ledger", e.Seq)}
		}
	}
	return c.refuseUnexpected("proofs/", wanted)
}

// refuseUnexpected refuses files in a folder that are not wanted.
func (c *verification) refuseUnexpected(folder string, wanted map[string]bool) error {
	for _, name := range c.fileNames(folder) {
		if !wanted[name] {
			return &Broken{name, "belongs to no entry"}
		}
	}
	return nil
}

// checkResults verifies that every result that an entry is about is there, by digest.
func (c *verification) checkResults() error {
	primary := digestOf(c.files[snapshotName])
	if primary != c.about.Primary {
		return &Broken{snapshotName, "is not the result that " + aboutName + " names"}
	}
	wanted := map[string]bool{}
	named := false
	for i := range c.entries {
		digest := c.entries[i].Snapshot
		if digest == (idv.Digest{}) {
			continue
		}
		if digest.String() == primary {
			named = true
			continue
		}
		name := resultName(digest.String())
		wanted[name] = true
		if c.files[name] == nil {
			return &Broken{name, "is missing"}
		}
		if digestOf(c.files[name]) != digest.String() {
			return &Broken{name, "is not the result that its name says"}
		}
	}
	if !named {
		return &Broken{snapshotName, "is a result that no entry is about"}
	}
	return c.refuseUnexpected("snapshots/", wanted)
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// readRecord reads what the entries say, and compares what a decision says about itself
// with its entry.
func (c *verification) readRecord() error {
	record, err := review.ReadRecord(slices.Clone(c.entries))
	if err != nil {
		return &Broken{entriesName, "does not say what entries say"}
	}
	c.record = record
	if err := c.checkOmittedTexts(); err != nil {
		return err
	}
	for i := range record.Decisions {
		d := &record.Decisions[i]
		if s := d.Statement; s != nil && (s.Result != d.Digest.String() || s.Recipient != c.about.Recipient || s.Verdict != d.Verdict || s.Name != d.By) {
			return &Broken{entriesName, fmt.Sprintf("has a decision in entry %d that contradicts its entry", d.Seq)}
		}
	}
	last := &c.entries[len(c.entries)-1]
	facts, err := review.ParseFacts(last.Entry)
	if err != nil || last.Act != review.ActExport || last.Name != c.about.By || last.Role != c.about.Role ||
		!last.At.Equal(c.about.Made) || facts.Version != c.about.Program || last.Snapshot.String() != c.about.Primary {
		return &Broken{aboutName, "does not say what the entry of its download says"}
	}
	if latest := record.Latest(); latest != nil && latest.Digest.String() != c.about.Primary {
		return &Broken{snapshotName, "is not the result of the newest decision"}
	}
	return nil
}

// checkOmittedTexts refuses a text that is not there although nobody erased it. An erasure is
// itself an entry.
func (c *verification) checkOmittedTexts() error {
	for i := range c.entries {
		e := &c.entries[i]
		if e.Content != nil || e.Entry.Content == (idv.Digest{}) {
			continue
		}
		if c.record.Erasure == nil || c.record.Erasure.Seq < e.Seq {
			return &Broken{fmt.Sprintf("%s, line %d,", entriesName, i+1), fmt.Sprintf("leaves out the text of entry %d, which nobody erased", e.Seq)}
		}
	}
	return nil
}

// checkMedia compares media with the digests that decisions name. Each file has the one
// name that its medium and its bytes give it.
func (c *verification) checkMedia() error {
	var exported []string
	if err := json.Unmarshal(c.entries[len(c.entries)-1].Content, &exported); err != nil {
		return &Broken{entriesName, "does not say which media were included"}
	}
	for _, name := range c.fileNames("media/") {
		body := c.files[name]
		id, _, _ := strings.Cut(strings.TrimPrefix(name, "media/"), ".")
		if !slices.Contains(exported, id) {
			return &Broken{name, "was not included when the bundle was made"}
		}
		if name != mediumName(id, body) {
			return &Broken{name, "is not named as what it is"}
		}
		if seq, how := c.bestViewOf(id, digestOf(body)); how != "" {
			c.report.addProved("%s is, byte for byte, what the author of the decision in entry %d %s.", name, seq, how)
		} else if c.isNamedMedium(id) {
			return &Broken{name, "is not what the author of a decision was sent"}
		} else {
			c.report.addDoubt("%s was sent to nobody who decided, so nothing ties its bytes to the record.", name)
		}
	}
	for _, id := range exported {
		if len(c.fileNames("media/"+id+".")) == 0 {
			return &Broken{"media/" + id, "is missing"}
		}
	}
	return nil
}

// fileNames lists the files whose names begin like that, sorted.
func (c *verification) fileNames(prefix string) []string {
	var list []string
	for name := range c.files {
		if strings.HasPrefix(name, prefix) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// bestViewOf returns the newest decision whose author had the highest grade of a medium with
// that digest, and in words how far it got; none where no author was sent it.
func (c *verification) bestViewOf(id, digest string) (seq int64, how string) {
	var highest review.Grade
	for i := range c.record.Decisions {
		d := &c.record.Decisions[i]
		if d.Statement == nil {
			continue
		}
		m := d.Statement.Coverage.Medium(id, digest)
		if m != nil && (how == "" || m.Grade.Higher(highest) != highest) {
			seq, how, highest = d.Seq, gradeWords(m.Grade), m.Grade
		}
	}
	return seq, how
}

// gradeWords says what an author had of a medium, to follow who that is.
func gradeWords(g review.Grade) string {
	switch g {
	case review.GradeOpened:
		return "opened"
	case review.GradeOnScreen:
		return "had on the screen, as a thumbnail"
	case review.GradeSent:
		return "was sent, which does not say that it was on the screen"
	}
	return "was shown"
}

// isNamedMedium reports whether a decision names a medium, with whatever digest.
func (c *verification) isNamedMedium(id string) bool {
	return slices.ContainsFunc(c.record.Decisions, func(d review.Decision) bool {
		return d.Statement != nil && d.Statement.Coverage.Sent(id)
	})
}

// checkPages makes the readable files again and compares them, where this program is the
// one that made them.
func (c *verification) checkPages(program string) error {
	// Programs that were built from a working tree have one name for many versions: how the
	// export was entered tells some of them apart.
	if c.about.Program != program || c.entries[len(c.entries)-1].Version != ledger.Newest {
		c.report.addDoubt("%s and %s were made by another version (%s), so they are not compared; the other files count.", pdfName, verifyName, visibleText(c.about.Program))
		return nil
	}
	if !bytes.Equal(c.files[verifyName], verifyText) {
		return &Broken{verifyName, "is not as Countersign writes it"}
	}
	made := recordContent{about: c.about, entries: c.entries, checkpoint: c.files[checkpointName], public: c.verifierText(), results: map[string][]byte{}}
	made.results[c.about.Primary] = c.files[snapshotName]
	pdf, err := made.renderPDF()
	if err != nil {
		return &Broken{pdfName, "cannot be made again from the other files"}
	}
	if !bytes.Equal(pdf, c.files[pdfName]) {
		return &Broken{pdfName, "does not say what the other files say"}
	}
	c.report.addProved("%s says what the other files say.", pdfName)
	return nil
}

func (c *verification) verifierText() string {
	return strings.TrimSuffix(string(c.files[keyName]), "\n")
}

// reportProved says what was proved.
func (c *verification) reportProved(trusted string) {
	key := "the key that you gave"
	if c.steps > 0 {
		key = fmt.Sprintf("a key of the same ledger, which the key that you gave is connected with by changes of keys that both keys signed (%d)", c.steps)
	}
	if trusted == "" {
		key = "the key in the bundle"
		c.report.addDoubt("Nobody but the bundle says that this is the ledger's key: give the key that you trust with --public-key.")
	}
	head := []string{
		fmt.Sprintf("All %d entries about recipient %s are in the ledger %s as it was at its checkpoint of %d entries, signed with %s.",
			len(c.entries), c.about.Recipient, c.at.Origin, c.at.Size, key),
		"Every text is the one that was recorded, and every result is the one that the entries are about.",
	}
	for i := len(c.record.Decisions) - 1; i >= 0; i-- {
		d := &c.record.Decisions[i]
		head = append(head, fmt.Sprintf("Entry %d: %s, %s, %s on result %s at %s; as far as these entries say, that is %s.",
			d.Seq, visibleText(d.By), d.Role, strings.ToLower(d.Verdict.Done()), d.Digest.Short(), formatTime(d.At), strings.ToLower(d.State.Label())))
	}
	c.report.Proved = append(head, c.report.Proved...)
	slices.Sort(c.report.Proved[len(head):])
	slices.Sort(c.report.Unproved)
	for i := range c.entries {
		if e := &c.entries[i]; e.Behind > 0 {
			c.report.addDoubt("When entry %d was made is not certain: %s", e.Seq, review.BehindWords(e.Behind))
		}
	}
	for i := range c.record.Decisions {
		if s := c.record.Decisions[i].Second; s != nil && len(s.OnePerson) > 0 {
			c.report.addDoubt("That two people made the decision in entry %d and its second review is not certain: %s", c.record.Decisions[i].Seq, onePersonWords(s.OnePerson))
		}
	}
	for i := range c.entries {
		if e := &c.entries[i]; e.Content == nil && e.Entry.Content != (idv.Digest{}) {
			c.report.addDoubt("The text of entry %d is not in the bundle: it was erased.", e.Seq)
		}
	}
	c.report.addDoubt("That there are no further entries about the recipient, or newer ones, is not proved.")
	c.report.addDoubt("Nor is that the server's clock was right, who sat at a keyboard, or that what Yoti found is true.")
}

func onePersonWords(list []review.OnePerson) string {
	var words []string
	for _, why := range list {
		words = append(words, visibleText(why.String()))
	}
	return "within the day before: " + strings.Join(words, " ")
}

// visibleText writes a text so that nothing in it is hidden.
func visibleText(text string) string {
	shown, _ := idv.Visible(text)
	return shown
}
