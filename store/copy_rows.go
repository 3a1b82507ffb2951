package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// copyLoad is rows that go into a table.
type copyLoad struct {
	table   string
	columns []string
	rows    *copyReader // may have more values than there are columns
}

// copyReader reads the rows of a table one after the other, and sums them up.
type copyReader struct {
	table   copiedTable
	columns []string
	rows    *sql.Rows
	values  []any // of the row at hand: int64, string, []byte or nil
	targets []any
	check   func(table, column string, text string) string // why a text cannot be held; nil to hold all
	err     error                                          // why there may be more
	count   int64
	counted *progressCounter // who hears of rows
	hash    hash.Hash
	buffer  []byte
}

// rowsSum tells rows from others.
type rowsSum struct {
	count int64
	hash  [sha256.Size]byte
}

// readCopyRows reads the rows of a table that a copy takes along.
func readCopyRows(ctx context.Context, tx *sql.Tx, table copiedTable, columns []string) (*copyReader, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+table.name+table.whereCopied()+` ORDER BY `+table.order)
	if err != nil {
		return nil, err
	}
	r := &copyReader{table: table, columns: columns, rows: rows, hash: sha256.New(), values: make([]any, len(columns))}
	for i := range r.values {
		r.targets = append(r.targets, &r.values[i])
	}
	return r, nil
}

func (r *copyReader) close() { _ = r.rows.Close() } // what went wrong is in err

// next goes to the next row. It returns false at the end, and when something is wrong.
func (r *copyReader) next() bool {
	if r.err != nil || !r.rows.Next() {
		if r.err == nil {
			r.err = r.rows.Err()
		}
		return false
	}
	if r.err = r.rows.Scan(r.targets...); r.err != nil {
		return false
	}
	r.count++
	r.counted.add(1)
	r.buffer = r.buffer[:0]
	for i := range r.values {
		if r.err = r.take(i); r.err != nil {
			return false
		}
	}
	r.hash.Write(r.buffer) // a hash takes everything
	return true
}

// take looks at a value and adds it to the sum.
func (r *copyReader) take(i int) error {
	switch value := r.values[i].(type) {
	case nil:
		r.buffer = append(r.buffer, 'n')
	case int64:
		r.buffer = binary.BigEndian.AppendUint64(append(r.buffer, 'i'), uint64(value))
	case string:
		if r.check != nil {
			if why := r.check(r.table.name, r.columns[i], value); why != "" {
				return fmt.Errorf("the column %s of the row %s holds %s, %w", r.columns[i], r.key(), why, ErrCannotHold)
			}
		}
		r.buffer = binary.BigEndian.AppendUint64(append(r.buffer, 't'), uint64(len(value)))
		r.buffer = append(r.buffer, value...)
	case []byte:
		if value == nil { // as the driver of SQLite gives no bytes, which are not NULL
			r.values[i] = []byte{}
		}
		r.buffer = binary.BigEndian.AppendUint64(append(r.buffer, 'b'), uint64(len(value)))
		r.buffer = append(r.buffer, value...)
	default:
		return errForm
	}
	return nil
}

// key says by the columns of the order which row is at hand.
func (r *copyReader) key() string {
	var parts []string
	for _, column := range strings.Split(r.table.order, ", ") {
		value := r.values[slices.Index(r.columns, column)]
		switch value.(type) {
		case string, []byte:
			parts = append(parts, fmt.Sprintf("%s %q", column, value))
		default:
			parts = append(parts, fmt.Sprintf("%s %v", column, value))
		}
	}
	return "with " + strings.Join(parts, ", ")
}

func (r *copyReader) sum() rowsSum {
	return rowsSum{r.count, [sha256.Size]byte(r.hash.Sum(nil))}
}
