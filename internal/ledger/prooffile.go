package ledger

import (
	"bytes"
	"encoding/base64"
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
//	change <signed change of keys, in base64>      (a line for each; see KeyChange)
//
//	<canonical bytes of the entry>
//
//	<proof, as in C2SP tlog-proof, with the signed checkpoint at its end>
type ProofFile struct {
	Public  string   // key; the file's own word
	Changes [][]byte // of signing keys, signed, the oldest first
	Entry   []byte   // canonical bytes
	Proof   Proof
}

// ErrProofFile is returned when the text is not a proof file.
var ErrProofFile = errors.New("this is not a proof of a ledger entry")

// ErrKey is returned when the text is not the public key of a ledger.
var ErrKey = errors.New("this is not the public key of a ledger")

// proofFileHead begins a proof file and names its version.
const proofFileHead = "countersign proof v1\n"

// changeLine begins a line with a change of keys.
const changeLine = "\nchange "

// Text writes the file.
func (f ProofFile) Text() []byte {
	head := proofFileHead + "key " + f.Public
	for _, signed := range f.Changes {
		head += changeLine + base64.StdEncoding.EncodeToString(signed)
	}
	return slices.Concat([]byte(head+"\n\n"), f.Entry, []byte("\n"), f.Proof.Text())
}

// ParseProofFile reads what Text wrote; ErrProofFile for anything else. Whether the proof
// holds is for Check to say.
func ParseProofFile(text []byte) (ProofFile, error) {
	head, rest, separated := bytes.Cut(text, []byte("\n\n"))
	keys, ok := bytes.CutPrefix(head, []byte(proofFileHead+"key "))
	end := bytes.Index(rest, []byte("\n\n")) // no entry has an empty line
	if !separated || !ok || end < 0 {
		return ProofFile{}, ErrProofFile
	}
	proof, err := ParseProof(rest[end+2:])
	if err != nil {
		return ProofFile{}, ErrProofFile
	}
	lines := strings.Split(string(keys), changeLine)
	f := ProofFile{Public: lines[0], Entry: rest[:end+1], Proof: proof}
	for _, line := range lines[1:] {
		signed, err := base64.StdEncoding.Strict().DecodeString(line)
		if err == nil {
			_, err = OpenKeyChange(signed)
		}
		if err != nil || strings.Contains(line, "\n") {
			return ProofFile{}, ErrProofFile
		}
		f.Changes = append(f.Changes, signed)
	}
	if _, err := ParseEntry(f.Entry); err != nil || strings.Contains(f.Public, "\n") {
		return ProofFile{}, ErrProofFile
	}
	return f, nil
}

// Check returns the entry and the checkpoint that it is proved to be in, by a key that
// the caller trusts: the file's own says only that the file fits itself. Another key than
// that of the checkpoint is as good where changes of keys connect them, those in the file and
// those that are brought. It returns ErrKey, ErrCheckpoint, ErrProof, ErrKeyFork or
// ErrKeyReplaced when nothing is proved.
func (f ProofFile) Check(public string, brought ...KeyChange) (Entry, Checkpoint, error) {
	public = strings.TrimSpace(public)
	if _, err := note.NewVerifier(public); err != nil {
		return Entry{}, Checkpoint{}, ErrKey
	}
	changes := KeyChanges(brought)
	for _, signed := range f.Changes {
		c, err := OpenKeyChange(signed)
		if err != nil {
			return Entry{}, Checkpoint{}, err
		}
		changes = append(changes, c)
	}
	signed := public
	if slices.Contains(changes.Connected(public), f.Public) {
		signed = f.Public
	}
	verifier, err := note.NewVerifier(signed)
	if err != nil {
		return Entry{}, Checkpoint{}, ErrKey
	}
	e, c, err := f.Proof.Check(f.Entry, verifier)
	if err == nil {
		_, err = changes.Check(public, signed, c.Size)
	}
	if err != nil {
		return Entry{}, Checkpoint{}, fmt.Errorf("check entry %d: %w", f.Proof.Seq, err)
	}
	return e, c, nil
}
