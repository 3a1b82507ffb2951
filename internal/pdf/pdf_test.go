package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
)

var made = time.Date(2026, 5, 18, 11, 34, 6, 0, time.UTC)

// sample is a document with everything that one can have.
func sample() Document {
	rows := [][]string{}
	for i := range 40 {
		rows = append(rows, []string{"2026-05-18 11:34:06", "j.reviewer@example.test", "Opened the result", strings.Repeat("0123456789abcdef", 4)})
		if i == 5 {
			rows = append(rows, []string{"2026-05-18", "s.second@example.test", "Wrote a note", strings.Repeat("The photograph and the selfie are of the same person as far as can be told from them. ", 6)})
		}
	}
	return Document{
		Title:    "Identity evidence for Jane Q. Example",
		Subtitle: "Envelope “Loan agreement 2026-118”, recipient 11111111-2222-4333-8444-555555555555",
		Footer:   "Countersign · recipient 11111111-2222-4333-8444-555555555555 · snapshot 3 of 3",
		Made:     made,
		Sections: []Section{
			{Heading: "Summary", Blocks: []Block{
				Text("This is what was found about the signer, and what was decided about it. It was made out of what had been stored; nothing was asked for again.\n\nA second paragraph."),
				Facts{
					{"Name", "Jane Q. Example"},
					{"Name as written", "王小明 (Wang Xiaoming), Łukasz Ștefan, Nguyễn, محمد"},
					{"Decision", "Approved by j.reviewer@example.test on 18 May 2026"},
					{"Result digest", strings.Repeat("0123456789abcdef", 4)},
					{"Session", "9f1c7a52-3a51-4f0e-8a55-0f35b5a0a6d1"},
					{"Address", "https://demo.api.yotisign.com/v2/envelopes/" + strings.Repeat("a1b2c3d4-", 14)},
					{"Hostile", "abc\u202edef\x00ghi\xff emoji 😀🎉 ‹U+0041›"},
					{"A label that is too long for its column", "short"},
					{"Nothing", ""},
				},
			}},
			{Heading: "Checks", Blocks: []Block{
				Table{Head: []string{"Check", "Recommendation", "Detail"}, Widths: []float64{2, 1, 4}, Rows: [][]string{
					{"ID_DOCUMENT_AUTHENTICITY", "APPROVE", "security_features, fraud_list_check"},
					{"ID_DOCUMENT_FACE_MATCH", "NOT_AVAILABLE", "ai_face_match, confidence 0.87"},
					{"LIVENESS", "REJECT"},
				}},
			}},
			{Heading: "Who read what", Blocks: []Block{
				Table{Head: []string{"When (UTC)", "Who", "What", "Digest of the entry"}, Rows: rows, Widths: []float64{2, 3, 2.5, 4}},
			}},
			{Heading: "The result as it came", Blocks: []Block{
				Preformatted("{\n  \"session_id\": \"9f1c7a52-3a51-4f0e-8a55-0f35b5a0a6d1\",\n\t\"state\": \"COMPLETED\",\n  \"token\": \"" + strings.Repeat("QUJD", 60) + "\",\n  \"text\": \"" + strings.Repeat("some words that go on ", 15) + "\"\n}"),
			}},
		},
	}
}

// document is one of a single section.
func document(blocks ...Block) Document {
	return Document{Title: "Title", Footer: "Footer", Made: made, Sections: []Section{{Heading: "Heading", Blocks: blocks}}}
}

// read returns the lines of each page, from the bytes of the PDF.
func read(t testing.TB, d Document) [][]string {
	t.Helper()
	d.plain = true
	out, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, out).lines()
}

// whole is the text of all pages in one.
func whole(pages [][]string) string {
	var all []string
	for _, lines := range pages {
		all = append(all, lines...)
	}
	return strings.Join(all, "\n")
}

// laid lays a document out, and finds what leaves the page or lies on something else.
func laid(t *testing.T, d Document) *layouter {
	t.Helper()
	return laidIn(t, d, newStyles())
}

