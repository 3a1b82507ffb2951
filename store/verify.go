package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/ledger"
)

// A verification goes through everything that is recorded. It needs no key; with the data
// key it also opens what is sealed. What it rests on, in this order:
//
//   - each entry is hashed anew, and the tree of those hashes is that of every checkpoint;
//   - entries follow on each other, and keep to the rules of the schema's triggers;
//   - texts, results, accesses, fetches and sign-ins have the digests that stand in entries: of
//     what is sealed, those of the sealed bytes;
//   - what other tables say beside that follows from entries, and is worked out again;
//   - with the data key, every text is the one that its entry commits to, every result the one
//     that was fetched, with what lists say of it, a referral goes to whom the decision names,
//     and copies of media are of the bytes that were shown;
//   - the schema is the one of this program, so that no trigger is missing.
//
// What is not recorded in the ledger cannot be verified, and Verification.Outside counts
// it: sessions, failed sign-ins, security events that are no acts, which codes and recovery codes
// were used, drafts, accesses, fetches and sign-ins that no entry covers yet, until when copies of
// media are kept, when the one who has a case was last at work on it, the envelope of a recipient,
// what is to be asked of Yoti, lines of imports, events of the webhook, and what the server notes
// for itself in the tables facts and leases.
// Nor can passwords that were set before entries held a digest of them.

// VerifyOptions say what is to be verified, and by what.
type VerifyOptions struct {
	Path        string    // of the database, or of a backup, where that is a file of SQLite's
	Postgres    *Postgres // a database of PostgreSQL's in its place; nil where Path counts
	Checkpoints [][]byte  // signed ones that were kept elsewhere; they show what the file cannot
	Public      []string  // keys to trust, as lines of text, with those that ledger.KeyChanges connect with them; without any, those that the ledger names
	DataKeyFile string    // with which everything sealed is opened; empty to leave it sealed
	// DataKey gives the lines of a data-key file in its place; nil where there is a file, or none.
	DataKey func(context.Context) ([]byte, error)
	// Progress is told how far the verification is; nil to hear nothing.
	Progress func(Progress)
}

// Verification is what a verification found in a ledger that is as it was recorded.
type Verification struct {
	Entries     int64
	Root        ledger.Root // of the tree of all of them
	From, To    time.Time   // of the first and the last entry
	Checkpoints int         // in the file
	Brought     int         // checkpoints that were brought
	Covered     int64       // entries in the newest checkpoint
	Public      []string    // keys with which checkpoints are signed
	Trusted     bool        // whether those keys were brought, or a chain leads to them from one that was, and they are not only named by the ledger
	Unvouched   []int64     // entries that name another signing key, for which the one before does not vouch
	Behind      int         // entries whose clock stood behind that of the entry before
	FirstBehind int64       // the first of them
	Older       []int64     // entries that say that an older file took the place of a newer one
	Accounts    int
	Recipients  int
	Erased      int // recipients
	Results     int
	Sealed      int // results that were not opened: their sealed bytes were compared with what fetches say of them
	Uncovered   int // those of them of which no fetch says anything, so that nothing was compared
	Plain       int // results that are not sealed yet; see Store.SealResults
	Accesses    int
	Fetches     int
	SignIns     int      // with second factors and sign-outs
	Unbatched   int      // accesses, fetches and sign-ins that no entry covers yet
	Opened      bool     // whether the data key was brought, and everything sealed was opened
	Texts       int      // that were opened
	Unproved    []string // names of accounts whose passwords were set before the record had them
	Outside     OutsideRecord
}

// Outside is how much stands in the database that is no part of the record.
type OutsideRecord struct {
	Sessions    int
	Failures    int  // failed sign-ins, counted by name or network
	Drafts      int  // whose texts are not recorded yet
	Copies      int  // of media, kept for a while
	Events      int  // security events, apart from those that are sign-ins
	Fingerprint bool // of the data key: the ledger does not name it
}

// Inconsistency is a ledger.ErrBroken about what stands beside the ledger.
type Inconsistency struct {
	Where string // table, or part of the database
	Why   string // in a sentence
}

func (e *Inconsistency) Error() string { return e.Where + ": " + e.Why }

// Is reports whether target is ledger.ErrBroken.
func (e *Inconsistency) Is(target error) bool { return target == ledger.ErrBroken }

// ErrKeyMissing is returned when a checkpoint is signed with a key that nobody brought.
var ErrKeyMissing = errors.New("is not signed with a key that you brought")

