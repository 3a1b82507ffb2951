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

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// fileCheck goes through the recipients, each with its entries, fetches and results, and
// works out anew what follows from them. It takes the entries as they are: whether they
// are what they were is for treeCheck.
type fileCheck struct {
	recipients, erased, results int

	keySize int // of a data key, wrapped
	entries *cursor
	fetches *cursor
	bodies  *cursor
	entry   fileEntry
	fetch   fileFetch
	body    fileBody
	first   *ledger.Broken
	misfit  *Misfit
}

// fileEntry is what counts of an entry about a recipient.
type fileEntry struct {
	ledger.Entry
	at          int64
	act         string
	snapshot    []byte
	seals, text int64 // whether it commits to a text, and whether that is there
}

type fileFetch struct {
	id, run int64
	digest  []byte
}

type fileBody struct{ digest, body []byte }

// fileRow is the row of a recipient.
type fileRow struct {
	id                               string
	key                              []byte
	newest, decision                 int64 // zero for NULL
	state, verdict, decided          string
	final, changed, referred, goesTo int64 // referred: whether it is; goesTo: whether that is possible
	erased, erasedAt                 int64 // erased: whether it is
}

// fileRead is what the entries and fetches of a recipient say.
type fileRead struct {
	erasure    *ledger.Entry
	textless   int64 // the first entry whose text is missing; -1 when none is
	withText   int64 // the first entry whose text is there; -1 when none is
	named      map[idv.Digest]int64
	record     review.Record // of what the rules are about, without texts
	unreadable bool          // whether an entry could not be added to the record
	newest     fileFetch
	fetched    map[idv.Digest]bool // whether its body was there
}

// cursor is rows in the order of the recipients whom they are about.
type cursor struct {
	rows      *sql.Rows
	fields    []any
	recipient string
	more      bool
}

func newCursor(ctx context.Context, tx *sql.Tx, query string, fields ...any) (*cursor, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c := &cursor{rows: rows}
	c.fields = append([]any{textIn{&c.recipient}}, fields...)
	return c, c.next()
}

func (c *cursor) next() error {
	if c.more = c.rows.Next(); !c.more {
		return c.rows.Err()
	}
	return c.rows.Scan(c.fields...)
}

func (c *fileCheck) run(ctx context.Context, tx *sql.Tx) error {
	err := c.each(ctx, tx)
	if errors.Is(err, errForm) {
		err = &Misfit{"recipients", "a row about a recipient does not have the form that this program gives it"}
	}
	switch {
	case c.first != nil:
		return c.first
	case c.misfit != nil:
		return c.misfit
	}
	return err
}

func (c *fileCheck) broken(seq int64, why string) {
	if c.first == nil || seq < c.first.Seq {
		c.first = &ledger.Broken{Seq: seq, Why: why}
	}
}

func (c *fileCheck) wrong(where, why string, args ...any) {
	if c.misfit == nil {
		c.misfit = &Misfit{where, fmt.Sprintf(why, args...)}
	}
}

