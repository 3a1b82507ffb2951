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

// entered is an entry that covers rows of a log.
type entered struct {
	seq, account int64
	facts        string
}

// rowCheck goes through the rows of a log beside the entries that cover them.
type rowCheck struct {
	logged
	entered chan entered // in the order of the ledger; the sender closes it

	waiting map[int64][]*covering // by account: read, and not yet reached
	open    map[int64]*covering   // by account: whose rows are being read
	lost    map[int64]bool        // by account: whether no entry covers the row at hand
	reached int64                 // last row that an entry which was read covers
	first   *ledger.Broken        // the first entry that does not fit
	misfit  *Misfit               // the first row that does not fit, where no entry says so
	rows    int
	outside int64 // the first row that no entry covers; zero when there is none

	uncovered int // rows behind the last that an entry covers
}

// covering is an entry with what its rows are so far.
type covering struct {
	seq  int64
	want review.Facts
	rows int
	from int64
	last int64
	hash hash.Hash
}

func newRowCheck(l logged) *rowCheck {
	return &rowCheck{logged: l, entered: make(chan entered, 1024), waiting: map[int64][]*covering{}, open: map[int64]*covering{}, lost: map[int64]bool{}}
}

func (c *rowCheck) run(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, c.logged.rows, int64(math.MinInt64), int64(math.MaxInt64))
	if err != nil {
		return err
	}
	defer rows.Close()
	var next int64 = 1
	for rows.Next() {
		var id, account, at int64
		var line string
		err := rows.Scan(numberIn{&id}, numberIn{&account}, numberIn{&at}, textIn{&line})
		if errors.Is(err, errForm) {
			return &Misfit{c.table, fmt.Sprintf("row %d does not have the form that this program gives it", next)}
		}
		if err != nil {
			return err
		}
		if id != next && c.misfit == nil {
			c.misfit = &Misfit{c.table, fmt.Sprintf("row %d stands where row %d should", id, next)}
		}
		next = id + 1
		c.take(id, account, line)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := c.end(ctx, tx, next-1); err != nil {
		return err
	}
	switch {
	case c.first != nil:
		return c.first
	case c.misfit != nil:
		return c.misfit
	}
	return nil
}

// drain takes what is still sent, so that the sender can go on.
func (c *rowCheck) drain() {
	for range c.entered {
	}
}

