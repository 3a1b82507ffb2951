package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/handlers"
	"countersign/internal/yotisign"
	"countersign/store"
)

// database is the flags that say where everything is kept.
type database struct {
	DB      string `name:"db" env:"COUNTERSIGN_DB" default:"countersign.db" help:"The SQLite database; made when missing."`
	KeyFile string `name:"data-key-file" env:"COUNTERSIGN_DATA_KEY_FILE" placeholder:"FILE" help:"The key that texts are sealed with; made with the database. Keep it apart from backups of the database. Default: beside the database, ending in .key."`
}

func (d database) options(serve bool) store.Options {
	key := d.KeyFile
	if key == "" {
		key = defaultKey(d.DB, ".key")
	}
	return store.Options{Path: d.DB, DataKeyFile: key, Serve: serve}
}

// serve is the command that serves the dashboard.
type serve struct {
	database
	record
	incoming
	Addr    string   `env:"COUNTERSIGN_ADDR" default:"127.0.0.1:8080" help:"Where to listen."`
	BaseURL string   `name:"yoti-base-url" env:"YOTI_SIGN_BASE_URL" default:"https://api.yotisign.com/v2" help:"Yoti Sign's API. Its demo environment is https://demo.api.yotisign.com/v2."`
	APIKey  string   `name:"yoti-api-key-file" env:"YOTI_SIGN_API_KEY_FILE" placeholder:"FILE" help:"A file that holds the API key, which others may not read. The key itself can only come from this file or from YOTI_SIGN_API_KEY, never from a flag."`
	Public  string   `name:"public-url" env:"COUNTERSIGN_PUBLIC_URL" placeholder:"URL" help:"The address that browsers use, when it is not --addr: a host of its own, without a path. With https, cookies are bound to it."`
	Hosts   []string `name:"allowed-host" env:"COUNTERSIGN_ALLOWED_HOST" placeholder:"NAME" help:"A further host name to answer for; repeat for more."`
	Pace    int      `name:"openings-per-minute" env:"COUNTERSIGN_OPENINGS_PER_MINUTE" default:"60" help:"How many results one person may ask Yoti for in a minute; 0 is no limit."`
	Proxies []string `name:"trusted-proxy" env:"COUNTERSIGN_TRUSTED_PROXY" placeholder:"CIDR" help:"A proxy that is trusted to name the client's address; repeat for more."`
}

// Help is shown below the flags.
func (serve) Help() string {
	return `On an empty database it prints a link, good for one use, that makes the first
account. It stops on SIGINT, SIGTERM or SIGHUP: it signs a checkpoint of the ledger, and
finishes what is under way, or cuts it off after five seconds. A second signal ends it at
once.`
}

// Run serves until ctx ends.
func (c *serve) Run(ctx context.Context, s streams) (err error) {
	outliveLog()
	client, err := c.client()
	if err != nil {
		return err
	}
	public, err := publicURL(c.Public)
	if err != nil {
		return err
	}
	proxies, err := networks(c.Proxies)
	if err != nil {
		return err
	}
	names, err := hostNames(c.Hosts)
	if err != nil {
		return err
	}
	if c.SealMedia < 0 || c.SealMedia > maxSealDays {
		return fmt.Errorf("--seal-media: give a number of days up to %d, or 0 to keep no further copies", maxSealDays)
	}
	policy, err := c.policy()
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
	log, closeLog := newLog(s.err)
	defer closeLog()
	options := c.options(true)
	c.keep(&options, log)
	kept, err := store.Open(starting, options)
	if err != nil {
		return err
	}
	defer closing(&err, kept)
	site := newSite(kept, client, listener, log)
	if err := site.nameCookies(c.Addr + " " + c.Public); err != nil {
		return err
	}
	if err := c.incoming.apply(site); err != nil {
		return err
	}
	site.server.Desk.Policy = policy
	site.server.Desk.OpeningsPerMinute = c.Pace
	site.server.Desk.SealFor = time.Duration(c.SealMedia) * day
	site.server.Public, site.server.Proxies = public, proxies
	site.server.Hosts = append(site.server.Hosts, names...)
	if host, _, err := net.SplitHostPort(c.Addr); err == nil && !everywhere(host) {
		site.server.Hosts = append(site.server.Hosts, host) // a name, where the listener knows only its number
	}
	if !onlyHere(listener) && (public == nil || public.Scheme != "https") {
		log.Warn("other machines can reach this server without https: put https in front and say so with --public-url")
	}
	if err := site.lament(starting); err != nil {
		return err
	}
	if err := c.greet(starting, s, site); err != nil {
		return err
	}
	return site.run(ctx)
}