// Verify verifies a database, or a backup of one, and leaves it as it is, down to the
// files beside it. It returns an error that wraps ledger.ErrBroken when what is recorded
// was changed: a *ledger.Broken for the first entry that is wrong, or a *Inconsistency when no
// entry is.
func Verify(ctx context.Context, o VerifyOptions) (*Verification, error) {
	database, err := engineOf(Options{Path: o.Path, Postgres: o.Postgres})
	if err != nil {
		return nil, err
	}
	v := &verification{engine: database, options: o, tell: o.Progress}
	if v.source = (keySource{o.DataKeyFile, o.DataKey}); o.DataKeyFile != "" || o.DataKey != nil {
		v.keys, err = v.source.read(ctx)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no data-key file %s", o.DataKeyFile)
		}
		if err != nil {
			return nil, err // a sentence
		}
	}
	var unchanged func() error
	if v.db, unchanged, err = v.engine.untouchedPool(ctx); err != nil {
		return nil, err
	}
	defer v.db.Close()
	found, err := v.run(ctx)
	if err := unchanged(); err != nil {
		return nil, err
	}
	if err = (&Store{engine: v.engine}).describeError(err); err != nil {
		return nil, err // a sentence
	}
	return found, nil
}

// verifiedEngine is a database as a verification needs it.
type verifiedEngine interface {
	engine
	// untouchedPool returns connections that leave everything as it is, and what says
	// afterwards whether the database was written to meanwhile, where that would matter.
	untouchedPool(ctx context.Context) (pool *sql.DB, unchanged func() error, err error)
	// wantedSchema and schemaOf return the texts of the objects that the steps of the schema
	// make, and of those in a database.
	wantedSchema() map[string]string
	schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error)
	// checkForm has the database look whether what it holds fits together.
	checkForm(ctx context.Context, tx *sql.Tx, tell progressFunc) error
}

// verification is a verification that is under way.
type verification struct {
	engine  verifiedEngine
	options VerifyOptions
	source  keySource
	keys    []fileKey // nil where what is sealed stays so
	db      *sql.DB
	tell    progressFunc
	found   Verification
}

// verifying is the task of which a verification tells.
const verifying = "Verifying"

// run looks at the schema, and at everything that stands in it. An entry that is wrong
// says more than a schema that is.
func (v *verification) run(ctx context.Context) (*Verification, error) {
	schemaErr := v.checkSchema(ctx)
	if schemaErr != nil && !errors.Is(schemaErr, ledger.ErrBroken) {
		return nil, schemaErr
	}
	err := v.verifyContents(ctx)
	var broken *ledger.Broken
	if schemaErr != nil && !errors.As(err, &broken) {
		err = schemaErr
	}
	if err != nil {
		return nil, err
	}
	return &v.found, nil
}

// verifyContents verifies the ledger, by which all else is judged, and that. What takes long is
// done at the same time, each in a transaction of its own: that of the ledger begins
// first, so that no other knows less than it.
func (v *verification) verifyContents(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tx, err := v.db.BeginTx(ctx, v.engine.reading())
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	tree, err := v.newTree(ctx, tx)
	if err != nil {
		return err
	}
	access, fetches, signIns := newRowCheck(accessRows()), newRowCheck(fetchRows()), newRowCheck(signInRows())
	tree.access, tree.fetches, tree.signIns = access.entered, fetches.entered, signIns.entered
	files := &fileCheck{tell: v.tell}
	if v.keys != nil {
		files.opens = &ringKeys{all: v.keys}
	}
	var group sync.WaitGroup
	var besides [6]error
	group.Go(func() { besides[0] = v.inTransaction(ctx, access.run); access.drainRows() })
	group.Go(func() { besides[1] = v.inTransaction(ctx, fetches.run); fetches.drainRows() })
	group.Go(func() { besides[5] = v.inTransaction(ctx, signIns.run); signIns.drainRows() })
	group.Go(func() {
		// One after the other: connections share a cache of pages, and what the first reads
		// in the order of recipients would push out what the second looks up again and again.
		besides[2] = v.inTransaction(ctx, files.run)
		besides[3] = v.inTransaction(ctx, v.checkForm)
		if v.keys != nil {
			besides[4] = v.inTransaction(ctx, (&sealCheck{source: v.source, keys: &ringKeys{all: v.keys}, tell: v.tell, found: &v.found}).run)
		}
	})
	err = tree.run(ctx, tx)
	close(access.entered)
	close(fetches.entered)
	close(signIns.entered)
	if err != nil {
		cancel()
	}
	group.Wait()
	if err != nil {
		return err
	}
	// Whatever is sealed looks wrong when the fingerprint of the key does.
	if err := firstBroken(append([]error{tree.compareFingerprint(ctx, tx)}, besides[:]...)); err != nil {
		return err
	}
	f := &v.found
	f.Unbatched = access.uncovered + fetches.uncovered + signIns.uncovered
	f.Accesses, f.Fetches, f.SignIns = access.rows, fetches.rows, signIns.rows
	f.Recipients, f.Erased, f.Results = files.recipients, files.erased, files.results
	f.Sealed, f.Uncovered, f.Plain = files.sealed, files.uncovered, files.plain
	if err := tree.compareRequests(ctx, tx); err != nil {
		return err
	}
	if err := tree.compareAccounts(ctx, tx); err != nil {
		return err
	}
	if err := tree.compareViews(ctx, tx); err != nil {
		return err
	}
	if err := compareEvents(ctx, tx); err != nil {
		return err
	}
	if err := compareFacts(ctx, tx, f.Plain); err != nil {
		return err
	}
	return v.countOutside(ctx, tx)
}

