// Package store keeps everything that Countersign records in one database: a file of SQLite's,
// or one of PostgreSQL's that several servers share. It is the only package with SQL. Store satisfies the interfaces that other packages declare for
// what they need.
//
// What it promises:
//
//   - When a method that records something returns nil, it is on disk. Each exported
//     method is one transaction.
//   - Everything people do is an entry in the ledger, made in the same transaction.
//   - Entries, results, fetches and access entries are never changed or deleted; triggers
//     in the schema enforce this. The exceptions are erasing a recipient, and sealing a result
//     that was recorded before results were sealed.
//   - Results and what people type are stored sealed under a key of their recipient, and that
//     key is sealed under the key in the data-key file. The database alone reveals no text, and
//     of results only what lists need.
//   - The settings on which all this depends are set and read back on every connection.
//
// There is one writer and several readers. Writes that arrive at the same time share a
// transaction, and with it the wait for the disk; each still succeeds or fails by itself.
package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"countersign/internal/review"
)

// Store is the open database. Its methods may be called at the same time.
type Store struct {
	engine   engine
	version  uint        // of the schema
	keys     *keyRing    // nil where the store is for reading the ledger alone
	dataKeys cipher.AEAD // seals the data keys of recipients: the keys
	derives  []byte      // keys for other purposes than sealing
	writer   *sql.DB
	readers  *sql.DB

	signer        *signer // nil when nothing is signed; whoever has the turn uses it
	signerFile    string  // from which it comes
	checkpointLog string
	unlogged      []signedCheckpoint     // checkpoints that the log lacks; whoever has the turn uses it
	logSeen       int64                  // size of the newest checkpoint that the log has, or is not to have; as unlogged
	logTried      bool                   // whether the log was opened; as unlogged
	logFailed     atomic.Pointer[string] // why that or writing to it failed the last time; nil when it did not
	warning       atomic.Pointer[string] // what became of the checkpoint log; nil when nothing did
	weakness      string                 // what weakens the record in the database itself; set once
	clock         func() time.Time
	trouble       func(error)
	recording     func(review.UnreadyReason) // nil when nobody wants to hear
	progress      progressFunc               // of what takes long; nil when nobody wants to hear
	halted        atomic.Pointer[stopReason] // why nothing is recorded any more; nil while something is
	unwritten     atomic.Pointer[unwritten]  // why the last write did not happen; nil after one that did
	probing       sharedProbe

	mu      sync.Mutex
	queue   []*job
	turn    chan struct{}      // holds one token, that of the goroutine which commits
	leaving []signedCheckpoint // checkpoints made in the open transaction; whoever has the turn uses it
	tail    *treeTail          // of the open transaction; nil before it has an entry; as leaving
}

// maxReaders is how many connections read at the same time.
const maxReaders = 8

// Close closes the database. Nothing may use the store afterwards.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.readers, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.engine.close())...)
}

// read runs do in a transaction that sees one state of the database.
func (s *Store) read(ctx context.Context, do func(*sql.Tx) error) error {
	var tx *sql.Tx
	err := s.readRow(ctx, func(db *sql.DB) (err error) {
		tx, err = db.BeginTx(ctx, s.engine.reading())
		return err
	})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return s.describeError(do(tx))
}

// readRow runs do, which reads by one statement, and runs it once more where the database had
// closed the connection.
func (s *Store) readRow(ctx context.Context, do func(*sql.DB) error) error {
	err := s.describeError(do(s.readers))
	if !errors.Is(err, ErrUnreachable) || ctx.Err() != nil {
		return err
	}
	closeIdle(s.readers, maxReaders)
	return s.describeError(do(s.readers))
}

// closeIdle closes the connections that are not in use, of which so many are kept.
func closeIdle(db *sql.DB, kept int) {
	db.SetMaxIdleConns(0)
	db.SetMaxIdleConns(kept)
}

// now is the time for what the store records of its own accord.
func (s *Store) now() time.Time { return s.clock() }
