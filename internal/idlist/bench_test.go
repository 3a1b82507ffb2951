package idlist_test

import (
	"strings"
	"testing"

	"countersign/internal/idlist"
)

// BenchmarkParse reads a list of as many lines as there may be: as one would be, and made
// to be slow, with a lost quote and as many cells as a line has room for.
func BenchmarkParse(b *testing.B) {
	var usual, slow strings.Builder
	slow.WriteString("\"\n")
	for i := range idlist.MaxLines - 1 {
		usual.WriteString("Jane Example,jane@example.org," + id(i+1) + "\n")
		slow.WriteString(id(i+1) + strings.Repeat(",;\t=", 190) + "\n")
	}
	for name, text := range map[string]string{"usual": usual.String(), "slow": slow.String()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := idlist.Parse([]byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
