package postgrestest

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"countersign/internal/foldertest"
)

// Template is a database that is made once, with files that belong to it, and that tests get copies
// of: to copy one takes a third of the time that the steps of the schema do.
type Template struct {
	// Make fills the database, which is empty, and a folder that belongs to it. Afterwards nobody
	// may be connected to it.
	Make func(folder string, made Made) error

	once  sync.Once
	files foldertest.Template
	made  Made
}

// Made is a database with a role that has no rights to it yet.
type Made struct {
	Owner   string // DSN
	Role    string
	Serving string // DSN by which the role signs in
}

// CopyTo makes a copy for a folder, in which URLIn finds it, and returns the DSN by which the role
// signs in to it.
func (p *Template) CopyTo(t testing.TB, folder string) (serving string) {
	t.Helper()
	server := serverURL(t)
	p.once.Do(func() {
		p.files.Make = func(folder string) error { return p.make(server, folder) }
	})
	p.files.CopyTo(t, folder)
	owner := CopyOf(t, p.made.Owner)
	if err := os.WriteFile(filepath.Join(folder, urlFile), []byte(owner), 0o600); err != nil {
		t.Fatal(err)
	}
	serving, err := withDatabaseOf(p.made.Serving, owner)
	if err != nil {
		t.Fatal(err)
	}
	return serving
}

func (p *Template) make(server, folder string) error {
	name := newName()
	if err := tryAtServer("CREATE DATABASE " + name); err != nil {
		return err
	}
	role, password, err := makeRole(server)
	if err != nil {
		return err
	}
	atEnd.add(func() error {
		return errors.Join(tryAtServer("DROP DATABASE "+name+" WITH (FORCE)"), tryAtServer("DROP ROLE "+role))
	})
	owner, err := withSearchPath(server, "test")
	if err != nil {
		return err
	}
	parsed, err := url.Parse(owner)
	if err != nil {
		return err
	}
	parsed.Path = "/" + name
	p.made.Owner, p.made.Role = parsed.String(), role
	parsed.User = url.UserPassword(role, password)
	p.made.Serving = parsed.String()
	if err := runStatement(p.made.Owner, "CREATE SCHEMA test"); err != nil {
		return err
	}
	return p.Make(folder, p.made)
}

// withDatabaseOf returns a DSN with the database of another.
func withDatabaseOf(dsn, other string) (string, error) {
	parsed, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	database, err := url.Parse(other)
	if err != nil {
		return "", err
	}
	parsed.Path = database.Path
	return parsed.String(), nil
}

// atEnd is what is done when all tests of the process are done.
var atEnd endings

type endings struct {
	mu   sync.Mutex
	list []func() error
}

func (e *endings) add(do func() error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, do)
}

func (e *endings) run() (err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, do := range e.list {
		err = errors.Join(err, do())
	}
	return err
}
