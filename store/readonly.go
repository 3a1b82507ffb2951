package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"countersign/internal/ledger"
)

// OpenReadOnly opens a database, or a backup of one, for its ledger alone: Entries, Health,
// Ledger and ProofFile. Of the options it uses the database alone. It needs no key, waits for
// nobody, and leaves the file and what is beside it as they are.
func OpenReadOnly(ctx context.Context, o Options) (_ *Store, err error) {
	database, err := engineOf(o)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: database}
	if s.readers, _, err = database.untouchedPool(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.version, err = s.engine.newestVersion(); err != nil {
		return nil, err
	}
	found, err := readState(ctx, s.engine, s.readers)
	if err != nil {
		return nil, s.describeError(err)
	}
	return s, s.checkSchemaVersion(found.version, found.dirty)
}

// Entries passes every entry of the ledger on, the oldest first, as one consistent
// reading. It ends with the first error of each.
func (s *Store) Entries(ctx context.Context, each func(ledger.Entry) error) error {
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT `+entryColumns+`
			FROM ledger
			ORDER BY seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e ledger.Entry
			if err := scanEntry(rows, &e); err != nil {
				return err
			}
			if err := each(e); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("store: read the ledger: %w", err)
	}
	return nil
}

// ErrNoEntry is returned when the ledger has no entry of that number.
var ErrNoEntry = errors.New("the ledger has no such entry")

// ErrNotCovered is returned when the entry is newer than the newest checkpoint, so that nothing
// proves it yet.
var ErrNotCovered = errors.New("no checkpoint covers this entry yet: the server signs one every hour, and when it stops")

// ProofFile returns an entry with what proves it in the newest checkpoint there is. It
// signs none. It returns ErrNoEntry, ErrNotCovered, or what wraps ledger.ErrBroken when
// the entry is not what the checkpoint was made of.
func (s *Store) ProofFile(ctx context.Context, seq int64) (ledger.ProofFile, error) {
	var f ledger.ProofFile
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		size, err := ledgerSize(ctx, tx)
		if err != nil {
			return err
		}
		c, err := newestCheckpoint(ctx, tx)
		switch {
		case err != nil:
			return err
		case seq < 0 || seq >= size:
			return ErrNoEntry
		case seq >= c.Size:
			return ErrNotCovered
		}
		if f, err = proofFile(ctx, tx, seq, c); err != nil {
			return err
		}
		if _, _, err := f.Check(f.Public); err != nil {
			return &ledger.Broken{Seq: seq, Why: "it is not what the checkpoint was made of"}
		}
		return nil
	})
	if err != nil {
		return ledger.ProofFile{}, fmt.Errorf("store: prove entry %d: %w", seq, err)
	}
	return f, nil
}

func proofFile(ctx context.Context, tx *sql.Tx, seq int64, c signedCheckpoint) (ledger.ProofFile, error) {
	var f ledger.ProofFile
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE seq = $1`, seq)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	if !rows.Next() {
		return f, errors.Join(rows.Err(), ErrNoEntry)
	}
	var e ledger.Entry
	if err := scanEntry(rows, &e); err != nil {
		return f, err
	}
	if err := rows.Close(); err != nil {
		return f, err
	}
	f.Entry = e.Bytes()
	if f.Proof, err = ledger.Prove(seq, c.Size, storedHashes{ctx, tx}, []byte(c.Text)); err != nil {
		return f, err
	}
	named, err := signingKeys(ctx, tx)
	publics := publicsOf(named)
	f.Public, f.Changes = cmp.Or(ledger.SignedWith([]byte(c.Text), publics), newestOf(publics)), signedChangesOf(named)
	return f, err
}
