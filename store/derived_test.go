package store_test

import (
	"bytes"
	"testing"
)

// A derived key is the same at every start, and for no other purpose or data key.
func TestDerivedKey(t *testing.T) {
	t.Parallel()
	folder, other := t.TempDir(), t.TempDir()
	derived := func(folder, purpose string) []byte {
		s := mustOpen(t, optionsIn(t, folder))
		key, err := s.DerivedKey(purpose)
		must(t, err)
		must(t, s.Close())
		return key
	}
	key := derived(folder, "one")
	if again := derived(folder, "one"); !bytes.Equal(key, again) || len(key) != 32 {
		t.Errorf("the key is %x at first and %x then", key, again)
	}
	if bytes.Equal(key, derived(folder, "two")) || bytes.Equal(key, derived(other, "one")) {
		t.Error("two keys are the same")
	}
}
