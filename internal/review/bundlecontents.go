package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// BundleContents is everything that an evidence bundle about a recipient holds.
type BundleContents struct {
	Recipient idv.RecipientID
	Program   string // that made it
	By        string
	Role      string
	Made      time.Time
	Results   []Snapshot     // that the entries are about, with bodies; the primary one first
	Entries   []Recorded     // everything about the recipient, oldest first; the last is the export
	Proofs    []ledger.Proof // one for each entry, all for one checkpoint
	Public    string         // key of the checkpoint
	Changes   [][]byte       // of that key, signed, oldest first
	Media     []BundleMedium
}

// BundleMedium is a medium that was chosen to go along.
type BundleMedium struct {
	ID    idv.MediaID
	Bytes []byte
}

// The limits of a bundle, in bytes of the files that hold it. They are those of memory: a
// bundle is made and verified there.
const (
	maxBundleMedium = 20 << 20
	maxBundleMedia  = 60 << 20
	// MaxBundle is how much everything together may take, the readable record aside.
	MaxBundle = 512 << 20
	// MaxBundleEntries is how many entries there may be, each with its proof.
	MaxBundleEntries = 200_000
)

// BundleContents collects what an evidence bundle holds, after putting on record that it is
// taken. What is recorded later is not in it. It returns ErrErased when there is nothing
// left to take, ErrNoSnapshot when there never was anything, and a *Refused when the media
// or the record are too large, or the media are no longer what the author of a decision was shown, or when somebody
// decides meanwhile.
func (d *Desk) BundleContents(ctx context.Context, who account.Person, id idv.RecipientID, media []idv.MediaID) (*BundleContents, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{})
	switch {
	case err != nil:
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	case file.Record.Erasure != nil:
		return nil, fmt.Errorf("bundle of %s: %w", id, ErrErased)
	case file.Newest == nil:
		return nil, fmt.Errorf("bundle of %s: %w", id, ErrNoSnapshot)
	}
	primary := file.Newest.Digest
	if latest := file.Record.Latest(); latest != nil {
		primary = latest.Digest
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: primary, What: AccessBundle}
	if entry.View, err = d.Records.KeepView(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	contents := &BundleContents{Recipient: id, Program: d.Program, By: who.Name, Role: string(who.Role), Entries: file.Record.Entries}
	media = uniqueMedia(media)
	if err := d.addResults(ctx, contents, primary); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	if contents.size() > MaxBundle-maxBundleMedia || len(contents.Entries) >= MaxBundleEntries {
		return nil, errBundleLarge
	}
	if contents.Media, err = d.bundleMedia(ctx, entry, media); err != nil {
		return nil, err
	}
	if err := file.Record.asShown(contents.Media); err != nil {
		return nil, err
	}
	export := NewExport{id, primary, who, d.Now(), d.Program, media, file.Record.LastDecisionSeq}
	taken, err := d.Records.Record(ctx, who, id, "", export.Acts)
	if errors.Is(err, ErrDecided) {
		return nil, &Refused{"Somebody has decided, or answered a decision, while the bundle was made. Please take it again."}
	}
	if err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	if file, err = d.Records.Recipient(ctx, id, who, NotePage{}); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	contents.Entries = nil
	for _, e := range file.Record.Entries { // others may have been made meanwhile
		if e.Seq <= taken[0] {
			contents.Entries, contents.Made = append(contents.Entries, e), e.At
		}
	}
	if err := d.addResults(ctx, contents, primary); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	if err := d.addProofs(ctx, contents); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	return contents, nil
}

// NotErased returns ErrErased when nothing about a recipient is left to be taken along.
func (d *Desk) NotErased(ctx context.Context, who account.Person, id idv.RecipientID) error {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
	if err == nil && file.Record.Erasure != nil {
		err = ErrErased
	}
	if err != nil {
		return fmt.Errorf("bundle of %s: %w", id, err)
	}
	return nil
}

// errBundleLarge is what is said of a record that is too large for one bundle.
var errBundleLarge = &Refused{"There is more on record about this recipient than one bundle can hold. Nothing was taken; all of it is still on record."}

// perEntry is more than what an entry and its proof take beside the text, in bytes.
const perEntry = 3 << 10

