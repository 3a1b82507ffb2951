package idv

import (
	"os"
	"testing"
)

// BenchmarkDecodeAssess reads and assesses the made-up result with all nine types of
// checks, as a page does.
func BenchmarkDecodeAssess(b *testing.B) {
	body, err := os.ReadFile("../yotisign/sandbox/people/03-nine-checks.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := Decode(body)
		if err != nil {
			b.Fatal(err)
		}
		if a := Assess(&d.Session); a.Bucket != Investigate {
			b.Fatal(a.Bucket)
		}
	}
}
