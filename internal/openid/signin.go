package openid

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Prompt is how the provider is to ask.
type Prompt string

// The prompts.
const (
	AsUsual  Prompt = ""      // it asks for what it wants to know
	Silently Prompt = "none"  // it asks for nothing, and says no where it would have to
	Afresh   Prompt = "login" // it asks for a proof whatever it knows
)

// Question is a sign-in that was begun. Its State goes through the provider and names it; what
// the provider must say besides follows from the state and from what the browser keeps, so that
// neither a forwarded address nor a copy of the database can finish it.
type Question struct {
	State   string
	Browser string // what the browser keeps, and nobody else
}

// stateLength is that of what rand.Text makes.
const stateLength = 26

// NewQuestion returns a question to a browser. What the browser keeps from an earlier one stays,
// so that two of its pages can ask at once; anything else is replaced.
func NewQuestion(browser string) Question {
	if !isToken(browser) {
		browser = rand.Text()
	}
	return Question{State: rand.Text(), Browser: browser}
}

func isToken(s string) bool {
	return len(s) == stateLength && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// Hash is by what a question is kept until it is answered.
func (q Question) Hash() [sha256.Size]byte { return sha256.Sum256([]byte("openid state " + q.State)) }

// BrowserHash is what may be kept of what the browser keeps.
func (q Question) BrowserHash() string { return q.derive("browser") }

// IsFor reports whether the question was asked of the browser with that BrowserHash.
func (q Question) IsFor(browserHash string) bool {
	return isToken(q.Browser) && isToken(q.State) && subtle.ConstantTimeCompare([]byte(q.BrowserHash()), []byte(browserHash)) == 1
}

// derive makes a value for one purpose, which only the browser can give rise to.
func (q Question) derive(purpose string) string {
	sum := sha256.Sum256([]byte("openid " + purpose + "\x00" + q.State + "\x00" + q.Browser))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// nonce and verifier stand in no row.
func (q Question) nonce() string    { return q.derive("nonce") }
func (q Question) verifier() string { return q.derive("verifier") }

// Address is where the provider asks the question. It returns ErrUnavailable when the provider
// does not answer.
func (p *Provider) Address(ctx context.Context, q Question, prompt Prompt) (string, error) {
	found, err := p.discover(ctx, knownFor)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(q.nonce()), oauth2.S256ChallengeOption(q.verifier())}
	if prompt != AsUsual {
		options = append(options, oauth2.SetAuthURLParam("prompt", string(prompt)))
	}
	if prompt == Afresh {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"))
	}
	return found.oauth.AuthCodeURL(q.State, options...), nil
}

// Claims are what the provider says of somebody who signed in.
type Claims struct {
	Subject string
	Session string // of the provider's; empty where it says none
	Name    string // for a new account; empty where it says none
	Groups  []string
	Proved  time.Time // when they last proved to the provider who they are; zero where it does not say
}

// maxSubject is how long a subject may be. Source: https://openid.net/specs/openid-connect-core-1_0.html#IDToken
const maxSubject = 255

// maxGroups is more groups than anybody is told to have, and maxGroup longer than a name of one.
const (
	maxGroups = 2000
	maxGroup  = 256
)

// Answer takes what the provider sent back for a question, which the browser has to have asked,
// and returns what it says of whoever signed in. It returns ErrRefused when the provider does
// not take the code, ErrToken for a token that is not to be believed, and ErrUnavailable.
func (p *Provider) Answer(ctx context.Context, q Question, code string) (Claims, error) {
	found, err := p.discover(ctx, 0)
	if err != nil {
		return Claims{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client) // oauth2 reads the same value
	tokens, err := found.oauth.Exchange(ctx, code, oauth2.VerifierOption(q.verifier()))
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &said) && said.Response.StatusCode < 500:
		return Claims{}, fmt.Errorf("openid: %w: status %d", ErrRefused, said.Response.StatusCode)
	case errors.As(err, &said):
		return Claims{}, fmt.Errorf("openid: %w: status %d", ErrUnavailable, said.Response.StatusCode)
	case err != nil:
		return Claims{}, fmt.Errorf("openid: %w: %w", ErrUnavailable, redacted(err))
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return Claims{}, invalid("there is no ID token")
	}
	return p.read(ctx, found, q, raw)
}

