package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"slices"

	"countersign/internal/account"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// batchEntry is an entry that covers rows of a log.
type batchEntry struct {
	seq, account int64
	facts        string
}

// rowCheck goes through the rows of a log beside the entries that cover them.
type rowCheck struct {
	batchedTable
	engine  verifiedEngine
	entered chan batchEntry // in the order of the ledger; the sender closes it

	waiting       map[int64][]*batchCheck // by account: read, and not yet reached
	open          map[int64]*batchCheck   // by account: whose rows are being read
	lost          map[int64]bool          // by account: whether no entry covers the row at hand
	reached       int64                   // last row that an entry which was read covers
	first         *ledger.Broken          // the first entry that does not fit
	inconsistency *Inconsistency          // the first row that does not fit, where no entry says so
	rows          int
	outside       int64 // the first row that no entry covers; zero when there is none

	uncovered int // rows behind the last that an entry covers
}

// batchCheck is an entry with what its rows are so far.
type batchCheck struct {
	seq   int64
	want  review.Facts
	rows  int
	items int
	from  int64
	last  int64
	hash  hash.Hash
}

func newRowCheck(e verifiedEngine, l batchedTable) *rowCheck {
	return &rowCheck{batchedTable: l, engine: e, entered: make(chan batchEntry, 1024), waiting: map[int64][]*batchCheck{}, open: map[int64]*batchCheck{}, lost: map[int64]bool{}}
}

