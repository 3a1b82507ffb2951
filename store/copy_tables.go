package store

// copiedTable is a table whose rows a copy takes along.
type copiedTable struct {
	name  string
	order string // the columns by which rows are told apart, and in whose order they are copied
	// left is a condition for rows that stay behind; empty when none does.
	left string
	// made is a condition for rows that stand in an empty database already; empty when none does.
	made string
	// replaced says that those go before rows are copied; others are left behind and kept.
	replaced bool
	// later is a column that names rows of a table that comes later, and is filled in after that;
	// empty when there is none.
	later string
}

// whereCopied is the condition for rows that are taken along, as the end of a statement.
func (t copiedTable) whereCopied() string {
	if t.left == "" {
		return ""
	}
	return ` WHERE NOT (` + t.left + `)`
}

// Rows that belong to one database, and stay behind.
const (
	// The migrations make the account of the system in each database, and nobody can change it.
	systemAccountRow = `id = -2`
	// The row that servers lock is made with the database, their tokens say what came of their
	// own transactions, and a trial write tells that a disk can be written to.
	servingFacts = `name IN ('` + headFact + `', '` + triedFact + `') OR name LIKE '` + commitFact + `%'`
)

// tablesCopied returns the tables that a copy takes along, those that others refer to first.
// Rows of the ledger come in its order, so that the rules of the database hold for each of them.
func tablesCopied() []copiedTable {
	return []copiedTable{
		{name: "accounts", order: "id", left: systemAccountRow, made: systemAccountRow},
		{name: "recipients", order: "id", later: "newest"},
		{name: "snapshots", order: "recipient, digest"},
		{name: "fetches", order: "id"},
		{name: "ledger", order: "seq"},
		{name: "checkpoints", order: "size"},
		{name: "access_log", order: "id"},
		{name: "sign_ins", order: "id"},
		{name: "security_events", order: "id"}, // a security team may not have read them yet
		{name: "account_requests", order: "seq"},
		{name: "case_facets", order: "recipient, kind, value"},
		{name: "drafts", order: "author, recipient"},
		{name: "sealed_media", order: "recipient, medium, sha256"},
		{name: "saved_views", order: "id"},
		{name: "preferences", order: "account"},
		{name: "password_links", order: "account"}, // the record has them
		{name: "passkeys", order: "id"},
		{name: "code_secrets", order: "account, created_at, data_key"},
		{name: "recovery_codes", order: "account, code_hash"},
		{name: "identities", order: "account"},
		{name: "break_glass", order: "account"},
		{name: "logout_tokens", order: "hash"},       // so that none counts twice
		{name: "sign_in_failures", order: "subject"}, // so that nobody gets further tries by it
		{name: "settings", order: "name", made: `name = 'second-factor'`, replaced: true},
		{name: "jobs", order: "kind, subject"}, // Yoti is still to be asked for them
		{name: "imports", order: "id"},
		{name: "import_lines", order: "import, number"},
		{name: "hook_events", order: "id"}, // so that an event which is sent again is known
		{name: "facts", order: "name", left: servingFacts, made: servingFacts},
	}
}

// tablesLeft returns the tables that stay behind, each with the reason. What PostgreSQL has in given_ids
// follows from the rows that are put in; with SQLite that is no table.
func tablesLeft() map[string]string {
	return map[string]string{
		"schema_migrations": "it says which steps the schema of its own database has taken",
		"sessions":          "nobody is signed in to the copy until they prove who they are",
		"challenges":        "the questions were asked by servers that have stopped, and end within minutes",
		"leases":            "the servers that hold them have stopped",
	}
}

// generatedColumns are those that the database works out by itself.
func generatedColumns() map[string][]string {
	return map[string][]string{"ledger": {"form", "account"}}
}