func laidIn(t *testing.T, d Document, styles styles) *layouter {
	t.Helper()
	s := newLayouter(styles, d.Footer)
	d.layOut(s)
	if err := s.finishPages(); err != nil {
		t.Fatal(err)
	}
	for _, page := range s.pages {
		checkMarks(t, s, page.ops)
	}
	return s
}

func checkMarks(t *testing.T, s *layouter, marks []drawOp) {
	t.Helper()
	var texts []drawOp
	for _, m := range marks {
		if m.line.text == "" {
			continue
		}
		m.x2 = m.x + m.style.lineWidth(m.line)
		if m.x < margin || m.x2 > margin+width+0.01 || m.y-m.style.size < top-5 || m.y > s.bottom {
			t.Errorf("%q leaves the page: x %.1f to %.1f, y %.1f", m.line.text, m.x, m.x2, m.y)
		}
		texts = append(texts, m)
	}
	slices.SortFunc(texts, func(a, b drawOp) int { return int(100*a.y) - int(100*b.y) })
	for i, a := range texts {
		for _, b := range texts[i+1:] {
			if b.y-a.y > 30 {
				break
			}
			if b.y-0.9*b.style.size < a.y && a.x < b.x2 && b.x < a.x2 {
				t.Errorf("%q lies on %q", b.line.text, a.line.text)
			}
		}
	}
}

func TestEverythingIsThere(t *testing.T) {
	d := sample()
	laid(t, d)
	pages := read(t, d)
	text := whole(pages)
	for _, want := range []string{
		d.Title, d.Subtitle, "Summary", "A second paragraph.", "Decision", "Approved by j.reviewer@example.test on 18 May 2026",
		strings.Repeat("0123456789abcdef", 4), "9f1c7a52-3a51-4f0e-8a55-0f35b5a0a6d1",
		"王小明 (Wang Xiaoming), Łukasz Ștefan, Nguyễn, محمد", "Recommendation", "REJECT",
		`  "session_id": "9f1c7a52-3a51-4f0e-8a55-0f35b5a0a6d1",`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF does not say %q", want)
		}
	}
	for i, lines := range pages {
		for _, want := range []string{d.Footer, fmt.Sprintf("Page %d of %d", i+1, len(pages))} {
			if !slices.Contains(lines, want) {
				t.Errorf("page %d does not say %q", i+1, want)
			}
		}
	}
}

func TestMetadata(t *testing.T) {
	d := document()
	d.Made = made.In(time.FixedZone("", 3600))
	out, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/CreationDate (D:20260518113406Z)", "/ModDate (D:20260518113406Z)", "/Title <FEFF005400690074006C0065>",
		"<xmp:CreateDate>2026-05-18T11:34:06Z</xmp:CreateDate>", "<rdf:li xml:lang=\"x-default\">Title</rdf:li>"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %q", want)
		}
	}
}

func TestSameBytes(t *testing.T) {
	first, err := sample().PDF()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if again, err := sample().PDF(); err != nil || !bytes.Equal(again, first) {
				t.Errorf("another PDF of the same document, error %v", err)
			}
		})
	}
	wg.Wait()
}

func TestLongWords(t *testing.T) {
	digest := strings.Repeat("0123456789abcdef", 4)
	for _, word := range []string{
		digest, strings.Repeat(digest, 100), "9f1c7a52-3a51-4f0e-8a55-0f35b5a0a6d1", "https://example.test/" + strings.Repeat("path/", 200),
		strings.Repeat("W", 1000), strings.Repeat("中", 1000), strings.Repeat("a\u202e", 1000), "{nb}",
	} {
		d := document(Text(word), Preformatted(word), Facts{{word, word}},
			Table{Head: []string{"A", word}, Rows: [][]string{{"", word}, {word, "short", word}}})
		d.Title, d.Subtitle, d.Sections[0].Heading = word, word, word
		s := laid(t, d)
		var got strings.Builder
		for _, page := range s.pages {
			for _, m := range page.ops {
				got.WriteString(strings.ReplaceAll(m.line.text, " ", ""))
			}
		}
		want := strings.ReplaceAll(s.text.spellOut(word), " ", "")
		if n := strings.Count(got.String(), want); n < 5 { // beside another cell it is not in one piece
			t.Errorf("%.80s… is there %d times", word, n)
		}
	}
}

