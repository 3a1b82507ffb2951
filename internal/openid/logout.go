package openid

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Logout is whose sessions end, as the provider says. One of Subject and Session is set.
type Logout struct {
	Subject string
	Session string // of the provider's
	Hash    [sha256.Size]byte
	Until   time.Time // until when the same token could be sent again
}

// maxLogoutToken is more than a logout token has, in bytes.
const maxLogoutToken = 32 << 10

// ReadLogout returns what a logout token says. That it came for the first time is for the caller
// to see, by its Hash. It returns ErrToken for one that is not to be believed, and
// ErrUnavailable. Source: https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
func (p *Provider) ReadLogout(ctx context.Context, raw string) (Logout, error) {
	p.logouts.Lock()
	defer p.logouts.Unlock()
	if !isForLogout(raw) {
		return Logout{}, invalid("it is not a logout token")
	}
	found, err := p.discover(ctx, 0)
	if err != nil {
		return Logout{}, err
	}
	token, err := found.verifier.VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return Logout{}, p.tokenError(err)
	}
	var events struct {
		Events map[string]json.RawMessage `json:"events"`
	}
	var event map[string]any
	err = token.Claims(&events)
	if err == nil {
		err = json.Unmarshal(events.Events["http://schemas.openid.net/event/backchannel-logout"], &event)
	}
	now := p.settings.Now()
	switch {
	case err != nil || event == nil:
		return Logout{}, invalid("it names no event of this kind")
	case token.Issuer != p.settings.Issuer:
		return Logout{}, invalid("another issuer")
	case token.IssuedAt.Unix() <= 0 || token.IssuedAt.After(now.Add(clockSkew)):
		return Logout{}, invalid("it was made at a time that is to come, or at none")
	}
	return Logout{
		Subject: token.Subject, Session: token.SessionID, Until: token.Expiry.Add(2 * clockSkew),
		Hash: sha256.Sum256([]byte("openid logout " + token.TokenID)),
	}, nil
}

// isForLogout reports whether a token says to be a logout token, or a token of no kind, as those
// of older providers do. Nothing is asked of anybody for one that is not.
func isForLogout(raw string) bool {
	head, _, found := strings.Cut(raw, ".")
	if !found || len(raw) > maxLogoutToken {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return false
	}
	var header struct {
		Type string `json:"typ"`
	}
	if json.Unmarshal(text, &header) != nil {
		return false
	}
	switch strings.TrimPrefix(strings.ToLower(header.Type), "application/") {
	case "", "jwt", "logout+jwt":
		return true
	}
	return false
}
