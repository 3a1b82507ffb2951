package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// treeCheck goes through the entries in their order, and through the checkpoints beside
// them.
type treeCheck struct {
	found    *Verification
	tell     progressFunc
	frontier ledger.Frontier
	last     ledger.Entry
	doubt    *hashMismatch // the first entry that does not fit its hashes

	trusted []note.Verifier // that were brought, and those that changes of keys connect with them; when empty, those that the ledger names count
	keys    []namedKey      // that the ledger names so far

	stored    []storedCheckpoint // the checkpoints of the file that are still to come
	storedEnd error              // why there may be more that could not be read; nil when there are none
	next      *storedCheckpoint  // the first of them; nil when there is none
	fits      int64              // size of the newest checkpoint of the file that fits
	brought   []broughtCheckpoint
	proved    int64   // size of the newest brought one that fits
	gone      []int64 // sizes of brought ones that are not in the file

	access, fetches, signIns chan batchEntry

	accounts map[int64]*knownAccount
	requests map[int64]account.RequestState // by the entry with which each was asked
	views    map[int64]sharedView           // by the entry that shared them
	dataKey  string                         // fingerprint of the data key; empty where the ledger does not say
	nextKey  string                         // fingerprint of the one that takes its place; empty unless that goes on
}

// storedCheckpoint is a checkpoint as it stands in the file.
type storedCheckpoint struct {
	size, at int64
	text     string
}

// broughtCheckpoint is a checkpoint that was brought, with the key that signed it.
type broughtCheckpoint struct {
	ledger.Checkpoint
	public string
}

// namedKey is a key that an entry names.
type namedKey struct {
	seq      int64
	public   string
	verifier note.Verifier
}

// ledgerRow is an entry as it stands in the table.
type ledgerRow struct {
	ledger.Entry
	at                        int64        // milliseconds
	before                    ledger.Entry // the entry before; the zero Entry before the first
	act                       string
	snapshot, content, sealed []byte
	text, hashes              []byte
}

func (r *ledgerRow) scanTargets() []any {
	return []any{
		numberIn{&r.Seq}, numberIn{&r.at}, numberIn{&r.Actor}, textIn{&r.Name}, textIn{&r.Role}, textIn{&r.Recipient},
		bytesIn{&r.snapshot}, textIn{&r.act}, numberIn{&r.About}, textIn{&r.Facts}, bytesIn{&r.content}, bytesIn{&r.sealed},
		versionOf{&r.Version}, lagOf{&r.Behind}, bytesIn{&r.text}, bytesIn{&r.hashes},
	}
}

// newTree reads what has to be known before the first entry.
func (v *verification) newTree(ctx context.Context, tx *sql.Tx) (*treeCheck, error) {
	if _, err := parseVerifiers(v.options.Public); err != nil {
		return nil, err
	}
	named, err := signingKeys(ctx, tx)
	if err != nil {
		return nil, err
	}
	publics := keyChangesOf(named).Connected(v.options.Public...)
	trusted, err := parseVerifiers(publics)
	if err != nil {
		return nil, err
	}
	if len(trusted) == 0 {
		publics = publicsOf(named)
	}
	t := &treeCheck{found: &v.found, tell: v.tell, trusted: trusted, accounts: map[int64]*knownAccount{}, views: map[int64]sharedView{}, requests: map[int64]account.RequestState{}}
	t.found.Trusted, t.found.Brought = len(trusted) > 0, len(v.options.Checkpoints)
	for i, text := range v.options.Checkpoints {
		c, public, err := openWithAny(text, publics)
		switch {
		case err != nil && len(trusted) > 0:
			return nil, fmt.Errorf("number %d of the checkpoints that you brought %w", i+1, ErrKeyMissing)
		case err != nil:
			return nil, &ledger.Broken{Seq: firstKeyAt(ctx, tx), Why: "the ledger does not name the key that signed a checkpoint you brought: the key was exchanged, or that is a checkpoint of another ledger"}
		}
		t.brought = append(t.brought, broughtCheckpoint{c, public})
	}
	slices.SortStableFunc(t.brought, func(a, b broughtCheckpoint) int { return cmp.Compare(a.Size, b.Size) })
	return t, nil
}

