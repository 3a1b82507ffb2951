// Package openid lets people in through the company's own sign-in: a provider of OpenID
// Connect 1.0, asked by the authorization code flow with PKCE. It promises:
//
//   - Nothing is believed that the provider did not sign for this client: issuer, audience,
//     expiry, nonce and algorithm of each token are checked, and the keys come from the
//     provider's own host.
//   - Requests go to the issuer's host and to those that the operator named, by https (or to a
//     literal loopback address), follow no redirect, and end after a few seconds.
//   - A provider that cannot be reached is ErrUnavailable and nothing worse: it is asked again.
//   - Whoever answers a question is in the browser that was asked.
//
// It knows no account and no database: what a person may do is said by the roles that it reads
// from a token, and who keeps questions until they are answered is up to the caller.
package openid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Settings say which provider it is, and what its tokens mean.
type Settings struct {
	Issuer     string
	ClientID   string
	Secret     Secret
	Redirect   string              // address to which the provider sends people back
	Hosts      []string            // further hosts of the provider's, as in an address
	Roles      map[string][]string // names of roles, each with the groups that have it
	RolesClaim string              // claim that has the groups
	Scopes     []string            // to ask for besides, where the provider gives the groups for them only
	NameClaim  string              // claim that has the name for a new account
	Now        func() time.Time
}

// Secret is the client's. It prints as [redacted].
type Secret struct{ text string }

// NewSecret takes a secret from the text of a file; blanks around it are not part of it.
func NewSecret(text string) (Secret, error) {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "\r\n\x00") {
		return Secret{}, errors.New("it holds no client secret on a single line")
	}
	return Secret{text}, nil
}

// String and GoString keep the secret out of whatever prints it.
func (Secret) String() string   { return "[redacted]" }
func (Secret) GoString() string { return "[redacted]" }

var (
	// ErrUnavailable is returned while the provider cannot be asked, or its own description of
	// itself cannot be used.
	ErrUnavailable = errors.New("the company's sign-in cannot be reached")
	// ErrToken is returned for a token that is not to be believed.
	ErrToken = errors.New("the token is not valid")
	// ErrRefused is returned when the provider did not give a token for a code.
	ErrRefused = errors.New("the provider did not take the code")
)

// clockSkew is how far the provider's clock may be from ours.
const clockSkew = time.Minute

// How often a provider is asked to describe itself: again after a failure, and again when it is
// to be known whether it is there.
const (
	retryAfter = 10 * time.Second
	knownFor   = time.Minute
)

// algorithms are those that tokens may be signed with, where the provider says to use them.
var algorithms = []string{oidc.RS256, oidc.ES256, oidc.PS256, oidc.EdDSA}

// Provider is a company's sign-in. Use New to make one; it may be used by many at once.
type Provider struct {
	settings Settings
	client   *http.Client
	allowed  []string // hosts, as in an address

	mu      sync.Mutex
	found   *discovered // nil until it could be asked
	foundAt time.Time
	failed  error
	triedAt time.Time

	logouts sync.Mutex // one logout token at a time: anybody can send one
}

// discovered is what a provider says of itself.
type discovered struct {
	oauth      oauth2.Config
	algorithms []string
	verifier   *oidc.IDTokenVerifier
	endSession string
}

// New returns a provider, which is not asked for anything yet. It returns an error for settings
// with which nobody could sign in.
func New(s Settings) (*Provider, error) {
	issuer, err := url.Parse(s.Issuer)
	switch {
	case err != nil || issuer.Host == "" || issuer.User != nil || issuer.RawQuery != "" || issuer.Fragment != "":
		return nil, fmt.Errorf("the issuer %q is not an address such as https://login.example.org", s.Issuer)
	case !isSecure(issuer):
		return nil, fmt.Errorf("the issuer %q must begin with https://", s.Issuer)
	case s.ClientID == "":
		return nil, errors.New("there is no client ID")
	case s.Secret == Secret{}:
		return nil, errors.New("there is no client secret")
	case len(s.Roles) == 0:
		return nil, errors.New("no group has a role, so that nobody could come in")
	}
	p := &Provider{settings: s, allowed: append([]string{strings.ToLower(issuer.Host)}, lower(s.Hosts)...)}
	p.client = newClient(p.allowed)
	return p, nil
}

// Issuer is the issuer, as tokens have it.
func (p *Provider) Issuer() string { return p.settings.Issuer }

