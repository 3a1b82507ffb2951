package openid_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/openid"
	"countersign/internal/openid/openidtest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// party is a provider with us before it, and the clock of both.
type party struct {
	*openidtest.Provider
	us  *openid.Provider
	now time.Time
}

func newParty(t *testing.T, change func(*openid.Settings)) *party {
	t.Helper()
	p := &party{now: noon}
	clock := func() time.Time { return p.now }
	p.Provider = openidtest.New(t, clock)
	p.Redirect = "https://countersign.example/login/openid/callback"
	p.Person = &openidtest.Person{Subject: "s-1", Name: "ann", Session: "sid-1", Groups: []string{"kyc-team"}, AuthTime: noon}
	secret, err := openid.NewSecret(openidtest.Secret + "\n")
	if err != nil {
		t.Fatal(err)
	}
	settings := openid.Settings{
		Issuer: p.URL, ClientID: openidtest.ClientID, Secret: secret, Redirect: p.Redirect,
		Roles: map[string][]string{"reviewer": {"kyc-team", "kyc-night"}, "auditor": {"audit"}}, RolesClaim: "groups", NameClaim: "preferred_username", Now: clock,
	}
	if change != nil {
		change(&settings)
	}
	if p.us, err = openid.New(settings); err != nil {
		t.Fatal(err)
	}
	return p
}

// code has the provider asked in a browser, and returns what it sends back.
func (p *party) code(t *testing.T, q openid.Question) url.Values {
	t.Helper()
	address, err := p.us.Address(t.Context(), q, openid.AsUsual)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(httptest.NewRequest(http.MethodGet, address, nil))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("the provider answered %s and led nowhere", response.Status)
	}
	return back.Query()
}

func (p *party) signIn(t *testing.T) (openid.Claims, error) {
	t.Helper()
	q := openid.NewQuestion("")
	back := p.code(t, q)
	if back.Get("state") != q.State {
		t.Fatalf("the state came back as %q", back.Get("state"))
	}
	return p.us.Answer(t.Context(), q, back.Get("code"))
}

func TestClaims(t *testing.T) {
	p := newParty(t, nil)
	got, err := p.signIn(t)
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "s-1" || got.Name != "ann" || got.Session != "sid-1" || !slices.Equal(got.Groups, []string{"kyc-team"}) || !got.Proved.Equal(noon) {
		t.Errorf("the claims are %+v", got)
	}
}

// Each fault of a token is found, and a token without fault is believed.
func TestTokens(t *testing.T) {
	claim := func(name string, value any) func(*openidtest.Token) {
		return func(token *openidtest.Token) { token.Claims[name] = value }
	}
	sign := func(how string) func(*openidtest.Token) {
		return func(token *openidtest.Token) { token.Sign = how }
	}
	at := func(by time.Duration) int64 { return noon.Add(by).Unix() }
	for _, test := range []struct {
		name   string
		change func(*openidtest.Token)
		want   error
	}{
		{"right", nil, nil},
		{"signed with ES256", sign("ES256"), nil},
		{"another issuer", claim("iss", "https://evil.example"), openid.ErrToken},
		{"no issuer", claim("iss", ""), openid.ErrToken},
		{"another audience", claim("aud", "another-client"), openid.ErrToken},
		{"two audiences, made for us", func(token *openidtest.Token) {
			token.Claims["aud"], token.Claims["azp"] = []string{"another-client", openidtest.ClientID}, openidtest.ClientID
		}, nil},
		{"two audiences, made for another", func(token *openidtest.Token) {
			token.Claims["aud"], token.Claims["azp"] = []string{"another-client", openidtest.ClientID}, "another-client"
		}, openid.ErrToken},
		{"two audiences, made for nobody", claim("aud", []string{"another-client", openidtest.ClientID}), openid.ErrToken},
		{"made for another", claim("azp", "another-client"), openid.ErrToken},
		{"expired within the skew", claim("exp", at(-59*time.Second)), nil},
		{"expired", claim("exp", at(-61*time.Second)), openid.ErrToken},
		{"no expiry", claim("exp", 0), openid.ErrToken},
		{"made by a clock that is ahead within the skew", claim("iat", at(59*time.Second)), nil},
		{"made by a clock that is too far ahead", claim("iat", at(61*time.Second)), openid.ErrToken},
		{"made at no time", claim("iat", 0), openid.ErrToken},
		{"to be used later", claim("nbf", at(10*time.Minute)), openid.ErrToken},
		{"another nonce", claim("nonce", "guessed"), openid.ErrToken},
		{"no nonce", claim("nonce", ""), openid.ErrToken},
		{"no subject", claim("sub", ""), openid.ErrToken},
		{"a subject that is too long", claim("sub", strings.Repeat("s", 256)), openid.ErrToken},
		{"algorithm none", sign("none"), openid.ErrToken},
		{"HS256 with the public key", sign("HS256"), openid.ErrToken},
		{"a stranger's key", sign("stranger"), openid.ErrToken},
		{"a critical header that nobody knows", func(token *openidtest.Token) { token.Header["crit"] = []string{"b64"}; token.Header["b64"] = false }, openid.ErrToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newParty(t, nil)
			p.Change = test.change
			got, err := p.signIn(t)
			if !errors.Is(err, test.want) || err == nil && got.Subject != "s-1" {
				t.Errorf("error %v, want %v; claims %+v", err, test.want, got)
			}
			if test.want != nil && got.Subject != "" {
				t.Errorf("it said %+v all the same", got)
			}
		})
	}
}

