package postgrestest

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestURLGivesSchemasOfTheirOwn(t *testing.T) {
	t.Parallel()
	first, second := open(t, URL(t)), open(t, URL(t))
	defer first.Close()
	defer second.Close()
	mustExec(t, first, `CREATE TABLE notes (id BIGINT)`)
	mustExec(t, second, `CREATE TABLE notes (id BIGINT)`)
	for _, setting := range []string{"server_encoding", "client_encoding"} {
		if got := value(t, first, "SHOW "+setting); got != "UTF8" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

func TestSchemasGoWithTheTest(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = URL(t) })
	if dsn == "" {
		t.Skip("no PostgreSQL")
	}
	db := open(t, dsn)
	defer db.Close()
	if got := value(t, db, "SELECT coalesce(current_schema(), 'none')"); got != "none" {
		t.Errorf("the schema %s is still there", got)
	}
}

func TestServerThatATestBreaks(t *testing.T) {
	t.Parallel()
	server := Start(t)
	db := open(t, server.URL())
	defer db.Close()
	mustExec(t, db, `CREATE TABLE notes (id BIGINT)`)
	mustExec(t, db, `INSERT INTO notes VALUES (1)`)

	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.KillBackend()
	if err := conn.PingContext(t.Context()); err == nil {
		t.Error("the connection outlived its backend")
	}
	conn.Close()
	server.Restart()
	mustExec(t, db, `INSERT INTO notes VALUES (2)`)

	server.Stop()
	refuses(t, db, `SELECT 1`, "")
	server.Restart()

	server.MakeStandby()
	refuses(t, db, `INSERT INTO notes VALUES (3)`, "SQLSTATE 25006")
	server.Promote()
	mustExec(t, db, `INSERT INTO notes VALUES (3)`)
	if got := value(t, db, `SELECT string_agg(id::text, ' ' ORDER BY id) FROM notes`); got != "1 2 3" {
		t.Errorf("the notes are %s", got)
	}
}

// A server is not left behind by a test that is killed.
func TestServerEndsWithTheProcess(t *testing.T) {
	const child = "POSTGRESTEST_CHILD"
	if os.Getenv(child) != "" {
		fmt.Println("DSN", Start(t).URL())
		select {}
	}
	_, err := findPrograms()
	requireServer(t, err)
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	dsn, found := strings.CutPrefix(strings.TrimSpace(line), "DSN ")
	if err != nil || !found {
		t.Fatalf("the child said %q, error %v", line, err)
	}
	db := open(t, dsn)
	defer db.Close()
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	refuses(t, db, `SELECT pg_sleep(60)`, "")
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func refuses(t *testing.T, db *sql.DB, statement, want string) {
	t.Helper()
	if _, err := db.Exec(statement); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want one with %q", statement, err, want)
	}
}

func value(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var got string
	if err := db.QueryRow(query).Scan(&got); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return got
}