// checkForm has the database look whether what it holds fits together.
func (v *verification) checkForm(ctx context.Context, tx *sql.Tx) error {
	return v.engine.checkForm(ctx, tx, v.tell)
}

// inTransaction runs a check that sees one state of the database.
func (v *verification) inTransaction(ctx context.Context, check func(context.Context, *sql.Tx) error) error {
	tx, err := v.db.BeginTx(ctx, v.engine.reading())
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return check(ctx, tx)
}

// firstBroken returns the error about the first entry; failing that, the first of all.
func firstBroken(errs []error) error {
	var first *ledger.Broken
	for _, err := range errs {
		var broken *ledger.Broken
		if errors.As(err, &broken) && (first == nil || broken.Seq < first.Seq) {
			first = broken
		}
	}
	if first != nil {
		return first
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parseVerifiers returns those of keys that were brought.
func parseVerifiers(publics []string) ([]note.Verifier, error) {
	var list []note.Verifier
	for _, public := range publics {
		v, err := note.NewVerifier(public)
		if err != nil {
			return nil, errors.New("a public key that was brought is none: it is one line, such as countersign/0123456789ab+…")
		}
		list = append(list, v)
	}
	return list, nil
}

// The scanners below take a value only in the form in which this program stores it: with
// another, SQLite would not find what it stores, though it would read the same.

type textIn struct{ to *string }

// Scan implements sql.Scanner.
func (t textIn) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return errForm
	}
	*t.to = text
	return nil
}

type numberIn struct{ to *int64 }

// Scan implements sql.Scanner.
func (n numberIn) Scan(value any) error {
	number, ok := value.(int64)
	if !ok {
		return errForm
	}
	*n.to = number
	return nil
}

// bytesIn scans bytes that are valid until the next row; nil when there are none.
type bytesIn struct{ to *[]byte }

// Scan implements sql.Scanner.
func (b bytesIn) Scan(value any) error {
	bytes, ok := value.([]byte)
	if !ok && value != nil {
		return errForm
	}
	if ok && bytes == nil {
		bytes = []byte{}
	}
	*b.to = bytes
	return nil
}

var errForm = errors.New("store: a value has another form than this program gives it")

// The first and the last time that can be written: a clock that lost its own is wrong by
// decades.
var (
	minTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	maxTime = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()
)

// countWithNoun writes a number with its noun.
func countWithNoun(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + many
}

// ReadCheckpoints reads signed checkpoints: one as it is handed out, or a checkpoint log
// with one on each line. A line that broke off is passed over; there is none in a file
// that is something else.
func ReadCheckpoints(r io.Reader) ([][]byte, error) {
	buffered := bufio.NewReader(r)
	head, err := buffered.Peek(1)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if head[0] != '{' {
		text, err := io.ReadAll(io.LimitReader(buffered, maxLogLine))
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) // as mail leaves it
		if !bytes.Contains(text, []byte("\n\n— ")) {
			return nil, err
		}
		return [][]byte{append(bytes.TrimRight(text, "\n"), '\n')}, err
	}
	list, err := parseCheckpointLog(buffered)
	var texts [][]byte
	for _, c := range list {
		texts = append(texts, []byte(c.Text))
	}
	return texts, err
}
