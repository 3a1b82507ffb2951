// Package ledger is the record of everything that people do: a sequence of entries
// that nobody can change, cut or reorder without it being seen by anyone who has an older
// checkpoint and the public key.
//
// Each entry has canonical bytes (Entry.Bytes), which are the leaf of a Merkle tree as
// in RFC 6962. The first entry says that the ledger begins, so that zero can stand for
// no entry. A checkpoint is the size and the root of that tree, signed; a proof
// shows that an entry is in the tree of a checkpoint. Texts that people type are not in
// the entries: an entry holds a salted commitment to them (Commit), so that a text can
// be erased later while the tree still verifies. The key that signs can be changed: the old
// one vouches for the new (KeyChange), so that whoever has one of them can verify all.
//
// Entries are in the order of their numbers. Their times are what the server's clock
// showed, which may have been wrong and put right again: an entry says by how much its
// clock stood behind that of the entry before.
//
// The package knows neither where entries are kept nor what the acts mean.
// Source: RFC 6962; C2SP, tlog-checkpoint and tlog-proof.
package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/internal/digest"
)

// Act is what someone did, in lower-case words with dashes: "note", "reset-begun".
type Act string

// Version is a version of the canonical form. Later entries never have an earlier one.
type Version int

// The versions.
const (
	// V1 is how entries were written at first: a time is never earlier than that of the
	// entry before, whatever the clock showed.
	V1 Version = iota
	// V2 keeps the clock's own reading, and by how much that was behind.
	V2
)

// Newest is the version in which entries are made.
const Newest = V2

// Entry is one act.
type Entry struct {
	Version   Version
	Seq       int64         // place in the ledger, from zero and without gaps
	At        time.Time     // what the clock showed; UTC, milliseconds count
	Behind    time.Duration // by how much At is before that of the entry before; zero when it is not, and in V1
	Actor     int64         // ID of the account; zero for the operator
	Name      string        // of the actor, as it was then
	Role      string        // of the actor, as it was then
	Recipient string        // whom it is about; empty when nobody
	Snapshot  digest.SHA256 // of the result that it is about; zero when none
	Act       Act
	About     int64         // Seq of the entry that this one answers; zero when it answers none
	Facts     string        // what may stay for good, as JSON; never what people typed about a recipient
	Content   digest.SHA256 // commitment to what was recorded besides; zero when nothing was
	Sealed    digest.SHA256 // SHA-256 of that as it is kept, sealed; zero when nothing is
}

// digestText writes a digest in hexadecimal digits, and that of nothing as a dash.
func digestText(d digest.SHA256) string {
	if d == (digest.SHA256{}) {
		return "-"
	}
	return d.String()
}

func parseDigest(text string) (digest.SHA256, error) {
	if text == "-" {
		return digest.SHA256{}, nil
	}
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != sha256.Size || digest.SHA256(raw) == (digest.SHA256{}) {
		return digest.SHA256{}, ErrEntry
	}
	return digest.SHA256(raw), nil
}

// ErrEntry is returned when the bytes are not those of an entry.
var ErrEntry = errors.New("these are not the bytes of a ledger entry")

// SaltSize is how many random bytes make a salt.
const SaltSize = 32

// Commit binds an entry to content that it does not hold. Anyone who does not know the
// salt cannot find out by guessing what the content is.
func Commit(salt [SaltSize]byte, content []byte) digest.SHA256 {
	hash := sha256.New()
	hash.Write([]byte("countersign content v1\n"))
	hash.Write(salt[:])
	hash.Write(content)
	return digest.SHA256(hash.Sum(nil))
}

// heads begin the bytes of an entry and name their version.
var heads = [...]string{V1: "countersign entry v1\n", V2: "countersign entry v2\n"}

// TimeLayout is how the canonical text of an entry writes a time, in UTC. Whatever is read
// beside it by machines writes times in the same way.
const TimeLayout = "2006-01-02T15:04:05.000Z"

// fields are the lines behind the head, in their order. The last, in milliseconds, is not
// in V1.
var fields = []string{"seq", "at", "actor", "name", "role", "recipient", "snapshot", "act", "about", "facts", "content", "sealed", "behind"}

func (v Version) fieldNames() []string {
	if v == V1 {
		return fields[:len(fields)-1]
	}
	return fields
}

