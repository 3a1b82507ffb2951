package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// What tests that look at a store from outside need of its inside.

// Limits that tests go to and beyond.
const (
	MaxHistory = maxHistory
	MaxLogLine = maxLogLine
)

// Statements whose plans are looked at.
const (
	FirstAtQuery     = firstAtQuery
	NextLineQuery    = nextLineQuery
	SessionQuery     = sessionQuery
	OpenedCasesQuery = openedCasesQuery
	DecidedQuery     = decidedQuery
)

// DoubtFor limits for how long a store on PostgreSQL tries to find out what came of a commit.
func (s *Store) DoubtFor(patience time.Duration) { s.engine.(*postgresEngine).patience = patience }

// Writer returns the connection that writes, with its settings.
func (s *Store) Writer() *sql.DB { return s.writer }

// Write runs do in a transaction of the store.
func (s *Store) Write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return s.write(ctx, do)
}

// Touch writes to the database, in a transaction, and changes nothing that is recorded.
func Touch(ctx context.Context, tx *sql.Tx) error { return touchDatabase(ctx, tx) }

// Touch writes to the database and changes nothing that is recorded.
func (s *Store) Touch(ctx context.Context) error { return s.write(ctx, touchDatabase) }

// Append appends an act about a recipient that no rule was asked about. A recipient that is not
// there yet is added when the act has content.
func (s *Store) Append(ctx context.Context, tx *sql.Tx, by account.Person, id idv.RecipientID, act review.Act) error {
	e := newEntry{Act: act, by: by, recipient: id}
	if act.Content != nil {
		key, err := s.insertRecipient(ctx, tx, id)
		if err != nil {
			return err
		}
		e.key = key
	}
	_, err := s.appendEntry(ctx, tx, e)
	return err
}

// AddRecipient adds a recipient of whom nothing is recorded.
func (s *Store) AddRecipient(ctx context.Context, tx *sql.Tx, id idv.RecipientID) error {
	_, err := s.insertRecipient(ctx, tx, id)
	return err
}

// StopRecording ends recording for a reason, which it gives in a sentence.
func (s *Store) StopRecording(reason review.UnreadyReason, sentence string) {
	s.stopRecording(stopReason{reason: reason, sentence: sentence})
}

