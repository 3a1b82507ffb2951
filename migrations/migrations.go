// Package migrations holds the schema of the database, as numbered steps. A step
// that was released is never edited, and there is no way back.
package migrations

import "embed"

// SQLite holds the steps for SQLite in its folder sqlite: NNNNNN_name.up.sql, numbered from 1
// without a gap.
//
//go:embed sqlite/*.sql
var SQLite embed.FS

// Postgres holds the same steps for PostgreSQL in its folder postgres, by the same names.
//
//go:embed postgres/*.sql
var Postgres embed.FS
