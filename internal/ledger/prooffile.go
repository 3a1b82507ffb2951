package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ProofFile is one entry with all that shows it to be in the ledger, as a text that can
// be handed to anybody:
//
//	countersign proof v1
//	key <public key of the checkpoint, as one line>
//
//	<canonical bytes of the entry>
//
//	<proof, as in C2SP tlog-proof, with the signed checkpoint at its end>
type ProofFile struct {
	Public string // key; the file's own word
	Entry  []byte // canonical bytes
	Proof  Proof
}

// ErrProofFile is returned when the text is not a proof file.
var ErrProofFile = errors.New("this is not a proof of a ledger entry")

// ErrKey is returned when the text is not the public key of a ledger.
var ErrKey = errors.New("this is not the public key of a ledger")

// proofFileHead begins a proof file and names its version.
const proofFileHead = "countersign proof v1\n"

// Text writes the file.
func (f ProofFile) Text() []byte {
	return slices.Concat([]byte(proofFileHead+"key "+f.Public+"\n\n"), f.Entry, []byte("\n"), f.Proof.Text())
}

// ParseProofFile reads what Text wrote; ErrProofFile for anything else. Whether the proof
// holds is for Check to say.
func ParseProofFile(text []byte) (ProofFile, error) {
	head, rest, separated := bytes.Cut(text, []byte("\n\n"))
	public, ok := bytes.CutPrefix(head, []byte(proofFileHead+"key "))
	end := bytes.Index(rest, []byte("\n\n")) // no entry has an empty line
	if !separated || !ok || end < 0 {
		return ProofFile{}, ErrProofFile
	}
	proof, err := ParseProof(rest[end+2:])
	if err != nil {
		return ProofFile{}, ErrProofFile
	}
	f := ProofFile{Public: string(public), Entry: rest[:end+1], Proof: proof}
	if _, err := ParseEntry(f.Entry); err != nil || strings.Contains(f.Public, "\n") {
		return ProofFile{}, ErrProofFile
	}
	return f, nil
}

// Check returns the entry and the checkpoint that it is proved to be in, by a key that
// the caller trusts: the file's own says only that the file fits itself. It returns
// ErrKey, ErrCheckpoint or ErrProof when nothing is proved.
func (f ProofFile) Check(public string) (Entry, Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Entry{}, Checkpoint{}, ErrKey
	}
	e, c, err := f.Proof.Check(f.Entry, verifier)
	if err != nil {
		return Entry{}, Checkpoint{}, fmt.Errorf("check entry %d: %w", f.Proof.Seq, err)
	}
	return e, c, nil
}