// A provider takes other keys without a word, and the next token is believed.
func TestKeysAreRotated(t *testing.T) {
	p := newParty(t, nil)
	for range 2 {
		if _, err := p.signIn(t); err != nil {
			t.Fatal(err)
		}
		p.Rotate()
	}
}

// A code works once, for the question for which it was made.
func TestCodes(t *testing.T) {
	p := newParty(t, nil)
	q := openid.NewQuestion("")
	code := p.code(t, q).Get("code")
	if _, err := p.us.Answer(t.Context(), openid.NewQuestion(q.Browser), code); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("for another question: error %v", err) // the verifier is another
	}
	code = p.code(t, q).Get("code")
	if _, err := p.us.Answer(t.Context(), q, code); err != nil {
		t.Fatal(err)
	}
	if _, err := p.us.Answer(t.Context(), q, code); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("twice: error %v", err)
	}
}

func TestQuestionIsOfOneBrowser(t *testing.T) {
	q := openid.NewQuestion("")
	for _, test := range []struct {
		name string
		q    openid.Question
		want bool
	}{
		{"the same", q, true},
		{"another browser", openid.Question{State: q.State, Browser: openid.NewQuestion("").Browser}, false},
		{"no browser", openid.Question{State: q.State}, false},
		{"another state", openid.Question{State: openid.NewQuestion("").State, Browser: q.Browser}, false},
	} {
		if got := test.q.IsFor(q.BrowserHash()); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
	if again := openid.NewQuestion(q.Browser); again.Browser != q.Browser || again.State == q.State {
		t.Error("a second page of a browser is another browser, or asks the same question")
	}
	if other := openid.NewQuestion("chosen by somebody"); other.Browser == "chosen by somebody" {
		t.Error("anything may name a browser")
	}
}

// What the provider says of itself has to keep to its host, to https and to algorithms that
// count here.
func TestDiscovery(t *testing.T) {
	say := func(name string, value any) func(map[string]any) {
		return func(about map[string]any) { about[name] = value }
	}
	for _, test := range []struct {
		name  string
		about func(map[string]any)
		works bool
	}{
		{"right", nil, true},
		{"another issuer", say("issuer", "https://evil.example"), false},
		{"token endpoint elsewhere", say("token_endpoint", "https://evil.example/token"), false},
		{"keys elsewhere", say("jwks_uri", "https://evil.example/keys"), false},
		{"sign-in elsewhere", say("authorization_endpoint", "https://evil.example/"), false},
		{"without https", say("token_endpoint", "http://login.example/token"), false},
		{"a script as an address", say("authorization_endpoint", "javascript:alert(1)"), false},
		{"only algorithms that do not count", say("id_token_signing_alg_values_supported", []string{"HS256", "none"}), false},
		{"sign-out elsewhere", say("end_session_endpoint", "https://evil.example/"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newParty(t, nil)
			p.About = test.about
			err := p.us.Reachable(t.Context())
			if (err == nil) != test.works || err != nil && !errors.Is(err, openid.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			back := p.us.SignOutAddress("https://countersign.example/login")
			if strings.Contains(back, "evil") || test.about == nil && !strings.HasPrefix(back, p.URL+"/sign-out?") {
				t.Errorf("people sign out at %q", back)
			}
		})
	}
}

// The token endpoint may be on another host that was named, as Google's is.
func TestFurtherHosts(t *testing.T) {
	p := newParty(t, nil)
	other := openidtest.New(t, func() time.Time { return noon })
	elsewhere := func(about map[string]any) { about["jwks_uri"] = other.URL + "/keys" }
	p.About = elsewhere
	if err := p.us.Reachable(t.Context()); !errors.Is(err, openid.ErrUnavailable) || !strings.Contains(err.Error(), "--oidc-host") {
		t.Errorf("not named: error %v", err)
	}
	if asked := other.Requests(); len(asked) != 0 {
		t.Errorf("it was asked for %q", asked)
	}
	named := newParty(t, func(s *openid.Settings) { s.Hosts = []string{strings.TrimPrefix(other.URL, "http://")} })
	named.About = elsewhere
	if err := named.us.Reachable(t.Context()); err != nil {
		t.Errorf("named: error %v", err)
	}
}

// A provider that is not there is asked again, not more often than makes sense, and not by
// redirects or without end.
func TestUnavailable(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"failing":   func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"talking":   func(w http.ResponseWriter) { fmt.Fprint(w, `{"issuer":"`, strings.Repeat("x", 2<<20), `"}`) },
		"leading":   func(w http.ResponseWriter) { w.Header().Set("Location", "/keys"); w.WriteHeader(http.StatusFound) },
		"not JSON":  func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
		"cut short": func(w http.ResponseWriter) { w.Header().Set("Content-Length", "900"); fmt.Fprint(w, `{"issuer"`) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newParty(t, nil)
			p.Provider.Answer = answer
			for range 3 {
				if err := p.us.Reachable(t.Context()); !errors.Is(err, openid.ErrUnavailable) {
					t.Fatalf("error %v", err)
				}
			}
			if asked := p.Requests(); len(asked) != 1 {
				t.Errorf("it was asked for %q at once", asked)
			}
			p.Provider.Answer = nil
			p.now = noon.Add(11 * time.Second)
			if _, err := p.signIn(t); err != nil {
				t.Errorf("when it was there again: %v", err)
			}
		})
	}
}

