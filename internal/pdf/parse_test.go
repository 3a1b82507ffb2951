package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// parsed is a PDF file as a program reads it that knows nothing of ours.
type parsed struct {
	testing.TB
	file    []byte
	objects map[int][]byte
	trailer []byte
}

var (
	reference = regexp.MustCompile(`^(\d+) 0 R`)
	entry     = regexp.MustCompile(`^\d{10} \d{5} [fn] $`)
)

// parse reads a file by its table of objects.
func parse(t testing.TB, file []byte) *parsed {
	t.Helper()
	p := &parsed{TB: t, file: file, objects: map[int][]byte{}}
	last := bytes.LastIndex(file, []byte("startxref\n"))
	at, err := strconv.Atoi(strings.Fields(string(file[last:]))[1])
	if err != nil || !bytes.HasPrefix(file[at:], []byte("xref\n0 ")) {
		t.Fatalf("no table of objects at %d, error %v", at, err)
	}
	lines := strings.Split(string(file[at:last]), "\n")
	count, _ := strconv.Atoi(strings.Fields(lines[1])[1])
	for i := range count {
		line := lines[2+i]
		if !entry.MatchString(line) {
			t.Fatalf("entry %d is %q", i, line)
		}
		if i == 0 {
			continue
		}
		offset, _ := strconv.Atoi(line[:10])
		begin := []byte(strconv.Itoa(i) + " 0 obj\n")
		if !bytes.HasPrefix(file[offset:], begin) {
			t.Fatalf("object %d is not at %d", i, offset)
		}
		body := file[offset+len(begin):]
		end := bytes.Index(body, []byte("\nendobj\n"))
		if n, stream := p.length(body[:end]); stream >= 0 {
			end = stream + n + len("\nendstream")
		}
		if !bytes.HasPrefix(body[end:], []byte("\nendobj\n")) {
			t.Fatalf("object %d does not end where it should", i)
		}
		p.objects[i] = body[:end]
	}
	p.trailer = []byte(strings.TrimPrefix(strings.Join(lines[2+count:], "\n"), "trailer\n"))
	return p
}

// length returns how long an object's stream is and where it begins, or -1.
func (p *parsed) length(object []byte) (n, at int) {
	head, _, ok := bytes.Cut(object, []byte("\nstream\n"))
	if !ok || !bytes.HasPrefix(object, []byte("<<")) {
		return 0, -1
	}
	n, err := strconv.Atoi(string(p.value(head, "Length")))
	if err != nil {
		p.Fatalf("stream without a length: %s", head)
	}
	return n, len(head) + len("\nstream\n")
}

// value returns what a dictionary has under a key, or nil.
func (p *parsed) value(dictionary []byte, key string) []byte {
	if head, _, ok := bytes.Cut(dictionary, []byte("\nstream\n")); ok && bytes.HasPrefix(dictionary, []byte("<<")) {
		dictionary = head
	}
	rest := bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(dictionary), []byte("<<")), []byte(">>")))
	for len(rest) > 0 {
		name := valueAt(rest)
		rest = bytes.TrimLeft(rest[len(name):], " ")
		found := valueAt(rest)
		rest = bytes.TrimSpace(rest[len(found):])
		if string(name) == "/"+key {
			return found
		}
	}
	return nil
}

// valueAt is the value with which a text begins.
func valueAt(text []byte) []byte {
	if m := reference.Find(text); m != nil {
		return m
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '<', '[', '(':
			depth++
		case '>', ']', ')':
			depth--
			if depth == 0 {
				return text[:i+1]
			}
			if depth < 0 {
				return bytes.TrimSpace(text[:i])
			}
		case ' ', '/':
			if depth == 0 && i > 0 {
				return text[:i]
			}
		}
	}
	return text
}

// follow returns the object that a reference names, or the value itself.
func (p *parsed) follow(value []byte) []byte {
	if m := reference.FindSubmatch(value); m != nil {
		n, _ := strconv.Atoi(string(m[1]))
		return p.objects[n]
	}
	return value
}

// at follows a path of keys from a dictionary.
func (p *parsed) at(dictionary []byte, keys ...string) []byte {
	for _, key := range keys {
		dictionary = p.follow(p.value(dictionary, key))
	}
	return dictionary
}

func (p *parsed) root() []byte { return p.at(p.trailer, "Root") }