// firstKeyAt returns the Seq of the entry that names the first key, or the one where it
// should stand.
func firstKeyAt(ctx context.Context, tx *sql.Tx) int64 {
	var seq int64
	err := tx.QueryRowContext(ctx, `
		SELECT seq
		FROM ledger
		WHERE act = $1
		ORDER BY seq
		LIMIT 1`, string(review.ActSigningKey)).Scan(&seq)
	if err != nil {
		return 1 // behind the entry with which the ledger begins
	}
	return seq
}

func (t *treeCheck) run(ctx context.Context, tx *sql.Tx) (err error) {
	if err := t.readStored(ctx, tx); err != nil {
		return err
	}
	if err := t.nextKept(); err != nil {
		return err
	}
	if err := t.compareBrought(); err != nil { // one of no entries
		return err
	}
	total, err := t.tell.count(ctx, tx, `SELECT count(*) FROM ledger`)
	if err != nil {
		return err
	}
	entries := t.tell.begin(verifying, "entries", total)
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed, hashes
		FROM ledger
		ORDER BY seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r ledgerRow
	scanners := r.scanTargets()
	for rows.Next() {
		err := rows.Scan(scanners...)
		if errors.Is(err, errForm) {
			return t.firstMismatch(t.frontier.Size(), "it does not have the form of an entry")
		}
		if err != nil {
			return err
		}
		if err := t.addEntry(&r); err != nil {
			return err
		}
		entries.add(1)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return t.finish()
}

// addEntry verifies the next entry, and the checkpoints that end with it.
func (t *treeCheck) addEntry(r *ledgerRow) error {
	seq := t.frontier.Size()
	if why := r.decode(seq); why != "" {
		return t.firstMismatch(seq, why)
	}
	r.before, t.last = t.last, r.Entry
	if seq == 0 {
		t.found.From = r.At
	}
	if r.Behind > 0 && t.found.Behind == 0 {
		t.found.FirstBehind = seq
	}
	if r.Behind > 0 {
		t.found.Behind++
	}
	t.compareHashes(seq, t.frontier.Add(r.Bytes()), r.hashes)
	if why := r.brokenRule(); why != "" {
		return t.firstMismatch(seq, why)
	}
	if why := t.collectFacts(r); why != "" {
		return t.firstMismatch(seq, why)
	}
	if err := t.compareKept(r); err != nil {
		return err
	}
	return t.compareBrought()
}

// decode fills in what is not scanned as it is, and says what is wrong with the form.
func (r *ledgerRow) decode(seq int64) string {
	switch {
	case r.Seq > seq:
		return "it is missing"
	case r.Seq != seq:
		return fmt.Sprintf("entry %d stands in its place", r.Seq)
	case r.at < minTime || r.at > maxTime:
		return "it has no time"
	case !digestIn(r.snapshot, &r.Snapshot) || !digestIn(r.content, &r.Content) || !digestIn(r.sealed, &r.Sealed):
		return "it does not have the form of an entry"
	}
	r.At, r.Act = timeOf(r.at), ledger.Act(r.act)
	return ""
}

// digestIn reads a digest in the one form in which blob stores it.
func digestIn(stored []byte, to *idv.Digest) bool {
	*to = idv.Digest{}
	copy(to[:], stored)
	return stored != nil && bytes.Equal(digestBytes(*to), stored)
}

// brokenRule says which of the rules that hold for every entry it breaks.
func (r *ledgerRow) brokenRule() string {
	none := idv.Digest{}
	if why := r.OrderFault(&r.before); why != "" {
		return why
	}
	switch {
	case (r.Act == review.ActBegun) != (r.Seq == 0):
		return "a ledger begins with its first entry, and with no other"
	case r.About < 0 || r.About >= max(r.Seq, 1):
		return "it answers an entry that does not come before it"
	case (r.Content == none) != (r.Sealed == none):
		return "it has half a commitment to a text"
	case r.text == nil && r.Sealed != none && r.Recipient == "":
		return "its text is missing"
	case r.text != nil && (r.Sealed == none || idv.Digest(sha256.Sum256(r.text)) != r.Sealed):
		return "its sealed text is not the one that was recorded"
	}
	return ""
}

// collectFacts takes from an entry what later checks need, and says what is wrong with it.
func (t *treeCheck) collectFacts(r *ledgerRow) string {
	if why := t.knowsActor(r); why != "" {
		return why
	}
	switch r.Act {
	case review.ActAccess:
		t.access <- batchEntry{r.Seq, r.Actor, r.Facts}
		return ""
	case review.ActFetches:
		t.fetches <- batchEntry{r.Seq, r.Actor, r.Facts}
		return ""
	case review.ActSignIns:
		t.signIns <- batchEntry{r.Seq, r.Actor, r.Facts}
		return ""
	case review.ActBegun, review.ActSigningKey, review.ActDataKey, review.ActOlder, review.ActAccount, review.ActViewShared, review.ActViewRemoved:
	default:
		return ""
	}
	facts, err := review.ParseFacts(r.Entry)
	if err != nil {
		return "its facts cannot be read"
	}
	switch r.Act {
	case review.ActBegun:
		t.dataKey = facts.DataKey
	case review.ActSigningKey:
		return t.learnSigningKey(r.Seq, facts)
	case review.ActDataKey:
		return t.learnDataKey(facts)
	case review.ActOlder:
		t.found.Older = append(t.found.Older, r.Seq)
	case review.ActAccount:
		return t.learnAccount(r, facts)
	case review.ActViewShared, review.ActViewRemoved:
		return t.learnView(r, facts)
	}
	return ""
}

// hashMismatch is that entries do not fit the hashes that are kept with them. Whether the
// entries or the hashes were changed shows at the next checkpoint.
type hashMismatch struct {
	from, to int64 // the entries; the hashes are kept with the last
}

// compareHashes compares the hashes of an entry with those that are kept with it.
func (t *treeCheck) compareHashes(seq int64, hashes []tlog.Hash, stored []byte) {
	if t.doubt != nil {
		return
	}
	for level, hash := range hashes {
		if len(stored) < tlog.HashSize || tlog.Hash(stored[:tlog.HashSize]) != hash {
			t.doubt = &hashMismatch{max(seq+1-1<<level, t.fits, t.proved), seq}
			return
		}
		stored = stored[tlog.HashSize:]
	}
	if len(stored) > 0 {
		t.doubt = &hashMismatch{seq, seq}
	}
}

// resolve says what a doubt turned out to be, now that a checkpoint fits or does not.
func (d *hashMismatch) resolve(fits bool) *ledger.Broken {
	switch {
	case fits:
		return &ledger.Broken{Seq: d.to, Why: "the hashes that are kept with it were changed; the entry itself is as it was recorded"}
	case d.from == d.to:
		return &ledger.Broken{Seq: d.from, Why: "it is not what was recorded: its hash is another than the one that was kept with it"}
	}
	return &ledger.Broken{Seq: d.from, Why: fmt.Sprintf("it, or another entry up to %d, is not what was recorded: together they have another hash than the one that was kept", d.to)}
}

// firstMismatch returns the doubt that came before what is wrong with an entry, or else that.
func (t *treeCheck) firstMismatch(seq int64, why string) error {
	if t.doubt != nil {
		return t.doubt.resolve(false)
	}
	return &ledger.Broken{Seq: seq, Why: why}
}

// readStored reads the checkpoints of the file, up to one that does not have the form of one.
func (t *treeCheck) readStored(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT size, at, text
		FROM checkpoints
		ORDER BY size`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k storedCheckpoint
		err := rows.Scan(numberIn{&k.size}, numberIn{&k.at}, textIn{&k.text})
		if errors.Is(err, errForm) {
			t.storedEnd = err
			return nil
		}
		if err != nil {
			return err
		}
		t.stored = append(t.stored, k)
	}
	return rows.Err()
}

// nextKept goes to the next checkpoint of the file.
func (t *treeCheck) nextKept() error {
	t.next = nil
	if len(t.stored) > 0 {
		t.next, t.stored = &t.stored[0], t.stored[1:]
		return nil
	}
	if t.storedEnd != nil {
		return &Inconsistency{"checkpoints", fmt.Sprintf("the one behind that of %s does not have the form of a checkpoint", countWithNoun(t.fits, "entry", "entries"))}
	}
	return nil
}

// compareKept compares the tree with the checkpoint of the file that ends with an entry,
// if there is one.
func (t *treeCheck) compareKept(r *ledgerRow) error {
	size := t.frontier.Size()
	if t.next == nil || t.next.size > size {
		return nil
	}
	k := t.next
	c, signed, err := t.openCheckpoint(k)
	if err != nil {
		return err
	}
	if root := t.frontier.Root(); c.Root != root {
		if t.doubt != nil {
			return t.doubt.resolve(false)
		}
		fits := max(t.fits, t.proved)
		return &ledger.Broken{Seq: fits, Why: mismatchSentence(fits, size, "")}
	}
	if t.doubt != nil {
		return t.doubt.resolve(true)
	}
	switch {
	case c.Previous > t.fits:
		return &Inconsistency{"checkpoints", fmt.Sprintf("that of %s is missing: the one of %d names it as the one before", countWithNoun(c.Previous, "entry", "entries"), size)}
	case c.Previous < t.fits:
		return &Inconsistency{"checkpoints", fmt.Sprintf("that of %s was put in: the one of %d names another as the one before", countWithNoun(t.fits, "entry", "entries"), size)}
	}
	if k.at != r.at {
		return &Inconsistency{"checkpoints", fmt.Sprintf("the time of that of %s was changed", countWithNoun(size, "entry", "entries"))}
	}
	if !slices.Contains(t.found.Public, signed) {
		t.found.Public = append(t.found.Public, signed)
	}
	t.fits = size
	t.found.Checkpoints++
	return t.nextKept()
}

// mismatchSentence says that entries from one on do not fit a checkpoint of a size.
func mismatchSentence(fits, size int64, whose string) string {
	which := "it is"
	if fits < size-1 {
		which = fmt.Sprintf("it, or another entry up to %d, is", size-1)
	}
	if fits == 0 {
		return fmt.Sprintf("%s not what was recorded: the checkpoint%s of %s does not fit", which, whose, countWithNoun(size, "entry", "entries"))
	}
	return fmt.Sprintf("%s not what was recorded: the checkpoint of %s fits, and the one%s of %d does not", which, countWithNoun(fits, "entry", "entries"), whose, size)
}

// openCheckpoint opens a checkpoint of the file, and returns the key that signed it.
func (t *treeCheck) openCheckpoint(k *storedCheckpoint) (c ledger.Checkpoint, public string, err error) {
	what := "that of " + countWithNoun(k.size, "entry", "entries")
	for _, key := range t.keys {
		c, err := ledger.OpenCheckpoint([]byte(k.text), key.verifier)
		switch {
		case err != nil:
			continue
		case c.Size != k.size:
			return c, "", &Inconsistency{"checkpoints", what + " is in the place of another"}
		case len(t.trusted) > 0 && !t.trustsKey(key):
			return c, "", t.firstMismatch(key.seq, "it names a signing key that you did not bring, that no key which you brought vouches for, and that checkpoints are signed with; if the key was changed on purpose, bring that one too")
		case t.isReplaced(key.public):
			return c, "", &Inconsistency{"checkpoints", what + " is signed with a key that had been replaced before"}
		}
		return c, key.public, nil
	}
	if t.doubt != nil {
		return c, "", t.doubt.resolve(false)
	}
	return c, "", &Inconsistency{"checkpoints", what + " is not signed with a key that the ledger names before it"}
}

// isReplaced reports whether the ledger has named another key since it named one.
func (t *treeCheck) isReplaced(public string) bool {
	named := slices.ContainsFunc(t.keys, func(k namedKey) bool { return k.public == public })
	return named && t.keys[len(t.keys)-1].public != public
}

// learnSigningKey takes a signing key from an entry, and says what is wrong with it: that the
// key before vouches for it does not need to be said, but is true when it is.
func (t *treeCheck) learnSigningKey(seq int64, f review.Facts) string {
	v, err := note.NewVerifier(f.PublicKey)
	if f.KeyChange != "" {
		c, changeErr := ledger.OpenKeyChange([]byte(f.KeyChange))
		if err != nil || changeErr != nil || c.New != f.PublicKey || c.Seq != seq || len(t.keys) == 0 || c.Old != t.keys[len(t.keys)-1].public {
			return "the signing key before does not vouch for the one that it names, as it says"
		}
	} else if len(t.keys) > 0 {
		t.found.Unvouched = append(t.found.Unvouched, seq)
	}
	if err == nil {
		t.keys = append(t.keys, namedKey{seq, f.PublicKey, v})
	}
	return ""
}

func (t *treeCheck) trustsKey(key namedKey) bool {
	return slices.ContainsFunc(t.trusted, func(v note.Verifier) bool {
		return v.Name() == key.verifier.Name() && v.KeyHash() == key.verifier.KeyHash()
	})
}

// compareBrought compares the tree with the brought checkpoints of its size.
func (t *treeCheck) compareBrought() error {
	size := t.frontier.Size()
	for len(t.brought) > 0 && t.brought[0].Size <= size {
		c := t.brought[0]
		if c.Root != t.frontier.Root() {
			if t.doubt != nil {
				return t.doubt.resolve(false)
			}
			why := mismatchSentence(t.proved, size, " that you brought")
			if t.fits > t.proved {
				why += ", although those in the file do: whoever changed it has the signing key"
			}
			return &ledger.Broken{Seq: t.proved, Why: why + t.olderFilesSentence()}
		}
		if t.doubt != nil {
			return t.doubt.resolve(true)
		}
		if t.isReplaced(c.public) {
			return &Inconsistency{"checkpoints", fmt.Sprintf("the one of %s that you brought is signed with a key that had been replaced before", countWithNoun(size, "entry", "entries"))}
		}
		t.brought = t.brought[1:]
		t.proved = size
		if size > 0 && t.fits != size {
			t.gone = append(t.gone, size)
		}
	}
	return nil
}

// olderFilesSentence names the entries that say that an older file was put back.
func (t *treeCheck) olderFilesSentence() string {
	if len(t.found.Older) == 0 {
		return ""
	}
	return fmt.Sprintf(" (entry %d says that an older file was put back on purpose)", t.found.Older[0])
}

// finish is what can be said after the last entry.
func (t *treeCheck) finish() error {
	size := t.frontier.Size()
	t.found.Root = t.frontier.Root()
	t.found.Entries, t.found.To, t.found.Covered = size, t.last.At, max(t.fits, t.proved)
	switch {
	case t.doubt != nil:
		return t.doubt.resolve(false)
	case size == 0:
		return &ledger.Broken{Seq: 0, Why: "it is missing: the ledger is empty"}
	case t.next != nil:
		return &ledger.Broken{Seq: size, Why: fmt.Sprintf("it is missing: the file has a checkpoint of %d entries", t.next.size)}
	case len(t.brought) > 0:
		return &ledger.Broken{Seq: size, Why: fmt.Sprintf("it is missing: the checkpoint that you brought has %d entries", t.brought[len(t.brought)-1].Size) + t.olderFilesSentence()}
	case len(t.gone) > 0:
		return &Inconsistency{"checkpoints", fmt.Sprintf("that of %s, which you brought, is no longer in the file", countWithNoun(t.gone[0], "entry", "entries"))}
	case len(t.trusted) > 0 && !slices.ContainsFunc(t.keys, t.trustsKey):
		return &ledger.Broken{Seq: t.keySeq(), Why: "the ledger does not name the key that you brought: it was exchanged, or that is the key of another ledger"}
	}
	return nil
}

// keySeq is where the first key stands, or should stand.
func (t *treeCheck) keySeq() int64 {
	if len(t.keys) == 0 {
		return 1
	}
	return t.keys[0].seq
}
