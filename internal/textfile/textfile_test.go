package textfile_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"countersign/internal/textfile"
)

func utf16Of(text string, order binary.AppendByteOrder) []byte {
	var file []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		file = order.AppendUint16(file, unit)
	}
	return file
}

func TestUTF8(t *testing.T) {
	const text = "id;Größe\r\n😀,1\n"
	for name, file := range map[string][]byte{
		"UTF-8":                     []byte(text),
		"UTF-8 with a mark":         []byte("\ufeff" + text),
		"UTF-16 LE":                 utf16Of("\ufeff"+text, binary.LittleEndian),
		"UTF-16 BE":                 utf16Of("\ufeff"+text, binary.BigEndian),
		"UTF-16 LE without a mark":  utf16Of(text, binary.LittleEndian),
		"UTF-16 BE without a mark":  utf16Of(text, binary.BigEndian),
		"UTF-16 LE, half a unit on": append(utf16Of("\ufeff"+text, binary.LittleEndian), 0),
	} {
		if got := string(textfile.UTF8(file)); got != text {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := string(textfile.UTF8([]byte("\xff\xfe\x3d\xd8"))); got != "\ufffd" {
		t.Errorf("half a pair: %q", got)
	}
	if got := string(textfile.UTF8(nil)); got != "" {
		t.Errorf("nothing: %q", got)
	}
}
