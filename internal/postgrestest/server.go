package postgrestest

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// port names the socket in the folder of a server; nothing listens on a port of that number.
const port = "5432"

// quickSettings are those of the shared server: what it holds need not outlive the machine.
var quickSettings = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "max_wal_size=256MB"}

// Server is a PostgreSQL that one test has for itself, with settings by which what it confirmed
// is on disk.
type Server struct {
	t       testing.TB
	process *process
}

// Start starts a server for the test. Settings are as in postgresql.conf: "name=value". It ends
// with the test.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	process, err := startProcess("", settings)
	requireServer(t, err)
	t.Cleanup(process.end)
	return &Server{t, process}
}

// URL returns the DSN of a new, empty schema. The one of an earlier call is dropped.
func (s *Server) URL() string {
	s.t.Helper()
	dsn, err := withSearchPath(s.process.url(), "test")
	if err != nil {
		s.t.Fatal(err)
	}
	s.Execute("DROP SCHEMA IF EXISTS test CASCADE")
	s.Execute("CREATE SCHEMA test")
	return dsn
}

// UseIn makes a new, empty schema the one that belongs to a folder; see URLIn.
func (s *Server) UseIn(folder string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(folder, urlFile), []byte(s.URL()), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// Execute carries out a statement as the superuser, such as ALTER SYSTEM.
func (s *Server) Execute(statement string) {
	s.t.Helper()
	execute(s.t, s.process.url(), statement)
}

// RequirePasswords has the server ask everybody but its superuser for a password.
func (s *Server) RequirePasswords() {
	s.t.Helper()
	rules := "local all postgres trust\nlocal all all scram-sha-256\n"
	if err := s.process.writeFile("pg_hba.conf", []byte(rules)); err != nil {
		s.t.Fatal(err)
	}
	s.Restart()
}

// Stop cuts all connections and ends the server as a loss of power does: what it has not
// written to disk is lost.
func (s *Server) Stop() {
	s.t.Helper()
	s.control("stop", "-m", "immediate")
}

// Restart starts the server, which is stopped before when it runs. It returns when the server
// takes connections.
func (s *Server) Restart() {
	s.t.Helper()
	s.control("restart", "-m", "fast")
}

// CutConnections ends all connections, as an administrator can. It returns when none is left.
func (s *Server) CutConnections() {
	s.t.Helper()
	s.Execute(`
		SELECT pg_terminate_backend(pid, 60000)
		FROM pg_stat_activity
		WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`)
}

// KillBackend kills the backend of one connection. The server then cuts all others as well and
// recovers by itself.
func (s *Server) KillBackend() {
	s.t.Helper()
	db := open(s.t, s.process.url())
	defer db.Close()
	var pid int
	err := db.QueryRow(`
		SELECT pid
		FROM pg_stat_activity
		WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
		LIMIT 1`).Scan(&pid)
	if err == nil {
		err = killProcess(pid)
	}
	if err != nil {
		s.t.Fatalf("kill a backend: %v", err)
	}
}

// MakeStandby restarts the server as a standby, which reads and refuses to write.
func (s *Server) MakeStandby() {
	s.t.Helper()
	if err := s.process.writeFile("standby.signal", nil); err != nil {
		s.t.Fatal(err)
	}
	s.Restart()
}

// Promote makes a standby a server that writes again.
func (s *Server) Promote() {
	s.t.Helper()
	s.control("promote")
}

func (s *Server) control(command ...string) {
	s.t.Helper()
	if err := s.process.control(command...); err != nil {
		s.t.Fatal(err)
	}
}

// url returns the DSN of the database that every server has, for its superuser.
func (p *process) url() string {
	query := url.Values{"host": {p.folder}, "port": {port}, "sslmode": {"disable"}}
	return "postgres://postgres@/postgres?" + query.Encode()
}

// dataFolder is where the server keeps its files. It is apart from the socket: initdb wants
// an empty folder.
func (p *process) dataFolder() string { return filepath.Join(p.folder, "data") }
