package store

import (
	"bytes"
	"path/filepath"
	"testing"
)

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(NewDataKey() + NewDataKey()))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := parseKeys(text, "it")
		if err != nil {
			return
		}
		again, err := parseKeys([]byte(linesOf(keys)), "it")
		if err != nil || len(again) != len(keys) || !bytes.Equal(again[0].fingerprint, keys[0].fingerprint) {
			t.Errorf("%d keys are written as %d (%v)", len(keys), len(again), err)
		}
	})
}

func TestKeyIsNeverReplaced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "k")
	first, err := makeKey(name)
	must(t, err)
	if _, err := makeKey(name); err == nil {
		t.Error("a second key took the place of the first")
	}
	again, err := readKeys(name)
	must(t, err)
	if len(again) != 1 || !bytes.Equal(first.fingerprint, again[0].fingerprint) {
		t.Error("another key was read than was made")
	}
}
