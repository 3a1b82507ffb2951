package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// fileCheck goes through the recipients, each with its entries, fetches and results, and
// works out anew what follows from them. It takes the entries as they are: whether they
// are what they were is for treeCheck.
type fileCheck struct {
	recipients, erased, results int
	sealed, uncovered, plain    int       // results: left sealed, those of them to whose bytes nothing commits, and not sealed yet
	opens                       *ringKeys // with which results are opened; nil where they stay sealed
	tell                        progressFunc

	keySize       int      // of a data key, wrapped, without a mark
	keys          dataKeys // under which they are
	entries       *cursor[fileEntry]
	fetches       *cursor[fileFetch]
	bodies        *cursor[fileBody]
	listed        *listedCheck
	first         *ledger.Broken
	inconsistency *Inconsistency
}

// fileEntry is what counts of an entry about a recipient.
type fileEntry struct {
	ledger.Entry
	at          int64
	act         string
	snapshot    []byte
	seals, text bool // whether it commits to a text, and whether that is there
}

type fileFetch struct {
	recipient   string
	id, run, at int64
	digest      []byte
	sealed      []byte // SHA-256 of the body as it is stored; nil where the fetch does not say
}

type fileBody struct {
	recipient    string
	digest, body []byte
}

// fileRow is the row of a recipient.
type fileRow struct {
	id                       string
	key                      []byte
	newest, decision         int64 // zero for NULL
	state, verdict, decided  string
	final, changed, erasedAt int64
	referred, goesTo, erased bool // goesTo: whether it can be referred so
}

// fileRead is what the entries and fetches of a recipient say.
type fileRead struct {
	erasure     *ledger.Entry
	textless    int64 // the first entry whose text is missing; -1 when none is
	withText    int64 // the first entry whose text is there; -1 when none is
	named       map[idv.Digest]int64
	record      review.Record // of what the rules are about, without texts
	unreadable  bool          // whether an entry could not be added to the record
	newest      fileFetch
	newestSince int64                 // when the newest result was fetched for the first time since it last changed
	session     *idv.Session          // of the newest result; nil when that is not there, or was not opened
	unopened    bool                  // whether the newest result is there, and was not opened
	sums        map[idv.Digest][]byte // of bodies as they are stored, where a fetch says so
	key         cipher.AEAD           // opens the results; nil where they stay sealed
	notes       int
	fetched     map[idv.Digest]bool // whether its body was there
}

// chunkRows is how many rows a cursor reads at a time. Results are large.
const (
	chunkRows   = 1000
	chunkBodies = 50
)

// cursor is rows in the order of the recipients whom they are about. It reads some at a time,
// since a transaction may have one set of rows open.
type cursor[T any] struct {
	start T                           // stands before the first row
	read  func(after *T) ([]T, error) // the rows after one, in order; fewer than limit when they are the last
	limit int
	chunk []T
	row   *T // nil behind the last
	last  bool
}

// next goes to the next row.
func (c *cursor[T]) next() error {
	if len(c.chunk) == 0 && !c.last {
		after := c.row
		if after == nil {
			after = &c.start
		}
		found, err := c.read(after)
		if err != nil {
			return err
		}
		c.chunk, c.last = found, len(found) < c.limit
	}
	if len(c.chunk) == 0 {
		c.row = nil
		return nil
	}
	c.row, c.chunk = &c.chunk[0], c.chunk[1:]
	return nil
}

