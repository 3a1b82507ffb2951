package store_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/store"
)

// newServers opens several stores that serve one database, with a checkpoint log each.
func newServers(t *testing.T, number int) (*desk, []*store.Store) {
	t.Helper()
	d := newDeskAt(t, postgrestest.URL(t))
	var servers []*store.Store
	for n := range number {
		o := d.options
		o.Serve, o.SigningKeyFile = true, filepath.Join(d.folder, "signing-key")
		o.CheckpointLog = logOf(d, n)
		servers = append(servers, mustOpen(t, o))
	}
	return d, servers
}

func logOf(d *desk, n int) string { return filepath.Join(d.folder, fmt.Sprintf("checkpoints%d", n)) }

// Failed sign-ins that two servers count at the same time are all counted.
func TestPostgresServersCountFailuresTogether(t *testing.T) {
	t.Parallel()
	_, servers := newServers(t, 2)
	const failures = 40
	count := func(n int) error {
		return servers[n%2].ChangeFailures(t.Context(), []string{"name:x"}, noon.Add(-time.Hour), func(f []account.Failures) error {
			f[0].Count++
			f[0].Last = noon
			return nil
		})
	}
	startAll(t, failures, count)()
	for _, server := range servers {
		err := server.ChangeFailures(t.Context(), []string{"name:x"}, noon.Add(-time.Hour), func(f []account.Failures) error {
			if f[0].Count != failures {
				t.Errorf("%d failures, want %d", f[0].Count, failures)
			}
			return nil
		})
		must(t, err)
	}
}

// A server that starts removes what is left of transactions of servers that wrote nothing for a week,
// with the rights that a server has, and nothing of the others.
func TestPostgresServersForgetThoseThatAreGone(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	for server, days := range map[string]int{"gone": 8, "away": 6} {
		r.execute(fmt.Sprintf(`INSERT INTO facts (name, value)
			VALUES ('commit of %s', int8send((extract(epoch FROM now() - interval '%d days') * 1000)::bigint) || int8send(1))`, server, days))
	}
	s, err := r.open(r.address)
	must(t, err)
	must(t, s.Close())
	left := column(t, openRaw(t, "pgx", r.owner), `SELECT name FROM facts WHERE name LIKE 'commit of %' ORDER BY name = 'commit of away' DESC`)
	if len(left) != 2 || left[0] != "commit of away" {
		t.Errorf("there is %q, want that of the server which is away, and of the one which started", left)
	}
}

// Of two servers that sign at the same time each signs what the other has not, the log of each
// gets all, and rows that both enter into the ledger are entered once.
func TestPostgresServersSignAndEnterInTurn(t *testing.T) {
	t.Parallel()
	d, servers := newServers(t, 2)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	for round := range 3 {
		startAll(t, 12, func(n int) error {
			on, at := servers[n%2], after(round*10+n)
			switch n / 2 % 3 {
			case 0:
				return on.KeepAccess(t.Context(), review.Access{At: at, Who: d.bob, Recipient: d.id, Digest: digest, What: review.AccessResult})
			case 1:
				return on.BatchLogs(t.Context(), at)
			}
			_, err := on.Checkpoint(t.Context())
			return err
		})()
	}
	for _, server := range servers {
		must(t, server.BatchLogs(t.Context(), after(60)))
	}
	for range 2 { // the first gets what the second signed
		for _, server := range servers {
			_, err := server.Checkpoint(t.Context())
			must(t, err)
		}
	}
	d.wantSound()
	first, err := store.ReadCheckpointLog(logOf(d, 0))
	must(t, err)
	second, err := store.ReadCheckpointLog(logOf(d, 1))
	must(t, err)
	if len(first) == 0 || fmt.Sprint(sizes(first)) != fmt.Sprint(sizes(second)) {
		t.Errorf("one log has checkpoints of %d entries, the other of %d", sizes(first), sizes(second))
	}
	for i, size := range sizes(first) {
		if i > 0 && size <= sizes(first)[i-1] {
			t.Errorf("checkpoints of %d entries", sizes(first))
		}
	}
}

func sizes(list []store.LoggedCheckpoint) []int64 {
	var sizes []int64
	for _, c := range list {
		sizes = append(sizes, c.Size)
	}
	return sizes
}

