package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
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
		seqs, err = r.record(ctx, decide)
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
	now       review.OnRecord
}

func (r *recording) record(ctx context.Context, decide func(*review.OnRecord) ([]review.Act, error)) ([]int64, error) {
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	acts, err := decide(&r.now)
	if review.MayBeOlder(err) {
		if r.now.Record, err = wholeRecord(ctx, r.tx, r.recipient); err != nil {
			return nil, err
		}
		acts, err = decide(&r.now)
	}
	if err != nil {
		return nil, err
	}
	if len(r.now.Sent) > 0 {
		return seqsOf(r.now.Sent), nil
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

// read reads what the rules look at.
func (r *recording) read(ctx context.Context) error {
	var err error
	if r.now.Sent, err = r.sentBefore(ctx); err != nil {
		return err
	}
	if r.now.Newest, err = newestDigest(ctx, r.tx, r.recipient); err != nil {
		return err
	}
	if r.now.Record, err = ruledRecord(ctx, r.tx, r.recipient); err != nil {
		return err
	}
	r.now.Opened = func(since *review.Recorded) (bool, error) { return openedAfter(ctx, r.tx, r.by, r.recipient, since) }
	r.now.AccountChanges = func(since time.Time) ([]review.AccountChange, error) { return accountChanges(ctx, r.tx, since) }
	r.now.Content = func(seq int64) ([]byte, error) {
		e, err := r.store.entryWithText(ctx, r.tx, seq)
		if err != nil || e == nil {
			return nil, err
		}
		return e.Content, nil
	}
	return nil
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
	if r.recipient != (idv.RecipientID{}) {
		if err := r.store.ensureRecipient(ctx, r.tx, r.recipient); err != nil {
			return nil, err
		}
	}
	acts[0].Facts.Form = r.form // one entry stands for the form
	var seqs []int64
	for i := range acts {
		seq, err := r.store.append(ctx, r.tx, act{acts[i], r.by, r.recipient})
		if err != nil {
			return nil, err
		}
		if err := r.follow(ctx, &acts[i], seq); err != nil {
			return nil, err
		}
		seqs = append(seqs, seq)
	}
	return seqs, nil
}

// follow records what follows from an act that has become the entry with a Seq.
func (r *recording) follow(ctx context.Context, a *review.Act, seq int64) error {
	if a.EndsDraft() {
		if err := deleteDraft(ctx, r.tx, r.recipient, r.by); err != nil {
			return err
		}
	}
	if !a.Decides() {
		return nil
	}
	e := ledger.Entry{Seq: seq, Actor: r.by.ID, Snapshot: ledger.Digest(a.Snapshot), Act: a.Act, About: a.About, Facts: a.Facts.String()}
	if err := r.now.Record.Follow(review.Recorded{Entry: e}); err != nil {
		return err
	}
	referred, err := referredTo(ctx, r.tx, a)
	if err != nil {
		return err
	}
	return saveStatus(ctx, r.tx, r.recipient, r.now.Record.CaseStatus(r.now.Newest), referred)
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

// wholeRecord reads the record of a recipient without texts.
func wholeRecord(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	list, err := entriesAbout(ctx, tx, nil, id)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(list)
}

// ruledRecord reads of the record of a recipient what the rules look at, without texts.
func ruledRecord(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	rows, err := tx.QueryContext(ctx, ruledQuery, id.String())
	list, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(list)
}

// ruledQuery takes a recipient, and selects what review.RuledActs says. It names the acts
// itself: SQLite would plan anew each time for a bound value that a partial index is about.
var ruledQuery = func() string {
	var families []string
	for _, f := range review.RuledActs() {
		names := []string{quoted(f.Act)}
		for _, a := range f.Answers {
			names = append(names, quoted(a))
		}
		families = append(families, `
			SELECT seq
			FROM ledger
			WHERE recipient = $1 AND act IN (`+strings.Join(names, ", ")+`) AND seq >= (
				SELECT coalesce(max(seq), 0)
				FROM ledger
				WHERE recipient = $1 AND act = `+names[0]+`)`)
	}
	return `
		SELECT ` + entryColumns + `
		FROM ledger
		WHERE seq IN (` + strings.Join(families, `
			UNION ALL`) + `)
		ORDER BY seq`
}()

func quoted(a ledger.Act) string { return "'" + string(a) + "'" }

// openedAfter reports whether somebody was shown a recipient's result after an entry.
func openedAfter(ctx context.Context, tx *sql.Tx, who account.Person, id idv.RecipientID, e *review.Recorded) (bool, error) {
	var shown bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM access_log
			WHERE account = $1 AND recipient = $2 AND what = $3
				AND CASE WHEN after_entry IS NULL THEN at > $4 ELSE after_entry >= $5 END)`,
		who.ID, id.String(), string(review.SeenResult), millis(e.At), e.Seq).Scan(&shown)
	return shown, err
}
