package idlist_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"countersign/internal/idlist"
	"countersign/internal/spreadsheet"
)

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// summary is a list in one line: column and header, then number and kind of each line.
func summary(l *idlist.List) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %d", l.Separator, l.Column)
	if l.Header != "" {
		fmt.Fprintf(&b, " %q", l.Header)
	}
	for _, line := range l.Lines {
		fmt.Fprintf(&b, " %d:%s", line.Number, line.Kind)
		switch line.Kind {
		case idlist.IsID:
			fmt.Fprintf(&b, "=%s", strings.TrimLeft(line.ID.String()[24:], "0"))
		case idlist.IsDuplicate:
			fmt.Fprintf(&b, "=%d", line.First)
		case idlist.IsNotID:
			fmt.Fprintf(&b, "(%s %q)", line.Reason, line.Text)
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"IDs alone", id(1) + "\n" + id(2), `',' 1 1:id=1 2:id=2`},
		{"with a name", "recipient_id\n" + id(1) + "\n", `',' 1 "recipient_id" 2:id=1`},
		{"a name of no ASCII", "Empfänger\n" + id(1) + "\n", `',' 1 "Empfänger" 2:id=1`},
		{"commas", "name,id\nJane," + id(1) + "\nJohn," + id(2), `',' 2 "id" 2:id=1 3:id=2`},
		{"semicolons", "name;id\nJane, MA;" + id(1) + "\n", `';' 2 "id" 2:id=1`},
		{"tabs", "Jane\t" + id(1) + "\nJohn\t" + id(2), `'\t' 2 1:id=1 2:id=2`},
		{"quotes", `"a ""b""","` + id(1) + "\"\n", `',' 2 1:id=1`},
		{"quotes within tabs", "\"a\"\t\"" + id(1) + "\"", `'\t' 2 1:id=1`},
		{"a cell of two lines", "note,id\n\"one\ntwo\"," + id(1) + "\nx," + id(2), `',' 2 "id" 2:id=1 4:id=2`},
		{"line ends of old and new", id(1) + "\r\n" + id(2) + "\r" + id(3), `',' 1 1:id=1 2:id=2 3:id=3`},
		{"notations", strings.ToUpper(id(1)) + "\n {" + id(2) + "} \nurn:uuid:" + id(3) + "\n" + strings.ReplaceAll(id(4), "-", ""), `',' 1 1:id=1 2:id=2 3:id=3 4:id=4`},
		{"duplicates", id(1) + "\n" + id(2) + "\n" + strings.ToUpper(id(1)) + "\n" + id(1), `',' 1 1:id=1 2:id=2 3:duplicate=1 4:duplicate=1`},
		{"blanks", "\n\n" + id(1) + "\n\n \n,\n" + id(2) + "\n\n\n", `',' 1 1:blank 2:blank 3:id=1 4:blank 5:blank 6:blank 7:id=2`},
		{"blanks after a cell of two lines", "\"a\nb\"," + id(1) + "\n\nx," + id(2), `',' 2 1:id=1 3:blank 4:id=2`},
		{"a blank cell", "a," + id(1) + "\nb,\nc", `',' 2 1:id=1 2:blank 3:not-id(no-cell "")`},
		{"formulas", id(1) + "\n=1+1\n'=HYPERLINK(A1)\n@x\n=" + id(2), `',' 1 1:id=1 2:not-id(formula "=1+1") 3:not-id(formula "'=HYPERLINK(A1)") 4:not-id(formula "@x") 5:not-id(formula "=` + id(2) + `")`},
		{"not IDs", id(1) + "\n" + id(2)[1:] + "\nJane\nsee " + id(3) + "\n00000000-0000-0000-0000-000000000000", `',' 1 1:id=1 2:not-id(incomplete "` + id(2)[1:] + `") 3:not-id(no-id "Jane") 4:not-id(more "see ` + id(3) + `") 5:not-id(incomplete "00000000-0000-0000-0000-000000000000")`},
		{"a damaged ID is not a name", "7c9e6679-7425-40de-944b\n" + id(1), `',' 1 1:not-id(incomplete "7c9e6679-7425-40de-944b") 2:id=1`},
		{"a formula is not a name", "=A1\n" + id(1), `',' 1 1:not-id(formula "=A1") 2:id=1`},
		{"envelopes beside recipients", "envelope_id,recipient_id\n" + id(1) + "," + id(2) + "\n" + id(1) + "," + id(3), `',' 2 "recipient_id" 2:id=2 3:id=3`},
		{"envelopes beside a column of another name", "envelope,id\n" + id(1) + "," + id(2), `',' 2 "id" 2:id=2`},
		{"two columns without names", id(1) + "," + id(2) + "\n" + id(3) + ",", `',' 1 1:id=1 2:id=3`},
		{"a lost quote", "\"Jane," + id(1) + "\nJohn," + id(2) + "\nAnn," + id(3), `',' 2 1:not-id(no-cell "") 2:id=2 3:id=3`},
		{"two lost quotes", "x,\"" + id(1) + "\ny," + id(2) + "\nz,\"" + id(3), `',' 2 1:id=1 2:id=2 3:id=3`},
		{"two quotes that swallow a line", "x,\"" + id(1) + "\ny," + id(2) + "\"\nz," + id(3), `',' 2 1:id=1 2:not-id(more "` + id(2) + "\\\"" + `") 3:id=3`},
		{"a quote within a cell", "5\" pipe," + id(1), `',' 2 1:id=1`},
		{"bytes of another encoding", "Gr\xf6\xdfe," + id(1) + "\nx,\xf6", `',' 2 1:id=1 2:not-id(no-id "` + "\ufffd" + `")`},
	} {
		l, err := idlist.Parse([]byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := summary(l); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestOtherColumns(t *testing.T) {
	l, err := idlist.Parse([]byte("envelope_id,recipient_id,note\n" + id(1) + "," + id(2) + ",x\n"))
	if err != nil || l.Column != 2 || !slices.Equal(l.OtherColumns, []int{1}) {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestEncodings(t *testing.T) {
	const text = "Größe;recipient\r\nJosé;00000000-0000-4000-8000-000000000001\r\n"
	wide := func(order binary.AppendByteOrder, text string) []byte {
		var file []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			file = order.AppendUint16(file, unit)
		}
		return file
	}
	for name, file := range map[string][]byte{
		"UTF-8": []byte(text), "UTF-8 with a mark": []byte("\ufeff" + text),
		"UTF-16 LE": wide(binary.LittleEndian, "\ufeff"+text), "UTF-16 BE": wide(binary.BigEndian, "\ufeff"+text),
		"UTF-16 LE without a mark": wide(binary.LittleEndian, text), "UTF-16 BE without a mark": wide(binary.BigEndian, text),
	} {
		l, err := idlist.Read(bytes.NewReader(file))
		if err != nil || summary(l) != `';' 2 "recipient" 2:id=1` {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

func TestRefused(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(id(i+1) + "\n")
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"nothing":           {"", idlist.ErrNoIDs},
		"names alone":       {"recipient_id,name\n", idlist.ErrNoIDs},
		"no IDs":            {"Jane,7\nJohn,8\n", idlist.ErrNoIDs},
		"too many":          {many(idlist.MaxLines + 1), idlist.ErrTooManyLines},
		"twenty thousand":   {many(20_000), idlist.ErrTooManyLines},
		"a workbook":        {"PK\x03\x04" + many(1), idlist.ErrNotText},
		"zero bytes":        {id(1) + "\nx\x00y", idlist.ErrNotText},
		"too large":         {strings.Repeat("x", idlist.MaxBytes+1), idlist.ErrTooLarge},
		"many blank, one 1": {strings.Repeat(",\n", idlist.MaxLines+1) + id(1), idlist.ErrTooManyLines},
	} {
		if l, err := idlist.Read(strings.NewReader(test.text)); !errors.Is(err, test.want) || l != nil {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	var long *idlist.LongLineError
	if _, err := idlist.Parse([]byte(id(1) + "\nJane" + strings.Repeat("x", idlist.MaxLineBytes))); !errors.As(err, &long) || long.Line != 2 || strings.Contains(err.Error(), "Jane") {
		t.Errorf("a long line: %v", err)
	}
	if _, err := idlist.Read(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that breaks off: %v", err)
	}
	for name, text := range map[string]string{
		"as many as may be": many(idlist.MaxLines), "with names": "recipient\n" + many(idlist.MaxLines), "and blank lines": many(idlist.MaxLines) + strings.Repeat("\n", 20_000),
		"with a lost quote": "\"\n" + many(idlist.MaxLines-1),
	} {
		l, err := idlist.Parse([]byte(text))
		if err != nil || len(l.IDs()) < idlist.MaxLines-1 || l.Count(idlist.IsID) != len(l.IDs()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What Countersign writes as CSV comes back as it was, with what would have been a formula
// beside it.
func TestRoundTripWithSpreadsheet(t *testing.T) {
	var file bytes.Buffer
	file.WriteString(spreadsheet.ByteOrderMark)
	w := spreadsheet.NewWriter(&file)
	rows := [][]string{{"note", "recipient"}, {"=1+1", id(1)}, {"a;b\n\"c\"", id(2)}, {"x", "=" + id(3)}, {"", ""}, {"y", id(1)}}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	l, err := idlist.Read(&file)
	if want := `',' 2 "recipient" 2:id=1 3:id=2 5:not-id(formula "'=` + id(3) + `") 6:blank 7:duplicate=2`; err != nil || summary(l) != want {
		t.Errorf("got  %s, %v\nwant %s", summary(l), err, want)
	}
}

func TestReasonsAreSentences(t *testing.T) {
	for _, r := range []idlist.Reason{idlist.Formula, idlist.Incomplete, idlist.MoreThanID, idlist.NoSuchCell, idlist.NoID} {
		if !strings.HasSuffix(r.Says(), ".") {
			t.Errorf("%s: %q", r, r.Says())
		}
	}
}

// FuzzParse holds every file to what Parse promises: lines in their order, each with one
// of four kinds, and every ID once.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a;b\n\"x\ny\";" + id(1) + "\n\n=1;" + id(1)))
	f.Add([]byte("\xff\xfea\x00\n\x00"))
	f.Add([]byte("\"" + id(1) + "\n" + id(2) + "\"\n" + id(3)))
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := idlist.Parse(file)
		if err != nil {
			var long *idlist.LongLineError
			if !errors.As(err, &long) && !slices.Contains([]error{idlist.ErrTooLarge, idlist.ErrTooManyLines, idlist.ErrNotText, idlist.ErrNoIDs}, err) {
				t.Errorf("the error may quote the file: %v", err)
			}
			return
		}
		seen, before := map[string]int{}, 0
		for _, line := range l.Lines {
			if line.Number <= before {
				t.Errorf("line %d after line %d", line.Number, before)
			}
			before = line.Number
			first, again := seen[line.ID.String()]
			switch line.Kind {
			case idlist.IsID:
				if again {
					t.Errorf("%s twice", line.ID)
				}
				seen[line.ID.String()] = line.Number
			case idlist.IsDuplicate:
				if !again || first != line.First {
					t.Errorf("line %d: a duplicate of line %d, want %d", line.Number, line.First, first)
				}
			case idlist.IsBlank:
			case idlist.IsNotID:
				if line.Reason == "" || !utf8.ValidString(line.Text) {
					t.Errorf("%+v", line)
				}
			default:
				t.Errorf("kind %q", line.Kind)
			}
		}
		if len(l.Lines) > idlist.MaxLines || len(l.IDs()) == 0 {
			t.Errorf("%d lines, %d IDs", len(l.Lines), len(l.IDs()))
		}
	})
}