// A provider that goes away after it was known is noticed before anybody is sent there, and one
// of whom somebody gave up waiting is not held to be down.
func TestGoesAway(t *testing.T) {
	p := newParty(t, nil)
	if _, err := p.signIn(t); err != nil {
		t.Fatal(err)
	}
	left, cancel := context.WithCancel(t.Context())
	cancel()
	p.now = noon.Add(2 * time.Minute)
	if err := p.us.Reachable(left); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever left learns %v", err)
	}
	if err := p.us.Reachable(t.Context()); err != nil {
		t.Errorf("the next learns %v", err)
	}
	p.Provider.Answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }
	p.now = noon.Add(4 * time.Minute)
	if _, err := p.us.Address(t.Context(), openid.NewQuestion(""), openid.AsUsual); !errors.Is(err, openid.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

func TestRoles(t *testing.T) {
	p := newParty(t, nil)
	for _, test := range []struct {
		groups []string
		want   string
	}{
		{nil, ""}, {[]string{"staff"}, ""}, {[]string{"KYC-team"}, ""},
		{[]string{"kyc-night"}, "reviewer"}, {[]string{"kyc-team", "kyc-night"}, "reviewer"},
		{[]string{"audit", "kyc-team"}, "auditor reviewer"},
	} {
		if got := strings.Join(p.us.Roles(test.groups), " "); got != test.want {
			t.Errorf("%q have %q, want %q", test.groups, got, test.want)
		}
	}
}

// Groups may be a list, a single text, or deeper in a claim; anything else is no group.
func TestGroups(t *testing.T) {
	for _, test := range []struct {
		claim string
		value any
		want  []string
	}{
		{"groups", []string{"a", "b"}, []string{"a", "b"}},
		{"groups", "a", []string{"a"}},
		{"groups", map[string]any{"a": true}, nil},
		{"groups", []any{1, nil, "a", []string{"b"}}, []string{"a"}},
		{"groups", nil, nil},
		{"groups.roles", map[string]any{"roles": []string{"a"}}, []string{"a"}},
	} {
		p := newParty(t, func(s *openid.Settings) { s.RolesClaim = test.claim })
		p.Person.Groups = test.value
		if got, err := p.signIn(t); err != nil || !slices.Equal(got.Groups, test.want) {
			t.Errorf("%s of %v: %q, want %q; error %v", test.claim, test.value, got.Groups, test.want, err)
		}
	}
}

func TestLogoutTokens(t *testing.T) {
	claim := func(name string, value any) func(*openidtest.Token) {
		return func(token *openidtest.Token) { token.Claims[name] = value }
	}
	without := func(name string) func(*openidtest.Token) {
		return func(token *openidtest.Token) { delete(token.Claims, name) }
	}
	kind := func(typ string) func(*openidtest.Token) {
		return func(token *openidtest.Token) { token.Header["typ"] = typ }
	}
	for _, test := range []struct {
		name             string
		subject, session string
		change           func(*openidtest.Token)
		works            bool
	}{
		{"of a subject", "s-1", "", nil, true},
		{"of a session", "", "sid-1", nil, true},
		{"of a provider that gives no kind", "s-1", "", kind("JWT"), true},
		{"of nobody", "", "", nil, false},
		{"of another kind", "s-1", "", kind("at+jwt"), false},
		{"another issuer", "s-1", "", claim("iss", "https://evil.example"), false},
		{"another audience", "s-1", "", claim("aud", "another-client"), false},
		{"expired", "s-1", "", claim("exp", noon.Add(-2*time.Minute).Unix()), false},
		{"no expiry", "s-1", "", without("exp"), false},
		{"made at no time", "s-1", "", without("iat"), false},
		{"to be made", "s-1", "", claim("iat", noon.Add(2*time.Minute).Unix()), false},
		{"without an ID", "s-1", "", without("jti"), false},
		{"without events", "s-1", "", without("events"), false},
		{"another event", "s-1", "", claim("events", map[string]any{"https://evil.example": map[string]any{}}), false},
		{"an event that is nothing", "s-1", "", claim("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": nil}), false},
		{"with a nonce, as an ID token", "s-1", "", claim("nonce", "n"), false},
		{"algorithm none", "s-1", "", func(token *openidtest.Token) { token.Sign = "none" }, false},
		{"HS256 with the public key", "s-1", "", func(token *openidtest.Token) { token.Sign = "HS256" }, false},
		{"a stranger's key", "s-1", "", func(token *openidtest.Token) { token.Sign = "stranger" }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newParty(t, nil)
			got, err := p.us.ReadLogout(t.Context(), p.LogoutToken(test.subject, test.session, test.change))
			if test.works && (err != nil || got.Subject != test.subject || got.Session != test.session) || !test.works && !errors.Is(err, openid.ErrToken) {
				t.Errorf("%+v, error %v", got, err)
			}
		})
	}
}

