package review

import (
	"bytes"
	"io"
	"sync"
)

// readAhead reads a medium at the pace of Yoti, and hands it out at that of the
// browser: a browser that does not read keeps nobody from Yoti.
type readAhead struct {
	source  io.Reader
	end     func() error // closes the source, once
	changed *sync.Cond
	unread  bytes.Buffer
	err     error // why there is no more after what is unread; nil while there may be
	closed  bool
}

// aheadBytes is how much is read at a time.
const aheadBytes = 64 << 10

// newReadAhead begins to read from source. It calls ended when nothing more is to be
// had of it, and once only.
func newReadAhead(source io.ReadCloser, ended func()) *readAhead {
	r := &readAhead{source: source, end: sync.OnceValue(source.Close), changed: sync.NewCond(new(sync.Mutex))}
	go func() {
		defer ended()
		r.readToEnd()
		_ = r.end() // what was read is whole, or its error says why it is not
	}()
	return r
}

func (r *readAhead) readToEnd() {
	piece := make([]byte, aheadBytes)
	for r.add(r.next(piece)) {
	}
}

func (r *readAhead) next(piece []byte) ([]byte, error) {
	n, err := r.source.Read(piece)
	return piece[:n], err
}

// add keeps what was read until it is asked for, and reports whether to read on.
func (r *readAhead) add(piece []byte, err error) bool {
	r.changed.L.Lock()
	defer r.changed.L.Unlock()
	r.unread.Write(piece)
	r.err = err
	r.changed.Broadcast()
	return err == nil && !r.closed
}

// Read implements io.Reader. What comes before an error is read first.
func (r *readAhead) Read(p []byte) (int, error) {
	r.changed.L.Lock()
	defer r.changed.L.Unlock()
	for r.unread.Len() == 0 && r.err == nil && !r.closed {
		r.changed.Wait()
	}
	switch {
	case r.closed:
		return 0, io.ErrClosedPipe
	case r.unread.Len() == 0:
		return 0, r.err
	}
	return r.unread.Read(p)
}

// Close implements io.Closer. It ends a read that is under way.
func (r *readAhead) Close() error {
	r.changed.L.Lock()
	r.closed = true
	r.changed.Broadcast()
	r.changed.L.Unlock()
	return r.end()
}
