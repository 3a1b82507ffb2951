package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// Record appends the acts that decide returns; see review.Recorder.
func (s *Store) Record(ctx context.Context, by account.Person, id idv.RecipientID, form string, decide func(now *review.OnRecord) ([]review.Act, error)) ([]int64, error) {
	var seqs []int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		r := recording{store: s, tx: tx, by: by, recipient: id, form: form}
		seqs, err = r.run(ctx, decide)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: record: %w", err)
	}
	return seqs, nil
}

// recording is one use of Record, within its transaction.
type recording struct {
	store     *Store
	tx        *sql.Tx
	by        account.Person
	recipient idv.RecipientID
	form      string

	row     recipientRow
	moved   bool // whether the row was written since it was read
	sent    []review.Recorded
	records map[ledger.Act]*review.Record // that were read, by the act of their family
	whole   *review.Record                // all of the record; nil until it is needed
}

func (r *recording) run(ctx context.Context, decide func(*review.OnRecord) ([]review.Act, error)) ([]int64, error) {
	var err error
	if r.sent, err = r.sentBefore(ctx); err != nil {
		return nil, err
	}
	if r.row, err = readRecipientRow(ctx, r.tx, r.recipient); err != nil {
		return nil, err
	}
	acts, err := decide(r.onRecord(ctx))
	if review.MayBeOlder(err) {
		if r.whole, err = wholeRecord(ctx, r.tx, r.recipient); err != nil {
			return nil, err
		}
		acts, err = decide(r.onRecord(ctx))
	}
	if err != nil {
		return nil, err
	}
	if len(r.sent) > 0 {
		return seqsOf(r.sent), nil
	}
	return r.appendAll(ctx, acts)
}

func seqsOf(list []review.Recorded) []int64 {
	var seqs []int64
	for i := range list {
		seqs = append(seqs, list[i].Seq)
	}
	return seqs
}

// onRecord is what the rules look at.
func (r *recording) onRecord(ctx context.Context) *review.OnRecord {
	return &review.OnRecord{
		Newest: r.row.newest,
		Sent:   r.sent,
		Record: func(f review.ActFamily) (*review.Record, error) { return r.familyRecord(ctx, f) },
		Case:   func() (*review.Record, error) { return caseRecord(ctx, r.tx, r.recipient) },
		Active: func() (time.Time, error) { return activeAt(ctx, r.tx, r.recipient) },
		Opened: func(since *review.Recorded) (bool, error) { return openedAfter(ctx, r.tx, r.by, r.recipient, since) },
		AccountChanges: func(since time.Time) ([]review.AccountChange, error) {
			return accountChanges(ctx, r.tx, since)
		},
		Content: func(seq int64) ([]byte, error) {
			e, err := r.store.entryWithText(ctx, r.tx, seq)
			if err != nil || e == nil {
				return nil, err
			}
			return e.Content, nil
		},
	}
}

// familyRecord returns of the record what review.OnRecord says.
func (r *recording) familyRecord(ctx context.Context, f review.ActFamily) (*review.Record, error) {
	if r.whole != nil {
		return r.whole, nil
	}
	if known := r.records[f.Act]; known != nil {
		return known, nil
	}
	found, err := familyOf(ctx, r.tx, r.recipient, f)
	if err != nil {
		return nil, err
	}
	if r.records == nil {
		r.records = map[ledger.Act]*review.Record{}
	}
	r.records[f.Act] = found
	return found, nil
}

// sentBefore returns the entries that were made with the form, with their texts, oldest
// first; nothing when there are none.
func (r *recording) sentBefore(ctx context.Context) ([]review.Recorded, error) {
	if r.form == "" {
		return nil, nil
	}
	seq, err := entryOfForm(ctx, r.tx, r.by, r.form)
	if err != nil || seq == 0 {
		return nil, err
	}
	var list []review.Recorded
	for ; ; seq++ {
		e, err := r.store.entryWithText(ctx, r.tx, seq)
		if err != nil {
			return nil, err
		}
		if e == nil || len(list) > 0 && !e.Continues(&list[0]) {
			return list, nil
		}
		list = append(list, *e)
	}
}

// appendAll appends acts, and records what follows from them.
func (r *recording) appendAll(ctx context.Context, acts []review.Act) ([]int64, error) {
	if len(acts) == 0 {
		return nil, nil
	}
	key, err := r.textKey(ctx, acts)
	if err != nil {
		return nil, err
	}
	acts[0].Facts.Form = r.form // one entry stands for the form
	var seqs []int64
	for i := range acts {
		entry, err := r.store.appendEntry(ctx, r.tx, newEntry{Act: acts[i], by: r.by, recipient: r.recipient, key: key})
		if err != nil {
			return nil, err
		}
		if err := r.recordConsequences(ctx, &acts[i], entry); err != nil {
			return nil, err
		}
		seqs = append(seqs, entry.Seq)
	}
	return seqs, nil
}

