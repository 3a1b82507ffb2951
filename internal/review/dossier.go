package review

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// Dossier is everything that an evidence bundle about a recipient holds.
type Dossier struct {
	Recipient idv.RecipientID
	Program   string // that made it
	By        string
	Role      string
	Made      time.Time
	Results   []Snapshot     // that the entries are about, with bodies; the foremost first
	Entries   []Recorded     // everything about the recipient, oldest first; the last is the export
	Proofs    []ledger.Proof // one for each entry, all for one checkpoint
	Public    string         // key of the checkpoint
	Media     []DossierMedium
}

// DossierMedium is a medium that was chosen to go along.
type DossierMedium struct {
	ID    idv.MediaID
	Bytes []byte
}

// The limits of the media that go along, in bytes.
const (
	maxDossierMedium = 20 << 20
	maxDossierMedia  = 60 << 20
)

// Dossier collects what an evidence bundle holds, after putting on record that it is
// taken. It returns ErrErased when there is nothing left to take, ErrNoSnapshot when there
// never was anything, and a *Refused when the media are too many.
func (d *Desk) Dossier(ctx context.Context, who account.Person, id idv.RecipientID, media []idv.MediaID) (*Dossier, error) {
	file, err := d.Records.Recipient(ctx, id, who)
	switch {
	case err != nil:
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	case file.Record.Erasure != nil:
		return nil, fmt.Errorf("bundle of %s: %w", id, ErrErased)
	case file.Newest == nil:
		return nil, fmt.Errorf("bundle of %s: %w", id, ErrNoSnapshot)
	}
	foremost := file.Newest.Digest
	if latest := file.Record.Latest(); latest != nil {
		foremost = latest.Digest
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: foremost, What: SeenBundle}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	dossier := &Dossier{Recipient: id, Program: d.Program, By: who.Name, Role: string(who.Role)}
	if dossier.Media, err = d.dossierMedia(ctx, who, id, foremost, media); err != nil {
		return nil, err
	}
	if _, err := d.Records.KeepExport(ctx, d.Now(), NewExport{id, foremost, who, d.Program, media}); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	if file, err = d.Records.Recipient(ctx, id, who); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	dossier.Entries = file.Record.Entries
	dossier.Made = dossier.Entries[len(dossier.Entries)-1].At
	if err := d.addResults(ctx, dossier, foremost); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	if err := d.addProofs(ctx, dossier); err != nil {
		return nil, fmt.Errorf("bundle of %s: %w", id, err)
	}
	return dossier, nil
}

// dossierMedia fetches the chosen media.
func (d *Desk) dossierMedia(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, media []idv.MediaID) ([]DossierMedium, error) {
	var list []DossierMedium
	total := 0
	for _, name := range media {
		body, err := d.Medium(ctx, who, id, digest, name)
		if errors.Is(err, idv.ErrNotNamed) { // by the result that was decided on; perhaps by the newest
			body, err = d.Medium(ctx, who, id, idv.Digest{}, name)
		}
		if err != nil {
			return nil, err
		}
		whole, err := io.ReadAll(io.LimitReader(body, maxDossierMedium+1))
		if err := errors.Join(err, body.Close()); err != nil {
			return nil, fmt.Errorf("read medium %s: %w", name, err)
		}
		if total += len(whole); len(whole) > maxDossierMedium || total > maxDossierMedia {
			return nil, &Refused{"The chosen pictures and files are too large for one bundle. Please choose fewer."}
		}
		list = append(list, DossierMedium{name, whole})
	}
	return list, nil
}

// addResults adds the results that the entries are about, the foremost first.
func (d *Desk) addResults(ctx context.Context, dossier *Dossier, foremost idv.Digest) error {
	wanted := []idv.Digest{foremost}
	for i := range dossier.Entries {
		wanted = append(wanted, idv.Digest(dossier.Entries[i].Snapshot))
	}
	seen := map[idv.Digest]bool{{}: true}
	for _, digest := range wanted {
		if seen[digest] {
			continue
		}
		seen[digest] = true
		snapshot, err := d.Records.Snapshot(ctx, dossier.Recipient, digest)
		if err != nil {
			return err
		}
		dossier.Results = append(dossier.Results, snapshot)
	}
	return nil
}

func (d *Desk) addProofs(ctx context.Context, dossier *Dossier) error {
	var seqs []int64
	for i := range dossier.Entries {
		seqs = append(seqs, dossier.Entries[i].Seq)
	}
	var err error
	if dossier.Proofs, err = d.Records.Prove(ctx, seqs); err != nil {
		return err
	}
	health, err := d.Records.Health(ctx)
	dossier.Public = health.Public
	return err
}
