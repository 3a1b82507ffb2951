package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// KeepDraft replaces the draft that the author has for a recipient; an empty text without a
// choice removes it. It does nothing when the author recorded something with the same key. The
// recipient need not have been fetched.
func (s *Store) KeepDraft(ctx context.Context, d review.NewDraft) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		late, err := entryOfForm(ctx, tx, d.Author, d.Key)
		if err != nil || late > 0 {
			return err
		}
		if d.Text == "" && d.Choice.None() {
			return deleteDraft(ctx, tx, d.Recipient, d.Author)
		}
		return s.upsertDraft(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("store: keep draft: %w", err)
	}
	return nil
}

// FormEntry returns the first entry that somebody made with the form with the key; nil when
// there is none.
func (s *Store) FormEntry(ctx context.Context, who account.Person, key string) (*ledger.Entry, error) {
	var list []review.Recorded
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT `+entryColumns+`
			FROM ledger
			WHERE actor = $1 AND form = $2
			ORDER BY seq
			LIMIT 1`, who.ID, key)
		list, err = readEntries(rows, err)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: look for a form: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0].Entry, nil
}

// entryOfForm returns the Seq of the first entry that an author made with a key; zero when
// there is none.
func entryOfForm(ctx context.Context, tx *sql.Tx, author account.Person, key string) (int64, error) {
	var seq int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(min(seq), 0)
		FROM ledger
		WHERE actor = $1 AND form = $2`, author.ID, key).Scan(&seq)
	return seq, err
}

// draftPlace and choicePlace are where a draft stands, and what is chosen beside it.
func draftPlace(id idv.RecipientID, author account.Person, saved time.Time) string {
	return fmt.Sprintf("drafts:v1:%s:%d:%d", id, author.ID, millis(saved))
}

func choicePlace(id idv.RecipientID, author account.Person, saved time.Time) string {
	return fmt.Sprintf("drafts.choice:v1:%s:%d:%d", id, author.ID, millis(saved))
}

func (s *Store) upsertDraft(ctx context.Context, tx *sql.Tx, d review.NewDraft) error {
	key, err := s.ensureRecipient(ctx, tx, d.Recipient)
	if err != nil {
		return err
	}
	choice, err := sealedChoice(key, d)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO drafts (author, recipient, saved_at, text, choice)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (author, recipient) DO UPDATE
		SET saved_at = excluded.saved_at, text = excluded.text, choice = excluded.choice`,
		d.Author.ID, d.Recipient.String(), millis(d.At), seal(key, d.Text, draftPlace(d.Recipient, d.Author, d.At)), choice)
	return err
}

// sealedChoice is what is chosen beside a draft, sealed; nil where nothing is.
func sealedChoice(key cipher.AEAD, d review.NewDraft) ([]byte, error) {
	if d.Choice.None() {
		return nil, nil
	}
	text, err := json.Marshal(d.Choice)
	if err != nil {
		return nil, err
	}
	return seal(key, string(text), choicePlace(d.Recipient, d.Author, d.At)), nil
}

func deleteDraft(ctx context.Context, tx *sql.Tx, id idv.RecipientID, who account.Person) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM drafts
		WHERE author = $1 AND recipient = $2`, who.ID, id.String())
	return err
}

// readDraft returns what who was typing about a recipient; nil when nothing.
func readDraft(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, who account.Person) (*review.Draft, error) {
	var saved int64
	var text, choice []byte
	err := tx.QueryRowContext(ctx, `
		SELECT saved_at, text, choice
		FROM drafts
		WHERE author = $1 AND recipient = $2`, who.ID, id.String()).Scan(&saved, &text, &choice)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return openDraft(key, id, who, timeOf(saved), text, choice)
}

// openDraft opens a draft that was saved at a time, and what was chosen beside it.
func openDraft(key cipher.AEAD, id idv.RecipientID, who account.Person, saved time.Time, text, choice []byte) (*review.Draft, error) {
	d := &review.Draft{Saved: saved}
	var err error
	if d.Text, err = unseal(key, text, draftPlace(id, who, saved)); err != nil || choice == nil {
		return d, err
	}
	chosen, err := unseal(key, choice, choicePlace(id, who, saved))
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(chosen), &d.Choice)
}
