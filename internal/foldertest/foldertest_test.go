package foldertest

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestCopyTo(t *testing.T) {
	made := 0
	template := Template{Make: func(folder string) error {
		made++
		return errors.Join(writeFile(filepath.Join(folder, "a"), []byte("first")), writeFile(filepath.Join(folder, "below", "b"), []byte("second")))
	}}
	var all sync.WaitGroup
	for range 3 {
		folder := t.TempDir()
		all.Go(func() {
			template.CopyTo(t, folder)
			for name, want := range map[string]string{"a": "first", "below/b": "second"} {
				if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != want {
					t.Errorf("%s is %q, error %v", name, got, err)
				}
			}
		})
	}
	all.Wait()
	if made != 1 {
		t.Errorf("the folder was made %d times", made)
	}
}