// isSecure reports whether nobody on the way can change what an address gives.
func isSecure(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && err == nil && ip.IsLoopback()
}

func lower(list []string) []string {
	low := make([]string, len(list))
	for i, s := range list {
		low[i] = strings.ToLower(s)
	}
	return low
}

// Reachable returns nil when the provider answered within the last minute, or does so now.
func (p *Provider) Reachable(ctx context.Context) error {
	_, err := p.discover(ctx, knownFor)
	return err
}

// discover returns what the provider says of itself. What is not older than the age is not asked
// for again; zero is any age. After a failure nobody asks for a while.
func (p *Provider) discover(ctx context.Context, age time.Duration) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.settings.Now()
	if p.found != nil && (age == 0 || p.failed == nil && isWithin(p.foundAt, now, age)) {
		return p.found, nil
	}
	if p.failed != nil && isWithin(p.triedAt, now, retryAfter) {
		return nil, p.failed
	}
	p.triedAt = now
	found, err := p.ask(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("openid: %w: %w", ErrUnavailable, ctx.Err()) // whoever asked left; that says nothing of the provider
	}
	if p.failed = nil; err != nil {
		p.failed = fmt.Errorf("openid: %w: %w", ErrUnavailable, err)
		return nil, p.failed
	}
	if p.found == nil || !p.found.isSame(found) { // otherwise the keys that are known stay
		p.found = found
	}
	p.foundAt = now
	return p.found, nil
}

// isWithin reports whether a moment is at most so long ago. One that is to come is not.
func isWithin(at, now time.Time, age time.Duration) bool {
	return !at.After(now) && now.Sub(at) < age
}

func (d *discovered) isSame(other *discovered) bool {
	return d.oauth.Endpoint == other.oauth.Endpoint && d.endSession == other.endSession && slices.Equal(d.algorithms, other.algorithms)
}

// metadata is what the library does not read. Source:
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
type metadata struct {
	Keys       string   `json:"jwks_uri"`
	Methods    []string `json:"token_endpoint_auth_methods_supported"`
	Algorithms []string `json:"id_token_signing_alg_values_supported"`
	EndSession string   `json:"end_session_endpoint"`
}

// ask asks the provider to describe itself.
func (p *Provider) ask(ctx context.Context) (*discovered, error) {
	ctx = oidc.ClientContext(ctx, p.client)
	provider, err := oidc.NewProvider(ctx, p.settings.Issuer)
	if err != nil {
		return nil, redacted(err)
	}
	var more metadata
	if err := provider.Claims(&more); err != nil {
		return nil, errors.New("its description cannot be read")
	}
	endpoint := provider.Endpoint()
	for name, address := range map[string]string{"authorization endpoint": endpoint.AuthURL, "token endpoint": endpoint.TokenURL, "keys": more.Keys} {
		if err := checkAddress(address, p.allowed); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	accepted := slices.DeleteFunc(slices.Clone(algorithms), func(a string) bool { return !slices.Contains(more.Algorithms, a) })
	if len(more.Algorithms) == 0 {
		accepted = []string{oidc.RS256} // which every provider has to have
	}
	if len(accepted) == 0 {
		return nil, errors.New("it signs tokens with no algorithm that counts here: RS256, ES256, PS256 or EdDSA")
	}
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	found := &discovered{
		algorithms: accepted,
		oauth: oauth2.Config{
			ClientID: p.settings.ClientID, ClientSecret: p.settings.Secret.text, Endpoint: endpoint,
			RedirectURL: p.settings.Redirect, Scopes: append([]string{oidc.ScopeOpenID, "profile"}, p.settings.Scopes...),
		},
		verifier: provider.VerifierContext(ctx, &oidc.Config{
			ClientID: p.settings.ClientID, SupportedSigningAlgs: accepted,
			Now: func() time.Time { return p.settings.Now().Add(-clockSkew) },
		}),
	}
	if checkAddress(more.EndSession, p.allowed) == nil {
		found.endSession = more.EndSession
	}
	return found, nil
}

// SignOutAddress is where people sign out of the provider, and come back to the address after;
// empty where it is not known.
func (p *Provider) SignOutAddress(back string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil || p.found.endSession == "" {
		return ""
	}
	u, err := url.Parse(p.found.endSession)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.settings.ClientID)
	query.Set("post_logout_redirect_uri", back)
	u.RawQuery = query.Encode()
	return u.String()
}
