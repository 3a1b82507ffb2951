package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"countersign/internal/review"
	"countersign/store"
)

// recordFlags is the flags that say how what people do is kept.
type recordFlags struct {
	SigningKey    string   `name:"signing-key" env:"COUNTERSIGN_SIGNING_KEY" placeholder:"FILE" help:"The file with the key that signs the ledger's checkpoints. It is created with the ledger. Default: beside the database, ending in .signing-key."`
	NewSigningKey bool     `help:"Continue with a signing key that is not the ledger's. The ledger records this."`
	CheckpointLog string   `env:"COUNTERSIGN_CHECKPOINT_LOG" placeholder:"FILE" help:"A file to which every checkpoint is written, preferably on another machine's disk. It reveals when an older copy of the database was put back."`
	AcceptOlder   bool     `help:"Continue with a database that is older than the checkpoint log. The ledger records this."`
	AcceptMissing bool     `name:"accept-missing-log" help:"Continue without the checkpoint log that this database had. The ledger records this."`
	SecondReview  string   `env:"COUNTERSIGN_SECOND_REVIEW" enum:"never,adverse,always" default:"adverse" help:"Which decisions need a second review: never, adverse (decisions that override Yoti's recommendation or are on results that are not clear) or always."`
	Reason        []string `env:"COUNTERSIGN_REASON" sep:"none" placeholder:"VERDICT:CODE=WORDS" help:"An additional reason to choose from, such as approve:vouched=The branch vouches for the person. Repeat for more, or write one per line."`
	SealMedia     int      `env:"COUNTERSIGN_SEAL_MEDIA" placeholder:"DAYS" default:"0" help:"Keep a sealed copy of every picture, text and file that is shown, for this many days. Yoti deletes its own copies after about 30 days. 0 makes no new copies."`
}

// maxSealDays is a hundred years.
const maxSealDays = 36_500

// day is the unit of SealMedia.
const day = 24 * time.Hour

// reviewPolicy is how the installation decides.
func (r *recordFlags) reviewPolicy() (review.Policy, error) {
	p := review.Policy{Second: review.SecondReview(r.SecondReview)}
	for _, text := range strings.Split(strings.Join(r.Reason, "\n"), "\n") {
		if strings.TrimSpace(text) == "" { // as of an environment variable that is set to nothing
			continue
		}
		if err := p.AddReason(text); err != nil {
			return p, fmt.Errorf("--reason: %w", err)
		}
	}
	return p, nil
}

// applyTo puts the flags into the options of a store that serves. The signing key is at
// signingKey where no flag names it.
func (r *recordFlags) applyTo(o *store.Options, signingKey string, log *slog.Logger) {
	o.SigningKeyFile = r.SigningKey
	if o.SigningKeyFile == "" {
		o.SigningKeyFile = signingKey
	}
	o.NewSigningKey, o.CheckpointLog, o.AcceptOlder = r.NewSigningKey, r.CheckpointLog, r.AcceptOlder
	o.AcceptMissingLog = r.AcceptMissing
	o.Trouble = func(err error) { log.Error("checkpoint log", "error", err) }
}

// siblingPath is the file beside the database that ends differently.
func siblingPath(db, ending string) string { return strings.TrimSuffix(db, filepath.Ext(db)) + ending }

// defaultKeyPath is where a key lies that no flag names: beside the database as it is named, or
// else beside the file to which a symbolic link of that name leads.
func defaultKeyPath(db, ending string) string {
	named := siblingPath(db, ending)
	if _, err := os.Lstat(named); err == nil {
		return named
	}
	resolved, err := store.ResolvePath(db)
	if err != nil {
		return named
	}
	return siblingPath(resolved, ending)
}

// How often what was seen and fetched is entered into the ledger, and how often its
// checkpoint is signed.
const (
	enterEvery = time.Minute
	signEvery  = review.CheckpointEvery
)

// keepLedger enters what was seen and fetched, and signs checkpoints, until ctx ends.
// It begins with both: what a server that was killed had left open is closed then. It ends
// with both, before anything else is waited for that may take too long.
func (s *site) keepLedger(ctx context.Context) {
	entering, signing := time.NewTicker(enterEvery), time.NewTicker(signEvery)
	defer entering.Stop()
	defer signing.Stop()
	s.closeLedger(ctx)
	for {
		select {
		case <-ctx.Done():
			s.closeLedger(context.WithoutCancel(ctx))
			return
		case <-entering.C:
			s.enterAccessLogs(ctx)
		case <-signing.C:
			s.closeLedger(ctx)
		}
	}
}

// closeLedger enters what is still to be entered and signs a checkpoint of it all.
func (s *site) closeLedger(ctx context.Context) {
	s.enterAccessLogs(ctx)
	if s.store.Halted() {
		return
	}
	if _, err := s.store.Checkpoint(ctx); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "no checkpoint was made", "error", err)
	}
}

func (s *site) enterAccessLogs(ctx context.Context) {
	s.writeEvents(ctx)
	if s.store.Halted() {
		return
	}
	if s.store.WhyNotRecording() != "" { // at the moment: where nobody writes, nothing shows that it can be done again
		_ = s.store.Ready(ctx)
	}
	if err := s.store.BatchLogs(ctx, time.Now()); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "what was seen and fetched was not entered into the ledger", "error", err)
	}
}

// logRecordingFaults says in the log why nothing is recorded, or what weakens the record.
func (s *site) logRecordingFaults(ctx context.Context) error {
	if warning := s.store.Warning(); warning != "" {
		s.log.WarnContext(ctx, warning)
	}
	if s.store.WhyNotRecording() == "" {
		return nil
	}
	health, err := s.store.Health(ctx)
	if err != nil {
		return err
	}
	if health.Broken == nil {
		s.log.ErrorContext(ctx, "nothing is recorded", "why", health.Stopped)
		return nil
	}
	s.log.ErrorContext(ctx, "nothing is recorded", "why", health.Stopped, "entry", health.Broken.Seq, "found", health.Broken.Why)
	return nil
}
