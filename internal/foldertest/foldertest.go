// Package foldertest gives each test its own copy of a folder that is made once for all of
// them. It is for what takes longer to make than to copy, such as a database with its schema,
// and only tests import it.
package foldertest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Template is a folder that tests get copies of. It may be used by many at the same time.
type Template struct {
	Make func(folder string) error // fills an empty folder; called with the first copy
	once sync.Once
	made map[string][]byte // contents of the files by their paths in the folder
	err  error
}

// CopyTo puts what Make made into a folder. Folders and files are for their owner alone, and a
// file of the same name is overwritten.
func (f *Template) CopyTo(t testing.TB, folder string) {
	t.Helper()
	f.once.Do(func() { f.made, f.err = f.read() })
	if f.err != nil {
		t.Fatalf("make the folder that is copied: %v", f.err)
	}
	for name, content := range f.made {
		if err := writeFile(filepath.Join(folder, name), content); err != nil {
			t.Fatal(err)
		}
	}
}

// read makes the folder and keeps its files in memory, so that none is left behind.
func (f *Template) read() (map[string][]byte, error) {
	folder, err := os.MkdirTemp("", "foldertest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) // a temporary folder that stays does no harm
	if err := f.Make(folder); err != nil {
		return nil, err
	}
	return filesIn(folder)
}

func filesIn(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	return files, err
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}
