package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/ledger"
	"countersign/internal/review"
)

// The signing key is changed in steps, too: a new one is made beside the old one, an entry names
// it with a statement that both signed, and then its file takes the place of the other. A
// server that signs looks which key the entries name last; see followSigner.

// SigningKeyResult is what came of changing the signing key.
type SigningKeyResult struct {
	Old, New string // public keys; Old is empty where only files were left to be put in order
	Kept     string // file with the old key
}

// ChangeSigningKey makes a key for the checkpoints of the ledger, for which the one in the file
// vouches, and puts it in the place of that. It goes on where an earlier call ended. It
// returns ErrNothingSigns for a ledger without a key.
func (s *Store) ChangeSigningKey(ctx context.Context, path string, o ChangeOptions) (*SigningKeyResult, error) {
	path, err := ResolvePath(path)
	if err != nil {
		return nil, err
	}
	publics, err := s.publicKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: read the signing keys: %w", err)
	}
	if len(publics) == 0 {
		return nil, ErrNothingSigns
	}
	lock, err := lockKeys(path)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	inPlace, err := readSigner(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the signing-key file %s %w", path, ErrNoSigningKey)
	}
	if err != nil {
		return nil, err
	}
	old, err := findSigner(path, newestOf(publics))
	switch {
	case err != nil:
		return nil, err
	case old.public != newestOf(publics):
		return nil, fmt.Errorf("the file %s %w", path, ErrOtherSigningKey)
	case old.public != inPlace.public: // the last step of an earlier change
		kept, err := putSignerInPlace(path, inPlace, o)
		return &SigningKeyResult{New: old.public, Kept: kept}, err
	}
	next, err := nextSigner(path, old)
	if err != nil {
		return nil, err
	}
	o.report(StepKeyWritten)
	if err := s.enterSigner(ctx, old, next); err != nil {
		return nil, fmt.Errorf("store: change the signing key: %w", err)
	}
	o.report(StepNoted)
	kept, err := putSignerInPlace(path, old, o)
	return &SigningKeyResult{old.public, next.public, kept}, err
}

// nextSigner makes the key that is to take the place of another, unless an earlier call did.
func nextSigner(path string, old *signer) (*signer, error) {
	file := nextSignerFile(path)
	next, err := readSigner(file)
	if errors.Is(err, fs.ErrNotExist) {
		text, textErr := newSignerText(old.Name())
		if textErr != nil {
			return nil, textErr
		}
		if err := writeLike(path, file, text, os.Link); err != nil {
			return nil, describeError("the signing-key file "+file, err)
		}
		next, err = readSigner(file)
	}
	if err == nil && (next.Name() != old.Name() || next.public == old.public) {
		return nil, fmt.Errorf("the file %s %w", file, ErrOtherSigningKey)
	}
	return next, err
}

// enterSigner enters that a key takes the place of another, which vouches for it.
func (s *Store) enterSigner(ctx context.Context, old, next *signer) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		named, err := signingKeys(ctx, tx)
		if err != nil {
			return err
		}
		if newestOf(publicsOf(named)) != old.public {
			return fmt.Errorf("the ledger %w", ErrChanging)
		}
		seq, err := ledgerSize(ctx, tx)
		if err != nil {
			return err
		}
		change, err := ledger.KeyChange{Old: old.public, New: next.public, Seq: seq}.Sign(old, next)
		if err != nil {
			return err
		}
		_, err = s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActSigningKey, Facts: review.Facts{PublicKey: next.public, KeyChange: string(change)}}})
		return err
	})
}

// putSignerInPlace keeps the old key in a file of its own, whose name is returned, and puts the
// new one in its place.
func putSignerInPlace(path string, old *signer, o ChangeOptions) (string, error) {
	verifier, err := note.NewVerifier(old.public)
	if err != nil {
		return "", err
	}
	text, err := readSecret(path, "signing-key", ErrBadSigningKey)
	if err != nil {
		return "", err
	}
	kept := fmt.Sprintf("%s.old-%08x", path, verifier.KeyHash())
	if err := keepSecret(kept, "signing-key", path, string(text)); err != nil {
		return "", err
	}
	o.report(StepOldKept)
	if err := os.Rename(nextSignerFile(path), path); err != nil {
		return "", describeError("the signing-key file "+path, err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return "", describeError("the signing-key file "+path, err)
	}
	o.report(StepFilesReady)
	return kept, nil
}