func TestDigestFitsBesideItsLabel(t *testing.T) {
	digest := strings.Repeat("0d", 32)
	if text := whole(read(t, document(Facts{{"Digest", digest}}))); !strings.Contains(text, digest) {
		t.Errorf("the digest is broken: %s", text)
	}
}

func TestBrokenWhereItMayBe(t *testing.T) {
	mono := newStyles().mono
	// A letter of this style is 4.8 points wide.
	tests := []struct {
		name, text string
		letters    float64
		want       []string
	}{
		{"nothing", "", 10, []string{""}},
		{"fits", "one two", 10, []string{"one two"}},
		{"exactly", "0123456789", 10, []string{"0123456789"}},
		{"at a space", "one two three", 10, []string{"one two", "three"}},
		{"spaces hang over", "one two          three", 10, []string{"one two", "three"}},
		{"a long word begins a line", "one 0123456789ab", 10, []string{"one", "0123456789", "ab"}},
		{"behind a hyphen", "012345-789ab", 10, []string{"012345-", "789ab"}},
		{"not behind an early one", "0-23456789ab", 10, []string{"0-23456789", "ab"}},
		{"indented", "    one two", 10, []string{"    one", "two"}},
		{"indented long word", "    0123456789", 10, []string{"    012345", "6789"}},
		{"lines", "a\n\nb\r\nc", 10, []string{"a", "", "b", "c"}},
		{"a tab", "a\tb", 10, []string{"a    b"}},
		{"no room", "abc", 0, []string{"a", "b", "c"}},
		{"before a code", "abcd\u0001abc", 11, []string{"abcd", "‹U+0001›abc"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts(mono.breakLines(tt.text, tt.letters*4.81)); !slices.Equal(got, tt.want) {
				t.Errorf("%q in lines is %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestSignsWithoutALook(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"Latin", "Zoë Łukasz Ștefan €5 “x” – …", "Zoë Łukasz Ștefan €5 “x” – …"},
		{"Greek and Cyrillic", "Ωμέγα Юлия", "Ωμέγα Юлия"},
		{"emoji", "😀!", "‹U+1F600›!"},
		{"more of it", "😀🎉 😀x", "‹U+1F600 U+1F389› ‹U+1F600›x"},
		{"not assigned", "\u0378", "‹U+0378›"},
		{"turned direction", "abc\u202edef", "abc‹U+202E›def"},
		{"control", "a\x00b\x1bc\x7f", "a‹U+0000›b‹U+001B›c‹U+007F›"},
		{"carriage return in a line", "a\rb", "a‹U+000D›b"},
		{"line separator", "a\u2028b", "a‹U+2028›b"},
		{"zero width", "a\u200bb\ufeff", "a‹U+200B›b‹U+FEFF›"},
		{"soft hyphen", "a\u00adb", "a‹U+00AD›b"},
		{"odd space", "a\u2003b", "a‹U+2003›b"},
		{"combining without a letter", "\u0301e \u0301", "‹U+0301›e ‹U+0301›"},
		{"a heap of marks", "e" + strings.Repeat("\u0323", 8), "ẹ" + strings.Repeat("\u0323", 6) + "‹U+0323›"},
		{"mark of another script", "e\u0940", "e‹U+0940›"},
		{"mark on a code", "😀\u0301", "‹U+1F600 U+0301›"},
		{"joiner between Latin letters", "a\u200db\u200cc", "a‹U+200D›b‹U+200C›c"},
		{"joiner at an end", "ی\u200c", "ی‹U+200C›"},
		{"wide space between Latin letters", "a\u3000b", "a‹U+3000›b"},
		{"variation", "葛\U000E0100", "葛‹U+E0100›"},
		{"turned direction in Hebrew", "א\u202eב", "א‹U+202E›ב"},
		{"set apart", "a\u2068b\u2069\ufdd0", "a‹U+2068›b‹U+2069 U+FDD0›"},
		{"private", "\uf800", "‹U+F800›"},
		{"plane end", "\uffff\U00010000\U0010ffff", "‹U+FFFF U+10000 U+10FFFF›"},
		{"no UTF-8", "a\xff\xc3", "a‹0xFF 0xC3›"},
		{"replacement", "a\ufffd", "a‹U+FFFD›"},
		{"looks like a code", "‹U+0041›", "‹U+2039›U+0041›"},
		{"PDF", `a\) Tj (b`, `a\) Tj (b`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := document(Text(tt.text), Preformatted(tt.text))
			d.Title, d.Sections[0].Heading = tt.text, tt.text
			pages := read(t, d)
			n := 0
			for _, line := range pages[0] {
				if line == tt.want {
					n++
				}
			}
			if n != 4 {
				t.Errorf("%q is there %d times as %q, want 4: %q", tt.text, n, tt.want, pages[0])
			}
		})
	}
}

func TestTableHeadIsRepeated(t *testing.T) {
	rows := make([][]string, 300)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("row %d", i), strings.Repeat("text ", i%60)}
	}
	d := document(Table{Head: []string{"First column", "Second"}, Rows: rows})
	laid(t, d)
	pages := read(t, d)
	if len(pages) < 5 {
		t.Errorf("%d pages", len(pages))
	}
	at := 0
	for n, lines := range pages {
		if count := strings.Count(strings.Join(lines, "\n"), "First column"); count != 1 {
			t.Errorf("page %d has the head %d times", n+1, count)
		}
		for _, line := range lines {
			if at < len(rows) && line == rows[at][0] {
				at++
			}
		}
	}
	if at != len(rows) {
		t.Errorf("row %d is not where it should be", at)
	}
}

func TestCellLongerThanAPage(t *testing.T) {
	words := make([]string, 5000)
	for i := range words {
		words[i] = fmt.Sprint(i)
	}
	d := document(Table{Head: []string{"Key", "Value"}, Rows: [][]string{{"k", strings.Join(words, " ")}, {"next", "row"}}})
	laid(t, d)
	pages := read(t, d)
	fields, at := strings.Fields(whole(pages)), 0
	for _, field := range fields {
		if at < len(words) && field == words[at] {
			at++
		}
	}
	if at != len(words) || len(pages) < 3 {
		t.Errorf("%d of %d words on %d pages", at, len(words), len(pages))
	}
}

func TestHeadingsDoNotStandAlone(t *testing.T) {
	blocks := map[string]Block{
		"text":         Text("below the heading\nline\nline\nline"),
		"one line":     Text("below the heading"),
		"facts":        Facts{{"below the heading", "value"}, {"more", "value"}},
		"table":        Table{Head: []string{"Head"}, Rows: [][]string{{"below the heading"}}},
		"tall table":   Table{Head: []string{"Head"}, Rows: [][]string{{"below the heading\n1\n2\n3\n4\n5\n6"}}},
		"preformatted": Preformatted("below the heading\n1\n2"),
	}
	for name, block := range blocks {
		t.Run(name, func(t *testing.T) {
			for n := range 60 {
				d := document(Preformatted(strings.Repeat("line\n", n)))
				d.Sections = append(d.Sections, Section{Heading: "The second", Blocks: []Block{block}})
				for page, lines := range read(t, d) {
					if len(lines) == len([]string{"Footer", "Page 1 of 1"}) {
						t.Errorf("behind %d lines page %d is empty", n, page+1)
					}
					if slices.Contains(lines, "The second") != slices.Contains(lines, "below the heading") {
						t.Errorf("behind %d lines page %d separates the heading from its text", n, page+1)
					}
				}
			}
		})
	}
}

func TestWidths(t *testing.T) {
	tests := []struct {
		name   string
		widths []float64
		want   []float64
	}{
		{"none", nil, []float64{1, 1}},
		{"shares", []float64{1, 3}, []float64{1, 3}},
		{"too few", []float64{1}, []float64{1, 1}},
		{"too many", []float64{1, 2, 3}, []float64{1, 1}},
		{"none at all", []float64{0, 1}, []float64{1, 1}},
		{"negative", []float64{-1, 3}, []float64{1, 1}},
		{"no number", []float64{nan(), 3}, []float64{1, 1}},
		{"without end", []float64{1, 1 / zero()}, []float64{1, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := document(Table{Rows: [][]string{{"left", "right"}}, Widths: tt.widths})
			d.Sections[0].Heading = ""
			marks := laid(t, d).pages[0].ops
			i := slices.IndexFunc(marks, func(m drawOp) bool { return m.line.text == "right" })
			want := margin + (width-gutter)*tt.want[0]/(tt.want[0]+tt.want[1]) + gutter
			if i < 0 || marks[i].x-want > 0.1 || want-marks[i].x > 0.1 {
				t.Errorf("the second column begins at %v, want %v", marks[i].x, want)
			}
		})
	}
}

func zero() float64 { return 0 }
func nan() float64  { return zero() / zero() }

func TestTableThatIsTooWide(t *testing.T) {
	head, row := make([]string, 40), make([]string, 41)
	for i := range row {
		row[i] = fmt.Sprintf("cell %d.", i)
		if i < len(head) {
			head[i] = fmt.Sprintf("column %d.", i)
		}
	}
	for _, table := range []Table{{Head: head, Rows: [][]string{row, row[:1], nil}}, {Head: head}} {
		laid(t, document(table))
		text := whole(read(t, document(table)))
		for _, want := range append(slices.Concat(table.Rows...), table.Head...) {
			if !strings.Contains(text, want) {
				t.Errorf("no %q", want)
			}
		}
	}
}

func TestLongFooter(t *testing.T) {
	d := document(Text(strings.Repeat("line\n", 200)))
	d.Footer = strings.Repeat("word ", 200)
	laid(t, d)
	for n, lines := range read(t, d) {
		if !strings.HasSuffix(lines[len(lines)-1], " …") {
			t.Errorf("page %d does not say that its footer is longer: %q", n+1, lines[len(lines)-1])
		}
	}
}

func TestNothing(t *testing.T) {
	for _, d := range []Document{
		{Made: made},
		{Made: made, Sections: []Section{{}, {Heading: "x"}, {Blocks: []Block{nil, Text(""), Facts(nil), Table{}, Preformatted("")}}}},
		document(Table{Rows: [][]string{nil, {}, {""}}}, Table{Head: []string{""}}),
	} {
		if pages := read(t, d); len(pages) != 1 {
			t.Errorf("%d pages", len(pages))
		}
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name string
		d    Document
		want error
	}{
		{"no date", Document{}, ErrNoDate},
		{"year 10000", Document{Made: made.AddDate(8000, 0, 0)}, ErrNoDate},
		{"text", document(Text(strings.Repeat("x", MaxText))), ErrLarge},
		{"cells", document(Table{Rows: make([][]string, MaxText)}), ErrLarge},
		{"lines", document(Text(strings.Repeat("\n", MaxText/4))), ErrLarge},
		{"lines in a cell", document(Table{Rows: [][]string{{strings.Repeat("\n", MaxText/4)}}}), ErrLarge},
		{"rows", document(Table{Rows: make([][]string, MaxText/4), Head: []string{"x"}}), ErrLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if out, err := tt.d.PDF(); !errors.Is(err, tt.want) || out != nil {
				t.Errorf("%d bytes, error %v, want %v", len(out), err, tt.want)
			}
		})
	}
}

