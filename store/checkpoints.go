package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/ledger"
	"countersign/internal/review"
)

// signer signs the checkpoints of a ledger.
type signer struct {
	note.Signer
	public string // as one line of text
}

// readSigner reads a signing-key file: the secret key and the public one, a line each.
func readSigner(path string) (*signer, error) {
	text, err := readSecret(path, "signing-key", ErrBadSigningKey)
	if err != nil {
		return nil, err
	}
	secret, public, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	found, err := note.NewSigner(secret)
	if err != nil {
		return nil, fmt.Errorf("the file %s %w", path, ErrBadSigningKey)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil || verifier.Name() != found.Name() || verifier.KeyHash() != found.KeyHash() {
		return nil, fmt.Errorf("the file %s %w", path, ErrBadSigningKey)
	}
	return &signer{found, public}, nil
}

// makeSigner makes a signing-key file with a new key, of a ledger with a new name.
func makeSigner(path string) (*signer, error) {
	var name [6]byte
	rand.Read(name[:])
	text, err := newSignerText("countersign/" + hex.EncodeToString(name[:]))
	if err != nil {
		return nil, err
	}
	if err := writeOnce(path, text); err != nil {
		return nil, describeError("the signing-key file "+path, err)
	}
	return readSigner(path)
}

// newSignerText makes a key for a ledger of that name, as it stands in a file.
func newSignerText(name string) (string, error) {
	secret, public, err := ledger.GenerateKey(rand.Reader, name)
	return secret + "\n" + public + "\n", err
}

// nextSignerFile is where a key is that is to take the place of that in the signing-key file.
func nextSignerFile(path string) string { return path + ".new" }

// findSigner reads the signing key with a public half: from its file, or from the one that is
// to take its place. Another key in the file is returned where neither has that one.
func findSigner(path, public string) (*signer, error) {
	found, err := readSigner(path)
	if err == nil && found.public == public {
		return found, nil
	}
	if next, nextErr := readSigner(nextSignerFile(path)); nextErr == nil && next.public == public {
		return next, nil
	}
	return found, err
}

// takeSigner reads the signing key, or makes it for a ledger that has none. Another key
// than the ledger's is taken only when that is asked for, and stands in the ledger then.
func (s *Store) takeSigner(ctx context.Context, path string, another bool) error {
	publics, err := s.publicKeys(ctx)
	if err != nil {
		return err
	}
	found, err := findSigner(path, newestOf(publics))
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing && len(publics) > 0 && !another:
		return fmt.Errorf("the signing-key file %s %w", path, ErrNoSigningKey)
	case missing:
		found, err = makeSigner(path)
		if errors.Is(err, fs.ErrExist) { // another server made it in the same moment
			found, err = readSigner(path)
		}
	}
	if err != nil {
		return err
	}
	known := len(publics) > 0 && newestOf(publics) == found.public
	if len(publics) > 0 && !known && !another {
		return fmt.Errorf("the file %s %w", path, ErrOtherSigningKey)
	}
	s.signer, s.signerFile = found, path
	if known {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.enterOwnSigner(ctx, tx, path, newestOf(publics)) })
}

// enterOwnSigner enters the key of this server after the one that the ledger named when the key was
// found. Another server that was started in the same moment may have entered its own meanwhile.
func (s *Store) enterOwnSigner(ctx context.Context, tx *sql.Tx, path, after string) error {
	named, err := signingKeys(ctx, tx)
	if err != nil {
		return err
	}
	switch newestOf(publicsOf(named)) {
	case s.signer.public:
		return nil
	case after:
		_, err := s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActSigningKey, Facts: review.Facts{PublicKey: s.signer.public}}})
		return err
	}
	return fmt.Errorf("the file %s %w", path, ErrOtherSigningKey)
}

// followSigner takes the key that the ledger names last, in the transaction that signs: no
// checkpoint is signed with one that was replaced.
func (s *Store) followSigner(ctx context.Context, tx *sql.Tx) error {
	named, err := signingKeys(ctx, tx)
	if err != nil {
		return err
	}
	newest := newestOf(publicsOf(named))
	if s.signer.public == newest {
		return nil
	}
	found, err := findSigner(s.signerFile, newest)
	if err != nil || found.public != newest {
		return errors.Join(err, fmt.Errorf("the file %s %w", s.signerFile, ErrSigningKeyChanged))
	}
	s.signer = found
	return nil
}

// signingKey is a key that an entry of the ledger names.
type signingKey struct {
	seq    int64
	public string
	change string // by which the key before vouches for it, signed; empty where it does not
}

