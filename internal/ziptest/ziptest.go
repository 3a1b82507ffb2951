// Package ziptest unpacks archives in tests, and only tests import it.
package ziptest

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// Unpack returns the contents of the files in an archive by their names.
func Unpack(t testing.TB, archive []byte) map[string][]byte {
	t.Helper()
	read, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range read.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
