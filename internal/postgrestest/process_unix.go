//go:build unix

package postgrestest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// longestSocketFolder is the length of a path to which the socket's own name still can be
// added: some systems allow 103 bytes (https://man.freebsd.org/cgi/man.cgi?query=unix).
const longestSocketFolder = 103 - len("/.s.PGSQL."+port)

// watch ends the server and removes its folder once nobody can write to its input any more,
// which is when the process of the test has ended, also by a kill.
const watch = `read -r nothing; "$1" -D "$2/data" -m immediate stop; rm -rf "$2"`

// process is a server that was started, with its folder: the data and the socket.
type process struct {
	programs string              // folder of initdb and pg_ctl
	folder   string              // temporary, and short for the socket's sake
	owner    *syscall.Credential // nil for that of the test
	alive    io.Closer           // the input of watch
	watcher  *exec.Cmd
}

// startProcess makes a server in a folder, or in that for temporary files where none is given, and
// starts it. It returns errNoPostgres where there are no programs for that.
func startProcess(parent string, settings []string) (*process, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	p := &process{programs: programs}
	if err := p.makeFolder(parent); err != nil {
		return nil, err
	}
	if err := p.startWatch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.folder))
	}
	if err := p.makeServer(settings); err != nil {
		p.end()
		return nil, err
	}
	return p, nil
}

// findPrograms returns the folder with the programs of the newest PostgreSQL, or of the one
// that PATH leads to.
func findPrograms() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	if told, err := exec.Command("pg_config", "--bindir").Output(); err == nil && hasPrograms(strings.TrimSpace(string(told))) {
		return strings.TrimSpace(string(told)), nil
	}
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/usr/local/pgsql/bin"} {
		folders, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		found = append(found, slices.DeleteFunc(folders, func(folder string) bool { return !hasPrograms(folder) })...)
	}
	if len(found) == 0 {
		return "", errNoPostgres
	}
	return slices.MaxFunc(found, func(a, b string) int { return majorVersion(a) - majorVersion(b) }), nil
}

func hasPrograms(folder string) bool {
	_, err := exec.LookPath(filepath.Join(folder, "initdb"))
	return err == nil
}

// majorVersion returns the number in the path of a PostgreSQL's programs; 0 when there is none.
func majorVersion(folder string) int {
	digits := strings.TrimFunc(filepath.Base(filepath.Dir(folder)), func(r rune) bool { return r < '0' || r > '9' })
	version, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return version
}

// makeFolder makes the folder, for the user who runs the server.
func (p *process) makeFolder(parent string) error {
	if parent == "" {
		parent = temporaryFolder()
	}
	folder, err := os.MkdirTemp(parent, "postgres")
	if err != nil {
		return err
	}
	p.folder = folder
	if os.Getuid() != 0 {
		return nil
	}
	p.owner, err = unprivilegedUser()
	if err == nil {
		err = os.Chown(folder, int(p.owner.Uid), int(p.owner.Gid))
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	return nil
}

// temporaryFolder returns a folder whose path is short enough, and that is open to the other user.
func temporaryFolder() string {
	if folder := os.TempDir(); os.Getuid() != 0 && len(folder)+len("/postgres0123456789") <= longestSocketFolder {
		return folder
	}
	return "/tmp"
}

// unprivilegedUser returns who runs the server when the test is run by root, as whom
// PostgreSQL refuses to work.
func unprivilegedUser() (*syscall.Credential, error) {
	found, err := user.Lookup("postgres")
	if err != nil {
		found, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
}

// command returns a command that is run by the user who runs the server, in a session of its
// own: an interrupt at the terminal is for the test alone.
func (p *process) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = p.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.owner, Setsid: true}
	return cmd
}

// startWatch starts a shell that ends the server. It writes nothing to where the test writes
// to, which go test would wait for.
func (p *process) startWatch() error {
	p.watcher = p.command("/bin/sh", "-c", watch, "watch", filepath.Join(p.programs, "pg_ctl"), p.folder)
	alive, err := p.watcher.StdinPipe()
	if err != nil {
		return err
	}
	p.alive = alive
	return p.watcher.Start()
}

func (p *process) makeServer(settings []string) error {
	made, err := p.command(filepath.Join(p.programs, "initdb"), "-D", p.dataFolder(), "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, made)
	}
	settings = slices.Concat([]string{"listen_addresses=''", "port=" + port, "unix_socket_directories='" + p.folder + "'"}, settings)
	if err := p.writeFile("postgresql.conf", []byte(strings.Join(settings, "\n")+"\n")); err != nil {
		return err
	}
	return p.control("start")
}

// writeFile writes a file in the data folder, of which the server's user is the owner.
func (p *process) writeFile(name string, content []byte) error {
	path := filepath.Join(p.dataFolder(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil || p.owner == nil {
		return err
	}
	return os.Chown(path, int(p.owner.Uid), int(p.owner.Gid))
}

// control has pg_ctl do something and waits until it is done.
func (p *process) control(command ...string) error {
	log := filepath.Join(p.folder, "log")
	said, err := p.command(filepath.Join(p.programs, "pg_ctl"), append(command, "-D", p.dataFolder(), "-w", "-s", "-l", log)...).CombinedOutput()
	if err == nil {
		return nil
	}
	logged, logErr := os.ReadFile(log)
	return errors.Join(fmt.Errorf("pg_ctl %s: %w: %s\n%s", command[0], err, said, logged), logErr)
}

// end ends the server at once and removes its folder.
func (p *process) end() {
	p.alive.Close()
	p.watcher.Wait() // whether it stopped a server or there was none
}

func killProcess(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
