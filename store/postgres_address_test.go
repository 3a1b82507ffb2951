package store

import (
	"net/url"
	"testing"
	"time"
)

// Whether anything would be sent in clear to another machine is decided before anything is.
func TestAddressesOfOtherMachinesNeedTLS(t *testing.T) {
	const own, other = "postgres://ann@127.0.0.1", "postgres://ann@db.example"
	for _, test := range []struct {
		address    string
		withoutTLS bool
		want       error
		clear      bool // whether some way leads there without TLS
	}{
		{other + "/name?sslmode=verify-full", false, nil, false},
		{other + "/name?sslmode=require", false, nil, false},
		{other + "/name", false, nil, false}, // libpq's prefer
		{other + "/name?sslmode=prefer", false, nil, false},
		{other + "/name?sslmode=prefer", true, nil, true},
		{other + "/name?sslmode=allow", false, ErrWithoutTLS, false},
		{other + "/name?sslmode=disable", false, ErrWithoutTLS, false},
		{other + "/name?sslmode=disable", true, nil, true},
		{own + ",db.example/name?sslmode=prefer", false, nil, true},
		{own + ",db.example/name?sslmode=disable", false, ErrWithoutTLS, false},
		{own + "/name?sslmode=disable", false, nil, true},
		{"postgres://ann@[::1]/name?sslmode=disable", false, nil, true},
		{"postgres://ann@localhost/name?sslmode=disable", false, nil, true},
		{"postgres://ann@localhost.db.example/name?sslmode=disable", false, ErrWithoutTLS, false},
		{"postgres://ann@/name?host=/run/postgresql", false, nil, true},
	} {
		found, err := ParsePostgres(test.address, PostgresOptions{WithoutTLS: test.withoutTLS})
		if err != test.want {
			t.Errorf("%s: error %v, want %v", test.address, err, test.want)
		}
		if err == nil && leadsInClear(found) != test.clear {
			t.Errorf("%s: in clear is %t, want %t", test.address, !test.clear, test.clear)
		}
	}
}

func leadsInClear(p *Postgres) bool {
	inClear := p.config.TLSConfig == nil
	for _, next := range p.config.Fallbacks {
		inClear = inClear || next.TLSConfig == nil
	}
	return inClear
}

// A host that does not answer is not waited for without end.
func TestHostsAreWaitedForAWhile(t *testing.T) {
	for address, want := range map[string]time.Duration{
		"postgres://ann@db.example/name":                   connectPatience,
		"postgres://ann@db.example/name?connect_timeout=3": 3 * time.Second,
		"postgres://ann@db.example/name?connect_timeout=0": connectPatience,
	} {
		found, err := ParsePostgres(address, PostgresOptions{})
		must(t, err)
		if found.config.ConnectTimeout != want {
			t.Errorf("%s: it is waited for %s, want %s", address, found.config.ConnectTimeout, want)
		}
	}
}

func TestServersThatCannotBeUsed(t *testing.T) {
	for _, test := range []struct {
		version  int
		encoding string
		want     string
	}{
		{140000, "UTF8", ""},
		{180001, "UTF8", ""},
		{130022, "UTF8", "is on a server of version 13; Countersign needs PostgreSQL 14 or newer"},
		{90624, "UTF8", "is on a server of version 9; Countersign needs PostgreSQL 14 or newer"},
		{150000, "SQL_ASCII", "has the encoding SQL_ASCII; Countersign needs UTF8: please make a database with ENCODING 'UTF8'"},
	} {
		if got := unfitServer(test.version, test.encoding); got != test.want {
			t.Errorf("version %d, %s: %q, want %q", test.version, test.encoding, got, test.want)
		}
	}
}

func TestClocksThatDiffer(t *testing.T) {
	before := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	after := before.Add(5 * time.Second) // for which the answer took
	for at, same := range map[time.Time]bool{
		before: true, after: true, before.Add(-time.Minute): true, after.Add(time.Minute): true,
		before.Add(-time.Minute - time.Millisecond): false, after.Add(time.Minute + time.Millisecond): false,
	} {
		if got := clockGap(at, before, after); (got == "") != same {
			t.Errorf("at %s: %q", at, got)
		}
	}
	want := "is on a machine whose clock shows 2026-03-04 10:30:00 while the one of this machine shows 2026-03-04 12:00:05; please set the one that is wrong"
	if got := clockGap(before.Add(-90*time.Minute), before, after); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// A password in an address is refused, however it is written, and no error says more than what is
// wrong. What is shown of an address has none, nor settings.
func FuzzParsePostgres(f *testing.F) {
	for _, password := range []string{"Tr0ub4dor", "", "1/2", "1?a=2", "1#2", "1@2", "%zz", "[::1", "1;2&c=3", "\x00", "5432"} {
		f.Add("postgres://ann@a,b:5432/name?sslmode=require", password)
		f.Add("postgres:///?host=/run/postgresql&user="+password, password)
		f.Add("postgres://"+password+"@"+password+"/"+password, password)
	}
	f.Fuzz(func(t *testing.T, address, password string) {
		for _, holds := range []string{"postgres://ann:" + password + "@db.example/name", "postgres://ann@db.example/name?password=" + password, "postgresql://db.example?sslmode=require&password=" + password} {
			if _, err := ParsePostgres(holds, PostgresOptions{}); err != ErrAddress && err != ErrPasswordInAddress {
				t.Errorf("%q: error %v", holds, err)
			}
		}
		found, err := ParsePostgres(address, PostgresOptions{Password: "Tr0ub4dor", WithoutTLS: true})
		if err != nil {
			if err != ErrAddress && err != ErrPasswordInAddress && err != ErrCertificate && err != ErrSetting {
				t.Errorf("%q: error %v", address, err)
			}
			return
		}
		shown, err := url.Parse(found.String())
		if err != nil {
			t.Fatalf("%q is shown as %q", address, found)
		}
		if _, given := shown.User.Password(); given || shown.RawQuery != "" || shown.Fragment != "" || !IsPostgresAddress(address) {
			t.Errorf("%q is shown as %q", address, found)
		}
	})
}
