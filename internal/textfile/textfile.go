// Package textfile reads text that people hand around in files, in whichever encoding of
// Unicode a program wrote it.
package textfile

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// UTF8 returns a text in UTF-8 without a byte order mark. UTF-16 is known by its mark,
// or by the zero bytes of the ASCII with which it begins. Bytes in any other
// encoding come back as they are.
func UTF8(file []byte) []byte {
	switch {
	case bytes.HasPrefix(file, []byte{0xff, 0xfe}):
		return fromUTF16(file[2:], binary.LittleEndian)
	case bytes.HasPrefix(file, []byte{0xfe, 0xff}):
		return fromUTF16(file[2:], binary.BigEndian)
	case len(file) > 3 && file[0] != 0 && file[1] == 0 && file[2] != 0 && file[3] == 0:
		return fromUTF16(file, binary.LittleEndian)
	case len(file) > 3 && file[0] == 0 && file[1] != 0 && file[2] == 0 && file[3] != 0:
		return fromUTF16(file, binary.BigEndian)
	}
	return bytes.TrimPrefix(file, []byte("\uFEFF"))
}

func fromUTF16(file []byte, order binary.ByteOrder) []byte {
	text := make([]byte, 0, len(file))
	for len(file) > 1 {
		r := rune(order.Uint16(file))
		file = file[2:]
		if utf16.IsSurrogate(r) && len(file) > 1 {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(file))); pair != utf8.RuneError {
				r, file = pair, file[2:]
			}
		}
		text = utf8.AppendRune(text, r) // a surrogate by itself becomes U+FFFD
	}
	return text
}
