package store

import (
	"context"

	"github.com/golang-migrate/migrate/v4/database"
)

// Progress is how far something that takes long has come. It names tables and counts, and
// nothing that is recorded.
type Progress struct {
	Task        string // what is done: Copying the table ledger
	Noun        string // what is counted, in the plural, or gone through: rows; empty for neither
	Done, Total int64  // Total is zero where it is not known
}

// progressFunc is told of progress; nil to hear nothing. Several goroutines call it.
type progressFunc func(Progress)

// begin tells that a part of a task begins, and returns what counts it.
func (tell progressFunc) begin(task, noun string, total int64) *progressCounter {
	c := &progressCounter{tell, Progress{Task: task, Noun: noun, Total: total}}
	c.add(0)
	return c
}

// withEnding tells of the same, with an ending that says what each task is about.
func (tell progressFunc) withEnding(ending string) progressFunc {
	if tell == nil {
		return nil
	}
	return func(p Progress) {
		p.Task += ending
		tell(p)
	}
}

// count returns the number that a query finds, or zero where nobody would hear it.
func (tell progressFunc) count(ctx context.Context, from rowQuerier, query string) (n int64, err error) {
	if tell != nil {
		err = from.QueryRowContext(ctx, query).Scan(&n)
	}
	return n, err
}

// progressCounter counts what is done of a part of a task. One goroutine uses it.
type progressCounter struct {
	tell progressFunc
	at   Progress
}

// add counts some more.
func (c *progressCounter) add(n int64) { c.countTo(c.at.Done + n) }

// countTo counts up to a number.
func (c *progressCounter) countTo(n int64) {
	c.at.Done = n
	if c.tell != nil {
		c.tell(c.at)
	}
}

// toldSteps is a database that tells of the steps of the schema that it takes.
type toldSteps struct {
	database.Driver
	taken *progressCounter
}

// SetVersion implements database.Driver. It is called before and after each step, during which
// the database is dirty.
func (t toldSteps) SetVersion(version int, dirty bool) error {
	err := t.Driver.SetVersion(version, dirty)
	if err == nil && !dirty {
		t.taken.add(1)
	}
	return err
}

// tellSteps returns a database that tells of the steps up to the newest, where it has taken some
// and not all. Those of an empty one take no time.
func tellSteps(target database.Driver, newest uint, tell progressFunc) (database.Driver, error) {
	version, dirty, err := target.Version()
	if err != nil || dirty || version == database.NilVersion || version >= int(newest) {
		return target, err
	}
	return toldSteps{target, tell.begin("Upgrading the schema", "steps", int64(newest)-int64(version))}, nil
}
