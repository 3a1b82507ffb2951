package handlers

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// proxied is a server behind proxies in some networks.
func proxied(t testing.TB, log *strings.Builder) *Server {
	t.Helper()
	s := &Server{Log: slog.New(slog.NewTextHandler(log, nil))}
	for _, text := range []string{"10.0.0.0/24", "fd00::/64", "fe80::/10"} {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Proxies = append(s.Proxies, network)
	}
	return s
}

func requestFrom(remote string, forwarded ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = remote
	r.Header["X-Forwarded-For"] = forwarded
	return r
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	const proxy = "10.0.0.5:4711"
	for _, test := range []struct {
		name, remote string
		forwarded    []string
		want         string
		logged       bool
	}{
		{"no proxy", "192.0.2.1:1234", nil, "192.0.2.1", false},
		{"a stranger says so", "192.0.2.1:1234", []string{"203.0.113.9"}, "192.0.2.1", false},
		{"nothing forwarded", proxy, nil, "10.0.0.5", false},
		{"an empty header", proxy, []string{""}, "10.0.0.5", false},
		{"an address", proxy, []string{"203.0.113.9"}, "203.0.113.9", false},
		{"with a port", proxy, []string{"203.0.113.9:50012"}, "203.0.113.9", false},
		{"quoted, with a port", proxy, []string{`"203.0.113.9:50012"`}, "203.0.113.9", false},
		{"IPv6", proxy, []string{"2001:db8::9"}, "2001:db8::9", false},
		{"IPv6 in brackets", proxy, []string{"[2001:db8::9]"}, "2001:db8::9", false},
		{"IPv6 with a port", proxy, []string{"[2001:db8::9]:50012"}, "2001:db8::9", false},
		{"IPv6 quoted, with a port", proxy, []string{`"[2001:db8::9]:50012"`}, "2001:db8::9", false},
		{"IPv6 with a port and no brackets", proxy, []string{"2001:db8:0:0:0:0:0:9:50012"}, "2001:db8::9", false},
		{"IPv6 with a zone", proxy, []string{"2001:db8::9%eth0"}, "2001:db8::9", false},
		{"IPv6 with a zone and a port", proxy, []string{"[2001:db8::9%eth0]:80"}, "2001:db8::9", false},
		{"IPv4 in IPv6", proxy, []string{"::ffff:203.0.113.9"}, "203.0.113.9", false},
		{"blanks", proxy, []string{"  \t203.0.113.9 \t "}, "203.0.113.9", false},
		{"a list", proxy, []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9", false},
		{"two headers", proxy, []string{"198.51.100.1", "203.0.113.9:50012"}, "203.0.113.9", false},
		{"two proxies", proxy, []string{"198.51.100.1, 203.0.113.9, 10.0.0.6:80"}, "203.0.113.9", false},
		{"the client made up the rest", proxy, []string{"unknown, <script>, 203.0.113.9"}, "203.0.113.9", false},
		{"only proxies", proxy, []string{"10.0.0.7, 10.0.0.6"}, "10.0.0.7", false},
		{"the proxy by IPv6", "[::ffff:10.0.0.5]:4711", []string{"203.0.113.9"}, "203.0.113.9", false},
		{"the proxy with a zone", "[fe80::5%eth0]:4711", []string{"203.0.113.9"}, "203.0.113.9", false},
		{"unknown", proxy, []string{"unknown"}, "10.0.0.5", true},
		{"hidden", proxy, []string{"_gazonk"}, "10.0.0.5", true},
		{"unknown behind the second proxy", proxy, []string{"203.0.113.9, unknown, 10.0.0.6"}, "10.0.0.6", true},
		{"a blank at the end", proxy, []string{"203.0.113.9, "}, "10.0.0.5", true},
		{"as Forwarded has it", proxy, []string{"for=203.0.113.9"}, "10.0.0.5", true},
		{"no port behind the colon", proxy, []string{"203.0.113.9:"}, "10.0.0.5", true},
		{"no address", proxy, []string{"203.0.113"}, "10.0.0.5", true},
		{"no connection to an address", "@", []string{"203.0.113.9"}, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			address := proxied(t, &log).clientAddress()
			for range 3 {
				if got := address(requestFrom(test.remote, test.forwarded...)); got != test.want {
					t.Errorf("the address is %q, want %q", got, test.want)
				}
			}
			if lines := strings.Count(log.String(), "\n"); lines > 1 || test.logged != (lines == 1) {
				t.Errorf("the log is %q", log.String())
			}
		})
	}
}

// Whatever a client writes, its own address is taken where a trusted proxy adds it, and
// what is taken is an address.
func FuzzClientAddress(f *testing.F) {
	for _, seed := range []string{"", "unknown", "203.0.113.9:50012", `"[2001:db8::9]:1"`, "[[::1]]:x", ",,", "10.0.0.6", "fe80::1%a,b"} {
		f.Add(seed)
	}
	var log strings.Builder
	address := proxied(f, &log).clientAddress()
	f.Fuzz(func(t *testing.T, text string) {
		if got := address(requestFrom("192.0.2.1:1", text)); got != "192.0.2.1" {
			t.Errorf("from a stranger with %q: %s", text, got)
		}
		for _, added := range []string{"203.0.113.9", " 203.0.113.9:50012", "::ffff:203.0.113.9", `"[::ffff:203.0.113.9]:80"`} {
			if got := address(requestFrom("10.0.0.5:1", text+","+added)); got != "203.0.113.9" {
				t.Errorf("with %q before %s: %s", text, added, got)
			}
		}
		got := address(requestFrom("10.0.0.5:1", text))
		if ip, err := netip.ParseAddr(got); err != nil || ip.String() != got || ip.Zone() != "" {
			t.Errorf("with %q: %q", text, got)
		}
	})
}