// Two servers whose clocks differ by less than a second leave no word of it; what is more is said.
func TestPostgresClocksOfServersDiffer(t *testing.T) {
	t.Parallel()
	address := postgrestest.URL(t)
	d := newDeskAt(t, address)
	behind := func(by time.Duration) *store.Store {
		o := d.options
		o.Now = func() time.Time { return after(30).Add(-by) }
		return mustOpen(t, o)
	}
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(digest, "first", "first"))
	for _, test := range []struct{ by, want time.Duration }{{400 * time.Millisecond, 0}, {3 * time.Second, 3 * time.Second}} {
		n := d.newNote(digest, test.by.String(), test.by.String())
		n.At = after(30).Add(-test.by)
		seq, err := first(behind(test.by).Record(t.Context(), n.Author, n.Recipient, n.Key, n.Acts))
		must(t, err)
		var lag int64
		must(t, openRaw(t, "pgx", address).QueryRow(`SELECT behind FROM ledger WHERE seq = $1`, seq).Scan(&lag))
		if lag != test.want.Milliseconds() {
			t.Errorf("behind by %v: the entry says %d ms", test.by, lag)
		}
	}
	d.wantSound()
}

// While the data key is changed, two servers go on recording under whichever counts.
func TestPostgresServersGoOnWhileTheKeyIsChanged(t *testing.T) {
	t.Parallel()
	d, servers := newServers(t, 2)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	note := func(text string) func(int) error {
		return func(n int) error {
			note := d.newNote(digest, fmt.Sprint(text, n), text)
			_, err := servers[n%2].Record(t.Context(), note.Author, note.Recipient, note.Key, note.Acts)
			return err
		}
	}
	step := 0
	_, err := d.ChangeDataKey(t.Context(), store.ChangeOptions{Batch: 1, Step: func(store.KeyStep) {
		step++
		startAll(t, 4, note(fmt.Sprint("step ", step)))()
	}})
	must(t, err)
	startAll(t, 4, note("afterwards"))()
	if n := len(d.file(d.id, d.ann).Record.Notes); n != 4*(step+1) || step == 0 {
		t.Errorf("%d notes after %d steps", n, step)
	}
	o := store.VerifyOptions{Postgres: d.options.Postgres, DataKeyFile: d.options.DataKeyFile}
	if _, err := store.Verify(t.Context(), o); err != nil {
		t.Error(err)
	}
}

// What servers do beside the pages, each on its own, is done once: cases are assessed anew after
// an upgrade, and those that nobody works on go back to the others.
func TestPostgresServersDoUpkeepTogether(t *testing.T) {
	t.Parallel()
	d, servers := newServers(t, 2)
	const cases = 20
	var ids []idv.RecipientID
	for n := range cases {
		id := mustID(t, fmt.Sprintf("%08d-0000-4000-8000-000000000000", n+1))
		d.fetch(id, 0, d.ann, passportResult(t, "COMPLETED", "REJECT", "", fmt.Sprint(n)))
		take := review.NewTake{Recipient: id, By: d.ann, At: noon}
		_, err := d.Record(t.Context(), d.ann, id, "", take.Acts)
		must(t, err)
		ids = append(ids, id)
	}
	exec(t, d.Writer(), `UPDATE recipients SET assessed = 0`)

	var assessed, released atomic.Int64
	startAll(t, 2, func(n int) error {
		for more := true; more; {
			done, further, err := servers[n].Reassess(t.Context(), 3)
			if err != nil {
				return err
			}
			assessed.Add(int64(done))
			more = further
		}
		for _, id := range ids {
			release := review.NewRelease{Recipient: id, By: account.System(), At: noon.Add(time.Hour), IdleSince: noon.Add(time.Hour)}
			seqs, err := servers[n].Record(t.Context(), release.By, id, "", release.Acts)
			if err != nil {
				return err
			}
			released.Add(int64(len(seqs)))
		}
		return nil
	})()
	if assessed.Load() != cases || released.Load() != cases {
		t.Errorf("%d cases were assessed and %d released, want %d", assessed.Load(), released.Load(), cases)
	}
	d.wantSound()
}

// Two servers that start in one moment see both that the ledger names no signing key. The second to
// enter its own does not: what the ledger would say then could never be verified.
func TestPostgresServersEnterOneSigningKey(t *testing.T) {
	t.Parallel()
	d, servers := newServers(t, 2)
	path := filepath.Join(d.folder, "signing-key")
	entries := func() (n int) {
		must(t, servers[0].Writer().QueryRow(`SELECT count(*) FROM ledger WHERE act = 'signing-key'`).Scan(&n))
		return n
	}
	must(t, servers[1].EnterOwnSigner(t.Context(), path, ""))
	if n := entries(); n != 1 {
		t.Errorf("a key that the ledger names is entered again: %d entries", n)
	}
	_, err := servers[0].ChangeSigningKey(t.Context(), path, store.ChangeOptions{})
	must(t, err)
	wantErr(t, servers[1].EnterOwnSigner(t.Context(), path, ""), store.ErrOtherSigningKey)
	if n := entries(); n != 2 {
		t.Errorf("a key is entered that another server was faster with: %d entries", n)
	}
}
