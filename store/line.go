package store

import (
	"database/sql"
	"encoding/hex"
	"strconv"
	"strings"
)

// jsonLine is a row as it is hashed: an array of JSON, so that no two rows have the same. Its
// bytes are those of SQLite's json_array and hex, with which the first versions made it:
// nothing is escaped that need not be, and no bytes are those of an empty text.
type jsonLine []byte

func (l *jsonLine) separate() {
	if len(*l) == 0 {
		*l = append(make([]byte, 0, 256), '[')
		return
	}
	*l = append(*l, ',')
}

// terminated returns the line with its end.
func (l *jsonLine) terminated() []byte { return append(*l, ']', '\n') }

func (l *jsonLine) number(n int64) {
	l.separate()
	*l = strconv.AppendInt(*l, n, 10)
}

func (l *jsonLine) null() {
	l.separate()
	*l = append(*l, "null"...)
}

func (l *jsonLine) numberOrNull(n nullNumber) {
	if !n.Valid {
		l.null()
		return
	}
	l.number(n.Int64)
}

func (l *jsonLine) textOrNull(t nullText) {
	if !t.Valid {
		l.null()
		return
	}
	l.text(t.String)
}

func (l *jsonLine) hex(bytes []byte) {
	l.separate()
	*l = append(*l, '"')
	*l = append(*l, strings.ToUpper(hex.EncodeToString(bytes))...)
	*l = append(*l, '"')
}

func (l *jsonLine) text(s string) {
	l.separate()
	*l = append(*l, '"')
	for i := range len(s) {
		*l = appendEscaped(*l, s[i])
	}
	*l = append(*l, '"')
}

// appendEscaped appends a byte of a text in JSON.
func appendEscaped(to []byte, b byte) []byte {
	const digits = "0123456789abcdef"
	switch {
	case b == '"' || b == '\\':
		return append(to, '\\', b)
	case b >= ' ':
		return append(to, b)
	case b == '\b':
		return append(to, `\b`...)
	case b == '\f':
		return append(to, `\f`...)
	case b == '\n':
		return append(to, `\n`...)
	case b == '\r':
		return append(to, `\r`...)
	case b == '\t':
		return append(to, `\t`...)
	}
	return append(to, '\\', 'u', '0', '0', digits[b>>4], digits[b&0xf])
}

// nullText and nullNumber scan what may be NULL, and else only what has the form in which
// this program stores it.
type (
	nullText   struct{ sql.NullString }
	nullNumber struct{ sql.NullInt64 }
)

// Scan implements sql.Scanner.
func (t *nullText) Scan(value any) error {
	t.NullString = sql.NullString{}
	if value == nil {
		return nil
	}
	t.Valid = true
	return textIn{&t.String}.Scan(value)
}

// Scan implements sql.Scanner.
func (n *nullNumber) Scan(value any) error {
	n.NullInt64 = sql.NullInt64{}
	if value == nil {
		return nil
	}
	n.Valid = true
	return numberIn{&n.Int64}.Scan(value)
}
