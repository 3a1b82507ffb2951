package store

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"errors"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// recipientRow is the row of a recipient; the zero recipientRow where there is none.
type recipientRow struct {
	exists bool
	newest idv.Digest // of the newest result; zero when there is none
	listed listedCase
}

func readRecipientRow(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (recipientRow, error) {
	row := recipientRow{exists: true}
	var listed listedScan
	err := tx.QueryRowContext(ctx, selectListed, id.String()).Scan(append(listed.targets(), &listed.wrappedKey)...)
	if errors.Is(err, sql.ErrNoRows) {
		return recipientRow{}, nil
	}
	row.listed = listed.toCase()
	row.newest = row.listed.newest.Digest
	return row, err
}

// newestDigest returns the digest of the newest result; the zero digest when there is none.
func newestDigest(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (idv.Digest, error) {
	row, err := readRecipientRow(ctx, tx, id)
	return row.newest, err
}

// dataKeyPlace is where the data key of a recipient stands.
func dataKeyPlace(id idv.RecipientID) string { return "recipients:v1:" + id.String() }

// unwrapKey returns what seals the texts about a recipient. It returns review.ErrErased when
// that was destroyed.
func (s *Store) unwrapKey(id idv.RecipientID, wrapped []byte) (cipher.AEAD, error) {
	if len(wrapped) == 0 {
		return nil, review.ErrErased
	}
	key, err := unseal(s.dataKeys, wrapped, dataKeyPlace(id))
	if err != nil {
		return nil, err
	}
	return newSeal([]byte(key))
}

// recipientKey returns what seals the texts about a recipient, whose row exists. It
// returns review.ErrErased when that was destroyed.
func (s *Store) recipientKey(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (cipher.AEAD, error) {
	var wrapped []byte
	err := tx.QueryRowContext(ctx, `
		SELECT data_key
		FROM recipients
		WHERE id = $1`, id.String()).Scan(&wrapped)
	if err != nil {
		return nil, err
	}
	return s.unwrapKey(id, wrapped)
}

// ensureRecipient makes the row of a recipient, with a data key, unless there is one, and
// returns that key. It returns review.ErrErased for one whose key was destroyed.
func (s *Store) ensureRecipient(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (cipher.AEAD, error) {
	key, err := s.recipientKey(ctx, tx, id)
	if !errors.Is(err, sql.ErrNoRows) {
		return key, err
	}
	return s.insertRecipient(ctx, tx, id)
}

// insertRecipient makes the row of a recipient, and returns its new data key.
func (s *Store) insertRecipient(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (cipher.AEAD, error) {
	key := make([]byte, keyBytes)
	rand.Read(key) // never fails: https://pkg.go.dev/crypto/rand#Read
	_, err := tx.ExecContext(ctx, `
		INSERT INTO recipients (id, data_key)
		VALUES ($1, $2)`, id.String(), seal(s.dataKeys, string(key), dataKeyPlace(id)))
	if err != nil {
		return nil, err
	}
	return newSeal(key)
}
