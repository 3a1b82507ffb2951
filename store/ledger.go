package store

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// act is an entry that is about to be made.
type act struct {
	at        time.Time
	by        account.Person // the zero Person is the operator
	recipient idv.RecipientID
	snapshot  idv.Digest
	act       ledger.Act
	about     int64
	facts     review.Facts
	content   []byte // what is sealed, and committed to; nil when nothing is
}

// append makes the next entry of the ledger, in the transaction of what it records, and
// returns its Seq. Everything that it rests on is read in that transaction, so that
// other programs may append to the same file.
func (s *Store) append(ctx context.Context, tx *sql.Tx, a act) (int64, error) {
	if s.stopped() != nil {
		return 0, review.ErrNotRecording
	}
	e, err := s.nextEntry(ctx, tx, a)
	if err != nil {
		return 0, err
	}
	var sealed []byte
	if a.content != nil {
		if sealed, err = s.sealContent(ctx, tx, &e, a); err != nil {
			return 0, err
		}
	}
	hashes, err := ledger.Leaves(e.Seq, e.Bytes(), keptHashes{ctx, tx})
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, version, behind, text_sealed, hashes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		e.Seq, millis(e.At), e.Actor, e.Name, e.Role, e.Recipient, blob(e.Snapshot), string(e.Act), e.About, e.Facts,
		blob(e.Content), blob(e.Sealed), storedVersion(e.Version), e.Behind.Milliseconds(), sealed, joined(hashes))
	if err != nil {
		return 0, err
	}
	return e.Seq, afterAct(ctx, tx, &e)
}

// nextEntry is the entry of an act, without its content.
func (s *Store) nextEntry(ctx context.Context, tx *sql.Tx, a act) (ledger.Entry, error) {
	e := ledger.Entry{
		Version: ledger.Newest, At: timeOf(millis(a.at)), Actor: a.by.ID, Name: a.by.Name, Role: string(a.by.Role),
		Snapshot: ledger.Digest(a.snapshot), Act: a.act, About: a.about, Facts: a.facts.String(),
	}
	if a.recipient != (idv.RecipientID{}) {
		e.Recipient = a.recipient.String()
	}
	if ms := millis(e.At); ms < minTime || ms > maxTime {
		return e, fmt.Errorf("store: the clock shows the year %d, which cannot be recorded", e.At.Year())
	}
	last, at, err := newestEntry(ctx, tx)
	if errors.Is(err, sql.ErrNoRows) {
		return e, nil
	}
	// Whoever looked at the clock a moment later may have been written first. That is no clock
	// which was put back: it is looked at again.
	if now := timeOf(millis(s.now())); e.At.Before(at) && !now.Before(at) && now.Sub(e.At) < account.ClockSlack {
		e.At = now
	}
	e.Seq, e.Behind = last+1, ledger.Lag(at, e.At)
	return e, err
}

// newestEntry returns the Seq and the time of the newest entry; sql.ErrNoRows when there
// is none.
func newestEntry(ctx context.Context, tx *sql.Tx) (int64, time.Time, error) {
	var seq, at int64
	err := tx.QueryRowContext(ctx, `
		SELECT seq, at
		FROM ledger
		ORDER BY seq DESC
		LIMIT 1`).Scan(&seq, &at)
	return seq, timeOf(at), err
}

// NewestEntry returns the time of the newest entry; the zero Time when there is none.
func (s *Store) NewestEntry(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		_, at, err = newestEntry(ctx, tx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("store: read the newest entry: %w", err)
	}
	return at, nil
}

// storedVersion is how a version stands in its column.
func storedVersion(v ledger.Version) int64 { return int64(v) + 1 }

// versionOf scans what storedVersion gave. It takes no version that is not known.
type versionOf struct{ to *ledger.Version }

// Scan implements sql.Scanner.
func (v versionOf) Scan(value any) error {
	number, ok := value.(int64)
	if !ok || number < storedVersion(ledger.V1) || number > storedVersion(ledger.Newest) {
		return errForm
	}
	*v.to = ledger.Version(number - 1)
	return nil
}

// lagOf scans milliseconds.
type lagOf struct{ to *time.Duration }