// WrappedValues returns the values that are sealed under the data key itself.
func (s *Store) WrappedValues(ctx context.Context) ([][]byte, error) {
	var list [][]byte
	err := s.read(ctx, func(tx *sql.Tx) error {
		for _, column := range wrappedColumns() {
			err := column.each(ctx, tx, nil, func(w wrappedValue) error {
				list = append(list, w.sealed)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// LoggedCheckpoint is a line of a checkpoint log.
type LoggedCheckpoint = signedCheckpoint

// ReadCheckpointLog returns the checkpoints of a log, the oldest first.
func ReadCheckpointLog(path string) ([]LoggedCheckpoint, error) { return readCheckpointLog(path) }

// OwnFiles are the files that belong to a database.
func OwnFiles(path string) []string { return ownFiles(path) }

// NextSignerFile is where a signing key is that is to take the place of one.
func NextSignerFile(path string) string { return nextSignerFile(path) }

// querier is a database or a transaction.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
}

// ReadEntries passes on the entries of a ledger as they stand, the oldest first.
func ReadEntries(from querier, each func(ledger.Entry)) error {
	rows, err := from.Query(`SELECT ` + entryColumns + ` FROM ledger ORDER BY seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e ledger.Entry
		if err := scanEntry(rows, &e); err != nil {
			return err
		}
		each(e)
	}
	return rows.Err()
}

// KnownCredentials returns what the ledger has of how an account signs in.
func KnownCredentials(ctx context.Context, tx *sql.Tx, id int64) (*account.Credentials, error) {
	return knownCredentials(ctx, tx, id)
}

// SealedDataKey seals the data key of a recipient with the first key of a data-key file.
func SealedDataKey(keyFile string, id idv.RecipientID, key string) ([]byte, error) {
	keys, err := readKeys(keyFile)
	if err != nil {
		return nil, err
	}
	return seal(keys[0].seals, key, dataKeyPlace(id)), nil
}

// SealedCopy seals bytes as the kept copy of a medium, under the data key of its recipient, which
// is sealed with the first key of a data-key file.
func SealedCopy(keyFile string, id idv.RecipientID, dataKey []byte, medium idv.MediaID, digest idv.Digest, bytes string) ([]byte, error) {
	keys, err := readKeys(keyFile)
	if err != nil {
		return nil, err
	}
	s := &Store{dataKeys: newKeyRing(keySource{file: keyFile}, keys, keys[0].fingerprint)}
	own, err := s.unwrapKey(id, dataKey)
	if err != nil {
		return nil, err
	}
	return seal(own, bytes, mediumPlace(id, medium, digest)), nil
}

// BatchedTable is a table whose rows entries cover.
type BatchedTable = batchedTable

// AccessRows is the access log.
func AccessRows() BatchedTable { return accessRows() }

// FetchRows is the table of fetches.
func FetchRows() BatchedTable { return fetchRows() }

// Name returns the name of the table.
func (l batchedTable) Name() string { return l.table }

// Query returns the query for the rows after an ID, of which there are at most so many.
func (l batchedTable) Query() string { return l.rows }

// Line returns the text of a row that is hashed, and whether something was viewed.
func (l batchedTable) Line(row *sql.Rows) (text string, item bool, err error) {
	r, err := l.read(row)
	if err != nil {
		return "", false, err
	}
	return string(r.line.terminated()), r.item, nil
}

// Covering returns entries that cover rows, without who acted but for the account.
func (l batchedTable) Covering(rows *sql.Rows) ([]ledger.Entry, error) {
	batches, _, err := readBatches(rows, l.read)
	var list []ledger.Entry
	for _, b := range batches {
		list = append(list, ledger.Entry{Actor: b.account, Act: l.act, Facts: b.facts(l.items).String()})
	}
	return list, err
}

// PageQuery is a query that reads cases of a view in order.
type PageQuery struct {
	By    string // the column or facet whose index it should read
	Query string
	Args  []any
}

// PageQueries returns every query by which a page of a view may be read that begins at a place,
// one for each condition that has an index.
func (s *Store) PageQueries(ctx context.Context, v review.View, from review.PageKey) ([]PageQuery, error) {
	var list []PageQuery
	err := s.read(ctx, func(tx *sql.Tx) error {
		l, err := newListing(ctx, tx, v, review.PageKey{})
		if err != nil {
			return err
		}
		for _, part := range l.segments {
			for i, pick := range l.picks[part.phase] {
				if pick.unindexed {
					continue
				}
				l.index[part.phase] = i
				query, args := l.segmentQuery(part, pick.values[0], from, 10)
				list = append(list, PageQuery{fmt.Sprint(pick.column, pick.facet), query, args})
			}
		}
		return nil
	})
	return list, err
}

// Places returns the places of the first cases of a view, however long it takes to find them.
func (s *Store) Places(ctx context.Context, v review.View, limit int) ([]review.PageKey, error) {
	var found placesRead
	err := s.read(ctx, func(tx *sql.Tx) error {
		l, err := newListing(ctx, tx, v, review.PageKey{})
		if err != nil {
			return err
		}
		found, err = l.scan(ctx, tx, review.PageKey{}, limit, 1<<30)
		return err
	})
	return found.places, err
}

// TablesCopied are the names of the tables that a copy takes along.
func TablesCopied() []string {
	var names []string
	for _, table := range tablesCopied() {
		names = append(names, table.name)
	}
	return names
}

// TablesLeft are those that stay behind, with the reasons.
func TablesLeft() map[string]string { return tablesLeft() }

// SealBody seals the body of a result under the data key of its recipient.
func SealBody(dataKey []byte, id idv.RecipientID, digest idv.Digest, body []byte) ([]byte, error) {
	key, err := newSeal(dataKey)
	if err != nil {
		return nil, err
	}
	return sealBody(key, id, digest, body), nil
}

// SealContent seals the text of an entry under the data key of its recipient, and completes the
// entry.
func SealContent(e *ledger.Entry, dataKey, text []byte) ([]byte, error) {
	key, err := newSeal(dataKey)
	if err != nil {
		return nil, err
	}
	return sealContent(e, newEntry{key: key, Act: review.Act{Content: text}}), nil
}

// EnterOwnSigner enters the signing key of this server after the one that the ledger named when it
// looked.
func (s *Store) EnterOwnSigner(ctx context.Context, path, after string) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.enterOwnSigner(ctx, tx, path, after) })
}
