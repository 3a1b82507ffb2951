package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/internal/openid"
	"countersign/internal/review"
	"countersign/internal/yotisign"
	"countersign/store"
)

// serve is the command that serves the dashboard.
type serve struct {
	databaseFlags
	recordFlags
	incoming
	dueFlag
	signInFlags
	breachedFlag
	eventFlags
	providerFlags
	Addr    string   `env:"COUNTERSIGN_ADDR" default:"127.0.0.1:8080" help:"Where to listen."`
	BaseURL string   `name:"yoti-base-url" env:"YOTI_SIGN_BASE_URL" default:"https://api.yotisign.com/v2" help:"Yoti Sign's API. Its demo environment is https://demo.api.yotisign.com/v2."`
	APIKey  string   `name:"yoti-api-key-file" env:"YOTI_SIGN_API_KEY_FILE" placeholder:"FILE" help:"A file that contains the API key and that others cannot read or write. The key comes only from this file or from YOTI_SIGN_API_KEY, never from a flag."`
	Public  string   `name:"public-url" env:"COUNTERSIGN_PUBLIC_URL" placeholder:"URL" help:"The address that browsers use, if it is not --addr: a host of its own, without a path. With https, cookies are bound to it."`
	Hosts   []string `name:"allowed-host" env:"COUNTERSIGN_ALLOWED_HOST" placeholder:"NAME" help:"An additional host name to answer for. Repeat for more."`
	Pace    int      `name:"openings-per-minute" env:"COUNTERSIGN_OPENINGS_PER_MINUTE" default:"60" help:"How many results and envelopes one person may request from Yoti per minute. 0 means no limit."`
	Proxies []string `name:"trusted-proxy" env:"COUNTERSIGN_TRUSTED_PROXY" placeholder:"CIDR" help:"A proxy whose X-Forwarded-For is trusted for the client's address. Repeat for more."`
}

// Help is shown below the flags.
func (serve) Help() string {
	return `On an empty database, it prints a single-use link that creates the first account.

It stops on SIGINT, SIGTERM or SIGHUP: it signs a checkpoint of the ledger and gives
requests in progress five seconds to finish. A second signal ends it at once.`
}

