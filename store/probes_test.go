package store

import (
	"context"
	"testing"
	"time"
)

// Whoever asks does not wait for a disk that does not answer.
func TestReadyDoesNotWait(t *testing.T) {
	s := openInside(t)
	s.turn <- struct{}{} // somebody writes
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	err := s.probing.tryShared(ctx, s.tryWrite)
	wantErr(t, err, context.DeadlineExceeded)
	<-s.turn
	must(t, s.write(t.Context(), touchDatabase))
}

// Whoever asks all the time does not keep the disk busy.
func TestProbesAreLimited(t *testing.T) {
	var p sharedProbe
	now, tries := noon, 0
	for range 10 * maxProbes {
		if p.mayTry(now) {
			tries++
		}
	}
	if tries != maxProbes || !p.mayTry(now.Add(time.Second)) {
		t.Errorf("%d tries within a second, want %d", tries, maxProbes)
	}
}