func (c *fileCheck) each(ctx context.Context, tx *sql.Tx) error {
	wrap, err := newSeal(make([]byte, keyBytes))
	if err != nil {
		return err
	}
	c.keySize = keyBytes + wrap.Overhead()
	if err := c.begin(ctx, tx); err != nil {
		return err
	}
	defer c.entries.rows.Close()
	defer c.fetches.rows.Close()
	defer c.bodies.rows.Close()
	rows, err := tx.QueryContext(ctx, `
		SELECT id, data_key, coalesce(newest, 0), state, final, coalesce(decision, 0), verdict, decided, changed,
			referred IS NOT NULL, referred = 0 OR EXISTS (SELECT 1 FROM accounts WHERE accounts.id = referred),
			erased_at IS NOT NULL, coalesce(erased_at, 0)
		FROM recipients
		ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r fileRow
	for rows.Next() {
		var goesTo sql.NullInt64
		err := rows.Scan(textIn{&r.id}, bytesIn{&r.key}, numberIn{&r.newest}, textIn{&r.state}, numberIn{&r.final},
			numberIn{&r.decision}, textIn{&r.verdict}, textIn{&r.decided}, numberIn{&r.changed},
			numberIn{&r.referred}, &goesTo, numberIn{&r.erased}, numberIn{&r.erasedAt})
		if err != nil {
			return err
		}
		r.goesTo = goesTo.Int64
		if err := c.one(&r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := c.strangers(""); err != nil {
		return err
	}
	return c.rest(ctx, tx)
}

func (c *fileCheck) begin(ctx context.Context, tx *sql.Tx) (err error) {
	e, f, b := &c.entry, &c.fetch, &c.body
	c.entries, err = newCursor(ctx, tx, `
		SELECT recipient, seq, at, actor, role, act, about, snapshot, length(sealed) > 0, text_sealed IS NOT NULL,
			iif(act = 'decision', facts, '{}')
		FROM ledger
		WHERE recipient > ''
		ORDER BY recipient, act, seq`, // as in the index
		numberIn{&e.Seq}, numberIn{&e.at}, numberIn{&e.Actor}, textIn{&e.Role}, textIn{&e.act}, numberIn{&e.About},
		bytesIn{&e.snapshot}, numberIn{&e.seals}, numberIn{&e.text}, textIn{&e.Facts})
	if err != nil {
		return err
	}
	c.fetches, err = newCursor(ctx, tx, `
		SELECT recipient, id, digest, coalesce(run, 0)
		FROM fetches
		ORDER BY recipient, id`, numberIn{&f.id}, bytesIn{&f.digest}, numberIn{&f.run})
	if err != nil {
		return err
	}
	c.bodies, err = newCursor(ctx, tx, `
		SELECT recipient, digest, body
		FROM snapshots
		ORDER BY recipient, digest`, bytesIn{&b.digest}, bytesIn{&b.body})
	return err
}

// strangers passes over what is about recipients who come before one and have no row, and
// says so; all that is left when id is empty.
func (c *fileCheck) strangers(id string) error {
	pass := func(from *cursor, say func()) error {
		for from.more && (id == "" || from.recipient < id) {
			say()
			if err := from.next(); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.Join(
		pass(c.entries, func() { c.broken(c.entry.Seq, "the recipient whom it is about is missing") }),
		pass(c.fetches, func() { c.wrong("fetches", "the recipient of fetch %d is missing", c.fetch.id) }),
		pass(c.bodies, func() { c.wrong("snapshots", "the recipient of result %x is missing", c.body.digest) }))
}

// one verifies a recipient.
func (c *fileCheck) one(row *fileRow) error {
	c.recipients++
	if err := c.strangers(row.id); err != nil {
		return err
	}
	r := &fileRead{
		textless: -1, withText: -1, named: map[idv.Digest]int64{}, fetched: map[idv.Digest]bool{},
	}
	for c.fetches.more && c.fetches.recipient <= row.id {
		c.takeFetch(r)
		if err := c.fetches.next(); err != nil {
			return err
		}
	}
	var entries []fileEntry
	for c.entries.more && c.entries.recipient <= row.id {
		entry := c.entry
		entry.snapshot = bytes.Clone(entry.snapshot)
		entries = append(entries, entry)
		if err := c.entries.next(); err != nil {
			return err
		}
	}
	slices.SortFunc(entries, func(a, b fileEntry) int { return cmp.Compare(a.Seq, b.Seq) })
	for i := range entries {
		c.takeEntry(r, &entries[i])
	}
	for c.bodies.more && c.bodies.recipient <= row.id {
		c.takeBody(row, r)
		if err := c.bodies.next(); err != nil {
			return err
		}
	}
	for digest, seq := range r.named {
		if !r.fetched[digest] {
			c.broken(seq, "the result that it is about is missing")
		}
	}
	for _, there := range r.fetched {
		if !there {
			c.wrong("snapshots", "a result that was fetched of recipient %s is missing", row.id)
		}
	}
	c.compareErasure(row, r)
	c.compareRow(row, r)
	return nil
}

// takeFetch adds a fetch. It belongs to the run of the one before when both gave the same.
func (c *fileCheck) takeFetch(r *fileRead) {
	f := c.fetch
	if f.digest == nil {
		return
	}
	run := f.id
	if r.newest.id != 0 && string(r.newest.digest) == string(f.digest) {
		run = r.newest.run
	}
	if f.run != run || len(f.digest) != len(idv.Digest{}) {
		c.wrong("fetches", "fetch %d stands in another run of equal results than it should", f.id)
		return
	}
	r.newest = fileFetch{f.id, f.run, append([]byte(nil), f.digest...)}
	r.fetched[idv.Digest(f.digest)] = false
}

// takeEntry adds an entry, and says which of the rules of the schema's triggers it breaks.
func (c *fileCheck) takeEntry(r *fileRead, found *fileEntry) {
	e := found.Entry
	e.Act, e.At = ledger.Act(found.act), timeOf(found.at)
	if !digestIn(found.snapshot, &e.Snapshot) {
		return // treeCheck says so
	}
	if e.Snapshot != (ledger.Digest{}) {
		if _, known := r.named[idv.Digest(e.Snapshot)]; !known {
			r.named[idv.Digest(e.Snapshot)] = e.Seq
		}
	}
	switch {
	case found.seals == 1 && found.text == 0 && r.textless < 0:
		r.textless = e.Seq
	case found.text == 1 && r.withText < 0:
		r.withText = e.Seq
	}
	why := ""
	switch e.Act {
	case review.ActErasure:
		if r.erasure == nil {
			r.erasure = &e
			r.record.Erasure = &review.Erasure{Seq: e.Seq}
		}
	case review.ActReset, review.ActResetEnded, review.ActExpectedSet, review.ActExpectedCleared,
		review.ActDecision, review.ActAgreed, review.ActDisagreed, review.ActWithdrawn:
		why = r.follow(&e)
	}
	if why != "" {
		c.broken(e.Seq, why)
	}
}

// follow adds an entry to the record, and says which rule it breaks.
func (r *fileRead) follow(e *ledger.Entry) string {
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
	}
	return brokenSecond(record.Decision(e.About), rule)
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
func (c *fileCheck) takeBody(row *fileRow, r *fileRead) {
	c.results++
	if len(c.body.digest) != len(idv.Digest{}) {
		c.wrong("snapshots", "a result does not have the form that this program gives it")
		return
	}
	digest := idv.Digest(c.body.digest)
	if _, fetched := r.fetched[digest]; !fetched {
		c.wrong("snapshots", "result %s of recipient %s was never fetched", digest.Short(), row.id)
		return
	}
	r.fetched[digest] = true
	erased := r.erasure != nil
	switch {
	case erased && len(c.body.body) > 0:
		c.broken(r.erasure.Seq, "results of the recipient who was erased are still there")
	case erased:
	case sha256.Sum256(c.body.body) != digest:
		if seq, named := r.named[digest]; named {
			c.broken(seq, "the result that it is about is not the one that was fetched")
			return
		}
		c.wrong("snapshots", "result %s is not the one that was fetched", digest.Short())
	case string(r.newest.digest) == string(digest[:]):
		d, err := idv.Decode(c.body.body)
		if err != nil || row.state != string(d.Session.State) || row.final != truth(d.Session.Final()) {
			c.wrong("recipients", "the state of recipient %s is not that of the newest result", row.id)
		}
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// compareErasure looks whether what an erasure takes away is gone, and nothing else.
func (c *fileCheck) compareErasure(row *fileRow, r *fileRead) {
	if r.erasure == nil {
		switch {
		case r.textless >= 0:
			c.broken(r.textless, "its text is missing, and no entry says that the recipient was erased")
		case row.erased != 0:
			c.wrong("recipients", "recipient %s is said to be erased, and no entry says so", row.id)
		case len(row.key) != c.keySize:
			c.wrong("recipients", "the data key of recipient %s was changed, and no entry says that the recipient was erased", row.id)
		}
		return
	}
	c.erased++
	switch {
	case r.withText >= 0:
		c.broken(r.erasure.Seq, fmt.Sprintf("the recipient was erased, and the text of entry %d is still there", r.withText))
	case len(row.key) > 0:
		c.broken(r.erasure.Seq, "the recipient was erased, and the key of the texts is still there")
	case row.erased != 1 || row.erasedAt != millis(r.erasure.At):
		c.wrong("recipients", "recipient %s was erased at another time, or is not said to be", row.id)
	case row.state != "" || row.final != 1: // nothing is left to say, and to wait for
		c.wrong("recipients", "recipient %s was erased, and has a state", row.id)
	}
}

// compareRow compares the row of a recipient with what follows from entries and fetches.
func (c *fileCheck) compareRow(row *fileRow, r *fileRead) {
	if row.newest != r.newest.id {
		c.wrong("recipients", "the newest result of recipient %s is another than the last that was fetched", row.id)
	}
	if r.newest.id == 0 && r.erasure == nil && (row.state != "" || row.final != 0) {
		c.wrong("recipients", "recipient %s has a state and no result", row.id)
	}
	if r.unreadable {
		return // treeCheck says so
	}
	status := r.status()
	if row.decision != status.Decision || row.verdict != string(status.Verdict) || row.decided != string(status.State) || row.changed != truth(status.Changed) {
		c.wrong("recipients", "what is said of decisions on recipient %s does not follow from the entries", row.id)
	}
	if row.referred != truth(status.Referred) || status.Referred && row.goesTo != 1 {
		c.wrong("recipients", "recipient %s is not referred as the entries say", row.id)
	}
}

// status is the status of the case that follows from entries and fetches.
func (r *fileRead) status() review.CaseStatus {
	var newest idv.Digest
	copy(newest[:], r.newest.digest)
	return r.record.CaseStatus(newest)
}

// rest looks at what is kept about recipients for a while: not of those who were erased,
// and copies only of what somebody was shown.
func (c *fileCheck) rest(ctx context.Context, tx *sql.Tx) error {
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
			c.wrong(table, "something is kept about a recipient who was erased")
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
				AND access_log.sha256 = kept.sha256 AND access_log.at = kept.at AND access_log.what <> ?)
		LIMIT 1`, string(review.SeenOnScreen)).Scan(&medium)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		c.wrong("sealed_media", "the copy of %q is not one of what somebody was shown", medium)
	}
	return err
}
