package ledger

import (
	"errors"
	"fmt"
	"math/bits"

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

// ReadFrontier returns the tree of the first entries, given the hashes that are kept of them.
func ReadFrontier(size int64, kept HashReader) (*Frontier, error) {
	var indexes []int64
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- {
		if size>>level&1 == 1 {
			indexes = append(indexes, tlog.StoredHashIndex(level, size>>level-1))
		}
	}
	roots, err := kept.ReadHashes(indexes)
	if err != nil {
		return nil, fmt.Errorf("read the tree of %d entries: %w", size, err)
	}
	return &Frontier{size, roots}, nil
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
type HashReader interface {
	ReadHashes(indexes []int64) ([]tlog.Hash, error)
}

// Leaves returns the hashes to keep for the next entry of a tree that has n, given those
// that are kept already. Their indexes follow on each other from tlog.StoredHashIndex(0, n).
func NextHashes(n int64, entry []byte, kept HashReader) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashes(n, entry, kept)
	if err != nil {
		return nil, fmt.Errorf("hash entry %d: %w", n, err)
	}
	return hashes, nil
}

// ErrBroken is returned when an entry is not what it was, not where it was, or not there.
var ErrBroken = errors.New("the ledger was changed")

// Broken is an ErrBroken that knows where.
type Broken struct {
	Seq int64  // the first entry that is wrong, or after which one is missing
	Why string // in a sentence
}

func (e *Broken) Error() string { return fmt.Sprintf("entry %d: %s", e.Seq, e.Why) }

// Is reports whether target is ErrBroken.
func (e *Broken) Is(target error) bool { return target == ErrBroken }