// visible counts the signs of texts that leave something on paper.
func visible(texts ...string) map[rune]int {
	count := make(map[rune]int)
	for _, text := range texts {
		for _, r := range text {
			if !unicode.IsSpace(r) {
				count[r]++
			}
		}
	}
	return count
}

// odd is a document of texts that come from anywhere.
func odd(title, text, label, value, pre string, columns int, share float64) Document {
	return Document{Title: title, Subtitle: text, Footer: label, Made: made, Sections: []Section{{Heading: value, Blocks: []Block{
		Text(text), Facts{{label, value}, {value, label}}, Preformatted(pre),
		Table{Rows: [][]string{slices.Repeat([]string{value}, columns), {label}}, Widths: slices.Repeat([]float64{share}, columns)},
		Table{Head: []string{"", pre}, Rows: [][]string{{text, title, label}}, Widths: []float64{share, 1, 2}},
	}}}}
}

func seed(f *testing.F) {
	f.Add("Title", "some text", "label", "value", "{}", uint8(3), 1.0)
	all := ""
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		text := scripts[name]
		f.Add(text, IsolateDirection(text)+", "+text, text+text, text, text, uint8(2), 1.0)
		all += text + "\u200d" + text[len(text)-1:]
	}
	f.Add(all, all, all, all, all, uint8(1), 1.0)
	f.Add("‹\xff\u202e😀\\()\r\n\t{nb}", "\r", "\x00", strings.Repeat("W ", 300), strings.Repeat("中", 300), uint8(30), -1.0)
}

