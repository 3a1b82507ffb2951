package store

import (
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

var _ review.Records = (*Store)(nil)

// maxHistory is how many results the history of a recipient lists, newest first.
const maxHistory = 200

// KeepResult records that who got the result d of a recipient at the time at. Results
// stand in the order in which they are recorded.
func (s *Store) KeepResult(ctx context.Context, id idv.RecipientID, who account.Person, at time.Time, d *idv.Decoded) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		key, err := s.ensureRecipient(ctx, tx, id)
		if err != nil {
			return err
		}
		stored, err := insertSnapshot(ctx, tx, key, id, d)
		if err != nil {
			return err
		}
		fetch, err := insertResult(ctx, tx, id, who, at, d, stored)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE recipients
			SET newest = $1, state = $2, final = $3
			WHERE id = $4`, fetch, stateColumn(d), boolToInt(d.Session.Final()), id.String())
		if err != nil {
			return err
		}
		if err := askAgain(ctx, tx, id, at, d); err != nil {
			return err
		}
		if err := endLines(ctx, tx, id.String(), hadState(who), at); err != nil {
			return err
		}
		return statusAfterResult(ctx, tx, id, d)
	})
	if err != nil {
		return fmt.Errorf("store: keep result: %w", err)
	}
	return nil
}

// insertSnapshot keeps a result, unless it is kept, and returns its body as it is stored.
func insertSnapshot(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, d *idv.Decoded) ([]byte, error) {
	stored, err := storedBody(ctx, tx, id, d.Digest)
	if !errors.Is(err, sql.ErrNoRows) {
		return stored, err
	}
	stored = sealBody(key, id, d.Digest, d.Canonical)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO snapshots (recipient, digest, body)
		VALUES ($1, $2, $3)`, id.String(), d.Digest[:], stored)
	return stored, err
}

// insertResult records a fetch that gave the result d and returns its ID. The fetch
// belongs to the run of the newest one when that gave the same result. With the row goes what
// body is stored, unless that is still to be sealed.
func insertResult(ctx context.Context, tx *sql.Tx, id idv.RecipientID, who account.Person, at time.Time, d *idv.Decoded, stored []byte) (int64, error) {
	var sum []byte
	if !isPlainBody(stored) {
		found := sha256.Sum256(stored)
		sum = found[:]
	}
	var fetch int64
	err := tx.QueryRowContext(ctx, `
		INSERT INTO fetches (id, recipient, at, account, digest, run, token_ttl, after_entry, sealed_sha256)
		VALUES ((`+nextID("fetches")+`), $1, $2, $3, $4, coalesce(
			(SELECT newest.run
			FROM recipients
			JOIN fetches AS newest ON newest.id = recipients.newest
			WHERE recipients.id = $1 AND newest.digest = $4),
			(`+nextID("fetches")+`)), $5, (SELECT max(seq) FROM ledger), $6)
		RETURNING id`,
		id.String(), millis(at), who.ID, d.Digest[:], d.TokenTTL, sum).Scan(&fetch)
	return fetch, err
}

// KeepFailure records that somebody tried to get a result and could not.
func (s *Store) KeepFailure(ctx context.Context, id idv.RecipientID, f review.Failure) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := s.ensureRecipient(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO fetches (id, recipient, at, account, failure, until, after_entry)
			VALUES ((`+nextID("fetches")+`), $1, $2, $3, $4, $5, (SELECT max(seq) FROM ledger))`,
			id.String(), millis(f.At), f.By.ID, f.Text(), millisOrNull(f.Until))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep failure: %w", err)
	}
	return nil
}

// Recipient returns what is kept about a recipient, with the draft of who. The
// history is that of the last 200 changes; a result that came back after another is
// in it once for each time. Of an erased recipient there is only the record.
func (s *Store) Recipient(ctx context.Context, id idv.RecipientID, who account.Person, notes review.NotePage) (review.File, error) {
	var file review.File
	err := s.read(ctx, func(tx *sql.Tx) error {
		key, err := s.recipientKey(ctx, tx, id)
		if errors.Is(err, sql.ErrNoRows) {
			file.Record = &review.Record{}
			return nil
		}
		if errors.Is(err, review.ErrErased) {
			file.Record, err = wholeRecord(ctx, tx, id)
			return err
		}
		if err != nil {
			return err
		}
		file, err = readFile(ctx, tx, key, id, who, notes)
		return err
	})
	if err != nil {
		return review.File{}, fmt.Errorf("store: read recipient: %w", err)
	}
	return file, nil
}

func readFile(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, who account.Person, notes review.NotePage) (review.File, error) {
	var file review.File
	var err error
	if file.History, err = readHistory(ctx, tx, id); err != nil {
		return file, err
	}
	if file.Newest, err = withBody(ctx, tx, key, file.History, 0); err != nil {
		return file, err
	}
	if file.Previous, err = withBody(ctx, tx, key, file.History, 1); err != nil {
		return file, err
	}
	if file.Failure, err = lastFailure(ctx, tx, id); err != nil {
		return file, err
	}
	if file.HitsRead, err = hitsRead(ctx, tx, id); err != nil {
		return file, err
	}
	if file.Compared, err = signerCompared(ctx, tx, id); err != nil {
		return file, err
	}
	from, older, err := notesFrom(ctx, tx, id, notes)
	if err != nil {
		return file, err
	}
	entries, err := entriesWithNotes(ctx, tx, key, id, from, notes.Before)
	if err != nil {
		return file, err
	}
	file.OlderNotes = older
	if file.Record, err = review.ReadRecord(entries); err != nil {
		return file, err
	}
	file.Draft, err = readDraft(ctx, tx, key, id, who)
	return file, err
}

// readHistory returns the runs of results, newest first, without bodies.
func readHistory(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]review.Snapshot, error) {
	return querySnapshots(ctx, tx, id, `
		WITH runs AS (
			SELECT run, max(id) AS last
			FROM fetches
			WHERE recipient = $1 AND run IS NOT NULL
			GROUP BY run
			ORDER BY run DESC
			LIMIT $2)`, id.String(), maxHistory)
}

// querySnapshots returns the snapshots of the runs that a common table expression picks.
func querySnapshots(ctx context.Context, tx *sql.Tx, id idv.RecipientID, runs string, args ...any) ([]review.Snapshot, error) {
	rows, err := tx.QueryContext(ctx, runs+`
		SELECT last.digest, last.token_ttl, first.at, first_by.name, first.after_entry, last.at, last_by.name
		FROM runs
		JOIN fetches AS first ON first.id = runs.run
		JOIN accounts AS first_by ON first_by.id = first.account
		JOIN fetches AS last ON last.id = runs.last
		JOIN accounts AS last_by ON last_by.id = last.account
		ORDER BY runs.run DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Snapshot
	for rows.Next() {
		found := review.Snapshot{Recipient: id}
		var first, fetched int64
		if err := rows.Scan(digestOf{&found.Digest}, &found.TokenTTL, &first, &found.FirstBy, placeOf{&found.Place}, &fetched, &found.FetchedBy); err != nil {
			return nil, err
		}
		found.First, found.Fetched = timeOf(first), timeOf(fetched)
		list = append(list, found)
	}
	return list, rows.Err()
}

