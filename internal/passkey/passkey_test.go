package passkey_test

import (
	"errors"
	"strings"
	"testing"

	"countersign/internal/passkey"
)

var site = passkey.Site{Host: "localhost", Origin: "http://localhost:8080"}

// What is kept of a question does not tell its challenge.
func TestStateIsNoSecret(t *testing.T) {
	known := []passkey.Credential{{Site: "localhost", ID: []byte("first"), Handle: []byte("h")}, {Site: "localhost", ID: []byte("second"), Handle: []byte("h")}}
	created, err := site.AskToCreate(passkey.NewHandle(), "ann", known)
	if err != nil {
		t.Fatal(err)
	}
	proved, err := site.AskToProve(known)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []passkey.Question{created, proved} {
		_, rest, _ := strings.Cut(string(q.Options), `"challenge":"`)
		challenge, _, _ := strings.Cut(rest, `"`)
		if len(challenge) < 22 || strings.Contains(q.State, challenge) {
			t.Errorf("the challenge %q stands in %s", challenge, q.State)
		}
		if !strings.Contains(string(q.Options), `"userVerification":"required"`) || strings.Count(string(q.Options), `"id":"`) < 2 {
			t.Errorf("asked is %s", q.Options)
		}
	}
	if !strings.Contains(string(created.Options), `"residentKey":"required"`) || !strings.Contains(string(created.Options), `"attestation":"none"`) {
		t.Errorf("asked is %s", created.Options)
	}
}

// Nothing that comes from outside is taken for an answer, or stops the program, whatever question
// it is checked against.
func FuzzAnswers(f *testing.F) {
	for _, text := range []string{
		"", "{}", "null", "[]",
		`{"id":"YQ","rawId":"YQ","type":"public-key","response":{}}`,
		`{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AA","userHandle":"AA"}}`,
		`{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQUFBQUFBQUFBQUFBQUFBQUFBQSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODA4MCJ9","authenticatorData":"SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ","signature":"MEUCIQ","userHandle":"YQ"}}`,
		`{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"}}`,
	} {
		f.Add(text)
	}
	known := passkey.Credential{Site: "localhost", ID: []byte("a"), Handle: []byte("a")}
	question, err := site.AskToProve(nil)
	if err != nil {
		f.Fatal(err)
	}
	wanted, err := site.AskToCreate([]byte("a"), "ann", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if proof, err := passkey.ReadProof(text); err == nil {
			for _, c := range []*passkey.Credential{&known, nil} {
				if _, err := proof.Check(question.State, c); !errors.Is(err, passkey.ErrAnswer) {
					t.Errorf("taken as a proof, error %v", err)
				}
			}
		}
		if created, err := passkey.ReadCreated(text); err == nil {
			if c, _, err := created.Check(wanted.State); err == nil && (len(c.PublicKey) == 0 || c.Site != site.Host || string(c.Handle) != "a") {
				t.Errorf("taken as a new passkey: %+v", c)
			}
		}
	})
}
