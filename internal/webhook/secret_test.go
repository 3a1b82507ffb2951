package webhook_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"

	"countersign/internal/webhook"
)

const goodSecret = "9f8b1c0d7e6a5f4b3c2d1e0f9a8b7c6d"

func TestParseSecret(t *testing.T) {
	for _, good := range []string{
		"5d41402abc4b2a76b9719d911017c592", "5D41402ABC4B2A76B9719D911017C592\n", "q7Jx-0ZrT_mK4vBn9Lw2Pc\r\n",
		"k3v9x2m7q1w8e5r4t6y0u2i9p", "KRUGS4ZANFZSAYJAORSXG5BAMU",
	} {
		s, err := webhook.ParseSecret(good)
		if text := strings.TrimRight(good, "\r\n"); err != nil || !s.Matches(text) || s.Matches(text+"x") || s.Matches(text[1:]) || s.Matches("") {
			t.Errorf("ParseSecret(%q): %v", good, err)
		}
	}
	for name, bad := range map[string]string{
		"nothing": "", "a line end": "\n", "short hexadecimal": goodSecret[1:], "short base64url": "q7Jx-0ZrT_mK4vBn9Lw2P",
		"short in one case": "k3v9x2m7q1w8e5r4t6y0u2i9", "digits": strings.Repeat("7193", 9), "a blank": "q7Jx 0ZrT_mK4vBn9Lw2Pc",
		"a slash": "q7Jx/0ZrT+mK4vBn9Lw2Pc", "two lines": goodSecret + "\n" + goodSecret, "a sign beyond ASCII": "q7Jx-0ZrT_mK4vBn9Lw2Pé",
		"one letter": strings.Repeat("aB", 20), "a piece again": strings.Repeat("q7Jx0ZrTmK", 4), "the alphabet": "abcdefghijklmnopqrstuvwxyz0123456789",
	} {
		if s, err := webhook.ParseSecret(bad); err == nil || bad != "" && bad != "\n" && strings.Contains(err.Error(), bad) || s.Matches(bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if (webhook.Secret{}).Matches("") {
		t.Error("the zero Secret matches")
	}
}

// What is drawn at random is taken.
func TestRandomSecretsAreTaken(t *testing.T) {
	for range 2000 {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw)
		for _, text := range []string{hex.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw), rand.Text()} {
			if _, err := webhook.ParseSecret(text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

func TestReadSecret(t *testing.T) {
	if s, err := webhook.ReadSecret(strings.NewReader("5d41402abc4b2a76b9719d911017c592\n")); err != nil || !s.Matches("5d41402abc4b2a76b9719d911017c592") {
		t.Errorf("%v", err)
	}
	if _, err := webhook.ReadSecret(strings.NewReader(strings.Repeat(goodSecret, 40))); err == nil {
		t.Error("a very long one is taken")
	}
	if _, err := webhook.ReadSecret(iotest.ErrReader(iotest.ErrTimeout)); err == nil {
		t.Error("a file that cannot be read is taken")
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	s, err := webhook.ParseSecret(goodSecret)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	hidden := struct{ s webhook.Secret }{s}
	for verb := range strings.SplitSeq("v +v #v s q x X d p w T", " ") {
		for _, value := range []any{s, &s, hidden, []webhook.Secret{s}} {
			fmt.Fprintf(&out, "%"+verb+"\n", value)
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Error(err)
	}
	out.Write(text)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", s)
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("it is not printed as [redacted]")
	}
	for _, form := range []string{goodSecret, fmt.Sprintf("%x", goodSecret), fmt.Sprint([]byte(goodSecret))} {
		if strings.Contains(out.String(), form) {
			t.Errorf("it is printed as %q", form)
		}
	}
}