// Bytes returns the canonical bytes of the entry: one line for each field, so that
// people can read them too.
func (e Entry) Bytes() []byte {
	values := []string{
		strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(TimeLayout), strconv.FormatInt(e.Actor, 10),
		strconv.QuoteToASCII(e.Name), strconv.QuoteToASCII(e.Role), strconv.QuoteToASCII(e.Recipient),
		digestText(e.Snapshot), strconv.QuoteToASCII(string(e.Act)), strconv.FormatInt(e.About, 10),
		strconv.QuoteToASCII(e.Facts), digestText(e.Content), digestText(e.Sealed),
	}
	if e.Version != V1 {
		values = append(values, strconv.FormatInt(e.Behind.Milliseconds(), 10))
	}
	var b bytes.Buffer
	b.WriteString(heads[e.Version])
	for i, name := range e.Version.fieldNames() {
		b.WriteString(name + " " + values[i] + "\n")
	}
	return b.Bytes()
}

// codeBytes is how much of an entry's hash its code has.
const codeBytes = 10

// Code is a short name for the entry that depends on all of it: 16 letters and digits
// in groups of four, to be compared by people, on paper or on the telephone.
func (e Entry) Code() string {
	sum := sha256.Sum256(e.Bytes())
	text := base32.StdEncoding.EncodeToString(sum[:codeBytes])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}

// ParseEntry reads canonical bytes. It takes no others, so that an entry has just one
// form: it returns ErrEntry for bytes that Entry.Bytes would not give.
func ParseEntry(text []byte) (Entry, error) {
	for v, head := range heads {
		if rest, ok := strings.CutPrefix(string(text), head); ok {
			e, err := parseFields(Version(v), rest)
			if err != nil || !slices.Equal(e.Bytes(), text) {
				return Entry{}, ErrEntry
			}
			return e, nil
		}
	}
	return Entry{}, ErrEntry
}

func parseFields(v Version, text string) (Entry, error) {
	fields := v.fieldNames()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != len(fields) {
		return Entry{}, ErrEntry
	}
	values := make([]string, len(fields))
	for i, line := range lines {
		var ok bool
		if values[i], ok = strings.CutPrefix(line, fields[i]+" "); !ok {
			return Entry{}, ErrEntry
		}
	}
	return entryOf(v, values)
}

// entryOf reads the values of the fields, in their order.
func entryOf(v Version, values []string) (Entry, error) {
	e := Entry{Version: v}
	var act string
	var errs [13]error
	e.Seq, errs[0] = strconv.ParseInt(values[0], 10, 64)
	e.At, errs[1] = time.Parse(TimeLayout, values[1])
	e.Actor, errs[2] = strconv.ParseInt(values[2], 10, 64)
	e.Name, errs[3] = strconv.Unquote(values[3])
	e.Role, errs[4] = strconv.Unquote(values[4])
	e.Recipient, errs[5] = strconv.Unquote(values[5])
	e.Snapshot, errs[6] = parseDigest(values[6])
	act, errs[7] = strconv.Unquote(values[7])
	e.About, errs[8] = strconv.ParseInt(values[8], 10, 64)
	e.Facts, errs[9] = strconv.Unquote(values[9])
	e.Content, errs[10] = parseDigest(values[10])
	e.Sealed, errs[11] = parseDigest(values[11])
	e.Act = Act(act)
	if v != V1 {
		var behind int64
		behind, errs[12] = strconv.ParseInt(values[12], 10, 64)
		e.Behind = time.Duration(behind) * time.Millisecond
		if e.Behind < 0 || e.Behind.Milliseconds() != behind {
			return Entry{}, ErrEntry
		}
	}
	if err := errors.Join(errs[:]...); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return e, nil
}

// Lag returns by how much a clock that shows a time is behind one that was shown
// before; zero when it does not.
func ClockLag(before, at time.Time) time.Duration {
	return max(0, before.Sub(at).Truncate(time.Millisecond))
}

// Follows says why an entry cannot come right behind another; empty when it can. The zero
// Entry is before the first.
func (e *Entry) OrderFault(last *Entry) string {
	switch {
	case e.Version < last.Version:
		return "it has an earlier form than the entry before"
	case e.Version == V1 && e.At.Before(last.At):
		return "it is older than the entry before"
	case e.Version == V1 && e.Behind != 0, e.Version != V1 && e.Behind != ClockLag(last.At, e.At):
		return "it does not say by how much its clock stood behind the entry before"
	}
	return ""
}
