package webhook_test

import (
	"strings"
	"testing"

	"countersign/internal/webhook"
	"countersign/internal/yotisign/sandbox"
)

// BenchmarkParse reads an event as it usually is, and bodies of the largest size that are
// made to be slow.
func BenchmarkParse(b *testing.B) {
	usual := sandbox.EventsOf(sandbox.Envelopes()[1])
	for name, body := range map[string]string{
		"usual":  string(usual[1].Body),
		"digits": `"` + strings.Repeat("7c9e6679-7425-40de-944b-e07fc1f90ae", webhook.MaxBytes/35-1) + `"`,
		"deep":   strings.Repeat(`{"id":[`, 4900) + strings.Repeat("]}", 4900),
		"small":  "[" + strings.Repeat(`"",`, webhook.MaxBytes/3-2) + "0]",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := webhook.Parse([]byte(body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
