package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"countersign/internal/account"
)

// A file of the ledger has every entry once, newest first, however many there are, and
// no cell that a spreadsheet would take for a formula.
func TestLedgerAsFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	auditor := d.signedIn("auditor")
	const accounts = 4_100 // more than are read at a time, twice
	addAccounts(t, d, accounts)
	a, err := auditor.post("/audit.csv", nil)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	body, marked := strings.CutPrefix(a.body, "\ufeff")
	if !marked {
		t.Errorf("the file begins with %.20q, not with a byte order mark", a.body)
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	// As countersign audit export has them.
	const columns = "entry,at,account,name,role,did,details,act,about,facts,recipient,result,content,sealed,clock_behind_ms"
	if head := strings.Join(rows[0], ","); head != columns {
		t.Errorf("the columns are %s, want %s", head, columns)
	}
	last := int64(len(rows)) - 1
	if last < accounts {
		t.Fatalf("%d rows, want more than %d", len(rows), accounts)
	}
	names := map[string]int{}
	for _, row := range rows[1:] {
		last--
		if row[0] != strconv.FormatInt(last, 10) {
			t.Fatalf("entry %s stands where %d should", row[0], last)
		}
		for _, cell := range row {
			if strings.IndexAny(cell, "=+-@\t\r\n") == 0 {
				t.Fatalf("entry %s has the cell %q", row[0], cell)
			}
		}
		names[row[3]]++
	}
	for _, want := range []string{"'-1+1", "'+1", "'@sum", "'\tx", "''x", "x", "'＝1", "' =1", "a;'=1", "a⟨U+202E⟩b"} {
		if names[want] == 0 {
			t.Errorf("nobody is called %q", want)
		}
	}
	// A page of it leads on to the next, to the very first entry.
	seen := 0
	for path := "/audit?person=auditor"; path != ""; {
		page, err := auditor.get(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := page.document()
		if err != nil {
			t.Fatal(err)
		}
		seen += doc.Find("tr[data-entry]").Length()
		path = doc.Find(".audit-pager a:not([download])").AttrOr("href", "")
	}
	if want := rowsOf(rows, 2, "1"); seen != want {
		t.Errorf("the pages have %d entries, want %d", seen, want)
	}
}

// addAccounts adds accounts whose names, and those of who added them, a spreadsheet might
// run. Many are added at the same time, which then share a transaction.
func addAccounts(t *testing.T, d *desk, count int) {
	t.Helper()
	authors := []string{"-1+1", "+1", "@sum", "\tx", "'x", "x", "＝1", " =1", "a;=1", "a\u202eb"}
	var all sync.WaitGroup
	for first := range accountsAtOnce {
		all.Go(func() {
			for n := first; n < count; n += accountsAtOnce {
				name := fmt.Sprintf("=cmd|%d", n)
				_, err := d.store.AddAccount(t.Context(), account.Account{
					Person: account.Person{Name: name, Role: account.Reviewer, Created: d.clock()}, Key: name, Password: "none",
				}, false, account.ChangedBy{At: d.clock(), By: account.Person{ID: 1, Name: authors[n%len(authors)], Role: account.Admin}})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

const accountsAtOnce = 64

// rowsOf counts the rows with a value in a column.
func rowsOf(rows [][]string, column int, value string) int {
	n := 0
	for _, row := range rows {
		if row[column] == value {
			n++
		}
	}
	return n
}