// signingKeys returns the keys that the ledger says its checkpoints are signed with, the
// oldest first.
func signingKeys(ctx context.Context, tx *sql.Tx) ([]signingKey, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT seq, facts
		FROM ledger
		WHERE act = $1
		ORDER BY seq`, string(review.ActSigningKey))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []signingKey
	for rows.Next() {
		var e ledger.Entry
		if err := rows.Scan(&e.Seq, &e.Facts); err != nil {
			return nil, err
		}
		facts, err := review.ParseFacts(e)
		if err != nil {
			return nil, err
		}
		list = append(list, signingKey{e.Seq, facts.PublicKey, facts.KeyChange})
	}
	return list, rows.Err()
}

// opened returns how a key took the place of another; nothing where no key vouches for it, or
// none of this ledger at that entry.
func (k *signingKey) opened() (ledger.KeyChange, bool) {
	c, err := ledger.OpenKeyChange([]byte(k.change))
	return c, err == nil && c.New == k.public && c.Seq == k.seq
}

// keyChangesOf returns how keys took the place of each other.
func keyChangesOf(list []signingKey) ledger.KeyChanges {
	var changes ledger.KeyChanges
	for i := range list {
		if c, ok := list[i].opened(); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// signedChangesOf returns the same, as they were signed.
func signedChangesOf(list []signingKey) [][]byte {
	var changes [][]byte
	for i := range list {
		if _, ok := list[i].opened(); ok {
			changes = append(changes, []byte(list[i].change))
		}
	}
	return changes
}

func publicsOf(list []signingKey) []string {
	var publics []string
	for i := range list {
		publics = append(publics, list[i].public)
	}
	return publics
}

// newestOf returns the last of public keys; empty when there is none.
func newestOf(publics []string) string {
	if len(publics) == 0 {
		return ""
	}
	return publics[len(publics)-1]
}

// publicKeys returns the keys that the ledger says its checkpoints are signed with, the
// oldest first.
func (s *Store) publicKeys(ctx context.Context) ([]string, error) {
	var list []string
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = publicKeys(ctx, tx)
		return err
	})
	return list, err
}

func publicKeys(ctx context.Context, tx *sql.Tx) ([]string, error) {
	list, err := signingKeys(ctx, tx)
	return publicsOf(list), err
}

// KeyChanges returns how signing keys took the place of each other, as they were signed, the
// oldest first.
func (s *Store) KeyChanges(ctx context.Context) ([][]byte, error) {
	var changes [][]byte
	err := s.read(ctx, func(tx *sql.Tx) error {
		list, err := signingKeys(ctx, tx)
		changes = signedChangesOf(list)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: read the changes of signing keys: %w", err)
	}
	return changes, nil
}

// signedCheckpoint is a checkpoint as it is kept.
type signedCheckpoint struct {
	Size int64     `json:"size"`
	At   time.Time `json:"at"`
	Text string    `json:"checkpoint"` // signed note
}

// newestCheckpoint returns the newest checkpoint; the zero value when there is none.
func newestCheckpoint(ctx context.Context, tx *sql.Tx) (signedCheckpoint, error) {
	var c signedCheckpoint
	var at int64
	err := tx.QueryRowContext(ctx, `
		SELECT size, at, text
		FROM checkpoints
		ORDER BY size DESC
		LIMIT 1`).Scan(&c.Size, &at, &c.Text)
	if errors.Is(err, sql.ErrNoRows) {
		return signedCheckpoint{}, nil
	}
	c.At = timeOf(at)
	return c, err
}

// ledgerSize returns how many entries there are.
func ledgerSize(ctx context.Context, tx *sql.Tx) (int64, error) {
	var size int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(max(seq) + 1, 0)
		FROM ledger`).Scan(&size)
	return size, err
}

