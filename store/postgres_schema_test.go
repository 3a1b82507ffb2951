package store

import (
	"database/sql"
	"testing"

	"countersign/internal/postgrestest"
	"countersign/migrations"
)

// What audit verify compares a database with is what the steps of the schema make, whatever the
// name of the schema.
func TestWrittenSchemaOfPostgresIsThatOfTheSteps(t *testing.T) {
	db := openURL(t, postgrestest.URL(t))
	compareWritten(t, &postgresEngine{}, db, migrations.Postgres, "postgres_schema.txt")
}

// openURL opens a database of PostgreSQL's without any of our settings. The settings of a
// session hold for its one connection.
func openURL(t testing.TB, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	must(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}