// size is at least how many bytes the results and entries take in the files of a bundle.
func (d *BundleContents) size() int {
	n := 0
	for i := range d.Results {
		n += len(d.Results[i].Canonical)
	}
	for i := range d.Entries {
		n += perEntry + lengthInJSON(d.Entries[i].Content)
	}
	return n
}

// lengthInJSON is how long a text is in JSON, where some signs are written by their codes.
func lengthInJSON(text []byte) int {
	n := len(text)
	for _, c := range text {
		switch {
		case c < ' ', c == '<', c == '>', c == '&', c == 0xe2: // of the line separator U+2028, too
			n += len(`\u0000`) - 1
		case c == '"', c == '\\':
			n++
		}
	}
	return n
}

// uniqueMedia returns the media without those that are named again.
func uniqueMedia(media []idv.MediaID) []idv.MediaID {
	var list []idv.MediaID
	there := map[idv.MediaID]bool{}
	for _, id := range media {
		if !there[id] {
			there[id] = true
			list = append(list, id)
		}
	}
	return list
}

// asShown returns a *Refused when the author of a decision was shown something else
// than what a medium is today: nobody could tell that from a forged one.
func (r *Record) asShown(media []BundleMedium) error {
	for _, m := range media {
		sum := sha256.Sum256(m.Bytes)
		id, digest := m.ID.String(), hex.EncodeToString(sum[:])
		named, same := false, false
		for i := range r.Decisions {
			if s := r.Decisions[i].Statement; s != nil {
				named = named || s.Coverage.Sent(id)
				same = same || s.Coverage.Medium(id, digest) != nil
			}
		}
		if named && !same {
			return &Refused{"The medium " + id + " is no longer what was sent before the decision: Yoti gives something else today. Please download the bundle without it."}
		}
	}
	return nil
}

// bundleMedia fetches the chosen media for the bundle that an access entry is about.
func (d *Desk) bundleMedia(ctx context.Context, bundle Access, media []idv.MediaID) ([]BundleMedium, error) {
	var list []BundleMedium
	total := 0
	for _, name := range media {
		request := MediumRequest{Recipient: bundle.Recipient, Digest: bundle.Digest, Medium: name, As: AccessBundled, View: bundle.View}
		body, err := d.Medium(ctx, bundle.Who, request)
		if errors.Is(err, idv.ErrNotNamed) { // by the result that was decided on; perhaps by the newest
			request.Digest = idv.Digest{}
			body, err = d.Medium(ctx, bundle.Who, request)
		}
		if err != nil {
			return nil, err
		}
		whole, err := io.ReadAll(io.LimitReader(body, maxBundleMedium+1))
		if err := errors.Join(err, body.Close()); err != nil {
			return nil, fmt.Errorf("read medium %s: %w", name, err)
		}
		if total += len(whole); len(whole) > maxBundleMedium || total > maxBundleMedia {
			return nil, &Refused{"The chosen pictures and files are too large for one bundle. Please choose fewer."}
		}
		list = append(list, BundleMedium{name, whole})
	}
	return list, nil
}

// addResults adds the results that the entries are about and that are not there yet, the
// primary first.
func (d *Desk) addResults(ctx context.Context, contents *BundleContents, primary idv.Digest) error {
	wanted := []idv.Digest{primary}
	for i := range contents.Entries {
		wanted = append(wanted, contents.Entries[i].Snapshot)
	}
	seen := map[idv.Digest]bool{{}: true}
	for i := range contents.Results {
		seen[contents.Results[i].Digest] = true
	}
	for _, digest := range wanted {
		if seen[digest] {
			continue
		}
		seen[digest] = true
		snapshot, err := d.Records.Snapshot(ctx, contents.Recipient, digest)
		if err != nil {
			return err
		}
		contents.Results = append(contents.Results, snapshot)
	}
	return nil
}

func (d *Desk) addProofs(ctx context.Context, contents *BundleContents) error {
	var seqs []int64
	for i := range contents.Entries {
		seqs = append(seqs, contents.Entries[i].Seq)
	}
	var err error
	if contents.Proofs, err = d.Records.Prove(ctx, seqs); err != nil {
		return err
	}
	health, err := d.Records.Health(ctx)
	if err != nil {
		return err
	}
	contents.Changes = health.Changes
	contents.Public, err = health.signerOf(contents.Proofs[0].Checkpoint)
	return err
}