// textKey returns what seals the texts of acts; nil when none has one. A recipient that is new
// gets a row.
func (r *recording) textKey(ctx context.Context, acts []review.Act) (cipher.AEAD, error) {
	switch {
	case r.recipient == (idv.RecipientID{}):
		return nil, nil
	case !r.row.exists:
		return r.store.insertRecipient(ctx, r.tx, r.recipient)
	case slices.ContainsFunc(acts, func(a review.Act) bool { return a.Content != nil }):
		return r.store.unwrapKey(r.recipient, r.row.listed.wrappedKey)
	}
	return nil, nil
}

// recordConsequences records what follows from an act that has become an entry.
func (r *recording) recordConsequences(ctx context.Context, a *review.Act, entry ledger.Entry) error {
	if a.EndsDraft() {
		if err := deleteDraft(ctx, r.tx, r.recipient, r.by); err != nil {
			return err
		}
	}
	if !a.Decides() {
		return nil
	}
	record, err := r.familyRecord(ctx, review.OfDecisions())
	if err != nil {
		return err
	}
	if err := record.Follow(review.Recorded{Entry: entry}); err != nil {
		return err
	}
	referred, err := referredTo(ctx, r.tx, a)
	if err != nil {
		return err
	}
	if r.moved { // by another act of the same form
		if r.row, err = readRecipientRow(ctx, r.tx, r.recipient); err != nil {
			return err
		}
	}
	r.moved = true
	return r.store.saveDecisive(ctx, r.tx, r.recipient, r.row.listed, record, referred)
}

// referredTo returns the account to which an act refers a case; 0 for any supervisor, and
// NULL for what is no referral.
func referredTo(ctx context.Context, tx *sql.Tx, a *review.Act) (sql.NullInt64, error) {
	if a.Facts.Verdict != review.Refer {
		return sql.NullInt64{}, nil
	}
	if a.ReferTo == "" {
		return sql.NullInt64{Valid: true}, nil
	}
	var id int64
	err := tx.QueryRowContext(ctx, `
		SELECT id
		FROM accounts
		WHERE name_key = $1`, account.NameKey(a.ReferTo)).Scan(&id)
	return sql.NullInt64{Int64: id, Valid: true}, err
}

// activeAt returns when whoever has a case last did something about it; the zero Time when
// nobody has it.
func activeAt(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (time.Time, error) {
	var at sql.NullInt64
	err := tx.QueryRowContext(ctx, `
		SELECT active_at
		FROM recipients
		WHERE id = $1`, id.String()).Scan(&at)
	if err != nil || !at.Valid {
		return time.Time{}, err
	}
	return timeOf(at.Int64), nil
}

// wholeRecord reads the record of a recipient without texts.
func wholeRecord(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	list, err := entriesAbout(ctx, tx, nil, id)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(list)
}

// familyOf reads of the record of a recipient the newest act of a family, the answers that
// came after it, and the erasure, without texts.
func familyOf(ctx context.Context, tx *sql.Tx, id idv.RecipientID, f review.ActFamily) (*review.Record, error) {
	rows, err := tx.QueryContext(ctx, familyQuery(f), id.String())
	list, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(list)
}

// familyQuery takes a recipient. It names the acts itself: SQLite would plan anew each time
// for a bound value that a partial index is about.
func familyQuery(f review.ActFamily) string {
	names := "'" + string(review.ActErasure) + "', '" + string(f.Act) + "'"
	for _, a := range f.Answers {
		names += ", '" + string(a) + "'"
	}
	return `
		SELECT ` + entryColumns + `
		FROM ledger
		WHERE recipient = $1 AND act IN (` + names + `) AND seq >= (
			SELECT coalesce(max(seq), 0)
			FROM ledger
			WHERE recipient = $1 AND act = '` + string(f.Act) + `')
		ORDER BY seq`
}

// openedAfter reports whether somebody was shown a recipient's result after an entry.
func openedAfter(ctx context.Context, tx *sql.Tx, who account.Person, id idv.RecipientID, e *review.Recorded) (bool, error) {
	var shown bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM access_log
			WHERE account = $1 AND recipient = $2 AND what = $3
				AND CASE WHEN after_entry IS NULL THEN at > $4 ELSE after_entry >= $5 END)`,
		who.ID, id.String(), string(review.AccessResult), millis(e.At), e.Seq).Scan(&shown)
	return shown, err
}
