package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"countersign/internal/ledger"
	"countersign/store"
)

// audit is the commands for whoever examines what was recorded.
type audit struct {
	Verify auditVerify `cmd:"" help:"Report whether anything that was recorded has been changed since. Needs no secret key."`
	Prove  auditProve  `cmd:"" help:"Write an entry of the ledger with its proof."`
	Check  auditCheck  `cmd:"" help:"Check such a proof, or an evidence bundle. Needs no database."`
	Keys   auditKeys   `cmd:"" help:"Write how signing keys took the place of each other."`
	Export auditExport `cmd:"" help:"Write every entry of the ledger, without what people typed."`
}

type auditVerify struct {
	databaseFlag
	Checkpoints []string `name:"checkpoint" sep:"none" placeholder:"FILE" help:"A file with a checkpoint that was kept elsewhere, or a checkpoint log, of which every line is used. Repeat for more."`
	DataKey     string   `name:"data-key-file" placeholder:"FILE" help:"The key that texts and results are sealed with, to open each and compare it with its commitment or digest. Default: they are not opened."`
	KeyCommand  string   `name:"data-key-command" placeholder:"COMMAND" help:"A command that prints that key, as for serve."`
	KeyFD       int      `name:"data-key-fd" placeholder:"N" help:"An open file descriptor with that key, as for serve."`
	Public      []string `name:"public-key" sep:"none" placeholder:"KEY" help:"The key that must have signed the checkpoints, or a file that contains it. Another for which it vouches in the ledger, or that vouches for it, is as good; repeat for more. Default: the keys that the ledger itself names."`
}

// Help is shown below the flags.
func (auditVerify) Help() string {
	return `The database, or a backup of it, is not changed, and a file may be on a read-only medium.
Every entry is hashed again and compared with the checkpoints. Results, accesses, fetches,
accounts and the state of cases are compared with the entries. Anyone who can write to the
database and has the signing key could still have made it all up: to rule that out, give
an older checkpoint and the public key, both from somewhere else. Sealed texts and results
are opened only with --data-key-file, --data-key-command or --data-key-fd. The report ends with a list of what is not part of the record,
such as who is signed in.`
}

// Run verifies the database.
func (c *auditVerify) Run(ctx context.Context, s streams) error {
	if err := c.requireExisting(); err != nil {
		return err
	}
	database, err := c.options()
	if err != nil {
		return err
	}
	o := store.VerifyOptions{
		Path: database.Path, Postgres: database.Postgres, DataKeyFile: c.DataKey, DataKey: keyFlags{c.DataKey, c.KeyCommand, c.KeyFD}.ask(),
		Progress: s.progress(),
	}
	for _, name := range c.Checkpoints {
		list, err := readCheckpoints(name)
		if err != nil {
			return err
		}
		o.Checkpoints = append(o.Checkpoints, list...)
	}
	for _, key := range c.Public {
		list, err := readPublicKeys(key)
		if err != nil {
			return err
		}
		o.Public = append(o.Public, list...)
	}
	found, err := store.Verify(ctx, o)
	if err != nil {
		return explainTampering(err)
	}
	return printVerification(s, found)
}

func readCheckpoints(name string) ([][]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--checkpoint: %w", err)
	}
	defer file.Close()
	list, err := store.ReadCheckpoints(file)
	if err == nil && len(list) == 0 {
		err = errors.New("it holds no checkpoint")
	}
	if err != nil {
		return nil, fmt.Errorf("--checkpoint %s: %w", name, err)
	}
	return list, nil
}

// readPublicKeys returns a key, or the public ones that are in a file.
func readPublicKeys(key string) ([]string, error) {
	text, err := os.ReadFile(key)
	switch {
	case err != nil && strings.Contains(key, "+"):
		return []string{key}, nil // however reading failed: a key has a slash, and need not be a path
	case err != nil:
		return nil, fmt.Errorf("--public-key: %w", err)
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "PRIVATE+KEY+") {
			list = append(list, line)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("--public-key %s: it holds no public key", key)
	}
	return list, nil
}

// explainTampering says in one sentence what was changed.
func explainTampering(err error) error {
	var broken *ledger.Broken
	var misfit *store.Inconsistency
	switch {
	case errors.As(err, &broken):
		return fmt.Errorf("what was recorded has been changed, and entry %d is the first that is wrong: %s", broken.Seq, broken.Why)
	case errors.As(err, &misfit):
		return fmt.Errorf("what was recorded has been changed: %w", misfit)
	}
	return err
}

// printVerification says what was found, for people.
func printVerification(s streams, v *store.Verification) error {
	fmt.Fprintln(s.out, "Nothing that was recorded has been changed.")
	if err := printCounts(s.out, v); err != nil {
		return err
	}
	printRemarks(s.out, v)
	printOutsideRecord(s.out, v)
	return nil
}

