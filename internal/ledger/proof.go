package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows, without the ledger, that an entry is in the tree of a checkpoint.
type Proof struct {
	Seq        int64
	Hashes     []tlog.Hash
	Checkpoint []byte // signed
}

// ErrProof is returned when the proof does not show that the entry is in the ledger.
var ErrProof = errors.New("the proof does not fit the entry")

// Prove returns the proof that the entry seq is in the tree of the signed checkpoint,
// of the given size.
func Prove(seq, size int64, kept HashReader, signed []byte) (Proof, error) {
	if seq < 0 || seq >= size {
		return Proof{}, fmt.Errorf("there is no entry %d among the first %d", seq, size)
	}
	hashes, err := tlog.ProveRecord(size, seq, kept)
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry %d: %w", seq, err)
	}
	return Proof{seq, hashes, signed}, nil
}

// Check returns the entry with those bytes, and the checkpoint whose tree it is in. It
// returns ErrCheckpoint or ErrProof when that is not shown.
func (p Proof) Check(text []byte, verifier note.Verifier) (Entry, Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, verifier)
	if err != nil {
		return Entry{}, Checkpoint{}, err
	}
	e, err := ParseEntry(text)
	if err != nil || e.Seq != p.Seq || p.Seq < 0 || p.Seq >= c.Size {
		return Entry{}, Checkpoint{}, ErrProof
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Seq, tlog.RecordHash(text)); err != nil {
		return Entry{}, Checkpoint{}, ErrProof
	}
	return e, c, nil
}

// proofHead begins the text of a proof. Source: C2SP, tlog-proof.
const proofHead = "c2sp.org/tlog-proof@v1\n"

// Text writes the proof. Source: C2SP, tlog-proof.
func (p Proof) Text() []byte {
	var b bytes.Buffer
	b.WriteString(proofHead)
	fmt.Fprintf(&b, "index %d\n", p.Seq)
	for _, hash := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(hash[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// maxProofHashes is more than a tree of any size needs.
const maxProofHashes = 64

// ParseProof reads what Text wrote; ErrProof for anything else.
func ParseProof(text []byte) (Proof, error) {
	rest, ok := bytes.CutPrefix(text, []byte(proofHead))
	head, checkpoint, separated := bytes.Cut(rest, []byte("\n\n"))
	if !ok || !separated {
		return Proof{}, ErrProof
	}
	lines := strings.Split(string(head), "\n")
	index, ok := strings.CutPrefix(lines[0], "index ")
	seq, err := strconv.ParseInt(index, 10, 64)
	if !ok || err != nil || len(lines) > 1+maxProofHashes {
		return Proof{}, ErrProof
	}
	p := Proof{Seq: seq, Checkpoint: checkpoint}
	for _, line := range lines[1:] {
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return Proof{}, ErrProof
		}
		p.Hashes = append(p.Hashes, tlog.Hash(raw))
	}
	if !bytes.Equal(p.Text(), text) {
		return Proof{}, ErrProof
	}
	return p, nil
}
