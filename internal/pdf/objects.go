package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"
)

// objectWriter are those of a PDF file, in the order in which they are written.
type objectWriter struct {
	bytes.Buffer
	offsets []int // of each, by its number less one
	plain   bool  // streams are not compressed
	packer  *zlib.Writer
}

// writeHeader writes the head of a file. The characters behind it tell programs that move
// files that it is not text.
func (o *objectWriter) writeHeader() { o.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n") }

// reserve returns the number of an object that is written later.
func (o *objectWriter) reserve() int {
	o.offsets = append(o.offsets, 0)
	return len(o.offsets)
}

func (o *objectWriter) beginObject(number int) {
	o.offsets[number-1] = o.Len()
	fmt.Fprintf(o, "%d 0 obj\n", number)
}

// writeObject writes a reserved object.
func (o *objectWriter) writeObject(number int, format string, values ...any) {
	o.beginObject(number)
	fmt.Fprintf(o, format, values...)
	o.WriteString("\nendobj\n")
}

// addObject writes an object and returns its number.
func (o *objectWriter) addObject(format string, values ...any) int {
	number := o.reserve()
	o.writeObject(number, format, values...)
	return number
}

// addStream writes a stream with what its dictionary has besides its length.
func (o *objectWriter) addStream(dictionary string, data []byte) int {
	if !o.plain {
		data = o.deflate(data)
		dictionary += " /Filter /FlateDecode"
	}
	return o.addRaw(dictionary, data)
}

// addRaw writes a stream as it is.
func (o *objectWriter) addRaw(dictionary string, data []byte) int {
	number := o.reserve()
	o.beginObject(number)
	fmt.Fprintf(o, "<< %s /Length %d >>\nstream\n", strings.TrimSpace(dictionary), len(data))
	o.Write(data)
	o.WriteString("\nendstream\nendobj\n")
	return number
}

func (o *objectWriter) deflate(data []byte) []byte {
	var b bytes.Buffer
	if o.packer == nil {
		o.packer = zlib.NewWriter(&b)
	} else {
		o.packer.Reset(&b)
	}
	o.packer.Write(data) // a buffer takes everything
	o.packer.Close()
	return b.Bytes()
}

// writeTrailer writes the table of objects. The file's name is a digest of what it has.
func (o *objectWriter) writeTrailer(root, info int) []byte {
	digest := sha256.Sum256(o.Bytes())
	at := o.Len()
	fmt.Fprintf(o, "xref\n0 %d\n0000000000 65535 f \n", len(o.offsets)+1)
	for _, offset := range o.offsets {
		fmt.Fprintf(o, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(o, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%X> <%X>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(o.offsets)+1, root, info, digest[:16], digest[:16], at)
	return o.Bytes()
}

// textString is a text as PDF has it outside of pages.
func textString(text string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	b.WriteByte('>')
	return b.String()
}
