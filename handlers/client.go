package handlers

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// clientAddress says how to tell the address of a client: from the connection, or where
// that comes from a trusted proxy from what proxies say in X-Forwarded-For. The header is
// read from its end, which the nearest proxy wrote, and never beyond the first address
// that is not a trusted proxy's: a client may have written the rest. Where a proxy wrote
// what is not an address, that proxy's own is taken, and the log says so once.
func (s *Server) clientAddress() echo.IPExtractor {
	var unread sync.Once
	return func(r *http.Request) string {
		nearest, ok := readAddress(r.RemoteAddr)
		if !ok {
			return ""
		}
		forwarded := strings.Split(strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ","), ",")
		for i := len(forwarded) - 1; i >= 0 && s.isTrustedProxy(nearest); i-- {
			if i == 0 && strings.TrimSpace(forwarded[i]) == "" {
				break // nothing was forwarded
			}
			next, ok := readAddress(forwarded[i])
			if !ok {
				unread.Do(func() {
					s.Log.WarnContext(r.Context(), "a trusted proxy sends an X-Forwarded-For that holds no address: failed sign-ins count against the proxy, for all who come through it", "proxy", nearest.String())
				})
				break
			}
			nearest = next
		}
		return nearest.String()
	}
}

// isTrustedProxy reports whether the address is that of a trusted proxy.
func (s *Server) isTrustedProxy(address netip.Addr) bool {
	ip := net.IP(address.AsSlice())
	for _, proxy := range s.Proxies {
		if proxy.Contains(ip) {
			return true
		}
	}
	return false
}

// readAddress reads an IP address as proxies write it: with or without a port, brackets,
// quotes and a zone, which belongs to the proxy's machine and is left out.
func readAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`))
	address, err := netip.ParseAddr(trimBrackets(text))
	if err != nil {
		host, port, found := cutLast(text, ":")
		if !found || port == "" || strings.Trim(port, "0123456789") != "" {
			return netip.Addr{}, false
		}
		address, err = netip.ParseAddr(trimBrackets(host))
	}
	return address.Unmap().WithZone(""), err == nil
}

func trimBrackets(host string) string {
	if inner, found := strings.CutPrefix(host, "["); found {
		return strings.TrimSuffix(inner, "]")
	}
	return host
}

// cutLast cuts text around the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}