// What cannot be a token asks nobody for anything.
func FuzzLogoutToken(f *testing.F) {
	for _, seed := range []string{"", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "eyJ0eXAiOiJhdCtqd3QifQ.e30.AA"} {
		f.Add(seed)
	}
	secret, err := openid.NewSecret("s")
	if err != nil {
		f.Fatal(err)
	}
	us, err := openid.New(openid.Settings{Issuer: "http://127.0.0.1:1", ClientID: "c", Secret: secret, Roles: map[string][]string{"reviewer": {"g"}}, Now: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := us.ReadLogout(t.Context(), token); !errors.Is(err, openid.ErrToken) && !errors.Is(err, openid.ErrUnavailable) {
			t.Errorf("error %v", err)
		}
	})
}

func TestProvedSince(t *testing.T) {
	for _, test := range []struct {
		at   time.Time
		want bool
	}{
		{time.Time{}, false}, {noon.Add(-2 * time.Minute), false}, {noon.Add(-30 * time.Second), true},
		{noon.Add(time.Minute), true}, {noon.Add(4 * time.Minute), false},
	} {
		if got := (openid.Claims{Proved: test.at}).ProvedSince(noon, noon.Add(2*time.Minute)); got != test.want {
			t.Errorf("proved at %s: %t", test.at, got)
		}
	}
}

// A form comes out as it went in, and only for its question, under its key.
func TestSealedForm(t *testing.T) {
	key, q := []byte(strings.Repeat("k", 32)), openid.NewQuestion("")
	form := url.Values{"note": {"two\nlines & a \u200b"}, "reason": {"a", "b"}}
	sealed, err := openid.SealForm(key, q, form)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "lines") {
		t.Error("it can be read")
	}
	if got, err := openid.OpenForm(key, q, sealed); err != nil || got.Encode() != form.Encode() {
		t.Errorf("%v, error %v", got, err)
	}
	if _, err := openid.OpenForm(key, openid.NewQuestion(""), sealed); err == nil {
		t.Error("it opens for another question")
	}
	if _, err := openid.OpenForm([]byte(strings.Repeat("x", 32)), q, sealed); err == nil {
		t.Error("it opens under another key")
	}
}

func TestSettingsThatLetNobodyIn(t *testing.T) {
	secret, err := openid.NewSecret("s")
	if err != nil {
		t.Fatal(err)
	}
	good := openid.Settings{Issuer: "https://login.example", ClientID: "c", Secret: secret, Roles: map[string][]string{"reviewer": {"g"}}}
	for name, change := range map[string]func(*openid.Settings){
		"no issuer":     func(s *openid.Settings) { s.Issuer = "" },
		"without https": func(s *openid.Settings) { s.Issuer = "http://login.example" },
		"localhost, which a name server may lead away": func(s *openid.Settings) { s.Issuer = "http://localhost:9" },
		"no client": func(s *openid.Settings) { s.ClientID = "" },
		"no secret": func(s *openid.Settings) { s.Secret = openid.Secret{} },
		"no role":   func(s *openid.Settings) { s.Roles = nil },
	} {
		bad := good
		change(&bad)
		if _, err := openid.New(bad); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	if text := fmt.Sprintf("%v %+v %#v %s", good, good, good, secret); strings.Contains(text, `"s"`) || strings.Contains(text, "{s}") {
		t.Errorf("the secret prints: %s", text)
	}
}
