package store

import (
	"context"
	"errors"
	"time"

	"countersign/internal/review"
)

// Options say which database and which files a store uses.
type Options struct {
	Path string // of an SQLite database; made when missing, its folder too
	// Postgres is a database of PostgreSQL's in the place of a file; nil where Path counts.
	Postgres    *Postgres
	DataKeyFile string // of the data key; made with the database, its folder too
	// DataKey gives the lines of a data-key file in its place, also of a new database; nil
	// where there is a file. It is called again when a key is met that is not at hand.
	DataKey func(context.Context) ([]byte, error)
	// Serve claims an SQLite database for a server. A second one is refused; stores that do
	// not serve work beside it. Any number of servers share a database of PostgreSQL's.
	Serve bool
	// Upgrade takes the steps of the schema that are due. An SQLite database is upgraded
	// by whoever opens it.
	Upgrade bool

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
	// Recording is told when nothing is recorded any more, or at the moment, with the reason,
	// and without one when recording is resumed. It must return at once; nil to hear nothing.
	Recording func(review.UnreadyReason)
	// Progress is told how far an upgrade of the schema is, a backup, and a change of the data
	// key; nil to hear nothing.
	Progress func(Progress)
}

// Open opens the database, and makes or upgrades it when that is due. Its errors are
// one sentence each and wrap one of the errors of this package where one fits.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	if o.Path == "" && o.Postgres == nil || o.DataKeyFile == "" && o.DataKey == nil {
		return nil, errors.New("the paths of the database and of the data-key file are both needed")
	}
	database, err := engineOf(o)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: database, turn: make(chan struct{}, 1), checkpointLog: o.CheckpointLog, clock: o.Now, trouble: o.Trouble, recording: o.Recording, progress: o.Progress}
	if s.clock == nil {
		s.clock = time.Now
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.engine.prepare(ctx, o.Serve); err != nil {
		return nil, err
	}
	if s.keys, err = s.prepareFiles(ctx, keySource{o.DataKeyFile, o.DataKey}); err != nil {
		return nil, err
	}
	s.dataKeys, s.derives = s.keys, s.keys.keys.Load().sealing.derives
	s.writer, s.readers = s.engine.writerPool(), s.engine.readerPool()
	// A file or folder that cannot be written to shows here, and not at the first note.
	if err := s.write(ctx, s.beginLedger); err != nil {
		return nil, sentenceIn(err)
	}
	if err := s.checkVersion(ctx); err != nil {
		return nil, err
	}
	if err := s.engine.prepared(ctx, s.writer); err != nil {
		return nil, s.describeError(err)
	}
	if o.Serve {
		if err := s.warnOfWeakness(ctx); err != nil {
			return nil, err
		}
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