// Run serves until ctx ends.
func (c *serve) Run(ctx context.Context, s streams) (err error) {
	ignoreWriteSignals()
	given, err := c.readSettings()
	if err != nil {
		return err
	}
	// A start is not broken off half way, which would be an error: a server that is told
	// to stop meanwhile finishes starting, stops, and ends with 0.
	starting := context.WithoutCancel(ctx)
	listener, err := listen(starting, c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	log, events, closeLog := newLogs(s.err)
	defer closeLog()
	options, err := c.storeOptions(true)
	if err != nil {
		return err
	}
	c.applyTo(&options, c.keyPath(".signing-key"), log)
	recording := newRecordingChanges()
	options.Recording = recording.tell
	options.Progress = newProgressLines(func(line string) { log.Info("the database is upgraded", "progress", line) }).print
	kept, err := store.Open(starting, options)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	site := newSite(kept, given.client, listener, log)
	site.server.Events.Out, site.recording, site.eventDays = events, recording, c.EventDays
	if err := site.nameCookies(c.cookiePlace()); err != nil {
		return err
	}
	if err := c.incoming.apply(site); err != nil {
		return err
	}
	c.configure(site.server, given)
	if err := c.signInFlags.apply(starting, site.server, kept, log); err != nil {
		return err
	}
	if err := c.providerFlags.apply(starting, site.server, kept, given.provider, log); err != nil {
		return err
	}
	if !isLoopbackOnly(listener) && (given.public == nil || given.public.Scheme != "https") {
		log.Warn("other machines can reach this server without https: put https in front and say so with --public-url")
	}
	if err := site.logRecordingFaults(starting); err != nil {
		return err
	}
	if err := c.printWelcome(starting, s, site); err != nil {
		return err
	}
	return site.run(ctx)
}

// serveSettings are the values of the flags that have to be read before anything is opened.
type serveSettings struct {
	client  *yotisign.Client
	public  *url.URL // nil when no flag gives it
	proxies []*net.IPNet
	hosts   []string
	policy  review.Policy
	due     review.DuePolicy

	breached account.BreachedPasswords // nil for none
	provider *openid.Provider          // nil where no flag names one
}

// readSettings reads those flags. It returns the first that is wrong.
func (c *serve) readSettings() (set serveSettings, err error) {
	if set.client, err = c.newYotiClient(); err != nil {
		return set, err
	}
	if set.public, err = parsePublicURL(c.Public); err != nil {
		return set, err
	}
	if set.proxies, err = parseProxies(c.Proxies); err != nil {
		return set, err
	}
	if set.hosts, err = parseHostNames(c.Hosts); err != nil {
		return set, err
	}
	if c.SealMedia < 0 || c.SealMedia > maxSealDays {
		return set, fmt.Errorf("--seal-media: give a number of days up to %d, or 0 to keep no further copies", maxSealDays)
	}
	if set.due, err = c.dueFlag.policy(); err != nil {
		return set, err
	}
	if err = errors.Join(c.signInFlags.check(), c.eventFlags.check()); err != nil {
		return set, err
	}
	if set.breached, err = c.breachedFlag.open(); err != nil {
		return set, err
	}
	if set.provider, err = c.providerFlags.provider(set.public); err != nil {
		return set, err
	}
	set.policy, err = c.reviewPolicy()
	return set, err
}

// configure gives a server what the flags say about it.
func (c *serve) configure(server *handlers.Server, given serveSettings) {
	server.Desk.Policy, server.Desk.Due = given.policy, given.due
	server.Desk.OpeningsPerMinute = c.Pace
	server.Accounts.Breached = given.breached
	server.Desk.SealFor = time.Duration(c.SealMedia) * day
	server.Public, server.Proxies = given.public, given.proxies
	server.Hosts = append(server.Hosts, given.hosts...)
	if host, _, err := net.SplitHostPort(c.Addr); err == nil && !isWildcardHost(host) {
		server.Hosts = append(server.Hosts, host) // a name, where the listener knows only its number
	}
}

// setUpSecretBytes is how long the secret of the set-up link is: short enough to be typed without
// JavaScript.
const setUpSecretBytes = 16

// printWelcome says where the site is, and how the first account is made.
func (c *serve) printWelcome(ctx context.Context, s streams, site *site) error {
	fmt.Fprintf(s.out, "Countersign is at %s\n", site.address())
	empty, err := site.server.Accounts.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	if c.NoPasswords {
		fmt.Fprintln(s.out, "There is no account yet. Each person gets one when they first sign in through the company's sign-in.")
		return nil
	}
	secret, err := site.store.DerivedKey("set-up link")
	if err != nil {
		return err
	}
	site.server.SetUp = handlers.NewSetUpLink(secret[:setUpSecretBytes])
	fmt.Fprintf(s.out, "There is no account yet. This link creates the first one and works once:\n%s%s\n", site.address(), site.server.SetUp.Path())
	return nil
}

// newYotiClient is a client of Yoti with the key that was given.
func (c *serve) newYotiClient() (*yotisign.Client, error) {
	base, err := yotisign.ParseBaseURL(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("--yoti-base-url: %w", err)
	}
	key, err := readAPIKey(os.Getenv("YOTI_SIGN_API_KEY"), c.APIKey)
	if err != nil {
		return nil, err
	}
	return yotisign.New(base, key, yotisign.Options{}), nil
}

// readAPIKey returns the key that the environment or a file holds.
func readAPIKey(given, file string) (yotisign.Key, error) {
	switch {
	case given != "" && file != "":
		return yotisign.Key{}, errors.New("there are two API keys: give either YOTI_SIGN_API_KEY or --yoti-api-key-file")
	case given != "":
		key, err := yotisign.NewKey(given)
		if err != nil {
			return yotisign.Key{}, fmt.Errorf("YOTI_SIGN_API_KEY: %w", err)
		}
		return key, nil
	case file == "":
		return yotisign.Key{}, errors.New("there is no API key for Yoti Sign: set YOTI_SIGN_API_KEY or --yoti-api-key-file, or try countersign demo")
	}
	return readKeyFile(file)
}

// readKeyFile reads an API key from a file.
func readKeyFile(name string) (yotisign.Key, error) {
	text, err := readSecretFile("API-key", name)
	if err != nil {
		return yotisign.Key{}, err
	}
	key, err := yotisign.NewKey(string(text))
	if err != nil {
		return yotisign.Key{}, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

// cookiePlace sets the servers of one database apart from those of a copy of it. Servers that share
// a database of PostgreSQL's share their cookies, wherever each of them listens. Of others the
// address is as it was given, so that a port of chance ends no session.
func (c *serve) cookiePlace() string {
	switch {
	case !store.IsPostgresAddress(c.DB):
		return c.Addr + " " + c.Public
	case c.Public != "":
		return c.Public
	}
	return c.DB
}

// parsePublicURL reads the address that browsers use; nil when none is given.
func parsePublicURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("--public-url: %q is not an address such as https://countersign.example.org", s)
	}
	if u.Path != "" {
		return nil, fmt.Errorf("--public-url: Countersign wants a host of its own, such as https://countersign.example.org, and cannot be served under the path %q", u.Path)
	}
	if !isPlainHost(u.Host) {
		return nil, fmt.Errorf("--public-url: write %q as browsers send it, with xn-- in the place of letters that are not ASCII", u.Host)
	}
	u.Host = withoutRootDot(u.Host)
	return u, nil
}

// parseHostNames checks names that browsers may ask for: a wrong one would only show as a
// refusal, much later.
func parseHostNames(list []string) ([]string, error) {
	names := make([]string, len(list))
	for i, s := range list {
		if u, err := url.Parse("http://" + s); err != nil || s == "" || u.Host != s || u.Hostname() == "" || strings.Contains(s, "*") {
			return nil, fmt.Errorf("--allowed-host: %q is not a host name such as countersign.example.org", s)
		}
		if !isPlainHost(s) {
			return nil, fmt.Errorf("--allowed-host: write %q as browsers send it, with xn-- in the place of letters that are not ASCII", s)
		}
		names[i] = withoutRootDot(s)
	}
	return names, nil
}

// isPlainHost reports whether a host is spelled as browsers send it.
func isPlainHost(host string) bool {
	return !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf })
}

// withoutRootDot leaves out the dot behind a whole host name: it is the same host without.
func withoutRootDot(host string) string {
	name, port, found := strings.Cut(host, ".:")
	if found {
		return name + ":" + port
	}
	return strings.TrimSuffix(host, ".")
}

// parseProxies reads addresses of proxies.
func parseProxies(list []string) ([]*net.IPNet, error) {
	var networks []*net.IPNet
	for _, s := range list {
		_, network, err := net.ParseCIDR(s)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy: %q is not a network such as 10.0.0.5/32", s)
		}
		networks = append(networks, network)
	}
	return networks, nil
}
