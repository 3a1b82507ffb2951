// Package store keeps everything that Countersign records, in one SQLite file. It is
// the only package with SQL, and satisfies the interfaces that the packages of the
// program declare for themselves.
//
// What it promises:
//
//   - What a method recorded is on the disk when the method returns nil. Each
//     exported method is one transaction.
//   - Whatever people do is an entry of the ledger, made in the same transaction.
//   - Entries, results, fetches and access entries are never changed and never deleted;
//     triggers in the schema see to it. Erasing a recipient is the one exception.
//   - What people type is stored sealed, under a key of its recipient, which is itself
//     sealed under the key in the data-key file. The database alone gives no text away.
//   - The settings on which all this rests are set on every connection and read back.
//
// There is one writer and there are several readers. Writes that arrive at the same
// time share a transaction, and with it the wait for the disk; each still succeeds or
// fails by itself.
package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options say which files a store uses.
type Options struct {
	Path        string // of the database; made when missing, its folder too
	DataKeyFile string // of the data key; made with the database, its folder too
	// Serve claims the database for a server. A second one is refused; stores that do
	// not serve work beside it.
	Serve bool

	// SigningKeyFile holds the key that signs checkpoints; made when the ledger has none,
	// its folder too. Empty signs none.
	SigningKeyFile string
	NewSigningKey  bool   // take a key that is not the ledger's
	CheckpointLog  string // file to which each checkpoint is written; empty for none
	AcceptOlder    bool   // go on with a file that is older than the checkpoint log
	// AcceptMissingLog goes on without the checkpoint log that there was.
	AcceptMissingLog bool
	// Now tells the time; nil for the clock.
	Now func() time.Time
	// Trouble is told of what fails beside a write that succeeded; nil to hear nothing.
	Trouble func(error)
}

// Store is the open database. Its methods may be called at the same time.
type Store struct {
	path     string
	engine   engine
	version  uint        // of the schema
	dataKeys cipher.AEAD // seals the data keys of recipients
	derives  []byte      // keys for other purposes than sealing
	writer   *sql.DB
	readers  *sql.DB
	claim    *claim // until the store is closed

	signer        *signer // nil when nothing is signed
	checkpointLog string
	unlogged      []signedCheckpoint     // checkpoints that the log lacks; whoever has the turn uses it
	logTried      bool                   // whether the log was opened; as unlogged
	logFailed     atomic.Pointer[string] // why that or writing to it failed the last time; nil when it did not
	warning       atomic.Pointer[string] // what weakens the record; nil when nothing does
	clock         func() time.Time
	trouble       func(error)
	halted        atomic.Pointer[stopReason] // why nothing is recorded any more; nil while something is
	unwritten     atomic.Pointer[unwritten]  // why the last write did not happen; nil after one that did
	file          fs.FileInfo                // of the database, as it was opened
	probing       sharedProbe

	mu      sync.Mutex
	queue   []*job
	turn    chan struct{}      // holds one token, that of the goroutine which commits
	leaving []signedCheckpoint // checkpoints made in the open transaction; whoever has the turn uses it
}

// maxReaders is how many connections read at the same time.
const maxReaders = 8

// Open opens the database, and makes or upgrades it when that is due. Its errors are
// one sentence each and wrap one of the errors of this package where one fits.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	if o.Path == "" || o.DataKeyFile == "" {
		return nil, errors.New("the paths of the database and of the data-key file are both needed")
	}
	path, err := ResolvePath(o.Path)
	if err != nil {
		return nil, fmt.Errorf("the database path cannot be resolved: %w", err)
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, engine: engine{path}, turn: make(chan struct{}, 1), checkpointLog: o.CheckpointLog, clock: o.Now, trouble: o.Trouble}
	if s.clock == nil {
		s.clock = time.Now
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.claim, err = takeClaim(ctx, path, o.Serve); err != nil {
		return nil, err
	}
	key, err := s.prepareFiles(ctx, o.DataKeyFile)
	if err != nil {
		return nil, err
	}
	s.dataKeys, s.derives = key.seals, key.derives
	s.writer, s.readers = s.engine.writerPool(), s.engine.readerPool()
	// A file or folder that cannot be written to shows here, and not at the first note.
	if err := s.write(ctx, s.beginLedger); err != nil {
		return nil, err
	}
	if err := s.checkVersion(ctx); err != nil {
		return nil, err
	}
	if s.file, err = os.Stat(path); err != nil {
		return nil, s.describeError(err)
	}
	if err := s.verifyAtStart(ctx, o); err != nil {
		return nil, err
	}
	if o.SigningKeyFile != "" && s.whyStopped() == nil {
		if err := s.takeSigner(ctx, o.SigningKeyFile, o.NewSigningKey); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close closes the database. Nothing may use the store afterwards.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.readers, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.claim != nil {
		errs = append(errs, s.claim.Close())
	}
	return errors.Join(errs...)
}

// read runs do in a transaction that sees one state of the database.
func (s *Store) read(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.describeError(err)
	}
	defer tx.Rollback() // nothing was written
	return s.describeError(do(tx))
}

// now is the time for what the store records of its own accord.
func (s *Store) now() time.Time { return s.clock() }

// millis is how a time is stored.
func millis(t time.Time) int64 { return t.UnixMilli() }

// millisOrNull stores the zero time as NULL.
func millisOrNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// boolToInt is how a bool is stored.
func boolToInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// timeOf reads what millis stored.
func timeOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
