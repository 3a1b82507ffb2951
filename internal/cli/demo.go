package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/webhook"
	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
	"countersign/views"
)

// demo is the command that shows everything with made-up data.
type demo struct {
	Addr string `env:"COUNTERSIGN_ADDR" default:"127.0.0.1:8080" help:"Where to listen. Only an address of this machine is accepted."`
	webhooks
	Background int `name:"background-per-minute" default:"600" help:"How many results are requested per minute in the background; 0 requests none."`
	dueFlag
}

// demoPassword is that of the ready accounts of the demonstration. They open nothing
// but made-up data, on this machine only.
const demoPassword = "made-up-for-the-demo"

// demoAccount is a ready account.
type demoAccount struct {
	name string
	role account.Role
	may  string
}

// demoAccounts are those accounts; the first is the one to begin with.
func demoAccounts() []demoAccount {
	return []demoAccount{
		{"demo", account.Supervisor, "decides, is the second reviewer, resets session limits"},
		{"demo-reviewer", account.Reviewer, "reads, writes notes, sets hit dispositions, decides"},
		{"demo-auditor", account.Auditor, "reads results, the ledger and the access log, no pictures"},
		{"demo-admin", account.Admin, "manages accounts, no person's data"},
	}
}

// demoSignIn is what the sign-in page says of them.
func demoSignIn() *views.DemoSignIn {
	sign := &views.DemoSignIn{Password: demoPassword}
	for _, a := range demoAccounts() {
		sign.Accounts = append(sign.Accounts, views.DemoAccount{Name: a.name, Role: a.role, May: a.may})
	}
	return sign
}

// Help is shown below the flags.
func (demo) Help() string {
	return `Starts a stand-in for Yoti Sign on a port of its own, which signs envelopes and sends their
events to the dashboard, so that cases arrive in the queue. Prints the recipients and what
each one shows, the address, and a ready sign-in. Removes its database when it stops.`
}

// Run serves until ctx ends.
func (c *demo) Run(ctx context.Context, s streams) (err error) {
	ignoreWriteSignals()
	if err := c.check(); err != nil {
		return err
	}
	due, err := c.dueFlag.policy(demoDue()...)
	if err != nil {
		return err
	}
	starting := context.WithoutCancel(ctx) // as serve does
	listener, err := listen(starting, c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	if !isLoopbackOnly(listener) {
		return errors.New("the demonstration has a known password, so it listens on this machine only: choose an --addr such as 127.0.0.1:8080")
	}
	folder, err := os.MkdirTemp("", "countersign-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the throwaway database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	kept, err := store.Open(starting, demoOptions(folder))
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	stand, client, stop, err := startSandbox(starting)
	if err != nil {
		return err
	}
	defer stop()
	log, closeLog := newLog(s.err)
	defer closeLog()
	site := newSite(kept, client, listener, log)
	if err := site.nameCookies(c.Addr); err != nil {
		return err
	}
	site.server.Desk.Due = due
	if err := prepareDemo(starting, site.server); err != nil {
		return err
	}
	if err := c.takeEvents(site); err != nil {
		return err
	}
	defer c.webhooks.start(ctx, stand, s.err)()
	printDemoGuide(s.out, site.address())
	return site.run(ctx)
}

// takeEvents has a site take the events of the stand-in, unless they go elsewhere.
func (c *demo) takeEvents(s *site) error {
	if err := (incoming{Background: c.Background}).apply(s); err != nil {
		return err
	}
	text := rand.Text()
	secret, err := webhook.ParseSecret(text)
	if err != nil {
		return fmt.Errorf("make a webhook secret: %w", err)
	}
	s.server.HookSecret, s.server.WebhookOn = secret, true
	if c.Webhook == "" {
		c.Webhook = s.address() + "/hooks/yoti/" + text
	}
	return nil
}

// demoOptions are those of a database in a folder that is removed.
func demoOptions(folder string) store.Options {
	return store.Options{
		Path:           filepath.Join(folder, "countersign.db"),
		DataKeyFile:    filepath.Join(folder, "countersign.key"),
		SigningKeyFile: filepath.Join(folder, "countersign.signing-key"),
		Serve:          true,
	}
}

// prepareDemo gives a server the recipients to begin with and the accounts.
func prepareDemo(ctx context.Context, server *handlers.Server) (err error) {
	server.Demo = true
	server.DemoSignIn = demoSignIn()
	if server.Samples, err = sandboxSamples(); err != nil {
		return err
	}
	for _, a := range demoAccounts() {
		if _, err := server.Accounts.Add(ctx, a.name, demoPassword, a.role); err != nil {
			return err
		}
	}
	return nil
}

// startSandbox starts the stand-in on a socket of its own and returns a client for it, and
// what stops it.
func startSandbox(ctx context.Context) (*sandbox.Sandbox, *yotisign.Client, func(), error) {
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, nil, nil, err
	}
	secret := rand.Text()
	// It outlives ctx: a page that is under way may still wait for it.
	stand := sandbox.New(secret)
	web := &http.Server{Handler: stand, ReadHeaderTimeout: headTime}
	go func() { _ = web.Serve(listener) }() // ends with an error by design, when closed
	client, err := newClient("http://"+listener.Addr().String()+"/v2", secret)
	if err != nil {
		return nil, nil, nil, errors.Join(err, web.Close())
	}
	return stand, client, func() { _ = web.Close() }, nil
}

func newClient(address, secret string) (*yotisign.Client, error) {
	base, err := yotisign.ParseBaseURL(address)
	if err != nil {
		return nil, err
	}
	key, err := yotisign.NewKey(secret)
	if err != nil {
		return nil, err
	}
	return yotisign.New(base, key, yotisign.Options{}), nil
}

// sandboxSamples is the stand-in's recipients, for the start page.
func sandboxSamples() ([]views.Sample, error) {
	var list []views.Sample
	for _, p := range sandbox.People() {
		id, err := idv.ParseRecipientID(p.ID)
		if err != nil {
			return nil, fmt.Errorf("made-up recipient %s: %w", p.Name, err)
		}
		list = append(list, views.Sample{Recipient: id, Name: p.Name, Shows: p.Shows})
	}
	return list, nil
}

// printDemoGuide prints the recipients, the accounts and last, where it stays in sight, the
// address and the sign-in. Where nobody reads it, the demonstration goes on.
func printDemoGuide(out io.Writer, address string) {
	accounts := demoAccounts()
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RECIPIENT\tNAME\tSHOWS")
	for _, p := range sandbox.People() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", p.ID, p.Name, p.Shows)
	}
	fmt.Fprintln(table)
	_ = table.Flush()
	fmt.Fprintln(table, "THE SAME PASSWORD FOR\tROLE\tMAY")
	for _, a := range accounts {
		fmt.Fprintf(table, "%s\t%s\t%s\n", a.name, a.role, a.may)
	}
	fmt.Fprintln(table)
	_ = table.Flush()
	fmt.Fprintf(out, "Countersign is at %s\nSign in as %s with the password %s\n", address, accounts[0].name, demoPassword)
}
