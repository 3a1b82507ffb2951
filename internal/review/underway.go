package review

import (
	"context"
	"sync"
)

// underWay is what is asked of Yoti for callers who may leave meanwhile.
type underWay struct {
	sync.WaitGroup
	mu    sync.Mutex
	cut   chan struct{} // closed when all is cut off; nil before it is needed
	isCut bool
}

// askingContext returns a context for asking Yoti that does not end with the caller's, and ends
// when all is cut off.
func (u *underWay) askingContext(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cut := u.cutOff()
	u.Go(func() {
		select {
		case <-cut:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, cancel
}

// cutOff returns the channel that is closed when all is cut off.
func (u *underWay) cutOff() chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cut == nil {
		u.cut = make(chan struct{})
	}
	return u.cut
}

// CutOff ends what is being asked of Yoti, for a program that stops and cannot wait. A fetch
// that is cut off leaves no trace, like one that the end of the process cut off; of a reset
// it is recorded that nobody knows what came of it.
func (d *Desk) CutOff() {
	cut := d.underWay.cutOff()
	d.underWay.mu.Lock()
	defer d.underWay.mu.Unlock()
	if !d.underWay.isCut {
		d.underWay.isCut = true
		close(cut)
	}
}

// Wait returns when nothing that was asked of Yoti is under way. Nothing may be opened
// after it is called.
func (d *Desk) Wait() { d.underWay.Wait() }
