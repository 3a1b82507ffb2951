package passkey

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
)

// Site is what a passkey is made for: a host name, which WebAuthn calls the ID of the relying
// party, and the address of pages that may ask for it.
type Site struct {
	Host   string `json:"host"`
	Origin string `json:"origin"` // scheme, host and port, as browsers write it
}

// Why there are no passkeys at an address.
var (
	// ErrNumber is returned for an address that has an IP address in the place of a host name.
	ErrNumber = errors.New("passkeys need a host name, not an IP address")
	// ErrInsecure is returned for an address by plain http that is not this machine's own.
	ErrInsecure = errors.New("passkeys need https")
	// ErrHostName is returned for a host name that is none to the library.
	ErrHostName = errors.New("passkeys need another host name")
)

// SiteAt returns the site whose pages have an origin. It returns ErrNumber, ErrInsecure or
// ErrHostName where browsers allow no passkeys.
func SiteAt(origin string) (Site, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return Site{}, ErrHostName
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil {
		return Site{}, ErrNumber
	}
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return Site{}, ErrInsecure
	case protocol.ValidateRPID(host) != nil:
		return Site{}, ErrHostName
	}
	return Site{Host: host, Origin: u.Scheme + "://" + strings.ToLower(u.Host)}, nil
}
