package handlers_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/handlers"
)

// setUpNames are the flags with which Chromium finds the names of the set-ups here, and
// takes the certificates that are made for a test.
var setUpNames = []chromedp.ExecAllocatorOption{
	chromedp.Flag("host-resolver-rules", "MAP *.lan 127.0.0.1, MAP *.lan. 127.0.0.1, MAP *.example 127.0.0.1"),
	chromedp.Flag("ignore-certificate-errors", true),
	chromedp.Flag("disable-features", "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"),
}

// setUpServer is a server as one of the set-ups of docs/operations.md has it.
type setUpServer struct {
	name    string
	network string // where it listens, when not on 127.0.0.1
	host    string // that browsers ask for
	public  bool   // whether --public-url names that
	allowed string
	proxy   string // "keeps" or "rewrites" the Host; empty for none
	https   bool
}

// start runs the server, and the proxy in front where there is one, and returns the
// address that browsers use.
func (u setUpServer) start(t *testing.T, d *desk) string {
	t.Helper()
	address := u.network
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("cannot listen on %s: %v", address, err)
	}
	s := d.beside()
	s.Instance = u.name
	s.Hosts = []string{u.allowed}
	web := &httptest.Server{Listener: listener, Config: &http.Server{}}
	front := web
	if u.proxy != "" {
		front = httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: listener.Addr().String()}) // with its Host
			if u.proxy == "keeps" {
				r.Out.Host = r.In.Host
			}
			r.SetXForwarded()
		}})
	}
	_, port, err := net.SplitHostPort(front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	base := &url.URL{Scheme: "http", Host: u.host + ":" + port}
	if u.https {
		base.Scheme = "https"
	}
	if u.public {
		s.Public = base
	}
	web.Config.Handler = s.Handler()
	web.Start()
	t.Cleanup(web.Close)
	switch {
	case u.https:
		front.StartTLS()
	case front != web:
		front.Start()
	}
	if front != web {
		t.Cleanup(front.Close)
	}
	return base.String()
}

// Wherever a server agrees to serve, people sign in, send forms and sign out.
func TestSetUpsInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	b := startChromium(t, d, "", setUpNames...)
	for _, u := range []setUpServer{
		{name: "loopback", host: "127.0.0.1"},
		{name: "localhost", host: "localhost"},
		{name: "IPv6 loopback", network: "[::1]:0", host: "[::1]"},
		{name: "a name by http", host: "desk.lan", public: true},
		{name: "an allowed name by http", host: "other.lan", allowed: "other.lan"},
		{name: "http, proxy keeps Host", host: "desk.lan", public: true, proxy: "keeps"},
		{name: "http, proxy rewrites Host", host: "desk.lan", public: true, proxy: "rewrites"},
		{name: "https, proxy keeps Host", host: "desk.example", public: true, proxy: "keeps", https: true},
		{name: "https, proxy rewrites Host", host: "desk.example", public: true, proxy: "rewrites", https: true},
	} {
		t.Run(u.name, func(t *testing.T) {
			b.t = t
			b.d.web.URL = u.start(t, d)
			b.open("/login", 1440, "light")
			b.enterAs("ann")
			b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
			b.do(chromedp.SendKeys("#note", "Written at "+u.name+"."))
			b.follow(chromedp.Focus(recordNote), chromedp.KeyEvent(kb.Enter))
			b.do(chromedp.WaitVisible("[data-note]"))
			if !strings.Contains(ask(b, chromedp.Text("main")), "Written at "+u.name) {
				t.Error("the note is not on the page")
			}
			if status := eval[int](b, `fetch("/theme", {method: "POST", body: new URLSearchParams({theme: "dark"})}).then(r => r.status)`); status != http.StatusOK {
				t.Errorf("a form that a script sends: status %d", status)
			}
			b.open("/", 1440, "light")
			b.follow(chromedp.Click(`form[action="/logout"] button`))
			b.do(chromedp.WaitVisible("#username"))
			b.complain(u.name)
		})
	}
}

// Where https is in front, a browser on the machine itself can come without it, and any
// other is told where to go.
func TestPlainHTTPBesideHTTPS(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	s := d.beside()
	s.Public = mustURL(t, "https://desk.example")
	s.Hosts = []string{"desk.lan"}
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	b := startChromium(t, d, "", setUpNames...)
	d.web.URL = web.URL
	b.open("/login", 1440, "light")
	b.enterAs("ann")
	b.complain("on the machine")
	d.web.URL = strings.Replace(web.URL, "127.0.0.1", "desk.lan", 1)
	b.open("/login", 1440, "light")
	b.follow(chromedp.SetValue("#username", "ann"), chromedp.SetValue("#password", password), chromedp.Submit("#password"))
	b.do(chromedp.WaitVisible("[data-error=foreign-origin]"))
	if said := ask(b, chromedp.Text("main")); !strings.Contains(said, "https://desk.example") {
		t.Errorf("the page says %s", said)
	}
}

// What a link has behind the "#" gets into its form, and nowhere else.
func TestLinksInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	var asked lockedBuffer // what a proxy could log
	d.server.SetUp = handlers.NewSetUpLink([]byte("a secret of tests"))
	inner := d.web.Config.Handler
	d.web.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = asked.Write([]byte(r.URL.String() + " " + r.Referer() + "\n"))
		inner.ServeHTTP(w, r)
	})
	b := startChromium(t, d, "")
	secret := func(link string) string { return link[strings.Index(link, "=")+1:] }
	path := d.server.SetUp.Path()
	b.open(path, 1440, "light")
	b.do(chromedp.WaitNotVisible("#token"))
	b.follow(chromedp.SetValue("#username", "admin"), chromedp.SetValue("#password", password), chromedp.Click("input[value=admin]"), chromedp.Submit("#password"))
	b.do(chromedp.WaitVisible("#username"))
	b.follow(chromedp.SetValue("#username", "robin"), chromedp.Submit("#username"))
	link := strings.TrimSpace(ask(b, chromedp.Text("[data-link]")))
	b.follow(chromedp.Click(`form[action="/logout"] button`))
	b.do(chromedp.WaitVisible("#username"))
	b.do(chromedp.Navigate(link), chromedp.WaitVisible("#password"))
	if said := ask(b, chromedp.Text("main")); !strings.Contains(said, "robin") {
		t.Errorf("the page of the link says %s", said)
	}
	if address := eval[string](b, `location.href`); strings.Contains(address, secret(link)) {
		t.Errorf("the address is %s", address)
	}
	b.follow(chromedp.SetValue("#password", password), chromedp.Submit("#password"))
	b.do(chromedp.WaitVisible("form[action='/logout'] button"))
	for _, token := range []string{secret(path), secret(link)} {
		if strings.Contains(asked.String(), token) {
			t.Errorf("a proxy could log the token: %s", asked.String())
		}
	}
	b.complain("links")
}