// list returns the items of an array.
func (p *parsed) list(array []byte) [][]byte {
	var items [][]byte
	rest := bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(array, []byte("[")), []byte("]")))
	for len(rest) > 0 {
		item := valueAt(rest)
		items = append(items, item)
		rest = bytes.TrimSpace(rest[len(item):])
	}
	return items
}

// stream returns what is in a stream, unpacked.
func (p *parsed) stream(object []byte) []byte {
	n, at := p.length(object)
	data := object[at : at+n]
	if string(p.value(object, "Filter")) != "/FlateDecode" {
		return data
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		p.Fatal(err)
	}
	data, err = io.ReadAll(r)
	if err != nil {
		p.Fatal(err)
	}
	return data
}

func (p *parsed) pages() [][]byte {
	var pages [][]byte
	for _, kid := range p.list(p.at(p.root(), "Pages", "Kids")) {
		pages = append(pages, p.follow(kid))
	}
	return pages
}

var mapping = regexp.MustCompile(`(?m)^<([0-9A-F]{4})> <([0-9A-F]*)>$`)

// meanings returns what each number of a font stands for.
func (p *parsed) meanings(font []byte) map[string]string {
	texts := map[string]string{}
	for _, m := range mapping.FindAllSubmatch(p.stream(p.at(font, "ToUnicode")), -1) {
		if string(m[1]) == "0000" {
			continue // the range of numbers
		}
		texts[string(m[1])] = fromHex(string(m[2]))
	}
	return texts
}

func fromHex(digits string) string {
	var units []uint16
	for i := 0; i+4 <= len(digits); i += 4 {
		n, _ := strconv.ParseUint(digits[i:i+4], 16, 16)
		units = append(units, uint16(n))
	}
	return string(utf16.Decode(units))
}

var operation = regexp.MustCompile(`(?m)^(BT|ET)$|^/(F\d+) \S+ Tf$|^(/ReversedChars BMC )?<([0-9A-F]*)> Tj|^/(\w+) << /MCID (\d+) >> BDC$`)

// piece is a line of a page, with the number of the element's piece that it is in.
type drawnLine struct {
	text   string
	number int // -1 for an ornament
	page   int
}

// drawn returns all that is written on the pages, as the file says that it is to be read.
func (p *parsed) drawn() []drawnLine {
	var all []drawnLine
	fonts := map[string]map[string]string{}
	for i, page := range p.pages() {
		content := p.stream(p.at(page, "Contents"))
		font, number := "", -1
		var line strings.Builder
		for _, text := range strings.Split(string(content), "\n") {
			if strings.HasPrefix(text, "EMC") || strings.HasPrefix(text, "/Artifact") {
				number = -1
			}
			m := operation.FindStringSubmatch(text)
			switch {
			case m == nil:
			case m[1] == "BT":
				line.Reset()
			case m[1] == "ET":
				all = append(all, drawnLine{strings.TrimRight(line.String(), " "), number, i})
			case m[2] != "":
				font = m[2]
				if fonts[font] == nil {
					fonts[font] = p.meanings(p.at(page, "Resources", "Font", font))
				}
			case m[5] != "":
				number, _ = strconv.Atoi(m[6])
			default:
				line.WriteString(p.said(m[4], fonts[font], m[3] != ""))
			}
		}
	}
	return all
}

// said is what the numbers of a font's drawings stand for.
func (p *parsed) said(digits string, meanings map[string]string, reversed bool) string {
	var texts []string
	for ; len(digits) >= 4; digits = digits[4:] {
		text, ok := meanings[digits[:4]]
		if !ok || digits[:4] == "0000" {
			p.Errorf("number %s says nothing", digits[:4])
		}
		if text != string(rightToLeftMark) {
			texts = append(texts, text)
		}
	}
	if reversed {
		slices.Reverse(texts)
	}
	return strings.Join(texts, "")
}

// lines returns the lines of each page.
func (p *parsed) lines() [][]string {
	pages := make([][]string, len(p.pages()))
	for _, line := range p.drawn() {
		pages[line.page] = append(pages[line.page], line.text)
	}
	return pages
}

func texts(lines []line) []string {
	var all []string
	for _, l := range lines {
		all = append(all, withoutIsolates(l.text))
	}
	return all
}