// withBody returns the i-th of a list of snapshots with its body; nil when the list
// is shorter.
func withBody(ctx context.Context, tx *sql.Tx, key cipher.AEAD, list []review.Snapshot, i int) (*review.Snapshot, error) {
	if i >= len(list) {
		return nil, nil
	}
	found := list[i]
	body, err := readBody(ctx, tx, key, found.Recipient, found.Digest)
	found.Canonical = body
	return &found, err
}

// lastFailure returns the failure of the last attempt; nil when that gave a result.
func lastFailure(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Failure, error) {
	var at int64
	var kind sql.NullString
	var until sql.NullInt64
	var place review.LedgerPosition
	var by personRow
	err := tx.QueryRowContext(ctx, `
		SELECT fetches.at, fetches.failure, fetches.until, fetches.after_entry,
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM fetches
		JOIN accounts ON accounts.id = fetches.account
		WHERE fetches.recipient = $1
		ORDER BY fetches.id DESC
		LIMIT 1`, id.String()).Scan(append([]any{&at, &kind, &until, placeOf{&place}}, by.scanTargets()...)...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !kind.Valid {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	failure := &review.Failure{At: timeOf(at), By: by.toPerson(), Place: place}
	failure.Kind, failure.Answer = review.ParseFailure(kind.String)
	if until.Valid {
		failure.Until = timeOf(until.Int64)
	}
	return failure, nil
}

// Snapshot returns one stored result, with the times of the last run of fetches that
// gave it. It returns review.ErrNoSnapshot when there is none.
func (s *Store) Snapshot(ctx context.Context, id idv.RecipientID, digest idv.Digest) (review.Snapshot, error) {
	return s.readSnapshot(ctx, id, `
		WITH runs AS (
			SELECT run, max(id) AS last
			FROM fetches
			WHERE recipient = $1 AND digest = $2
			GROUP BY run
			ORDER BY run DESC
			LIMIT 1)`, id.String(), digest[:])
}

// Newest returns the newest stored result of a recipient. It returns
// review.ErrNoSnapshot when there is none.
func (s *Store) Newest(ctx context.Context, id idv.RecipientID) (review.Snapshot, error) {
	return s.readSnapshot(ctx, id, `
		WITH runs AS (
			SELECT fetches.run, fetches.id AS last
			FROM recipients
			JOIN fetches ON fetches.id = recipients.newest
			WHERE recipients.id = $1)`, id.String())
}

// readSnapshot returns the snapshot of the run that a common table expression picks.
func (s *Store) readSnapshot(ctx context.Context, id idv.RecipientID, runs string, args ...any) (review.Snapshot, error) {
	var found *review.Snapshot
	err := s.read(ctx, func(tx *sql.Tx) error {
		list, err := querySnapshots(ctx, tx, id, runs, args...)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return review.ErrNoSnapshot
		}
		key, err := s.recipientKey(ctx, tx, id)
		if err != nil {
			return err
		}
		found, err = withBody(ctx, tx, key, list, 0)
		return err
	})
	if err != nil {
		return review.Snapshot{}, fmt.Errorf("store: read result: %w", err)
	}
	return *found, nil
}
