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

// record is the flags that say how what people do is kept.
type record struct {
	SigningKey    string   `name:"signing-key" env:"COUNTERSIGN_SIGNING_KEY" placeholder:"FILE" help:"The key that signs the ledger's checkpoints; made with the ledger. Default: beside the database, ending in .signing-key."`
	NewSigningKey bool     `help:"Continue with a signing key that is not the ledger's. The ledger records that."`
	CheckpointLog string   `env:"COUNTERSIGN_CHECKPOINT_LOG" placeholder:"FILE" help:"A file, best on another machine's disk, to which every checkpoint is written. It reveals an older database that was put back."`
	AcceptOlder   bool     `help:"Continue with a database that is older than the checkpoint log. The ledger records that."`
	AcceptMissing bool     `name:"accept-missing-log" help:"Continue without the checkpoint log that this database had. The ledger records that."`
	SecondReview  string   `env:"COUNTERSIGN_SECOND_REVIEW" enum:"never,adverse,always" default:"adverse" help:"Which decisions need a second review: never, adverse (those that override Yoti's recommendation, and on results that are not clear) or always."`
	Reason        []string `env:"COUNTERSIGN_REASON" sep:"none" placeholder:"VERDICT:CODE=WORDS" help:"A reason of your own among those to choose from, such as approve:vouched=The branch vouches for the person; repeat for more, or write one a line."`
	SealMedia     int      `env:"COUNTERSIGN_SEAL_MEDIA" placeholder:"DAYS" default:"0" help:"Keep a sealed copy of every picture, text and file that is shown, for so many days: Yoti's own go after about 30. 0 keeps no further ones."`
}

// maxSealDays is a hundred years.
const maxSealDays = 36_500

// day is the unit of SealMedia.
const day = 24 * time.Hour

// policy is how the installation decides.
func (r *record) policy() (review.Policy, error) {
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

// keep puts the flags into the options of a store that serves.
func (r *record) keep(o *store.Options, log *slog.Logger) {
	o.SigningKeyFile = r.SigningKey
	if o.SigningKeyFile == "" {
		o.SigningKeyFile = defaultKey(o.Path, ".signing-key")
	}
	o.NewSigningKey, o.CheckpointLog, o.AcceptOlder = r.NewSigningKey, r.CheckpointLog, r.AcceptOlder
	o.AcceptMissingLog = r.AcceptMissing
	o.Trouble = func(err error) { log.Error("checkpoint log", "error", err) }
}

// beside is the file beside the database that ends differently.
func beside(db, ending string) string { return strings.TrimSuffix(db, filepath.Ext(db)) + ending }

// defaultKey is where a key lies that no flag names: beside the database as it is named, or
// else beside the file to which a symbolic link of that name leads.
func defaultKey(db, ending string) string {
	named := beside(db, ending)
	if _, err := os.Lstat(named); err == nil {
		return named
	}
	resolved, err := store.ResolvePath(db)
	if err != nil {
		return named
	}
	return beside(resolved, ending)
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
			s.enterLogs(ctx)
		case <-signing.C:
			s.closeLedger(ctx)
		}
	}
}

// closeLedger enters what is still to be entered and signs a checkpoint of it all.
func (s *site) closeLedger(ctx context.Context) {
	s.enterLogs(ctx)
	if s.store.Halted() {
		return
	}
	if _, err := s.store.Checkpoint(ctx); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "no checkpoint was made", "error", err)
	}
}

func (s *site) enterLogs(ctx context.Context) {
	if s.store.Halted() {
		return
	}
	if s.store.Stopped() != "" { // at the moment: where nobody writes, nothing shows that it can be done again
		_ = s.store.Ready(ctx)
	}
	if err := s.store.BatchLogs(ctx, time.Now()); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "what was seen and fetched was not entered into the ledger", "error", err)
	}
}

// lament says in the log why nothing is recorded, or what weakens the record.
func (s *site) lament(ctx context.Context) error {
	if warning := s.store.Warning(); warning != "" {
		s.log.WarnContext(ctx, warning)
	}
	if s.store.Stopped() == "" {
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
