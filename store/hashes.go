package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/ledger"
)

// storedHashes reads the hashes of the tree out of the entries with which they ended.
type storedHashes struct {
	ctx context.Context
	tx  *sql.Tx
}

// ReadHashes implements ledger.Hashes.
func (k storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	if len(indexes) == 0 {
		return list, nil
	}
	var q conditions
	var seqs []string
	for _, index := range indexes {
		seqs = append(seqs, q.argument(lastOf(index)))
	}
	found, err := k.queryHashes(`
		SELECT seq, hashes
		FROM ledger
		WHERE seq IN (`+strings.Join(seqs, ", ")+`)`, q.arguments)
	if err != nil {
		return nil, err
	}
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		hashes, there := found[lastOf(index)]
		switch {
		case !there:
			return nil, sql.ErrNoRows
		case len(hashes) < (level+1)*tlog.HashSize:
			return nil, fmt.Errorf("store: entry %d: %w", lastOf(index), ledger.ErrBroken)
		}
		list[i] = tlog.Hash(hashes[level*tlog.HashSize:][:tlog.HashSize])
	}
	return list, nil
}

// lastOf returns the Seq of the entry with which a hash of the tree ended.
func lastOf(index int64) int64 {
	level, n := tlog.SplitStoredHashIndex(index)
	return (n+1)<<level - 1
}

// queryHashes returns the hashes of the entries that a query selects.
func (k storedHashes) queryHashes(query string, arguments []any) (map[int64][]byte, error) {
	rows, err := k.tx.QueryContext(k.ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int64][]byte{}
	for rows.Next() {
		var seq int64
		var hashes []byte
		if err := rows.Scan(&seq, &hashes); err != nil {
			return nil, err
		}
		found[seq] = hashes
	}
	return found, rows.Err()
}
