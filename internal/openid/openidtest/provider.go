// Package openidtest is a provider of OpenID Connect for tests, which can be made to misbehave in
// every way that a relying party has to notice. It is a real server on a loopback address, and
// shares no code with package openid.
package openidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// The client that the provider knows.
const (
	ClientID = "countersign"
	Secret   = "made-up client secret +/%"
)

// Person is who is in front of the provider.
type Person struct {
	Subject, Name, Session string
	Groups                 any
	AuthTime               time.Time // zero leaves the claim out
}

// Token is a token that is about to be signed.
type Token struct {
	Header, Claims map[string]any
	// Sign is how: "RS256", "ES256", "none", "HS256" with the public key as the secret, or
	// "stranger" for a key that the provider does not have.
	Sign string
}

// Provider is the server. Its fields are changed between requests only.
type Provider struct {
	URL      string // its issuer
	Redirect string // to which it sends people back

	Person *Person                   // who signs in; nil for nobody, whom it does not let go on
	Change func(*Token)              // of each ID token; nil leaves it right
	About  func(map[string]any)      // changes what it says of itself
	Answer func(http.ResponseWriter) // to each request in place of the right one; nil where it works

	t   testing.TB
	now func() time.Time

	mu sync.Mutex
	keys
	codes map[string]url.Values // what was asked for each code
	seen  []string              // paths of the requests
}

// New starts a provider with the clock. It stops when the test ends.
func New(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	first, err := firstKeys()
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{t: t, now: now, codes: map[string]url.Values{}, keys: first}
	server := httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// keys are what a provider signs with.
type keys struct {
	key   *rsa.PrivateKey
	curve *ecdsa.PrivateKey
	kid   string
}

// firstKeys are those of each provider at first: they take long to make.
var firstKeys = sync.OnceValues(newKeys)

func newKeys() (keys, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return keys{}, err
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return keys{key, curve, rand.Text()[:8]}, err
}

// Rotate gives the provider other keys, and forgets those before.
func (p *Provider) Rotate() {
	other, err := newKeys()
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = other
}

// Requests are the paths that were asked for since the last time.
func (p *Provider) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := p.seen
	p.seen = nil
	return seen
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.URL.Path)
	p.mu.Unlock()
	if p.Answer != nil {
		p.Answer(w)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.describe(w)
	case "/keys":
		p.sendKeys(w)
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.exchange(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *Provider) describe(w http.ResponseWriter) {
	about := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "end_session_endpoint": p.URL + "/sign-out",
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
	}
	if p.About != nil {
		p.About(about)
	}
	send(w, about)
}

func send(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func (p *Provider) sendKeys(w http.ResponseWriter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	public, err := p.curve.PublicKey.ECDH()
	if err != nil {
		p.t.Error(err)
		return
	}
	point := public.Bytes()[1:]
	send(w, map[string]any{"keys": []map[string]any{
		{"kty": "RSA", "use": "sig", "kid": p.kid, "n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes())},
		{"kty": "EC", "crv": "P-256", "use": "sig", "kid": p.kid + "-ec", "x": encode(point[:32]), "y": encode(point[32:])},
	}})
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("client_id") != ClientID || query.Get("redirect_uri") != p.Redirect || query.Get("response_type") != "code" || query.Get("code_challenge_method") != "S256" {
		http.Error(w, "the request is not right: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {query.Get("state")}}
	switch {
	case p.Person == nil && query.Get("prompt") == "none":
		back.Set("error", "login_required")
	case p.Person == nil:
		back.Set("error", "access_denied")
	default:
		code := rand.Text()
		p.mu.Lock()
		p.codes[code] = query
		p.mu.Unlock()
		back.Set("code", code)
	}
	http.Redirect(w, r, p.Redirect+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) exchange(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	asked := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code")) // each works once
	p.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if id != ClientID || secret != Secret || asked == nil || encode(challenge[:]) != asked.Get("code_challenge") || r.FormValue("redirect_uri") != p.Redirect {
		w.WriteHeader(http.StatusBadRequest)
		send(w, map[string]any{"error": "invalid_grant"})
		return
	}
	token := &Token{Header: map[string]any{"typ": "JWT"}, Sign: "RS256", Claims: map[string]any{
		"iss": p.URL, "aud": ClientID, "sub": p.Person.Subject, "nonce": asked.Get("nonce"),
		"iat": p.now().Unix(), "exp": p.now().Add(5 * time.Minute).Unix(),
		"preferred_username": p.Person.Name, "groups": p.Person.Groups, "sid": p.Person.Session,
	}}
	if !p.Person.AuthTime.IsZero() {
		token.Claims["auth_time"] = p.Person.AuthTime.Unix()
	}
	if p.Change != nil {
		p.Change(token)
	}
	send(w, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": p.Signed(token)})
}

// LogoutToken is one about a subject and a session, either of which may be empty, as change
// leaves it; nil leaves it right.
func (p *Provider) LogoutToken(subject, session string, change func(*Token)) string {
	token := &Token{Header: map[string]any{"typ": "logout+jwt"}, Sign: "RS256", Claims: map[string]any{
		"iss": p.URL, "aud": ClientID, "iat": p.now().Unix(), "exp": p.now().Add(2 * time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}}
	if subject != "" {
		token.Claims["sub"] = subject
	}
	if session != "" {
		token.Claims["sid"] = session
	}
	if change != nil {
		change(token)
	}
	return p.Signed(token)
}

// Signed is a token as it is sent.
func (p *Provider) Signed(token *Token) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	header := map[string]any{"alg": token.Sign, "kid": p.kid}
	key := p.key
	switch token.Sign {
	case "ES256":
		header["kid"] = p.kid + "-ec"
	case "stranger":
		header["alg"] = "RS256"
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			p.t.Fatal(err)
		}
	}
	maps.Copy(header, token.Header)
	text := encodeJSON(p.t, header) + "." + encodeJSON(p.t, token.Claims)
	return text + "." + encode(p.signature(token.Sign, key, text))
}

func (p *Provider) signature(how string, key *rsa.PrivateKey, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	switch how {
	case "none":
		return nil
	case "HS256":
		mac := hmac.New(sha256.New, x509.MarshalPKCS1PublicKey(&p.key.PublicKey))
		fmt.Fprint(mac, text)
		return mac.Sum(nil)
	case "ES256":
		r, s, err := ecdsa.Sign(rand.Reader, p.curve, sum[:])
		if err != nil {
			p.t.Fatal(err)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	signed, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Fatal(err)
	}
	return signed
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func encodeJSON(t testing.TB, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return encode(text)
}
