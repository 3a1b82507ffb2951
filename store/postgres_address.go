package store

import (
	"errors"
	"io/fs"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres says where a database of PostgreSQL's is, and how to sign in to it.
type Postgres struct {
	config *pgx.ConnConfig
	text   string // the address, without what is secret
}

// String returns the address without a password or settings.
func (p *Postgres) String() string { return p.text }

// IsPostgresAddress reports whether a text is meant to name a database of PostgreSQL's, and not a
// file. It may be one that ParsePostgres cannot read, and that is not to be shown as a file's name:
// of another scheme, or in libpq's other form.
func IsPostgresAddress(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(text, "://") || strings.HasPrefix(lower, "postgres:") || strings.HasPrefix(lower, "postgresql:") || settingPattern.MatchString(lower)
}

// settingPattern is what libpq takes in the place of an address.
var settingPattern = regexp.MustCompile(`(^|\s)(host|hostaddr|port|dbname|user|password|service|sslmode)\s*=`)

// The errors of an address.
var (
	// ErrAddress is returned for an address that cannot be read.
	ErrAddress = errors.New("the address of the database cannot be read; it is like postgres://user@host:5432/name?sslmode=verify-full")
	// ErrCertificate is returned for an address that names a certificate or a key which is not there.
	ErrCertificate = errors.New("the address of the database names a file with a certificate or a key that cannot be read")
	// ErrSetting is returned for an address with a setting that neither this program nor the server
	// knows, or that cannot have that value.
	ErrSetting = errors.New("the address of the database has a setting that is not known, or that cannot have this value")
	// ErrPasswordInAddress is returned for an address with a password, which other users of the
	// computer would see.
	ErrPasswordInAddress = errors.New("the address of the database holds a password, which others can read in the list of processes; please give it by PGPASSWORD, PGPASSFILE or --db-password-file")
	// ErrWithoutTLS is returned for an address by which everything would be sent in clear.
	ErrWithoutTLS = errors.New("the address of the database leads to another machine without TLS; please ask for sslmode=verify-full, or, where the network is safe, give --db-without-tls")
)

// PostgresOptions are what an address does not say.
type PostgresOptions struct {
	Password   string // empty to take that of PGPASSWORD or PGPASSFILE
	WithoutTLS bool   // whether another machine may be reached without TLS
}

// connectPatience is for how long it is tried to reach a host, where the address does not say.
const connectPatience = 5 * time.Second

// ParsePostgres reads the address of a database, as libpq takes it. Its errors are a sentence
// each, and never hold what is secret.
func ParsePostgres(address string, o PostgresOptions) (*Postgres, error) {
	parsed, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(address)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, ErrCertificate
	case err != nil:
		return nil, ErrAddress
	}
	for name := range config.RuntimeParams {
		if isLeftOut(name) {
			return nil, ErrSetting
		}
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "countersign"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectPatience
	}
	config.DialFunc = newDialer().DialContext
	if o.Password != "" {
		config.Password = o.Password
	}
	if !o.WithoutTLS {
		if err := requireTLS(&config.Config); err != nil {
			return nil, err
		}
	}
	return &Postgres{config: config, text: withoutSecrets(parsed, config)}, nil
}

// isLeftOut reports whether a setting is of libpq, or is meant to be, and not of pgx, which takes it
// for one of the server. A word for TLS that is mistaken must not end in a connection without it.
func isLeftOut(name string) bool {
	return strings.HasPrefix(name, "ssl") || strings.HasPrefix(name, "gss") || strings.HasPrefix(name, "keepalives") ||
		slices.Contains([]string{"hostaddr", "requirepeer", "tcp_user_timeout", "load_balance_hosts", "fallback_application_name"}, name)
}

// parseAddress returns the parts of an address without a password. A password that is not written
// as it must be in an address ends it early, and what follows would pass for other parts, which
// are shown: the user before it has an @ behind it.
func parseAddress(address string) (*url.URL, error) {
	parsed, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return nil, ErrAddress
	}
	settings, err := url.ParseQuery(parsed.RawQuery)
	if err != nil {
		return nil, ErrAddress
	}
	if _, given := parsed.User.Password(); given || settings.Has("password") || settings.Has("sslpassword") {
		return nil, ErrPasswordInAddress
	}
	if strings.Contains(address, "#") || strings.Contains(parsed.EscapedPath()+parsed.RawQuery, "@") {
		return nil, ErrAddress
	}
	return parsed, nil
}

// requireTLS leaves only what sends nothing in clear to another machine. What libpq prefers, to
// try TLS and go on without, is to go on only with it. A host to which no way is left would be
// passed over without a word, so it returns ErrWithoutTLS.
func requireTLS(config *pgconn.Config) error {
	if config.TLSConfig == nil && !isOwnMachine(config.Host) {
		return ErrWithoutTLS
	}
	var kept []*pgconn.FallbackConfig
	reached := map[string]bool{config.Host: true}
	for _, next := range config.Fallbacks {
		if next.TLSConfig != nil || isOwnMachine(next.Host) {
			kept = append(kept, next)
			reached[next.Host] = true
		}
	}
	for _, next := range config.Fallbacks {
		if !reached[next.Host] {
			return ErrWithoutTLS
		}
	}
	config.Fallbacks = kept
	return nil
}

// isOwnMachine reports whether a host is reached without a network: by a socket, which is a
// path, or by a loopback address.
func isOwnMachine(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// withoutSecrets is the address as it is shown.
func withoutSecrets(parsed *url.URL, config *pgx.ConnConfig) string {
	shown := url.URL{Scheme: "postgres", Host: parsed.Host, Path: "/" + config.Database}
	if config.User != "" {
		shown.User = url.User(config.User)
	}
	return shown.String()
}