// ensureCheckpoint returns the checkpoint of the whole ledger, after signing it unless there is
// one. Without a key there is nothing to be signed, and the newest is returned. It has
// the time of its last entry, which its signature covers; no other could be proved.
func (s *Store) ensureCheckpoint(ctx context.Context, tx *sql.Tx) (signedCheckpoint, error) {
	last, err := newestCheckpoint(ctx, tx)
	if err != nil || s.signer == nil {
		return last, err
	}
	if err := s.fetchUnlogged(ctx, tx, last.Size); err != nil {
		return last, err
	}
	size, err := ledgerSize(ctx, tx)
	if err != nil || size == last.Size {
		return last, err
	}
	if err := s.followSigner(ctx, tx); err != nil {
		return last, err
	}
	var at int64
	err = tx.QueryRowContext(ctx, `
		SELECT at
		FROM ledger
		WHERE seq = $1`, size-1).Scan(&at)
	if err != nil {
		return last, err
	}
	root, err := tlog.TreeHash(size, storedHashes{ctx, tx})
	if err != nil {
		return last, err
	}
	text, err := ledger.Checkpoint{Origin: s.signer.Name(), Size: size, Root: root, Previous: last.Size}.Sign(s.signer)
	if err != nil {
		return last, err
	}
	c := signedCheckpoint{size, timeOf(at), string(text)}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO checkpoints (size, at, text)
		VALUES ($1, $2, $3)`, c.Size, millis(c.At), c.Text)
	if err != nil {
		return last, err
	}
	if s.isLogged() {
		if err := keepLogFact(ctx, tx); err != nil {
			return last, err
		}
	}
	s.leaving = append(s.leaving, c)
	return c, nil
}

// fetchUnlogged has the checkpoints logged that others signed since. Servers that share a database
// sign in turn, and the log of each gets all: one that had only its own would not show that
// the database is older than what another signed.
func (s *Store) fetchUnlogged(ctx context.Context, tx *sql.Tx, newest int64) error {
	seen := s.logSeen
	if n := len(s.leaving); n > 0 {
		seen = s.leaving[n-1].Size
	}
	if s.checkpointLog == "" || newest <= seen {
		return nil
	}
	others, err := checkpointsAfter(ctx, tx, seen)
	s.leaving = append(s.leaving, others...)
	return err
}

// Checkpoint returns the checkpoint of the whole ledger; see review.LedgerReader.
func (s *Store) Checkpoint(ctx context.Context) ([]byte, error) {
	c, err := s.writeCheckpoint(ctx)
	return []byte(c.Text), err
}

func (s *Store) writeCheckpoint(ctx context.Context) (signedCheckpoint, error) {
	var c signedCheckpoint
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if s.whyStopped() != nil {
			c, err = newestCheckpoint(ctx, tx)
			return err
		}
		c, err = s.ensureCheckpoint(ctx, tx)
		return err
	})
	if err == nil && c.Text == "" {
		err = review.ErrNotRecording
	}
	if err != nil {
		return signedCheckpoint{}, fmt.Errorf("store: make a checkpoint: %w", err)
	}
	return c, nil
}

// Prove returns the proofs that entries are in the tree of the newest checkpoint; see
// review.LedgerReader.
func (s *Store) Prove(ctx context.Context, seqs []int64) ([]ledger.Proof, error) {
	c, err := s.writeCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	if len(seqs) > 0 && slices.Max(seqs) >= c.Size { // nothing is signed at the moment
		return nil, fmt.Errorf("store: prove entries: %w", review.ErrNotRecording)
	}
	var list []ledger.Proof
	err = s.read(ctx, func(tx *sql.Tx) error {
		for _, seq := range seqs {
			proof, err := ledger.Prove(seq, c.Size, storedHashes{ctx, tx}, []byte(c.Text))
			if err != nil {
				return err
			}
			list = append(list, proof)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: prove entries: %w", err)
	}
	return list, nil
}

// SignedProof returns the proof that an entry is in the tree of the newest checkpoint
// there is, and signs none; see review.LedgerReader.
func (s *Store) SignedProof(ctx context.Context, seq int64) (*ledger.Proof, error) {
	var proof *ledger.Proof
	err := s.read(ctx, func(tx *sql.Tx) error {
		c, err := newestCheckpoint(ctx, tx)
		if err != nil || seq >= c.Size {
			return err
		}
		found, err := ledger.Prove(seq, c.Size, storedHashes{ctx, tx}, []byte(c.Text))
		proof = &found
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: prove entry %d: %w", seq, err)
	}
	return proof, nil
}

// Health says how the ledger is; see review.LedgerReader.
func (s *Store) Health(ctx context.Context) (review.Health, error) {
	var h review.Health
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if h.Size, err = ledgerSize(ctx, tx); err != nil {
			return err
		}
		c, err := newestCheckpoint(ctx, tx)
		if err != nil {
			return err
		}
		h.Signed, h.SignedAt = c.Size, c.At
		named, err := signingKeys(ctx, tx)
		h.Public, h.Changes = newestOf(publicsOf(named)), signedChangesOf(named)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("store: look at the ledger: %w", err)
	}
	if why := s.whyStopped(); why != nil {
		h.Broken = why.broken
	}
	h.Stopped, h.LogFailure = s.WhyNotRecording(), s.logFailure()
	h.MissingLog, h.Weakness = s.missingLog(), s.weakness
	return h, nil
}