// greet says where the site is, and how the first account is made.
func (c *serve) greet(ctx context.Context, s streams, site *site) error {
	fmt.Fprintf(s.out, "Countersign is at %s\n", site.address())
	empty, err := site.server.Door.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	site.server.SetUp = handlers.NewSetUpLink()
	fmt.Fprintf(s.out, "There is no account yet. This link creates the first one and works once:\n%s%s\n", site.address(), site.server.SetUp.Path())
	return nil
}

// client is a client of Yoti with the key that was given.
func (c *serve) client() (*yotisign.Client, error) {
	base, err := yotisign.ParseBaseURL(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("--yoti-base-url: %w", err)
	}
	key, err := apiKey(os.Getenv("YOTI_SIGN_API_KEY"), c.APIKey)
	if err != nil {
		return nil, err
	}
	return yotisign.New(base, key, yotisign.Options{}), nil
}

// apiKey returns the key that the environment or a file holds.
func apiKey(given, file string) (yotisign.Key, error) {
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

// readKeyFile reads a key from a file that others may not read or write. It may be a pipe,
// which belongs to whoever made it.
func readKeyFile(name string) (yotisign.Key, error) {
	file, err := os.Open(name)
	if err != nil {
		return yotisign.Key{}, fmt.Errorf("the API key cannot be read: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return yotisign.Key{}, fmt.Errorf("the API key cannot be read: %w", err)
	}
	key, err := yotisign.NewKey(string(text))
	if err != nil {
		return yotisign.Key{}, fmt.Errorf("%s: %w", name, err)
	}
	found, err := file.Stat()
	if err == nil && found.Mode().IsRegular() {
		err = store.CheckSecret(found)
	}
	if err != nil {
		return yotisign.Key{}, fmt.Errorf("the API-key file %s %w", name, err)
	}
	return key, nil
}

// maxKeyFile is more than any file with an API key has.
const maxKeyFile = 64 << 10

// publicURL reads the address that browsers use; nil when none is given.
func publicURL(s string) (*url.URL, error) {
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
	if !plainName(u.Host) {
		return nil, fmt.Errorf("--public-url: write %q as browsers send it, with xn-- in the place of letters that are not ASCII", u.Host)
	}
	u.Host = withoutRoot(u.Host)
	return u, nil
}

// hostNames checks names that browsers may ask for: a wrong one would only show as a
// refusal, much later.
func hostNames(list []string) ([]string, error) {
	names := make([]string, len(list))
	for i, s := range list {
		if u, err := url.Parse("http://" + s); err != nil || s == "" || u.Host != s || u.Hostname() == "" || strings.Contains(s, "*") {
			return nil, fmt.Errorf("--allowed-host: %q is not a host name such as countersign.example.org", s)
		}
		if !plainName(s) {
			return nil, fmt.Errorf("--allowed-host: write %q as browsers send it, with xn-- in the place of letters that are not ASCII", s)
		}
		names[i] = withoutRoot(s)
	}
	return names, nil
}

// plainName reports whether a host is spelled as browsers send it.
func plainName(host string) bool {
	return !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf })
}

// withoutRoot leaves out the dot behind a whole host name: it is the same host without.
func withoutRoot(host string) string {
	name, port, found := strings.Cut(host, ".:")
	if found {
		return name + ":" + port
	}
	return strings.TrimSuffix(host, ".")
}

// networks reads addresses of proxies.
func networks(list []string) ([]*net.IPNet, error) {
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
