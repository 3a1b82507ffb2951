package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Frontier is a tree that grows: the roots of its complete subtrees, from the largest
// on, which is all that is needed to know its root and to add to it. The zero Frontier
// is the empty tree.
type Frontier struct {
	size  int64
	roots []tlog.Hash
}

// Add adds the canonical bytes of the next entry. It returns the hashes that end with
// it, from its leaf up: those that Leaves returns.
func (f *Frontier) Add(entry []byte) []tlog.Hash {
	hash := tlog.RecordHash(entry)
	added := []tlog.Hash{hash}
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.roots) - 1
		hash = tlog.NodeHash(f.roots[last], hash)
		f.roots = f.roots[:last]
		added = append(added, hash)
	}
	f.roots = append(f.roots, hash)
	f.size++
	return added
}

// Size returns how many entries there are.
func (f *Frontier) Size() int64 { return f.size }

// Root returns the root of the tree; that of the empty tree is the hash of nothing.
func (f *Frontier) Root() Root {
	if f.size == 0 {
		return emptyRoot()
	}
	hash := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		hash = tlog.NodeHash(f.roots[i], hash)
	}
	return hash
}

// emptyRoot is the root of the tree without entries. Source: RFC 6962, section 2.1.
func emptyRoot() Root {
	root, err := tlog.TreeHash(0, nil)
	if err != nil {
		panic(err) // it reads nothing
	}
	return root
}

// Hashes is where the hashes of a tree are kept, each under the index that
// tlog.StoredHashIndex gives it.
type Hashes interface {
	ReadHashes(indexes []int64) ([]tlog.Hash, error)
}

// Leaves returns the hashes to keep for the next entry of a tree that has n, given
// those that are kept already. Their indexes follow on each other from FirstIndex(n).
func Leaves(n int64, entry []byte, kept Hashes) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashes(n, entry, kept)
	if err != nil {
		return nil, fmt.Errorf("hash entry %d: %w", n, err)
	}
	return hashes, nil
}

// FirstIndex is the index of the first hash of entry n.
func FirstIndex(n int64) int64 { return tlog.StoredHashIndex(0, n) }

// ErrBroken: an entry is not what it was, not where it was, or not there.
var ErrBroken = errors.New("the ledger was changed")

// Broken is an ErrBroken that knows where.
type Broken struct {
	Seq int64  // the first entry that is wrong, or after which one is missing
	Why string // in a sentence
}

func (e *Broken) Error() string { return fmt.Sprintf("entry %d: %s", e.Seq, e.Why) }

// Is reports whether target is ErrBroken.
func (e *Broken) Is(target error) bool { return target == ErrBroken }

// Verifier goes through a ledger from its beginning and says where it is broken. The
// zero Verifier stands at the beginning.
type Verifier struct {
	frontier Frontier
	last     Entry
}

// Next takes the bytes of the next entry. It returns a *Broken when they are not those
// of an entry in its place.
func (v *Verifier) Next(text []byte) (Entry, error) {
	e, err := ParseEntry(text)
	if err != nil {
		return Entry{}, &Broken{v.Size(), "its bytes are not those of an entry"}
	}
	return e, v.add(e, text)
}

// Add is Next for an entry that was read already, and returns its bytes.
func (v *Verifier) Add(e Entry) ([]byte, error) {
	text := e.Bytes()
	return text, v.add(e, text)
}

func (v *Verifier) add(e Entry, text []byte) error {
	seq := v.Size()
	if e.Seq != seq {
		return &Broken{seq, fmt.Sprintf("entry %d stands in its place", e.Seq)}
	}
	if why := e.Follows(&v.last); why != "" {
		return &Broken{seq, why}
	}
	v.frontier.Add(text)
	v.last = e
	return nil
}

// Check compares the tree so far with a checkpoint of the same size. It returns a
// *Broken when they differ: something up to there is not what it was.
func (v *Verifier) Check(c Checkpoint) error {
	if c.Size != v.frontier.Size() {
		return fmt.Errorf("%d entries were read, and the checkpoint has %d", v.frontier.Size(), c.Size)
	}
	if v.frontier.Root() != c.Root {
		return &Broken{max(0, c.Size-1), "up to here the ledger is not the one that the checkpoint was made of"}
	}
	return nil
}

// Size returns how many entries were taken.
func (v *Verifier) Size() int64 { return v.frontier.Size() }

// Root returns the root of the tree of those entries.
func (v *Verifier) Root() Root { return v.frontier.Root() }