// printCounts prints how much was verified.
func printCounts(out io.Writer, v *store.Verification) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, form string, values ...any) {
		fmt.Fprintf(table, "  %s\t"+form+"\n", append([]any{name}, values...)...)
	}
	line("entries", "%d, from %s to %s", v.Entries, formatTime(v.From), formatTime(v.To))
	line("checkpoints", "%d in the database, %d that you brought", v.Checkpoints, v.Brought)
	for _, key := range v.Public {
		line("signed with", "%s", key)
	}
	line("accounts", "%d", v.Accounts)
	line("recipients", "%d, of whom %d erased", v.Recipients, v.Erased)
	line("results", "%s", describeResults(v))
	line("accesses", "%d", v.Accesses)
	line("fetches", "%d", v.Fetches)
	line("sign-ins", "%d, with second factors and sign-outs", v.SignIns)
	if v.Opened {
		line("texts", "%d, all opened and as their entries commit to them", v.Texts)
	}
	return table.Flush()
}

// describeResults says how many results there are, and how they were compared.
func describeResults(v *store.Verification) string {
	switch {
	case v.Opened:
		return fmt.Sprintf("%d, all opened and as they were fetched", v.Results)
	case v.Sealed > 0:
		return fmt.Sprintf("%d, of which %d were left sealed", v.Results, v.Sealed)
	}
	return strconv.Itoa(v.Results)
}

// printRemarks prints what weakens the record, and what could not be verified.
func printRemarks(out io.Writer, v *store.Verification) {
	switch {
	case v.Behind == 1:
		fmt.Fprintf(out, "The clock stood behind the entry before once, at entry %d: its time, or those before it, are wrong.\n", v.FirstBehind)
	case v.Behind > 1:
		fmt.Fprintf(out, "The clock stood behind the entry before %d times, first at entry %d: times there, or before it, are wrong.\n", v.Behind, v.FirstBehind)
	}
	for _, seq := range v.Older {
		fmt.Fprintf(out, "Entry %d says that an older database was put back on purpose.\n", seq)
	}
	for _, seq := range v.Unvouched {
		fmt.Fprintf(out, "Entry %d names another signing key, and the one before does not vouch for it.\n", seq)
	}
	if v.Plain > 0 {
		fmt.Fprintf(out, "An earlier version recorded %d results that are not sealed yet: the server seals them while it runs.\n", v.Plain)
	}
	if n := v.Entries - v.Covered; n > 0 {
		fmt.Fprintf(out, "The last %d entries are in no checkpoint yet.\n", n)
	}
	if v.Unbatched > 0 {
		fmt.Fprintf(out, "The last accesses, fetches and sign-ins, %d of them, are in no entry yet.\n", v.Unbatched)
	}
	if v.Brought == 0 {
		fmt.Fprintln(out, "You brought no checkpoint: whether the end was cut off, or an older database was put back, cannot be seen.")
	}
	if !v.Trusted {
		fmt.Fprintln(out, "You brought no public key: the signatures were checked with the keys that the ledger names itself.")
	}
}

// printOutsideRecord lists what is not part of the record: anyone who can write to the file can
// change it, and nothing shows.
func printOutsideRecord(out io.Writer, v *store.Verification) {
	fmt.Fprintln(out, "Not part of the record, and so not verified:")
	say := func(form string, values ...any) { fmt.Fprintf(out, "  "+form+"\n", values...) }
	say("sessions, %d of them: a planted one lets somebody act as another; changing a password ends those of its account", v.Outside.Sessions)
	say("counts of failed sign-ins, %d of them", v.Outside.Failures)
	say("security events other than sign-ins and sign-outs, %d of them", v.Outside.Events)
	say("drafts, %d of them: what they say is not recorded yet", v.Outside.Drafts)
	say("until when copies of media are kept, %d of them, and whether there were more", v.Outside.Copies)
	say("what the server notes for itself in the table facts: whether there was a checkpoint log, when it last looked through copies of media, and its last trial write")
	for _, name := range v.Unproved {
		say("the password of %s, and a link to choose one: from before the record had them, until it is changed", oneLine(name))
	}
	if v.Opened {
		return
	}
	say("the data keys of recipients, to whom cases are referred, and what is in copies of media, unless the data key is brought with --data-key-file")
	if v.Sealed > 0 {
		say("what is in results, and what lists say of it, unless the data key is brought: of %d of them the sealed bytes are those that were recorded", v.Sealed-v.Uncovered)
	}
	if v.Uncovered > 0 {
		say("the sealed bytes of %d results, unless the data key is brought: they were fetched before results were sealed", v.Uncovered)
	}
	if v.Outside.Fingerprint {
		say("the fingerprint of the data key, in the table facts")
	}
}

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