// moreClaims are those that the library does not read.
type moreClaims struct {
	AuthorizedParty string `json:"azp"`
	Session         string `json:"sid"`
	AuthTime        int64  `json:"auth_time"`
}

// read returns what an ID token says, if it is to be believed.
func (p *Provider) read(ctx context.Context, found *discovered, q Question, raw string) (Claims, error) {
	token, err := found.verifier.Verify(ctx, raw)
	if err != nil {
		return Claims{}, p.tokenError(err)
	}
	var more moreClaims
	var all map[string]any
	if err := errors.Join(token.Claims(&more), token.Claims(&all)); err != nil {
		return Claims{}, invalid("its claims cannot be read")
	}
	now := p.settings.Now()
	switch {
	case token.Issuer != p.settings.Issuer:
		return Claims{}, invalid("another issuer")
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(q.nonce())) != 1:
		return Claims{}, invalid("another nonce")
	case len(token.Audience) > 1 && more.AuthorizedParty == "", more.AuthorizedParty != "" && more.AuthorizedParty != p.settings.ClientID:
		return Claims{}, invalid("it was made for another client")
	case token.IssuedAt.Unix() <= 0 || token.IssuedAt.After(now.Add(clockSkew)):
		return Claims{}, invalid("it was made at a time that is to come, or at none")
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return Claims{}, invalid("it names nobody")
	}
	c := Claims{Subject: token.Subject, Session: more.Session, Groups: groupsIn(claimAt(all, p.settings.RolesClaim))}
	c.Name, _ = claimAt(all, p.settings.NameClaim).(string)
	if more.AuthTime > 0 {
		c.Proved = time.Unix(more.AuthTime, 0)
	}
	return c, nil
}

// ProvedSince reports whether somebody proved who they are after a question was asked, as far as
// two clocks can tell.
func (c Claims) ProvedSince(asked, now time.Time) bool {
	return !c.Proved.Before(asked.Add(-clockSkew)) && !c.Proved.After(now.Add(clockSkew))
}

// claimAt is a claim by its name, or by the names on the way to it with dots between.
func claimAt(claims map[string]any, name string) any {
	if value, ok := claims[name]; ok {
		return value
	}
	first, rest, nested := strings.Cut(name, ".")
	inner, ok := claims[first].(map[string]any)
	if !nested || !ok {
		return nil
	}
	return claimAt(inner, rest)
}

// groupsIn are the groups in a claim: a list of texts, or a single one. Anything else in it is
// no group.
func groupsIn(claim any) []string {
	switch claim := claim.(type) {
	case string:
		return []string{claim}
	case []any:
		var groups []string
		for _, one := range claim {
			if text, ok := one.(string); ok && len(text) <= maxGroup && len(groups) < maxGroups {
				groups = append(groups, text)
			}
		}
		return groups
	}
	return nil
}

// Roles are the names of the roles that groups have, sorted.
func (p *Provider) Roles(groups []string) []string {
	var roles []string
	for role, having := range p.settings.Roles {
		if slices.ContainsFunc(having, func(g string) bool { return slices.Contains(groups, g) }) {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return roles
}

// tokenError says in which way a token is not to be believed, without saying what is in it.
func (p *Provider) tokenError(err error) error {
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return invalid("it has expired")
	case strings.Contains(err.Error(), "fetching keys"): // the library has no error for it
		return fmt.Errorf("openid: %w: its keys could not be fetched", ErrUnavailable)
	}
	return invalid("signature, algorithm, issuer or audience is wrong")
}

func invalid(why string) error { return fmt.Errorf("openid: %w: %s", ErrToken, why) }

// CheckIssuer returns nil unless the answer says to come from another provider. Source: RFC 9207.
func (p *Provider) CheckIssuer(answer url.Values) error {
	if answer.Has("iss") && answer.Get("iss") != p.settings.Issuer {
		return invalid("another issuer")
	}
	return nil
}