// FuzzLayout has all of each text on the pages, and nothing on another thing.
func FuzzLayout(f *testing.F) {
	seed(f)
	styles := newStyles()
	f.Fuzz(func(t *testing.T, title, text, label, value, pre string, count uint8, share float64) {
		if len(title)+len(text)+len(label)+len(value)+len(pre) > 20_000 {
			return
		}
		columns := int(count) % 20
		s := laidIn(t, odd(title, text, label, value, pre, columns, share), styles)
		var got []string
		for _, page := range s.pages {
			for _, m := range page.ops {
				got = append(got, m.line.text)
			}
		}
		want := slices.Concat([]string{title, text, value, text, label, value, value, label, pre, label, pre, text, title, label}, slices.Repeat([]string{value}, columns))
		for i := range want {
			want[i] = spelled(s.text, want[i])
		}
		there, head := visible(got...), visible(spelled(s.text, pre))
		for r, n := range visible(want...) {
			if there[r] < n || there[r] > n+len(s.pages)*head[r] { // a head may be on each page
				t.Errorf("%q is there %d times, want %d", r, there[r], n)
			}
		}
	})
}

// FuzzPDF has the lines of the pages in the PDF, letter for letter, and the same bytes
// twice.
func FuzzPDF(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, title, text, label, value, pre string, count uint8, share float64) {
		if len(title)+len(text)+len(label)+len(value)+len(pre) > 2_000 {
			return
		}
		d := odd(title, text, label, value, pre, int(count)%20, share)
		s := laid(t, d)
		for n, lines := range read(t, d) {
			var want []string
			for _, m := range s.pages[n].ops {
				if m.line.text != "" {
					want = append(want, withoutIsolates(m.line.text))
				}
			}
			if len(lines) < len(want) || !slices.Equal(lines[:len(want)], want) {
				t.Errorf("page %d says %q, want %q", n+1, lines, want)
			}
		}
		first, err := d.PDF()
		again, _ := d.PDF()
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("error %v, or another PDF of the same document", err)
		}
	})
}

