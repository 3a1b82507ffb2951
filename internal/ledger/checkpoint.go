package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Root is the hash of a whole tree.
type Root = tlog.Hash

// Checkpoint says which ledger had how many entries, with which root.
type Checkpoint struct {
	Origin   string // name of the ledger: that of its key
	Size     int64
	Root     Root
	Previous int64 // size of the checkpoint before; zero for the first
}

// ErrCheckpoint is returned when the text is not a checkpoint, or nobody who is known signed it.
var ErrCheckpoint = errors.New("this is not a checkpoint that was signed with the known key")

// GenerateKey makes the key pair of a new ledger, each as one line of text. The origin
// is the ledger's name, without blanks and plus signs.
func GenerateKey(random io.Reader, origin string) (signing, public string, err error) {
	signing, public, err = note.GenerateKey(random, origin)
	if err != nil {
		return "", "", fmt.Errorf("make a signing key: %w", err)
	}
	return signing, public, nil
}

// Sign returns the checkpoint as a signed note. Source: C2SP, tlog-checkpoint.
func (c Checkpoint) Sign(signer note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

// previousHead begins the line that names the checkpoint before, so that one which is
// missing shows. Source: C2SP, tlog-checkpoint (extension lines).
const previousHead = "previous "

func (c Checkpoint) text() string {
	text := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
	if c.Previous > 0 {
		text += previousHead + strconv.FormatInt(c.Previous, 10) + "\n"
	}
	return text
}

// OpenCheckpoint reads a signed checkpoint. It returns ErrCheckpoint unless the key of
// the verifier signed it, for the ledger of that name.
func OpenCheckpoint(signed []byte, verifier note.Verifier) (Checkpoint, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil || !isStrictlySigned(opened) {
		return Checkpoint{}, ErrCheckpoint
	}
	c, err := parseCheckpoint(opened.Text)
	if err != nil || c.Origin != verifier.Name() {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}

// isStrictlySigned reports whether the signatures are written in the one way in which they
// can be: the last letter of base64 may hold bits that count for nothing.
func isStrictlySigned(n *note.Note) bool {
	for _, s := range slices.Concat(n.Sigs, n.UnverifiedSigs) {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return false
		}
	}
	return true
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 3 && len(lines) != 4 {
		return Checkpoint{}, ErrCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, ErrCheckpoint
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: Root(root)}
	if len(lines) == 4 {
		if c.Previous, err = strconv.ParseInt(strings.TrimPrefix(lines[3], previousHead), 10, 64); err != nil {
			return Checkpoint{}, ErrCheckpoint
		}
	}
	if size < 0 || c.Previous < 0 || c.Previous >= max(size, 1) || c.text() != text {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}
