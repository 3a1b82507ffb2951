package yotisign

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// The addresses of Yoti's own servers. Source: Yoti Sign, API reference.
const (
	ProductionURL = "https://api.yotisign.com/v2"
	DemoURL       = "https://demo.api.yotisign.com/v2"
)

// BaseURL is an address below which Yoti Sign's API lies. Only ParseBaseURL makes one.
type BaseURL struct{ url url.URL }

// ParseBaseURL reads an address. It has to be https, or http to this very machine,
// and to hold nothing but scheme, host and path.
func ParseBaseURL(s string) (BaseURL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return BaseURL{}, errors.New("the base URL is not an address such as " + ProductionURL)
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return BaseURL{}, errors.New("the base URL may hold no name, password, query or fragment")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return BaseURL{}, errors.New("the base URL must begin with https:// (http:// is for this machine only)")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return BaseURL{*u}, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// String returns the address.
func (b BaseURL) String() string { return b.url.String() }

// join returns the address of a path below the base.
func (b BaseURL) join(elements ...string) string { return b.url.JoinPath(elements...).String() }
