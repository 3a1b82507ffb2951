package breached

import (
	"bufio"
	"bytes"
	"crypto/sha1" // by which Have I Been Pwned lists passwords; it keeps none secret here
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// List is a file of an operator's own. It holds either the SHA-1 hashes of passwords, in order,
// one a line as Have I Been Pwned offers them ("HASH:COUNT"), and is then searched where it lies;
// or passwords, one a line, which are read once into a filter.
type List struct {
	path   string
	filter *Filter // of a list of passwords; nil for hashes
}

const (
	hashDigits = 2 * sha1.Size
	ntlmDigits = 32
	// maxHashLine is how long a line with a hash may be, with a count and its end.
	maxHashLine = 64
	// maxPasswordLine is how long a line with a password may be, in bytes. Nobody's is longer.
	maxPasswordLine = 1024
	// maxPasswordFile is how large a list of passwords may be that is read into memory.
	maxPasswordFile = 1 << 30
	// samples is in how many places a file of hashes is looked at before it is taken for one.
	samples = 1000
)

// Open reads a file, or of one with hashes as much as tells whether it is in order. Its errors say
// in a sentence what is wrong with the file.
func Open(path string) (*List, error) {
	file, size, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, min(size, maxPasswordLine))
	if _, err := io.ReadFull(file, head); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	first = bytes.TrimSuffix(first, []byte("\r"))
	if hash, _, counted := bytes.Cut(first, []byte(":")); counted && len(hash) == ntlmDigits && isHex(hash) {
		return nil, fmt.Errorf("%s holds NTLM hashes: give the file with SHA-1 hashes", path)
	}
	if _, err := parseHashLine(first); err == nil {
		return &List{path: path}, checkHashes(file, size, path)
	}
	filter, err := readPasswords(file, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &List{path: path, filter: filter}, nil
}

// openFile opens a file that has something in it.
func openFile(path string) (*os.File, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("the list of passwords cannot be opened: %w", err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		err = fmt.Errorf("%s cannot be read: %w", path, err)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is not a file", path)
	case info.Size() == 0:
		err = fmt.Errorf("%s is empty", path)
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// Has reports whether a password is in the file. It returns an error when that can no longer be
// read, or is no longer in order where it was looked up.
func (l *List) Has(password string) (bool, error) {
	if l.filter != nil {
		return l.filter.Has(password), nil
	}
	file, size, err := openFile(l.path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	for _, spelling := range spellings(password) {
		sum := sha1.Sum([]byte(spelling))
		found, err := search(file, size, sum)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// spellings are those of a password under which it may be listed.
func spellings(password string) []string {
	list := []string{password}
	if composed := norm.NFC.String(password); composed != password {
		list = append(list, composed)
	}
	return list
}

// search looks for a hash among lines in order, between the places low and high.
func search(file io.ReaderAt, size int64, wanted [sha1.Size]byte) (bool, error) {
	for low, high := int64(0), size; low < high; {
		middle := low + (high-low)/2
		line, err := lineAt(file, middle)
		switch {
		case errors.Is(err, io.EOF) || err == nil && line.start >= high:
			high = middle
			continue
		case err != nil:
			return false, err
		}
		switch order := bytes.Compare(line.hash[:], wanted[:]); {
		case order == 0:
			return true, nil
		case order < 0:
			low = line.end
		default:
			high = middle
		}
	}
	return false, nil
}

// hashLine is a line with a hash, and where it begins and the next one does.
type hashLine struct {
	hash       [sha1.Size]byte
	start, end int64
}

// lineAt returns the first line that begins at a place or behind it; io.EOF when none does.
func lineAt(file io.ReaderAt, at int64) (hashLine, error) {
	from := max(at-1, 0) // where the line before may end
	buffer := make([]byte, 2*maxHashLine)
	n, err := file.ReadAt(buffer, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return hashLine{}, fmt.Errorf("the list of passwords cannot be read: %w", err)
	}
	atEnd := errors.Is(err, io.EOF)
	rest := buffer[:n]
	if at > 0 {
		_, behind, found := bytes.Cut(rest, []byte("\n"))
		switch {
		case found:
			rest = behind
		case atEnd:
			return hashLine{}, io.EOF
		default:
			return hashLine{}, errNoHashes
		}
	}
	line := hashLine{start: from + int64(n-len(rest))}
	if atEnd && len(rest) == 0 {
		return hashLine{}, io.EOF
	}
	text, _, found := bytes.Cut(rest, []byte("\n"))
	if !found && !atEnd {
		return hashLine{}, errNoHashes
	}
	line.end = line.start + int64(len(text)) + 1
	line.hash, err = parseHashLine(bytes.TrimSuffix(text, []byte("\r")))
	return line, err
}

var (
	errNoHashes = errors.New("the list of passwords has a line that is not a SHA-1 hash and a count")
	errNoOrder  = errors.New("the list of passwords is not in the order of its hashes: give the file that is ordered by hash")
)

// parseHashLine reads "HASH:COUNT", or a hash alone.
func parseHashLine(line []byte) (hash [sha1.Size]byte, err error) {
	if len(line) < hashDigits || len(line) > maxHashLine {
		return hash, errNoHashes
	}
	if _, err := hex.Decode(hash[:], line[:hashDigits]); err != nil {
		return hash, errNoHashes
	}
	count := line[hashDigits:]
	if len(count) > 0 && (count[0] != ':' || len(count) == 1 || bytes.ContainsFunc(count[1:], func(r rune) bool { return r < '0' || r > '9' })) {
		return hash, errNoHashes
	}
	return hash, nil
}

func isHex(text []byte) bool {
	_, err := hex.DecodeString(string(text))
	return err == nil
}

// checkHashes looks at lines all over a file with hashes.
func checkHashes(file io.ReaderAt, size int64, path string) error {
	var before hashLine
	for i := range int64(samples) {
		line, err := lineAt(file, size/samples*i+size%samples*i/samples)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if i > 0 && line.start != before.start && bytes.Compare(line.hash[:], before.hash[:]) <= 0 {
			return fmt.Errorf("%s: %w", path, errNoOrder)
		}
		before = line
	}
	if err := checkEnd(file, size); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// checkEnd looks at the last line of a file with hashes.
func checkEnd(file io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, 2*maxHashLine))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the list of passwords cannot be read: %w", err)
	}
	tail = bytes.TrimRight(tail, "\r\n")
	if _, err := parseHashLine(tail[bytes.LastIndexByte(tail, '\n')+1:]); err != nil {
		return errors.New("its last line is not whole: was the file copied to its end?")
	}
	return nil
}

// readPasswords reads a list of passwords into a filter.
func readPasswords(file io.ReadSeeker, size int64) (*Filter, error) {
	if size > maxPasswordFile {
		return nil, fmt.Errorf("a list of passwords may have %d MB: give one of SHA-1 hashes in order, which may have any size", maxPasswordFile>>20)
	}
	count := 0
	if err := eachLine(file, func(string) { count++ }); err != nil {
		return nil, err
	}
	filter := NewFilter(count)
	return filter, eachLine(file, filter.Add)
}

// eachLine calls do with each line that can be a password. Lists of old are not all text: what is
// none is left out, since nobody can have it as a password.
func eachLine(file io.ReadSeeker, do func(string)) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("the list of passwords cannot be read: %w", err)
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxPasswordLine)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.ContainsRune(line, 0) {
			return fmt.Errorf("line %d is not text", n)
		}
		if line != "" && utf8.ValidString(line) {
			do(line)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("it has a line of more than %d bytes: give one password a line", maxPasswordLine)
	}
	return lines.Err()
}
