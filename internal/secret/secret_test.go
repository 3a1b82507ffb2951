package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"countersign/internal/secret"
)

// password is a type as others make it of Redacted.
type password struct {
	secret.Redacted
	reveal func() string
}

func TestRedacted(t *testing.T) {
	p := password{reveal: func() string { return "made-up-secret" }}
	var out bytes.Buffer
	for verb := range strings.SplitSeq("v +v #v s q x d p w T", " ") {
		for _, value := range []any{p, &p, struct{ p password }{p}, []password{p}} {
			fmt.Fprintf(&out, "%"+verb+"\n", value)
		}
	}
	for _, print := range []func(any) ([]byte, error){json.Marshal, xml.Marshal} {
		text, err := print(p)
		if err != nil || !bytes.Contains(text, []byte("[redacted]")) {
			t.Errorf("%s, %v", text, err)
		}
		out.Write(text)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("x", "password", p, "pointer", &p)
	}
	if text := out.String(); strings.Contains(text, p.reveal()) || strings.Contains(text, fmt.Sprintf("%x", p.reveal())) {
		t.Errorf("the secret is printed in\n%s", text)
	}
	if got := fmt.Sprint(p, p.String(), p.GoString()); strings.Count(got, "[redacted]") != 3 {
		t.Errorf("printed as %s", got)
	}
}
