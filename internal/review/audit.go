package review

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// LedgerReader reads the ledger, and proves what is in it.
type LedgerReader interface {
	// Ledger lists entries, newest first.
	Ledger(ctx context.Context, q LedgerQuery) ([]Recorded, error)
	// NewestEntry returns the time of the newest entry of the ledger; the zero Time when there
	// is none.
	NewestEntry(ctx context.Context) (time.Time, error)
	// Health says how the ledger is.
	Health(ctx context.Context) (Health, error)
	// Checkpoint returns the newest checkpoint, signed, after making one when there are
	// newer entries.
	Checkpoint(ctx context.Context) ([]byte, error)
	// Prove returns the proofs that entries are in the tree of the newest checkpoint,
	// which is made first where there is none that has them all. It returns
	// ErrNotRecording when none can be made.
	Prove(ctx context.Context, seqs []int64) ([]ledger.Proof, error)
	// SignedProof returns the proof that an entry is in the tree of the newest checkpoint
	// there is; nil when that does not cover the entry. It makes none.
	SignedProof(ctx context.Context, seq int64) (*ledger.Proof, error)
}

// LedgerQuery picks entries of the ledger.
type LedgerQuery struct {
	Person      string          // name of an account; empty for everybody
	Recipient   idv.RecipientID // the zero ID for all
	Act         ledger.Act      // empty for all
	From, Until time.Time       // the zero Time where there is no bound; Until itself is not in it
	Before      int64           // Seq of an entry; zero begins with the newest
	Limit       int
}

// Ledger lists entries of the ledger, newest first, without what they commit to.
func (d *Desk) Ledger(ctx context.Context, q LedgerQuery) ([]Recorded, error) {
	list, err := d.Records.Ledger(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list the ledger: %w", err)
	}
	return list, nil
}

// AccessLog lists who saw what, newest first.
func (d *Desk) AccessLog(ctx context.Context, q AccessQuery) ([]Access, error) {
	list, err := d.Records.AccessLog(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list access: %w", err)
	}
	return list, nil
}

// List is a list that can be taken along as a file.
type List string

// The lists.
const (
	LedgerList  List = "ledger"
	AccessList  List = "access-log"
	FiguresList List = "figures"
	QueueFile   List = "queue" // a view of the queue
	EventList   List = "security-events"
)

func (l List) words() string {
	switch l {
	case LedgerList:
		return "the ledger"
	case AccessList:
		return "the access log"
	case FiguresList:
		return "the figures"
	case QueueFile:
		return "the queue"
	case EventList:
		return "the security events"
	}
	return string(l)
}

// ExportList puts on record that somebody takes a list along. It is called before the
// first line goes out.
func (d *Desk) ExportList(ctx context.Context, who account.Person, list List) error {
	taken := Act{At: d.Now(), Act: ActListExport, Facts: Facts{List: list}}
	_, err := d.Records.Record(ctx, who, idv.RecipientID{}, "", func(*OnRecord) ([]Act, error) { return []Act{taken}, nil })
	if err != nil {
		return fmt.Errorf("export the %s: %w", list, err)
	}
	return nil
}

// Health is how the ledger is.
type Health struct {
	Size    int64          // how many entries there are
	Public  string         // the key that its checkpoints are signed with; empty when they are not
	Changes [][]byte       // of that key, each signed by the old one and the new one, oldest first; see ledger.KeyChange
	Broken  *ledger.Broken // what was found at the start; nil when nothing was
	Stopped string         // why nothing is recorded, as a sentence; empty when it is
	// MissingLog says that the checkpoint log which there was is missing, and Weakness what weakens
	// the record in the database itself, in sentences; empty where nothing does.
	MissingLog, Weakness string
	// LogFailure says why checkpoints are not written to the checkpoint log, as the end of a
	// sentence; empty when they are, or when there is none.
	LogFailure string
	Signed     int64     // size of the newest checkpoint
	SignedAt   time.Time // of the newest checkpoint; zero when there is none
}

// signerOf returns the public key that a checkpoint is signed with: the one of now, or one that it
// took the place of a moment ago. Another is for whoever checks to find.
func (h *Health) signerOf(signed []byte) (string, error) {
	publics := []string{h.Public}
	for _, text := range h.Changes {
		c, err := ledger.OpenKeyChange(text)
		if err != nil {
			return "", err
		}
		publics = append(publics, c.Old)
	}
	return cmp.Or(ledger.SignedWith(signed, publics), h.Public), nil
}

// CheckpointEvery is after what time at most a checkpoint of the ledger is signed, where
// nobody asks for one before.
const CheckpointEvery = time.Hour

// Signs reports whether checkpoints are signed at the moment.
func (h *Health) Signs() bool { return h.Public != "" && h.Broken == nil && h.Stopped == "" }

// Health says how the ledger is.
func (d *Desk) Health(ctx context.Context) (Health, error) {
	h, err := d.Records.Health(ctx)
	if err != nil {
		return Health{}, fmt.Errorf("look at the ledger: %w", err)
	}
	return h, nil
}

// Checkpoint returns a signed checkpoint of the whole ledger.
func (d *Desk) Checkpoint(ctx context.Context) ([]byte, error) {
	signed, err := d.Records.Checkpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("make a checkpoint: %w", err)
	}
	return signed, nil
}

// ViewSummary is that somebody was shown a recipient's result.
type ViewSummary struct {
	At    time.Time // the first time within a day
	By    string
	Times int            // within that day
	Place LedgerPosition // of the first time
}

// Pending is the decisions that somebody should look at.
type Pending struct {
	Second   []Visit // that await a second review, the oldest first
	Referred []Visit // that were referred to the reader, or to any supervisor when the reader is one
	Changed  []Visit // whose result changed since
}

// NewExport is an evidence bundle that is about to be handed out.
type NewExport struct {
	Recipient       idv.RecipientID
	Digest          idv.Digest
	By              account.Person
	At              time.Time
	Program         string        // that makes it
	Media           []idv.MediaID // that are in it
	LastDecisionSeq int64         // Seq of the newest act on decisions that is in it; zero when there is none
}

// Acts returns what is on record before the bundle is handed out. It returns ErrDecided when
// there is a newer act on decisions than the bundle has.
func (n *NewExport) Acts(now *OnRecord) ([]Act, error) {
	record, err := now.Record(OfDecisions())
	if err != nil {
		return nil, err
	}
	if err := record.MayExport(n); err != nil {
		return nil, err
	}
	content, err := json.Marshal(n.Names())
	return []Act{{At: n.At, Act: ActExport, Snapshot: n.Digest, Facts: Facts{Version: n.Program}, Content: content}}, err
}

// Names are the IDs of the media in it.
func (n *NewExport) Names() []string {
	names := []string{}
	for _, id := range n.Media {
		names = append(names, id.String())
	}
	return names
}