// readRows runs a query to its end.
func readRows[T any](ctx context.Context, tx *sql.Tx, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

func (c *fileCheck) run(ctx context.Context, tx *sql.Tx) error {
	err := c.checkAll(ctx, tx)
	if errors.Is(err, errForm) {
		err = &Inconsistency{"recipients", "a row about a recipient does not have the form that this program gives it"}
	}
	switch {
	case c.first != nil:
		return c.first
	case c.inconsistency != nil:
		return c.inconsistency
	}
	return err
}

func (c *fileCheck) reportBroken(seq int64, why string) {
	if c.first == nil || seq < c.first.Seq {
		c.first = &ledger.Broken{Seq: seq, Why: why}
	}
}

func (c *fileCheck) reportInconsistency(where, why string, args ...any) {
	if c.inconsistency == nil {
		c.inconsistency = &Inconsistency{where, fmt.Sprintf(why, args...)}
	}
}

func (c *fileCheck) checkAll(ctx context.Context, tx *sql.Tx) error {
	wrap, err := newSeal(make([]byte, keyBytes))
	if err != nil {
		return err
	}
	c.keySize = keyBytes + wrap.Overhead()
	if c.keys, err = readDataKeys(ctx, tx); err != nil {
		return err
	}
	if err := c.openCursors(ctx, tx); err != nil {
		return err
	}
	total, err := c.tell.count(ctx, tx, `SELECT count(*) FROM recipients`)
	if err != nil {
		return err
	}
	done := c.tell.begin(verifying, "recipients", total)
	recipients := recipientRows(ctx, tx)
	for {
		if err := recipients.next(); err != nil {
			return err
		}
		if recipients.row == nil {
			break
		}
		if err := c.checkRecipient(recipients.row); err != nil {
			return err
		}
		done.add(1)
	}
	if err := c.reportOrphans(""); err != nil {
		return err
	}
	return c.checkOtherRows(ctx, tx)
}

// openCursors goes to the first row of each cursor.
func (c *fileCheck) openCursors(ctx context.Context, tx *sql.Tx) error {
	c.entries, c.fetches, c.bodies = entryRows(ctx, tx), fetchedRows(ctx, tx), bodyRows(ctx, tx)
	c.listed = newListedCheck(ctx, tx)
	return errors.Join(c.entries.next(), c.fetches.next(), c.bodies.next(), c.listed.toFirstRows())
}

func recipientRows(ctx context.Context, tx *sql.Tx) *cursor[fileRow] {
	read := func(after *fileRow) ([]fileRow, error) {
		return readRows(ctx, tx, scanFileRow, `
			SELECT id, data_key, coalesce(newest, 0), state, final, coalesce(decision, 0), verdict, decided, changed,
				referred IS NOT NULL, referred = 0 OR EXISTS (SELECT 1 FROM accounts WHERE accounts.id = referred),
				erased_at IS NOT NULL, coalesce(erased_at, 0)
			FROM recipients
			WHERE id > $1
			ORDER BY id
			LIMIT $2`, after.id, chunkRows)
	}
	return &cursor[fileRow]{read: read, limit: chunkRows}
}

func scanFileRow(rows *sql.Rows) (fileRow, error) {
	var r fileRow
	var goesTo sql.NullBool
	err := rows.Scan(textIn{&r.id}, bytesIn{&r.key}, numberIn{&r.newest}, textIn{&r.state}, numberIn{&r.final},
		numberIn{&r.decision}, textIn{&r.verdict}, textIn{&r.decided}, numberIn{&r.changed},
		&r.referred, &goesTo, &r.erased, numberIn{&r.erasedAt})
	r.key, r.goesTo = bytes.Clone(r.key), goesTo.Bool
	return r, err
}

func entryRows(ctx context.Context, tx *sql.Tx) *cursor[fileEntry] {
	read := func(after *fileEntry) ([]fileEntry, error) {
		// They are in the order of an index. Those about nobody do not count.
		return readRows(ctx, tx, scanFileEntry, `
			SELECT recipient, seq, at, actor, role, act, about, snapshot, length(sealed) > 0, text_sealed IS NOT NULL,
				CASE WHEN act IN ('decision', 'assigned', 'tagged', 'untagged') THEN facts ELSE '{}' END
			FROM ledger
			WHERE recipient <> '' AND (recipient, act, seq) > ($1, $2, $3)
			ORDER BY recipient, act, seq
			LIMIT $4`, after.Recipient, after.act, after.Seq, chunkRows)
	}
	return &cursor[fileEntry]{read: read, limit: chunkRows}
}

func scanFileEntry(rows *sql.Rows) (fileEntry, error) {
	var e fileEntry
	err := rows.Scan(textIn{&e.Recipient}, numberIn{&e.Seq}, numberIn{&e.at}, numberIn{&e.Actor}, textIn{&e.Role}, textIn{&e.act},
		numberIn{&e.About}, bytesIn{&e.snapshot}, &e.seals, &e.text, textIn{&e.Facts})
	e.snapshot = bytes.Clone(e.snapshot)
	return e, err
}

func fetchedRows(ctx context.Context, tx *sql.Tx) *cursor[fileFetch] {
	read := func(after *fileFetch) ([]fileFetch, error) {
		return readRows(ctx, tx, scanFileFetch, `
			SELECT recipient, id, digest, coalesce(run, 0), at, sealed_sha256
			FROM fetches
			WHERE (recipient, id) > ($1, $2)
			ORDER BY recipient, id
			LIMIT $3`, after.recipient, after.id, chunkRows)
	}
	return &cursor[fileFetch]{start: fileFetch{id: math.MinInt64}, read: read, limit: chunkRows}
}

func scanFileFetch(rows *sql.Rows) (fileFetch, error) {
	var f fileFetch
	err := rows.Scan(textIn{&f.recipient}, numberIn{&f.id}, bytesIn{&f.digest}, numberIn{&f.run}, numberIn{&f.at}, bytesIn{&f.sealed})
	f.digest, f.sealed = bytes.Clone(f.digest), bytes.Clone(f.sealed)
	return f, err
}

func bodyRows(ctx context.Context, tx *sql.Tx) *cursor[fileBody] {
	read := func(after *fileBody) ([]fileBody, error) {
		return bodiesAfter(ctx, tx, after, chunkBodies)
	}
	return &cursor[fileBody]{start: fileBody{digest: []byte{}}, read: read, limit: chunkBodies}
}

// bodiesAfter returns the results after one as they are stored, in the order of their recipients.
func bodiesAfter(ctx context.Context, tx *sql.Tx, after *fileBody, limit int) ([]fileBody, error) {
	return readRows(ctx, tx, scanFileBody, `
		SELECT recipient, digest, body
		FROM snapshots
		WHERE (recipient, digest) > ($1, $2)
		ORDER BY recipient, digest
		LIMIT $3`, after.recipient, after.digest, limit)
}

func scanFileBody(rows *sql.Rows) (fileBody, error) {
	var b fileBody
	err := rows.Scan(textIn{&b.recipient}, bytesIn{&b.digest}, bytesIn{&b.body})
	b.digest, b.body = bytes.Clone(b.digest), bytes.Clone(b.body)
	return b, err
}

// reportOrphans passes over what is about recipients who come before one and have no row, and
// says so; all that is left when id is empty.
func (c *fileCheck) reportOrphans(id string) error {
	for e := c.entries; e.row != nil && (id == "" || e.row.Recipient < id); {
		c.reportBroken(e.row.Seq, "the recipient whom it is about is missing")
		if err := e.next(); err != nil {
			return err
		}
	}
	for f := c.fetches; f.row != nil && (id == "" || f.row.recipient < id); {
		c.reportInconsistency("fetches", "the recipient of fetch %d is missing", f.row.id)
		if err := f.next(); err != nil {
			return err
		}
	}
	for b := c.bodies; b.row != nil && (id == "" || b.row.recipient < id); {
		c.reportInconsistency("snapshots", "the recipient of result %x is missing", b.row.digest)
		if err := b.next(); err != nil {
			return err
		}
	}
	return nil
}

// checkRecipient verifies a recipient.
func (c *fileCheck) checkRecipient(row *fileRow) error {
	c.recipients++
	if err := c.reportOrphans(row.id); err != nil {
		return err
	}
	r := &fileRead{
		textless: -1, withText: -1, named: map[idv.Digest]int64{}, fetched: map[idv.Digest]bool{}, sums: map[idv.Digest][]byte{},
		key: c.unwrapKey(row),
	}
	for c.fetches.row != nil && c.fetches.row.recipient <= row.id {
		c.takeFetch(r, c.fetches.row)
		if err := c.fetches.next(); err != nil {
			return err
		}
	}
	var entries []fileEntry
	for c.entries.row != nil && c.entries.row.Recipient <= row.id {
		entries = append(entries, *c.entries.row)
		if err := c.entries.next(); err != nil {
			return err
		}
	}
	slices.SortFunc(entries, func(a, b fileEntry) int { return cmp.Compare(a.Seq, b.Seq) })
	for i := range entries {
		c.takeEntry(r, &entries[i])
	}
	for c.bodies.row != nil && c.bodies.row.recipient <= row.id {
		c.takeBody(row, r, c.bodies.row)
		if err := c.bodies.next(); err != nil {
			return err
		}
	}
	for digest, seq := range r.named {
		if !r.fetched[digest] {
			c.reportBroken(seq, "the result that it is about is missing")
		}
	}
	for _, there := range r.fetched {
		if !there {
			c.reportInconsistency("snapshots", "a result that was fetched of recipient %s is missing", row.id)
		}
	}
	c.compareErasure(row, r)
	c.compareRow(row, r)
	return c.compareListed(row, r)
}

// takeFetch adds a fetch. It belongs to the run of the one before when both gave the same.
func (c *fileCheck) takeFetch(r *fileRead, f *fileFetch) {
	if f.digest == nil {
		return
	}
	run := f.id
	if r.newest.id != 0 && string(r.newest.digest) == string(f.digest) {
		run = r.newest.run
	}
	if f.run != run || len(f.digest) != len(idv.Digest{}) {
		c.reportInconsistency("fetches", "fetch %d stands in another run of equal results than it should", f.id)
		return
	}
	if run == f.id {
		r.newestSince = f.at
	}
	r.newest = *f
	digest := idv.Digest(f.digest)
	r.fetched[digest] = false
	if f.sealed == nil {
		return
	}
	if sum, known := r.sums[digest]; known && !bytes.Equal(sum, f.sealed) {
		c.reportInconsistency("fetches", "fetch %d says that the result is stored otherwise than a fetch before says", f.id)
	}
	r.sums[digest] = f.sealed
}

// takeEntry adds an entry, and says which of the rules of the schema's triggers it breaks.
func (c *fileCheck) takeEntry(r *fileRead, found *fileEntry) {
	e := found.Entry
	e.Act, e.At = ledger.Act(found.act), timeOf(found.at)
	if !digestIn(found.snapshot, &e.Snapshot) {
		return // treeCheck says so
	}
	if e.Snapshot != (idv.Digest{}) {
		if _, known := r.named[e.Snapshot]; !known {
			r.named[e.Snapshot] = e.Seq
		}
	}
	switch {
	case found.seals && !found.text && r.textless < 0:
		r.textless = e.Seq
	case found.text && r.withText < 0:
		r.withText = e.Seq
	}
	why := ""
	switch e.Act {
	case review.ActErasure:
		if r.erasure == nil {
			r.erasure = &e
			r.record.Erasure = &review.Erasure{Seq: e.Seq}
		}
	case review.ActNote:
		r.notes++
	case review.ActTaken, review.ActReleased, review.ActAssigned, review.ActTagged, review.ActUntagged,
		review.ActReset, review.ActResetEnded, review.ActExpectedSet, review.ActExpectedCleared,
		review.ActDecision, review.ActAgreed, review.ActDisagreed, review.ActWithdrawn:
		why = r.addEntry(&e)
	}
	if why != "" {
		c.reportBroken(e.Seq, why)
	}
}

// addEntry adds an entry to the record, and says which rule it breaks.
func (r *fileRead) addEntry(e *ledger.Entry) string {
	if err := r.record.Check(e); err != nil {
		return brokenRule(&r.record, e, err)
	}
	if err := r.record.Follow(review.Recorded{Entry: *e}); err != nil {
		r.unreadable = true
	}
	return ""
}

// brokenRule says in words which rule an entry breaks.
func brokenRule(record *review.Record, e *ledger.Entry, rule error) string {
	switch {
	case errors.Is(rule, review.ErrResetEnded):
		return "it ends a reset that was not asked for, or that ended before"
	case errors.Is(rule, review.ErrExpectedChanged):
		return "it does not take the place of the expected signer that stood"
	case errors.Is(rule, review.ErrNoExpected):
		return "it clears an expected signer where none stood"
	case errors.Is(rule, review.ErrNoDecision):
		return "the decision that it answers is not there"
	case errors.Is(rule, review.ErrDecided) && e.About == 0:
		return "it does not take the place of the decision that stood"
	case errors.Is(rule, review.ErrDecided):
		return "it takes the place of a decision that did not stand any more"
	case e.Act == review.ActWithdrawn:
		return brokenWithdrawal(rule)
	case slices.Contains(review.CaseActs(), e.Act):
		return brokenCaseAct(rule)
	}
	return brokenSecond(record.Decision(e.About), rule)
}

// brokenCaseAct says it of an act on who has a case, and how it is tagged.
func brokenCaseAct(rule error) string {
	var taken *review.TakenError
	switch {
	case errors.As(rule, &taken):
		return "it takes or releases a case that somebody else has"
	case errors.Is(rule, review.ErrCaseDecided):
		return "it takes or assigns a case that was decided"
	case errors.Is(rule, review.ErrErased):
		return "it is about a case that was erased before"
	case errors.Is(rule, review.ErrNotTaken):
		return "it releases a case that nobody had"
	case errors.Is(rule, review.ErrMayNotAssign):
		return "it assigns a case by somebody who was no supervisor"
	case errors.Is(rule, review.ErrTagStands):
		return "it adds a tag that the case had, or removes one that it had not"
	}
	return rule.Error()
}

func brokenWithdrawal(rule error) string {
	switch {
	case errors.Is(rule, review.ErrNotYours):
		return "it withdraws the decision of somebody else"
	case errors.Is(rule, review.ErrOtherResult):
		return "it is about another result than the decision that it withdraws"
	case errors.Is(rule, review.ErrSettled):
		return "it withdraws a decision that did not stand any more"
	}
	return rule.Error()
}

func brokenSecond(d *review.Decision, rule error) string {
	switch {
	case !d.Awaited:
		return "it is a second review of a decision that awaited none"
	case errors.Is(rule, review.ErrOwnDecision):
		return "it is a second review by the author of the decision"
	case errors.Is(rule, review.ErrNotSupervisor):
		return "it is a second review by somebody who was no supervisor"
	case errors.Is(rule, review.ErrOtherResult):
		return "it is a second review of another result than the decision"
	case errors.Is(rule, review.ErrSettled):
		return "it answers a decision that was answered, withdrawn or superseded before"
	}
	return rule.Error()
}

// takeBody compares a result with its digest. The newest says what the row of the
// recipient should say of it.
func (c *fileCheck) takeBody(row *fileRow, r *fileRead, body *fileBody) {
	c.results++
	if len(body.digest) != len(idv.Digest{}) {
		c.reportInconsistency("snapshots", "a result does not have the form that this program gives it")
		return
	}
	digest := idv.Digest(body.digest)
	if _, fetched := r.fetched[digest]; !fetched {
		c.reportInconsistency("snapshots", "result %s of recipient %s was never fetched", digest.Short(), row.id)
		return
	}
	r.fetched[digest] = true
	if r.erasure != nil {
		if len(body.body) > 0 {
			c.reportBroken(r.erasure.Seq, "results of the recipient who was erased are still there")
		}
		return
	}
	isNewest := string(r.newest.digest) == string(digest[:])
	text, opened, err := c.openResult(row, r, digest, body.body)
	switch {
	case err != nil:
		if seq, named := r.named[digest]; named {
			c.reportBroken(seq, "the result that it is about is not the one that was fetched")
			return
		}
		c.reportInconsistency("snapshots", "result %s is not the one that was fetched", digest.Short())
	case isNewest && !opened:
		r.unopened = true
	case isNewest:
		d, err := idv.Decode(text)
		r.takeSession(d, err)
		if err != nil || review.StorableText(row.state) != stateColumn(d) || row.final != boolToInt(d.Session.Final()) {
			c.reportInconsistency("recipients", "the state of recipient %s is not that of the newest result", row.id)
		}
	}
}

// openResult returns a result as it was fetched, and whether it could be opened. It returns
// review.ErrAltered when it is another. Of one that stays sealed, the sealed bytes are compared with
// what its fetches say of them.
func (c *fileCheck) openResult(row *fileRow, r *fileRead, digest idv.Digest, stored []byte) (text []byte, opened bool, err error) {
	sum, covered := r.sums[digest]
	if found := sha256.Sum256(stored); covered && !bytes.Equal(found[:], sum) {
		return nil, false, review.ErrAltered
	}
	id, err := idv.ParseRecipientID(row.id)
	switch {
	case err != nil || len(stored) == 0:
		return nil, false, review.ErrAltered
	case isPlainBody(stored):
		c.plain++
	case r.key == nil:
		c.sealed++
		if !covered {
			c.uncovered++
		}
		return nil, false, nil
	}
	text, err = openBody(r.key, id, digest, stored)
	if err == nil && sha256.Sum256(text) != digest {
		err = review.ErrAltered
	}
	return text, err == nil, err
}

// unwrapKey returns what opens the results of a recipient; nil where they stay sealed, because no
// data key was brought, or sealCheck says what is wrong with it.
func (c *fileCheck) unwrapKey(row *fileRow) cipher.AEAD {
	if c.opens == nil || len(row.key) == 0 {
		return nil
	}
	key, err := c.opens.unwrap(row.id, row.key)
	if err != nil {
		return nil
	}
	return key
}

// isWrapped reports whether a data key can be one as it is kept: under a key that counts, or
// from before there were marks.
func (c *fileCheck) isWrapped(key []byte) bool {
	if len(key) == c.keySize {
		return true
	}
	for _, fingerprint := range [][]byte{c.keys.current, c.keys.next} {
		if len(fingerprint) > markBytes && len(key) == markBytes+c.keySize && bytes.HasPrefix(key, fingerprint[:markBytes]) {
			return true
		}
	}
	return false
}

// compareErasure looks whether what an erasure takes away is gone, and nothing else.
func (c *fileCheck) compareErasure(row *fileRow, r *fileRead) {
	if r.erasure == nil {
		switch {
		case r.textless >= 0:
			c.reportBroken(r.textless, "its text is missing, and no entry says that the recipient was erased")
		case row.erased:
			c.reportInconsistency("recipients", "recipient %s is said to be erased, and no entry says so", row.id)
		case !c.isWrapped(row.key):
			c.reportInconsistency("recipients", "the data key of recipient %s was changed, and no entry says that the recipient was erased", row.id)
		}
		return
	}
	c.erased++
	switch {
	case r.withText >= 0:
		c.reportBroken(r.erasure.Seq, fmt.Sprintf("the recipient was erased, and the text of entry %d is still there", r.withText))
	case len(row.key) > 0:
		c.reportBroken(r.erasure.Seq, "the recipient was erased, and the key of the texts is still there")
	case !row.erased || row.erasedAt != millis(r.erasure.At):
		c.reportInconsistency("recipients", "recipient %s was erased at another time, or is not said to be", row.id)
	case row.state != "" || row.final != 1: // nothing is left to say, and to wait for
		c.reportInconsistency("recipients", "recipient %s was erased, and has a state", row.id)
	}
}

// compareRow compares the row of a recipient with what follows from entries and fetches.
func (c *fileCheck) compareRow(row *fileRow, r *fileRead) {
	if row.newest != r.newest.id {
		c.reportInconsistency("recipients", "the newest result of recipient %s is another than the last that was fetched", row.id)
	}
	if r.newest.id == 0 && r.erasure == nil && (row.state != "" || row.final != 0) {
		c.reportInconsistency("recipients", "recipient %s has a state and no result", row.id)
	}
	if r.unreadable {
		return // treeCheck says so
	}
	status := r.caseStatus()
	if row.decision != status.Decision || row.verdict != string(status.Verdict) || row.decided != string(status.State) || row.changed != boolToInt(status.Changed) {
		c.reportInconsistency("recipients", "what is said of decisions on recipient %s does not follow from the entries", row.id)
	}
	if row.referred != status.Referred || status.Referred && !row.goesTo {
		c.reportInconsistency("recipients", "recipient %s is not referred as the entries say", row.id)
	}
}

// caseStatus is the status of the case that follows from entries and fetches.
func (r *fileRead) caseStatus() review.CaseStatus {
	var newest idv.Digest
	copy(newest[:], r.newest.digest)
	return r.record.CaseStatus(newest)
}

// checkOtherRows looks at what is kept about recipients for a while: not of those who were erased,
// and copies only of what somebody was shown.
func (c *fileCheck) checkOtherRows(ctx context.Context, tx *sql.Tx) error {
	for _, table := range []string{"drafts", "sealed_media"} {
		var some bool
		err := tx.QueryRowContext(ctx, `
			SELECT EXISTS (
				SELECT 1
				FROM `+table+` AS kept
				JOIN recipients ON recipients.id = kept.recipient
				WHERE recipients.erased_at IS NOT NULL)`).Scan(&some)
		if err != nil {
			return err
		}
		if some {
			c.reportInconsistency(table, "something is kept about a recipient who was erased")
		}
	}
	var medium string
	err := tx.QueryRowContext(ctx, `
		SELECT medium
		FROM sealed_media AS kept
		WHERE NOT EXISTS (
			SELECT 1
			FROM access_log
			WHERE access_log.recipient = kept.recipient AND access_log.medium = kept.medium
				AND access_log.sha256 = kept.sha256 AND access_log.at = kept.at AND access_log.what <> $1)
		LIMIT 1`, string(review.AccessOnScreen)).Scan(&medium)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		c.reportInconsistency("sealed_media", "the copy of %q is not one of what somebody was shown", medium)
	}
	return err
}
