package breached

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// fileWith is a file with a text in it.
func fileWith(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// hashList lists the hashes of passwords in order, with counts of different lengths.
func hashList(end string, passwords ...string) string {
	var lines []string
	for i, password := range passwords {
		lines = append(lines, fmt.Sprintf("%X:%d%s", sha1.Sum([]byte(password)), 7*i*i*i, end))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func manyPasswords(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("otter %d", i)
	}
	return list
}

func TestHashesAreFound(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 5000} {
		for _, end := range []string{"\n", "\r\n"} {
			passwords := manyPasswords(n)
			text := hashList(end, passwords...)
			for _, text := range []string{text, strings.TrimSuffix(text, end), strings.ToLower(text)} {
				list, err := Open(fileWith(t, text))
				if err != nil {
					t.Fatalf("%d hashes: %v", n, err)
				}
				for i, password := range passwords {
					if n > 100 && i%37 != 0 {
						continue
					}
					if found, err := list.Has(password); err != nil || !found {
						t.Errorf("%d hashes: %q: %v, %v", n, password, found, err)
					}
				}
				for _, other := range []string{"", "otter", "otter -1", "Otter 0", "gravel lantern"} {
					if found, err := list.Has(other); err != nil || found {
						t.Errorf("%d hashes: %q: %v, %v", n, other, found, err)
					}
				}
			}
		}
	}
}

// A password is found by its composed form too, which is how most keyboards type it.
func TestHashOfComposedPassword(t *testing.T) {
	list, err := Open(fileWith(t, hashList("\n", "zoë gravel otter")))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := list.Has("zoe\u0308 gravel otter"); err != nil || !found {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestPasswordsAreFound(t *testing.T) {
	list, err := Open(fileWith(t, "first one\r\nGravel Otter Lantern\n\nnot \xff text\nlast one"))
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{
		"first one": true, "gravelotterlantern": true, "LAST ONE": true, "": false, "text": false, "second one": false, "\ufffd": false,
	} {
		if found, err := list.Has(password); err != nil || found != want {
			t.Errorf("%q: %v, %v", password, found, err)
		}
	}
}

func TestBadListsSayWhy(t *testing.T) {
	good := hashList("\n", manyPasswords(3000)...)
	lines := slices.Collect(strings.Lines(good))
	first := lines[0]
	slices.Reverse(lines)
	tests := []struct {
		name, text, want string
	}{
		{"empty", "", "is empty"},
		{"NTLM", strings.Repeat("0", 32) + ":12\n", "NTLM"},
		{"out of order", strings.Join(lines, ""), "order"},
		{"by count", strings.Join(append(slices.Clone(lines[2000:]), lines[:2000]...), ""), "order"},
		{"no hashes after the first", first + strings.Repeat("something else\n", 3000), "not a SHA-1 hash"},
		{"cut off", good[:len(good)-20], "last line"},
		{"no line end", first + strings.Repeat("0", 5000), "not a SHA-1 hash"},
		{"not text", "one\x00two\n", "line 1 is not text"},
		{"long line", "one\n" + strings.Repeat("x", maxPasswordLine+1), "more than 1024 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(fileWith(t, test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Open: %v, want something with %q", err, test.want)
			}
		})
	}
	for path, want := range map[string]string{t.TempDir(): "is not a file", filepath.Join(t.TempDir(), "none"): "cannot be opened"} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open: %v, want something with %q", err, want)
		}
	}
}

// A file of hashes that goes while it is used lets no password through.
func TestLostListIsAnError(t *testing.T) {
	path := fileWith(t, hashList("\n", manyPasswords(10)...))
	list, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := list.Has("otter 1"); err == nil {
		t.Error("a password was looked up in no file")
	}
}

// Whatever is in a file, it is refused or can be searched, and a list of passwords has each of
// its lines.
func FuzzList(f *testing.F) {
	f.Add([]byte(hashList("\n", "one", "two", "three")), "two")
	f.Add([]byte(hashList("\r\n", "one")+"rest"), "one")
	f.Add([]byte("one\ntwo\r\nthree"), "three")
	f.Add([]byte("\n\n:\n"), ":")
	f.Add(bytes.Repeat([]byte("0"), 200), "")
	f.Fuzz(func(t *testing.T, text []byte, password string) {
		list, err := Open(fileWith(t, string(text)))
		if err != nil {
			return
		}
		found, err := list.Has(password)
		if list.filter == nil {
			return
		}
		listed := slices.Contains(strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), password)
		if err != nil || listed && !found && password != "" && utf8.ValidString(password) {
			t.Errorf("%q is listed, and not found: %v", password, err)
		}
	})
}
