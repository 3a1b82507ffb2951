package ledger_test

import (
	"fmt"

	"countersign/internal/ledger"
)

// verifier goes through a ledger from its beginning and says where it is broken. The
// zero verifier stands at the beginning.
type verifier struct {
	frontier ledger.Frontier
	last     ledger.Entry
}

// Next takes the bytes of the next entry. It returns a *Broken when they are not those
// of an entry in its place.
func (v *verifier) Next(text []byte) (ledger.Entry, error) {
	e, err := ledger.ParseEntry(text)
	if err != nil {
		return ledger.Entry{}, &ledger.Broken{v.Size(), "its bytes are not those of an entry"}
	}
	return e, v.add(e, text)
}

func (v *verifier) add(e ledger.Entry, text []byte) error {
	seq := v.Size()
	if e.Seq != seq {
		return &ledger.Broken{seq, fmt.Sprintf("entry %d stands in its place", e.Seq)}
	}
	if why := e.OrderFault(&v.last); why != "" {
		return &ledger.Broken{seq, why}
	}
	v.frontier.Add(text)
	v.last = e
	return nil
}

// Check compares the tree so far with a checkpoint of the same size. It returns a
// *Broken when they differ: something up to there is not what it was.
func (v *verifier) Check(c ledger.Checkpoint) error {
	if c.Size != v.frontier.Size() {
		return fmt.Errorf("%d entries were read, and the checkpoint has %d", v.frontier.Size(), c.Size)
	}
	if v.frontier.Root() != c.Root {
		return &ledger.Broken{max(0, c.Size-1), "up to here the ledger is not the one that the checkpoint was made of"}
	}
	return nil
}

// Size returns how many entries were taken.
func (v *verifier) Size() int64 { return v.frontier.Size() }
