package handlers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// authenticator is a device with one passkey, which answers as its fields say.
type authenticator struct {
	t      *testing.T
	origin string // of the page that the browser says to be at
	site   string // for which it was made, and to which it answers
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte // of its owner, from the question
	count  uint32
	flags  byte
}

// The flags of an answer. Source: https://www.w3.org/TR/webauthn-3/#authdata-flags
const (
	userPresent  = 1 << 0
	userVerified = 1 << 2
	hasKey       = 1 << 6
)

func newAuthenticator(t *testing.T, origin string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{t: t, origin: origin, site: "localhost", key: key, id: []byte(rand.Text()), flags: userPresent | userVerified}
}

// question is what a server asks, as far as the device looks at it.
type question struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
		Allowed []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
		Excluded []struct {
			ID string `json:"id"`
		} `json:"excludeCredentials"`
		Verification string `json:"userVerification"`
	} `json:"publicKey"`
}

// create answers a question for a new passkey.
func (a *authenticator) create(q question) string {
	a.t.Helper()
	var err error
	if a.handle, err = base64.RawURLEncoding.DecodeString(q.PublicKey.User.ID); err != nil {
		a.t.Fatal(err)
	}
	client := a.client("webauthn.create", q)
	data := append(a.data(a.flags|hasKey), make([]byte, 16)...) // of no known make
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), a.publicKey()...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		a.t.Fatal(err)
	}
	return a.credential(map[string]any{"clientDataJSON": encoded(client), "attestationObject": encoded(object), "transports": []string{"internal"}})
}

// prove answers a question for a passkey.
func (a *authenticator) prove(q question) string {
	a.t.Helper()
	a.count++
	client := a.client("webauthn.get", q)
	data := a.data(a.flags)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return a.credential(map[string]any{
		"clientDataJSON": encoded(client), "authenticatorData": encoded(data), "signature": encoded(signature), "userHandle": encoded(a.handle),
	})
}

func (a *authenticator) client(kind string, q question) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": q.PublicKey.Challenge, "origin": a.origin, "crossOrigin": false})
	if err != nil {
		a.t.Fatal(err)
	}
	return text
}

// data is what the device signs besides what the browser says.
func (a *authenticator) data(flags byte) []byte {
	site := sha256.Sum256([]byte(a.site))
	return binary.BigEndian.AppendUint32(append(site[:], flags), a.count)
}

// publicKey is the key as COSE has it: https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1
func (a *authenticator) publicKey() []byte {
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	key, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a *authenticator) credential(response map[string]any) string {
	text, err := json.Marshal(map[string]any{
		"id": encoded(a.id), "rawId": encoded(a.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

func encoded(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// askedAt returns the question that is asked at an address.
func (b *browser) askedAt(t *testing.T, path string) question {
	t.Helper()
	a, err := b.post(path, nil)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("ask at %s: status %d, error %v", path, a.status, err)
	}
	var q question
	if err := json.Unmarshal([]byte(a.body), &q); err != nil {
		t.Fatal(err)
	}
	return q
}

// registers adds a passkey to the account of whoever is signed in, who did so a moment ago.
func (a *authenticator) registers(b *browser, name string) {
	a.t.Helper()
	q := b.askedAt(a.t, "/account/factors/passkeys/begin")
	added, err := b.post("/account/factors/passkeys", url.Values{"name": {name}, "passkey-answer": {a.create(q)}})
	if err != nil || added.status != http.StatusSeeOther {
		a.t.Fatalf("add passkey: status %d, error %v: %s", added.status, err, added.problem())
	}
}

// problem is what a page says is wrong.
func (a answer) problem() string {
	page, err := a.document()
	if err != nil {
		return err.Error()
	}
	return squeeze(page.Find("main .field-problem").Text())
}
