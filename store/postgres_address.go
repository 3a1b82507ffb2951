package store

import (
	"errors"
	"net"
	"net/url"
	"strings"

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

// IsPostgresAddress reports whether a text names a database of PostgreSQL's, and not a file.
func IsPostgresAddress(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// The errors of an address.
var (
	// ErrAddress is returned for an address that cannot be read.
	ErrAddress = errors.New("the address of the database cannot be read; it is like postgres://user@host:5432/name?sslmode=verify-full")
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

// ParsePostgres reads the address of a database, as libpq takes it. Its errors are a sentence
// each, and never hold what is secret.
func ParsePostgres(address string, o PostgresOptions) (*Postgres, error) {
	parsed, err := url.Parse(address)
	if err != nil || !IsPostgresAddress(address) {
		return nil, ErrAddress
	}
	if _, given := parsed.User.Password(); given || parsed.Query().Has("password") {
		return nil, ErrPasswordInAddress
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, ErrAddress
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

// requireTLS leaves only what sends nothing in clear to another machine. What libpq prefers, to
// try TLS and go on without, is to go on only with it.
func requireTLS(config *pgconn.Config) error {
	var kept []*pgconn.FallbackConfig
	for _, next := range config.Fallbacks {
		if next.TLSConfig != nil || isOwnMachine(next.Host) {
			kept = append(kept, next)
		}
	}
	config.Fallbacks = kept
	if config.TLSConfig != nil || isOwnMachine(config.Host) {
		return nil
	}
	return ErrWithoutTLS
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