func (c *rowCheck) run(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, c.batchedTable.rows, int64(math.MinInt64), int64(math.MaxInt64))
	if err != nil {
		return err
	}
	defer rows.Close()
	var next int64 = 1
	for rows.Next() {
		r, err := c.read(rows)
		if errors.Is(err, errForm) {
			return &Inconsistency{c.table, fmt.Sprintf("row %d does not have the form that this program gives it", next)}
		}
		if err != nil {
			return err
		}
		if r.id != next && c.inconsistency == nil {
			c.inconsistency = &Inconsistency{c.table, fmt.Sprintf("row %d stands where row %d should", r.id, next)}
		}
		next = r.id + 1
		c.addRow(&r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := c.finish(ctx, tx, next-1); err != nil {
		return err
	}
	switch {
	case c.first != nil:
		return c.first
	case c.inconsistency != nil:
		return c.inconsistency
	}
	return nil
}

// drainRows takes what is still sent, so that the sender can go on.
func (c *rowCheck) drainRows() {
	for range c.entered {
	}
}

// addRow adds a row to the entry that covers it.
func (c *rowCheck) addRow(r *batchedRow) {
	id, account := r.id, r.account
	c.rows++
	b := c.open[account]
	for !c.lost[account] && (b == nil || id > b.want.Last) {
		c.closeBatch(b)
		b = c.nextOf(account, id)
		c.open[account], c.lost[account] = b, b == nil
	}
	if b == nil || id < b.want.First {
		c.uncovered++
		if c.outside == 0 {
			c.outside = id
		}
		return
	}
	if b.rows == 0 {
		b.from = id
	}
	b.rows++
	if r.item {
		b.items++
	}
	b.last = id
	b.hash.Write(r.line.terminated()) // a hash takes everything
}

// nextOf returns the next entry that covers rows of an account; nil when there is none
// that could cover this one. Entries stand in the order of their last rows, and those
// that were made at once cover at most maxBatched.
func (c *rowCheck) nextOf(account, id int64) *batchCheck {
	if list := c.waiting[account]; len(list) > 0 {
		c.waiting[account] = list[1:]
		return list[0]
	}
	for ahead := 0; ahead <= maxBatched; {
		e, more := <-c.entered
		if !more {
			return nil
		}
		b := c.readEntered(e)
		if b == nil {
			continue
		}
		if e.account == account {
			return b
		}
		c.waiting[e.account] = append(c.waiting[e.account], b)
		if b.want.Last >= id {
			ahead++
		}
	}
	return nil
}

// readEntered reads the facts of an entry.
func (c *rowCheck) readEntered(e batchEntry) *batchCheck {
	facts, err := review.ParseFacts(ledger.Entry{Seq: e.seq, Facts: e.facts})
	if err != nil || facts.First <= 0 || facts.Last < facts.First {
		c.broken(e.seq, "its facts do not say which rows it covers")
		return nil
	}
	if facts.Last <= c.reached {
		c.broken(e.seq, "it covers rows that an entry before it covers")
		return nil
	}
	c.reached = facts.Last
	return &batchCheck{seq: e.seq, want: facts, hash: sha256.New()}
}

func (c *rowCheck) broken(seq int64, why string) {
	if c.first == nil || seq < c.first.Seq {
		c.first = &ledger.Broken{Seq: seq, Why: why}
	}
}

// closeBatch compares the rows of an entry with what it says about them.
func (c *rowCheck) closeBatch(b *batchCheck) {
	if b == nil {
		return
	}
	w := b.want
	if b.rows != w.Rows || b.from != w.First || b.last != w.Last || w.Items != nil && *w.Items != b.items || hex.EncodeToString(b.hash.Sum(nil)) != w.SHA256 {
		c.broken(b.seq, fmt.Sprintf("the rows %d to %d of the table %s, which it covers, are not what they were", w.First, w.Last, c.table))
	}
}

// finish is what can be said after the last row.
func (c *rowCheck) finish(ctx context.Context, tx *sql.Tx, last int64) error {
	for e := range c.entered {
		if b := c.readEntered(e); b != nil {
			c.waiting[e.account] = append(c.waiting[e.account], b)
		}
	}
	for _, b := range c.open {
		c.closeBatch(b)
	}
	for _, list := range c.waiting {
		for _, b := range list {
			c.closeBatch(b)
		}
	}
	given, err := c.engine.lastID(ctx, tx, c.table)
	if err != nil {
		return err
	}
	switch {
	case c.inconsistency != nil:
	case c.outside != 0 && c.outside <= c.reached:
		c.inconsistency = &Inconsistency{c.table, fmt.Sprintf("row %d was put in later: no entry covers it, and entries cover the rows up to %d", c.outside, c.reached)}
	case given != last:
		c.inconsistency = &Inconsistency{c.table, fmt.Sprintf("its last row should be row %d, and is row %d", given, last)}
	}
	return nil
}

// knownAccount is what entries say about an account.
type knownAccount struct {
	seq           int64 // of the newest of them
	name, role    string
	made, expired expectedTime
	credentials   *account.Credentials // nil where entries do not say
}

// expectedTime is when something was recorded. Loose is a time that can only be a bound: clocks
// that were set back before entries kept their own reading, and what was recorded before
// there was a ledger.
type expectedTime struct {
	at           int64
	known, loose bool
}

// allows reports whether a moment can be the one at a time.
func (m expectedTime) allows(at int64) bool { return m.at == at || m.loose && at <= m.at }

// learnAccount takes from an entry what it says about an account, and says what is wrong
// with that.
func (t *treeCheck) learnAccount(r *ledgerRow, f review.Facts) string {
	k, known := t.accounts[f.Account]
	if !known {
		k = &knownAccount{}
		t.accounts[f.Account] = k
	}
	deed := account.Change(f.AccountChange)
	if r.Version != ledger.V1 && f.Carried == nil {
		if why := k.undeclaredChange(f, known); why != "" {
			return why
		}
	}
	t.learnRequest(r, f)
	k.seq, k.name, k.role, k.credentials = r.Seq, f.AccountName, f.Role, f.Credentials
	when := expectedTime{at: r.at, known: true, loose: r.Version == ledger.V1 && r.At.Equal(r.before.At) || f.Carried != nil}
	switch deed {
	case account.Added:
		k.made = when
		if f.Carried != nil {
			k.made.at = millis(*f.Carried)
		}
	case account.Disabled:
		k.expired = when
	}
	return ""
}

// undeclaredChange says what an entry about an account changes besides what it says to change:
// whoever writes a role or a password into the file waits for the next act on the account.
func (k *knownAccount) undeclaredChange(f review.Facts, known bool) string {
	deed := account.Change(f.AccountChange)
	switch {
	case known == (deed == account.Added):
		return "it makes an account that there is, or changes one that there is not"
	case !known:
		return ""
	case f.AccountName != k.name:
		return "it gives the account another name than the entries before"
	case deed != account.RoleChanged && f.Role != k.role:
		return "it gives the account another role than the entries before, and does not say to change it"
	case k.credentials == nil:
		return ""
	case f.Credentials == nil:
		return "it does not say with what the account signs in, as the entries before do"
	case !mayChangeCredentials(deed, *k.credentials, *f.Credentials):
		return "it changes with what the account signs in, and does not say so"
	}
	return ""
}

// mayChangeCredentials reports whether a change of an account leaves as it was what it has no
// business with: the password, the link, or the second factors.
func mayChangeCredentials(deed account.Change, before, after account.Credentials) bool {
	switch deed {
	case account.FactorAdded, account.FactorRemoved, account.FactorsTaken, account.Bound:
		before.Factors = after.Factors
	case account.PasswordRehashed:
		before.Password = after.Password
	case account.RoleChanged, account.Acknowledged, account.FactorRefused, account.RequestAsked, account.RequestConfirmed, account.RequestCancelled, account.BreakGlassUsed:
	default:
		return before.Factors == after.Factors
	}
	return before == after
}

// knowsActor says what is wrong with who made an entry: no account acts before it was made.
func (t *treeCheck) knowsActor(r *ledgerRow) string {
	if r.Version == ledger.V1 || r.Actor == 0 || r.Act == review.ActAccount {
		return ""
	}
	if r.Actor == account.SystemID {
		if r.Name != account.SystemName || r.Role != string(account.SystemRole) {
			return "it is by the system under another name or role"
		}
		return ""
	}
	switch k := t.accounts[r.Actor]; {
	case k == nil:
		return "it is by an account that no entry before it made"
	case k.name != r.Name:
		return "it is by an account of another name"
	}
	return ""
}

// compareAccounts compares the accounts, and the links to choose their passwords, with the
// newest entry about each.
func (t *treeCheck) compareAccounts(ctx context.Context, tx *sql.Tx) error {
	factors, err := factorDigests(ctx, tx, everyAccount)
	if errors.Is(err, errForm) {
		return &Inconsistency{"passkeys", "a factor does not have the form that this program gives it"}
	}
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT accounts.id, accounts.name, accounts.name_key, accounts.role, accounts.created_at,
			accounts.disabled_at IS NOT NULL, coalesce(accounts.disabled_at, 0), accounts.password,
			links.token_hash, coalesce(links.until, 0)
		FROM accounts
		LEFT JOIN password_links AS links ON links.account = accounts.id
		ORDER BY accounts.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	system := false
	for rows.Next() {
		var a accountRow
		err := rows.Scan(numberIn{&a.id}, textIn{&a.name}, textIn{&a.key}, textIn{&a.role}, numberIn{&a.created},
			&a.disabled, numberIn{&a.at}, textIn{&a.password}, bytesIn{&a.link}, numberIn{&a.until})
		if errors.Is(err, errForm) {
			return &Inconsistency{"accounts", "a row does not have the form that this program gives it"}
		}
		if err != nil {
			return err
		}
		a.factors = factors[a.id]
		if a.id == account.SystemID {
			system = true
			if !a.isSystem() {
				return &Inconsistency{"accounts", "the account of the system is not the one that the program made"}
			}
			continue
		}
		t.found.Accounts++
		if err := a.compareTo(t.accounts[a.id]); err != nil {
			return err
		}
		if t.accounts[a.id].credentials == nil {
			t.found.Unproved = append(t.found.Unproved, a.name)
		}
		delete(t.accounts, a.id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !system {
		return &Inconsistency{"accounts", "the account of the system is missing"}
	}
	return t.missingAccount()
}

// accountRow is an account as it stands in its table, with the link to choose its password.
type accountRow struct {
	id, created, at           int64 // at: since when it is disabled
	disabled                  bool
	name, key, role, password string
	link                      []byte // hash of its token; nil when there is none
	until                     int64
	factors                   string // digest of the second factors; empty when there are none
}

// isSystem reports whether the row is as the migration made that of the system.
func (a *accountRow) isSystem() bool {
	return a.name == account.SystemName && a.key == account.SystemKey && a.role == string(account.SystemRole) &&
		a.password == "" && !a.disabled && a.created == 0 && len(a.link) == 0 && a.factors == ""
}

// compareTo returns a *Inconsistency unless the row is what entries say about the account.
func (a *accountRow) compareTo(k *knownAccount) error {
	why := ""
	switch {
	case k == nil:
		return &Inconsistency{"accounts", fmt.Sprintf("no entry is about account %d", a.id)}
	case a.name != k.name || a.key != account.NameKey(a.name):
		why = "another name"
	case a.role != k.role:
		why = "another role"
	case k.made.known && !k.made.allows(a.created):
		why = "another time at which it was made"
	case a.disabled && !k.expired.known:
		return &Inconsistency{"accounts", fmt.Sprintf("account %d is disabled, and no entry says so", a.id)}
	case !a.disabled && k.expired.known:
		return &Inconsistency{"accounts", fmt.Sprintf("account %d was disabled, and is no longer", a.id)}
	case a.disabled && !k.expired.allows(a.at):
		why = "another time at which it was disabled"
	case k.credentials != nil && account.PasswordDigest(a.password) != k.credentials.Password:
		why = "another password"
	case k.credentials != nil && a.linkDigest() != k.credentials.Link:
		return &Inconsistency{"password_links", fmt.Sprintf("account %d has another link to choose a password than the entries up to %d say", a.id, k.seq)}
	case k.credentials != nil && a.factors != k.credentials.Factors:
		return &Inconsistency{"passkeys", fmt.Sprintf("account %d has other passkeys, codes or identities than the entries up to %d say", a.id, k.seq)}
	}
	if why != "" {
		return &Inconsistency{"accounts", fmt.Sprintf("account %d has %s than the entries up to %d say", a.id, why, k.seq)}
	}
	return nil
}

// linkDigest is what the record has of the link; empty when there is none.
func (a *accountRow) linkDigest() string {
	switch len(a.link) {
	case 0:
		return ""
	case sha256.Size:
		return account.LinkDigest([sha256.Size]byte(a.link), timeOf(a.until))
	}
	return "none" // it is no hash
}

// missingAccount returns a *Inconsistency when entries are about accounts that are not there.
func (t *treeCheck) missingAccount() error {
	var missing []int64
	for id := range t.accounts {
		missing = append(missing, id)
	}
	if len(missing) == 0 {
		return nil
	}
	id := slices.Min(missing)
	return &Inconsistency{"accounts", fmt.Sprintf("account %d, which entry %d is about, is missing", id, t.accounts[id].seq)}
}