func spelled(s style, text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(s.spellOut(drawnText(line)))
	}
	return b.String()
}

// BenchmarkPDF writes two megabytes of what text may be.
func BenchmarkPDF(b *testing.B) {
	const size = 2 << 20
	of := func(text string) string { return strings.Repeat(text, size/len(text)) }
	row := []string{"2026-05-18 11:34:06", "j.reviewer@example.test", "Opened the result", strings.Repeat("0123456789abcdef", 4)}
	for name, block := range map[string]Block{
		"text":    Text(of("Some words that are of a usual length. ")),
		"digits":  Text(of("0123456789abcdef")),
		"codes":   Text(of("\x01")),
		"Arabic":  Text(of("محمد عبد الله الراشدي ")),
		"Hindi":   Text(of("प्रियंका शर्मा कृष्ण ")),
		"Chinese": Text(of("审查员确认该文件是真实的，照片与本人一致。")),
		"spaces":  Text(of(" ") + "x"),
		"json":    Preformatted(of("  \"key\": \"a value of some length\",\n")),
		"table":   Table{Head: []string{"When", "Who", "What", "Digest"}, Rows: slices.Repeat([][]string{row}, size/len(strings.Join(row, "")))},
		"one row": Table{Rows: [][]string{{"x", of("Some words. ")}}},
		"facts":   Facts(slices.Repeat([]Fact{{"A label", "A value of some length"}}, size/29)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := document(block).PDF(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
