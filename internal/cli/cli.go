// Package cli is the commands: it joins the parts of Countersign and is the only
// package that knows them all. A command is a struct whose fields are its flags.
//
// Every command ends with 0 when it did what it was asked, a server that was told to
// stop included, and with 1 and one sentence on standard error when it did not. Those that
// tell something with their exit code, open and diff, say so in their help. What takes long tells
// on standard error how far it is, line by line; the sentence comes last.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"countersign/internal/idv"
)

// commands is everything that countersign can be asked to do.
type commands struct {
	Serve   serve          `cmd:"" help:"Serve the dashboard, for a team or for yourself."`
	Demo    demo           `cmd:"" help:"Try it: made-up recipients, a throwaway database, nothing to configure."`
	User    user           `cmd:"" help:"Manage the accounts that may sign in. Works beside a running server."`
	Audit   audit          `cmd:"" help:"Verify, prove and export the record."`
	Erase   erase          `cmd:"" help:"Erase all data about a recipient, permanently."`
	Keys    keys           `cmd:"" help:"Replace the keys, or make one for a vault."`
	Migrate migrate        `cmd:"" help:"Make or upgrade the schema of a database."`
	Backup  backup         `cmd:"" help:"Copy the database, even while a server writes to it."`
	Copy    copyCommand    `cmd:"" name:"copy" help:"Move everything to another kind of database: from SQLite to PostgreSQL, or back."`
	Open    open           `cmd:"" help:"Show a session result from a file, without a server or a key."`
	Diff    diff           `cmd:"" help:"Show what differs between two session results in files."`
	Sandbox sandboxCommand `cmd:"" help:"Run only the stand-in for Yoti Sign, for integration work."`
	Health  health         `cmd:"" name:"healthcheck" hidden:"" help:"Check that a running server is alive; for containers."`

	Version kong.VersionFlag `help:"Show the version."`
}

const about = `A dashboard for reviewing Yoti Sign identity verification results.

A flag with an environment variable beside it can also be set by that variable.
Every command exits with 0 on success. On failure it exits with 1 and prints one
sentence to standard error, as the last line; before it, commands that may take long
print there which step they are at. The exit codes of open and diff say more: see
their --help.`

// streams is where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Main runs the command that the arguments name, and ends the process.
func Main() {
	os.Exit(runCommand(stopContext(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// kongExit is how kong ends after --help and --version.
type kongExit int

// runCommand runs one command until it is done or ctx ends, and returns its exit code.
func runCommand(ctx context.Context, args []string, s streams) (code int) {
	defer func() {
		if cause := recover(); cause != nil {
			asked, ok := cause.(kongExit)
			if !ok {
				panic(cause)
			}
			code = int(asked)
		}
	}()
	err := parseAndRun(ctx, args, s)
	if err == nil {
		return 0
	}
	code = 1
	if ended := (*exitError)(nil); errors.As(err, &ended) {
		code, err = ended.code, ended.err
	}
	if err != nil {
		// Joined errors too are one line, and none of them steers the terminal.
		fmt.Fprintf(s.err, "countersign: %s\n", terminalText(strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	return code
}

// exitError is how a command ends whose exit code tells something.
type exitError struct {
	code int
	err  error // nil when the command did what it was asked
}

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d: %v", e.code, e.err) }

// usageCode is the exit code of open and diff when they were asked for what they do not have.
const usageCode = 2

func parseAndRun(ctx context.Context, args []string, s streams) error {
	parser, err := kong.New(&commands{},
		kong.Name("countersign"),
		kong.Description(about),
		kong.Writers(s.out, s.err),
		kong.Exit(func(code int) { panic(kongExit(code)) }),
		kong.Vars{"version": buildVersion()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
	)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	asked, err := parser.Parse(args)
	if err != nil {
		err = fmt.Errorf("%w (see countersign --help)", err)
		if args[0] == "open" || args[0] == "diff" {
			err = &exitError{usageCode, err}
		}
		return err
	}
	return asked.Run()
}

// terminalText writes a text for a terminal, which its characters could steer.
func terminalText(text string) string {
	shown, _ := idv.Visible(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.NewReplacer("\r", "⟨U+000D⟩", "\n", "⟨U+000A⟩", "\t", "⟨U+0009⟩").Replace(shown)
}

// buildVersion is what the program was built from. A bundle is only compared with its readable
// pages where the same version made it: a build of which nothing is known says at least
// which pages it writes.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "countersign, built from a working tree, with pages as PDF/A, third wording"
	}
	return "countersign " + info.Main.Version
}

// joinCloseError joins the error of a close to the one that a function returns.
func joinCloseError(err *error, c io.Closer) { *err = errors.Join(*err, c.Close()) }