// take adds a row to the entry that covers it.
func (c *rowCheck) take(id, account int64, line string) {
	c.rows++
	b := c.open[account]
	for !c.lost[account] && (b == nil || id > b.want.Last) {
		c.close(b)
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
	b.last = id
	b.hash.Write([]byte(line + "\n")) // a hash takes everything
}

// nextOf returns the next entry that covers rows of an account; nil when there is none
// that could cover this one. Entries stand in the order of their last rows, and those
// that were made at once cover at most maxBatched.
func (c *rowCheck) nextOf(account, id int64) *covering {
	if list := c.waiting[account]; len(list) > 0 {
		c.waiting[account] = list[1:]
		return list[0]
	}
	for ahead := 0; ahead <= maxBatched; {
		e, more := <-c.entered
		if !more {
			return nil
		}
		b := c.read(e)
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

// read reads the facts of an entry.
func (c *rowCheck) read(e entered) *covering {
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
	return &covering{seq: e.seq, want: facts, hash: sha256.New()}
}

func (c *rowCheck) broken(seq int64, why string) {
	if c.first == nil || seq < c.first.Seq {
		c.first = &ledger.Broken{Seq: seq, Why: why}
	}
}

// close compares the rows of an entry with what it says about them.
func (c *rowCheck) close(b *covering) {
	if b == nil {
		return
	}
	w := b.want
	if b.rows != w.Rows || b.from != w.First || b.last != w.Last || hex.EncodeToString(b.hash.Sum(nil)) != w.SHA256 {
		c.broken(b.seq, fmt.Sprintf("the rows %d to %d of the table %s, which it covers, are not what they were", w.First, w.Last, c.table))
	}
}

// end is what can be said after the last row.
func (c *rowCheck) end(ctx context.Context, tx *sql.Tx, last int64) error {
	for e := range c.entered {
		if b := c.read(e); b != nil {
			c.waiting[e.account] = append(c.waiting[e.account], b)
		}
	}
	for _, b := range c.open {
		c.close(b)
	}
	for _, list := range c.waiting {
		for _, b := range list {
			c.close(b)
		}
	}
	// SQLite keeps the last ID that it gave, so that rows which were cut off show.
	var given int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)`, c.table).Scan(&given)
	if err != nil {
		return err
	}
	switch {
	case c.misfit != nil:
	case c.outside != 0 && c.outside <= c.reached:
		c.misfit = &Misfit{c.table, fmt.Sprintf("row %d was put in later: no entry covers it, and entries cover the rows up to %d", c.outside, c.reached)}
	case given != last:
		c.misfit = &Misfit{c.table, fmt.Sprintf("its last row should be row %d, and is row %d", given, last)}
	}
	return nil
}

// knownAccount is what entries say about an account.
type knownAccount struct {
	seq           int64 // of the newest of them
	name, role    string
	made, expired moment
}

// moment is when something was recorded. Loose is a time that can only be a bound:
// clocks that were set back, and what was recorded before there was a ledger.
type moment struct {
	at           int64
	known, loose bool
}

// allows reports whether a moment can be the one at a time.
func (m moment) allows(at int64) bool { return m.at == at || m.loose && at <= m.at }

func (t *treeCheck) learnAccount(r *row, f review.Facts) {
	k := t.accounts[f.Account]
	if k == nil {
		k = &knownAccount{}
		t.accounts[f.Account] = k
	}
	k.seq, k.name, k.role = r.Seq, f.Whose, f.Role
	when := moment{at: r.at, known: true, loose: r.at == r.before || f.Carried != nil}
	switch account.Deed(f.Deed) {
	case account.Added:
		k.made = when
		if f.Carried != nil {
			k.made.at = millis(*f.Carried)
		}
	case account.Disabled:
		k.expired = when
	}
}

// compareAccounts compares the accounts with the newest entry about each.
func (t *treeCheck) compareAccounts(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, name, name_key, role, created_at, disabled_at IS NOT NULL, coalesce(disabled_at, 0)
		FROM accounts
		ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, created, disabled, at int64
		var name, key, role string
		err := rows.Scan(numberIn{&id}, textIn{&name}, textIn{&key}, textIn{&role}, numberIn{&created}, numberIn{&disabled}, numberIn{&at})
		if errors.Is(err, errForm) {
			return &Misfit{"accounts", "a row does not have the form that this program gives it"}
		}
		if err != nil {
			return err
		}
		t.found.Accounts++
		k := t.accounts[id]
		delete(t.accounts, id)
		why := ""
		switch {
		case k == nil:
			return &Misfit{"accounts", fmt.Sprintf("no entry is about account %d", id)}
		case name != k.name || key != account.NameKey(name):
			why = "another name"
		case role != k.role:
			why = "another role"
		case k.made.known && !k.made.allows(created):
			why = "another time at which it was made"
		case disabled == 1 && !k.expired.known:
			return &Misfit{"accounts", fmt.Sprintf("account %d is disabled, and no entry says so", id)}
		case disabled == 0 && k.expired.known:
			return &Misfit{"accounts", fmt.Sprintf("account %d was disabled, and is no longer", id)}
		case disabled == 1 && !k.expired.allows(at):
			why = "another time at which it was disabled"
		}
		if why != "" {
			return &Misfit{"accounts", fmt.Sprintf("account %d has %s than the entries up to %d say", id, why, k.seq)}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return t.missingAccount()
}

// missingAccount returns a *Misfit when entries are about accounts that are not there.
func (t *treeCheck) missingAccount() error {
	var missing []int64
	for id := range t.accounts {
		missing = append(missing, id)
	}
	if len(missing) == 0 {
		return nil
	}
	id := slices.Min(missing)
	return &Misfit{"accounts", fmt.Sprintf("account %d, which entry %d is about, is missing", id, t.accounts[id].seq)}
}