// Scan implements sql.Scanner.
func (l lagOf) Scan(value any) error {
	number, ok := value.(int64)
	*l.to = time.Duration(number) * time.Millisecond
	if !ok || number < 0 || l.to.Milliseconds() != number {
		return errForm
	}
	return nil
}

// sealContent seals what an entry commits to, behind its salt, and completes the entry.
func (s *Store) sealContent(ctx context.Context, tx *sql.Tx, e *ledger.Entry, a act) ([]byte, error) {
	key, err := s.recipientKey(ctx, tx, a.recipient)
	if err != nil {
		return nil, err
	}
	var salt [ledger.SaltSize]byte
	rand.Read(salt[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	e.Content = ledger.Commit(salt, a.content)
	sealed := seal(key, string(salt[:])+string(a.content), entryPlace(e))
	e.Sealed = ledger.Digest(sha256.Sum256(sealed))
	return sealed, nil
}

// entryPlace is where the text of an entry stands: it opens in no other row, nor when
// anything of its own was altered.
func entryPlace(e *ledger.Entry) string {
	bare := *e
	bare.Content, bare.Sealed = ledger.Digest{}, ledger.Digest{}
	return "ledger:v1:" + string(bare.Bytes())
}

// openContent opens what an entry commits to. It returns review.ErrAltered for what does not fit.
func openContent(key cipher.AEAD, e *ledger.Entry, sealed []byte) (salt [ledger.SaltSize]byte, content []byte, err error) {
	text, err := unseal(key, sealed, entryPlace(e))
	if err != nil || len(text) < len(salt) {
		return salt, nil, fmt.Errorf("store: entry %d: %w", e.Seq, review.ErrAltered)
	}
	copy(salt[:], text)
	content = []byte(text[len(salt):])
	if ledger.Commit(salt, content) != e.Content {
		return salt, nil, fmt.Errorf("store: entry %d: %w", e.Seq, review.ErrAltered)
	}
	return salt, content, nil
}

// blob stores the zero digest as an empty blob.
func blob(d ledger.Digest) []byte {
	if d == (ledger.Digest{}) {
		return []byte{}
	}
	return d[:]
}

func joined(hashes []tlog.Hash) []byte {
	var b []byte
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

// keptHashes reads the hashes of the tree out of the entries with which they ended.
type keptHashes struct {
	ctx context.Context
	tx  *sql.Tx
}

// ReadHashes implements ledger.Hashes.
func (k keptHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	if len(indexes) == 0 {
		return list, nil
	}
	var q conditions
	var seqs []string
	for _, index := range indexes {
		seqs = append(seqs, q.argument(lastOf(index)))
	}
	found, err := k.read(`
		SELECT seq, hashes
		FROM ledger
		WHERE seq IN (`+strings.Join(seqs, ", ")+`)`, q.arguments)
	if err != nil {
		return nil, err
	}
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		hashes, there := found[lastOf(index)]
		switch {
		case !there:
			return nil, sql.ErrNoRows
		case len(hashes) < (level+1)*tlog.HashSize:
			return nil, fmt.Errorf("store: entry %d: %w", lastOf(index), ledger.ErrBroken)
		}
		list[i] = tlog.Hash(hashes[level*tlog.HashSize:][:tlog.HashSize])
	}
	return list, nil
}

// lastOf returns the Seq of the entry with which a hash of the tree ended.
func lastOf(index int64) int64 {
	level, n := tlog.SplitStoredHashIndex(index)
	return (n+1)<<level - 1
}

// read returns the hashes of the entries that a query selects.
func (k keptHashes) read(query string, arguments []any) (map[int64][]byte, error) {
	rows, err := k.tx.QueryContext(k.ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int64][]byte{}
	for rows.Next() {
		var seq int64
		var hashes []byte
		if err := rows.Scan(&seq, &hashes); err != nil {
			return nil, err
		}
		found[seq] = hashes
	}
	return found, rows.Err()
}

// entryColumns are what scanEntry reads.
const entryColumns = `seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, version, behind`

func scanEntry(rows *sql.Rows, e *ledger.Entry, more ...any) error {
	var at int64
	err := rows.Scan(append([]any{
		&e.Seq, &at, &e.Actor, &e.Name, &e.Role, &e.Recipient, blobOf{&e.Snapshot}, &e.Act, &e.About, &e.Facts,
		blobOf{&e.Content}, blobOf{&e.Sealed}, versionOf{&e.Version}, lagOf{&e.Behind},
	}, more...)...)
	e.At = timeOf(at)
	return err
}

// blobOf scans a digest that may be an empty blob.
type blobOf struct{ to *ledger.Digest }

// Scan implements sql.Scanner.
func (b blobOf) Scan(value any) error {
	raw, ok := value.([]byte)
	if !ok || len(raw) != 0 && len(raw) != len(b.to) {
		return errors.New("store: no digest")
	}
	*b.to = ledger.Digest{}
	copy(b.to[:], raw)
	return nil
}

// entriesAbout returns the entries about a recipient with what they commit to, oldest
// first. A nil key leaves the texts out.
func entriesAbout(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID) ([]review.Recorded, error) {
	return entriesWithNotes(ctx, tx, key, id, 0, 0)
}

// notesFrom returns the oldest entry of a page of notes, and whether there are older
// notes.
func notesFrom(ctx context.Context, tx *sql.Tx, id idv.RecipientID, page review.NotePage) (from int64, older bool, err error) {
	if page.Limit == 0 {
		return 0, false, nil
	}
	// SQLite would plan anew each time for a bound value that a partial index is about, or that
	// is a limit by itself: sqlite3VdbeSetVarmask in its source.
	err = tx.QueryRowContext(ctx, `
		SELECT coalesce(min(seq), 0)
		FROM (
			SELECT seq
			FROM ledger
			WHERE recipient = $1 AND act = 'note' AND (seq < $2 OR $2 = 0)
			ORDER BY seq DESC
			LIMIT $3 + 0) AS page`,
		id.String(), page.Before, page.Limit).Scan(&from)
	if err != nil {
		return 0, false, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM ledger
			WHERE recipient = $1 AND act = 'note' AND seq < $2)`,
		id.String(), from).Scan(&older)
	return from, older, err
}

// entriesWithNotes is entriesAbout, of the notes only with those from an entry on and,
// where before is not zero, older than another.
func entriesWithNotes(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, from, before int64) ([]review.Recorded, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE recipient = $1 AND (act <> $2 OR seq >= $3 AND (seq < $4 OR $4 = 0))
		ORDER BY seq`,
		id.String(), string(review.ActNote), from, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Recorded
	for rows.Next() {
		var r review.Recorded
		var sealed []byte
		if err := scanEntry(rows, &r.Entry, &sealed); err != nil {
			return nil, err
		}
		if sealed != nil && key != nil {
			if r.Salt, r.Content, err = openContent(key, &r.Entry, sealed); err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// sentBefore returns the entry that an author made with the same form, with its content;
// nil when there is none.
func (s *Store) sentBefore(ctx context.Context, tx *sql.Tx, by account.Person, form string) (*review.Recorded, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE actor = $1 AND form = $2`, by.ID, form)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var r review.Recorded
	var sealed []byte
	if err := scanEntry(rows, &r.Entry, &sealed); err != nil {
		return nil, err
	}
	if err := rows.Close(); err != nil || sealed == nil {
		return &r, err
	}
	id, err := idv.ParseRecipientID(r.Recipient)
	if err != nil {
		return nil, err
	}
	key, err := s.recipientKey(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	r.Salt, r.Content, err = openContent(key, &r.Entry, sealed)
	return &r, err
}

// Ledger lists entries, newest first by their numbers, without their texts.
func (s *Store) Ledger(ctx context.Context, q review.LedgerQuery) ([]review.Recorded, error) {
	var list []review.Recorded
	err := s.read(ctx, func(tx *sql.Tx) error {
		return eachStretch(ctx, tx, q, func(from, until int64) (more bool, err error) {
			query, arguments := ledgerQuery(q, from, until, q.Limit-len(list))
			rows, err := tx.QueryContext(ctx, query, arguments...)
			found, err := readEntries(rows, err)
			list = append(list, found...)
			return len(list) < q.Limit, err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("store: list the ledger: %w", err)
	}
	return list, nil
}

// ledgerQuery picks entries from one on up to another. It names only the columns that are
// asked about, so that each form of it finds an index.
func ledgerQuery(q review.LedgerQuery, from, until int64, limit int) (string, []any) {
	var c conditions
	c.and(`seq < `, until, ``)
	if q.Person != "" {
		c.and(`actor = coalesce((SELECT id FROM accounts WHERE name_key = `, account.FindKey(q.Person), `), -1)`)
	}
	if q.Recipient != (idv.RecipientID{}) {
		c.and(`recipient = `, q.Recipient.String(), ``)
	}
	if q.Act != "" {
		c.and(`act = `, string(q.Act), ``)
	}
	return `
		SELECT ` + entryColumns + `
		FROM ledger
		WHERE seq >= ` + c.argument(from) + c.text + `
		ORDER BY seq DESC
		LIMIT ` + c.argument(limit), c.arguments
}

// eachStretch calls do with the first and behind the last of entries that a query may give,
// the newest first, until do wants no more. Between times there may be several such
// stretches: times run backwards where an entry says that its clock was behind, and nowhere
// else.
func eachStretch(ctx context.Context, tx *sql.Tx, q review.LedgerQuery, do func(from, until int64) (more bool, err error)) error {
	end, err := ledgerSize(ctx, tx)
	if err != nil {
		return err
	}
	if q.Before > 0 {
		end = min(end, q.Before)
	}
	if q.From.IsZero() && q.Until.IsZero() {
		_, err := do(0, end)
		return err
	}
	for more := true; more && end > 0; {
		begin, err := lastBehind(ctx, tx, end)
		if err != nil {
			return err
		}
		from, until := begin, end
		if !q.From.IsZero() {
			if from, err = firstAt(ctx, tx, begin, end, q.From); err != nil {
				return err
			}
		}
		if !q.Until.IsZero() {
			if until, err = firstAt(ctx, tx, begin, end, q.Until); err != nil {
				return err
			}
		}
		if from < until {
			if more, err = do(from, until); err != nil {
				return err
			}
		}
		end = begin
	}
	return nil
}

// lastBehind returns the Seq of the last entry before one whose clock stood behind the entry
// before; zero when there is none.
func lastBehind(ctx context.Context, tx *sql.Tx, before int64) (int64, error) {
	var seq int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(max(seq), 0)
		FROM ledger
		WHERE behind > 0 AND seq < $1`, before).Scan(&seq)
	return seq, err
}

// firstAtQuery takes a time, and from where on up to where entries are looked at. SQLite would
// rather go through all of those than use the index of times, and does not see them here:
// https://www.sqlite.org/optoverview.html, 3.
const firstAtQuery = `
		SELECT seq
		FROM ledger
		WHERE at >= $1 AND seq + 0 >= $2 AND seq + 0 < $3
		ORDER BY at, seq
		LIMIT 1`

// firstAt returns the Seq of the first entry at a time or later among entries whose times do
// not run backwards, from one on up to another, and that other when there is none.
func firstAt(ctx context.Context, tx *sql.Tx, from, until int64, at time.Time) (int64, error) {
	var first int64
	err := tx.QueryRowContext(ctx, firstAtQuery, millis(at), from, until).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return until, nil
	}
	return first, err
}

// begin makes the first entry of a ledger, unless there is one.
func (s *Store) begin(ctx context.Context, tx *sql.Tx, at time.Time) error {
	var begun bool
	if err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM ledger)`).Scan(&begun); err != nil || begun {
		return err
	}
	fingerprint, err := storedFingerprint(ctx, tx)
	if err != nil {
		return err
	}
	_, err = s.append(ctx, tx, act{at: at, act: review.ActBegun, facts: review.Facts{DataKey: fingerprint}})
	return err
}

// storedFingerprint returns the fingerprint of the data key that the database names, in hex;
// empty when it names none.
func storedFingerprint(ctx context.Context, tx *sql.Tx) (string, error) {
	var fingerprint []byte
	err := tx.QueryRowContext(ctx, `
		SELECT value
		FROM facts
		WHERE name = $1`, fingerprintFact).Scan(&fingerprint)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return hex.EncodeToString(fingerprint), err
}
