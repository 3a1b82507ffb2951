package store_test

import (
	"sync"
	"testing"

	"countersign/store"
)

// Stores that are opened at the same time on a database that is not there yet make
// it once.
func TestMadeOnce(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			o := optionsIn(t, folder)
			o.Serve = i == 0
			s, err := store.Open(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Ready(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
