package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepNote records a note, once per author and key, and removes the author's draft
// about the recipient. See review.Records for its errors. A note that was recorded
// before stays as it was, and so does a draft that was begun since.
func (s *Store) KeepNote(ctx context.Context, n review.NewNote) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		recorded, err := s.recorded(ctx, tx, n)
		if err != nil || recorded {
			return err
		}
		if err := isNewest(ctx, tx, n.Recipient, n.Digest); err != nil {
			return err
		}
		return s.insertNote(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("store: keep note: %w", err)
	}
	return nil
}

// notePlace is where a note stands: its sealed text opens in no other row, nor when
// another column of its own was altered.
func notePlace(n review.NewNote) string {
	return fmt.Sprintf("notes:v1:%s:%s:%d:%d:%s", n.Recipient, n.Digest, n.Author.ID, millis(n.At), n.Key)
}

// recorded reports whether the note n was recorded before. It returns
// review.ErrKeyUsed when its key stands for another one.
func (s *Store) recorded(ctx context.Context, tx *sql.Tx, n review.NewNote) (bool, error) {
	old := n
	var at int64
	var sealed []byte
	err := tx.QueryRowContext(ctx, `
		SELECT recipient, digest, at, text
		FROM notes
		WHERE author = ? AND key = ?`, n.Author.ID, n.Key).
		Scan(recipientOf{&old.Recipient}, digestOf{&old.Digest}, &at, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if old.Recipient != n.Recipient || old.Digest != n.Digest {
		return false, review.ErrKeyUsed
	}
	key, err := s.recipientKey(ctx, tx, n.Recipient)
	if err != nil {
		return false, err
	}
	old.At = timeOf(at)
	text, err := unseal(key, sealed, notePlace(old))
	if err != nil {
		return false, err
	}
	if text != n.Text {
		return false, review.ErrKeyUsed
	}
	return true, nil
}

// isNewest returns review.ErrStale unless the newest result has the digest.
func isNewest(ctx context.Context, tx *sql.Tx, id idv.RecipientID, digest idv.Digest) error {
	var newest idv.Digest
	err := tx.QueryRowContext(ctx, `
		SELECT fetches.digest
		FROM recipients
		JOIN fetches ON fetches.id = recipients.newest
		WHERE recipients.id = ?`, id.String()).Scan(digestOf{&newest})
	if errors.Is(err, sql.ErrNoRows) || err == nil && newest != digest {
		return review.ErrStale
	}
	return err
}

func (s *Store) insertNote(ctx context.Context, tx *sql.Tx, n review.NewNote) error {
	key, err := s.recipientKey(ctx, tx, n.Recipient)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO notes (recipient, digest, author, at, key, text)
		VALUES (?, ?, ?, ?, ?, ?)`,
		n.Recipient.String(), n.Digest[:], n.Author.ID, millis(n.At), n.Key, seal(key, n.Text, notePlace(n)))
	if err != nil {
		return err
	}
	return deleteDraft(ctx, tx, n.Recipient, n.Author)
}

// notes returns the notes on a recipient, newest first.
func notes(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID) ([]review.Note, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT notes.id, notes.digest, notes.author, accounts.name, notes.at, notes.key, notes.text
		FROM notes
		JOIN accounts ON accounts.id = notes.author
		WHERE notes.recipient = ?
		ORDER BY notes.id DESC`, id.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Note
	for rows.Next() {
		n := review.NewNote{Recipient: id}
		note := review.Note{}
		var at int64
		var sealed []byte
		if err := rows.Scan(&note.ID, digestOf{&n.Digest}, &n.Author.ID, &note.Author, &at, &n.Key, &sealed); err != nil {
			return nil, err
		}
		n.At = timeOf(at)
		note.Digest, note.At = n.Digest, n.At
		if note.Text, err = unseal(key, sealed, notePlace(n)); err != nil {
			return nil, err
		}
		list = append(list, note)
	}
	return list, rows.Err()
}

// KeepDraft replaces the draft that the author has for a recipient; an empty text
// removes it. It does nothing when the author recorded a note with the same key. The
// recipient need not have been fetched.
func (s *Store) KeepDraft(ctx context.Context, d review.NewDraft) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		late, err := isKeyUsed(ctx, tx, d.Author, d.Key)
		if err != nil || late {
			return err
		}
		if d.Text == "" {
			return deleteDraft(ctx, tx, d.Recipient, d.Author)
		}
		return s.upsertDraft(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("store: keep draft: %w", err)
	}
	return nil
}

// isKeyUsed reports whether an author recorded a note with the key.
func isKeyUsed(ctx context.Context, tx *sql.Tx, author account.Person, key string) (bool, error) {
	var used bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM notes WHERE author = ? AND key = ?)`, author.ID, key).Scan(&used)
	return used, err
}

// draftPlace is where a draft stands.
func draftPlace(id idv.RecipientID, author account.Person, saved time.Time) string {
	return fmt.Sprintf("drafts:v1:%s:%d:%d", id, author.ID, millis(saved))
}

func (s *Store) upsertDraft(ctx context.Context, tx *sql.Tx, d review.NewDraft) error {
	if err := s.ensureRecipient(ctx, tx, d.Recipient); err != nil {
		return err
	}
	key, err := s.recipientKey(ctx, tx, d.Recipient)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO drafts (author, recipient, saved_at, text)
		VALUES (?, ?, ?, ?)
		ON CONFLICT (author, recipient) DO UPDATE
		SET saved_at = excluded.saved_at, text = excluded.text`,
		d.Author.ID, d.Recipient.String(), millis(d.At), seal(key, d.Text, draftPlace(d.Recipient, d.Author, d.At)))
	return err
}

func deleteDraft(ctx context.Context, tx *sql.Tx, id idv.RecipientID, who account.Person) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM drafts
		WHERE author = ? AND recipient = ?`, who.ID, id.String())
	return err
}

// draft returns what who was typing about a recipient; nil when nothing.
func draft(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, who account.Person) (*review.Draft, error) {
	var saved int64
	var sealed []byte
	err := tx.QueryRowContext(ctx, `
		SELECT saved_at, text
		FROM drafts
		WHERE author = ? AND recipient = ?`, who.ID, id.String()).Scan(&saved, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := unseal(key, sealed, draftPlace(id, who, timeOf(saved)))
	return &review.Draft{Text: text, Saved: timeOf(saved)}, err
}
