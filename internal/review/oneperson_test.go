package review

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/ledger"
)

func TestCouldBeOne(t *testing.T) {
	const operator, admin, other, ann, sue, sam = 0, 1, 2, 3, 4, 5
	link := func(seq, by, of int64) AccountChange {
		return AccountChange{Seq: seq, By: by, Account: of, Change: account.LinkMade}
	}
	for _, test := range []struct {
		name    string
		changes []AccountChange
		want    []int64 // entries
	}{
		{"nothing was changed", nil, nil},
		{"accounts of others", []AccountChange{link(1, admin, sam), link(2, operator, admin)}, nil},
		{"an admin becomes the second reviewer", []AccountChange{link(7, admin, sue)}, nil},
		{"an admin becomes both", []AccountChange{link(7, admin, sue), link(3, admin, ann)}, []int64{3, 7}},
		{"the operator becomes both", []AccountChange{link(7, operator, sue), link(3, operator, ann)}, []int64{3, 7}},
		{"two admins, one each", []AccountChange{link(7, admin, sue), link(3, other, ann)}, nil},
		{"two admins for each other", []AccountChange{link(7, admin, sue), link(3, other, ann), link(4, admin, other)}, []int64{3, 4, 7}},
		{"the author could act as the reviewer", []AccountChange{link(7, ann, sue)}, []int64{7}},
		{"the reviewer could act as the author", []AccountChange{link(7, sue, ann)}, []int64{7}},
		{"somebody whom both could act as", []AccountChange{link(7, ann, sam), link(8, sue, sam)}, nil},
		{"over somebody else", []AccountChange{link(7, ann, sam), link(8, sam, sue)}, []int64{7, 8}},
		{"the shortest of two ways", []AccountChange{link(2, admin, ann), link(3, operator, admin), link(4, operator, sue), link(5, admin, sue)}, []int64{2, 5}},
		{"the earliest of equal ways", []AccountChange{link(2, admin, ann), link(3, operator, ann), link(4, operator, sue), link(5, admin, sue)}, []int64{2, 5}},
		{"in a ring", []AccountChange{link(2, admin, other), link(3, other, admin), link(4, admin, ann)}, nil},
	} {
		for range 5 { // whatever the order in which a map is read
			var got []int64
			for _, why := range CouldBeOne(ann, sue, test.changes) {
				got = append(got, why.Entry)
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("%s: entries %v, want %v", test.name, got, test.want)
			}
		}
	}
}

func TestReadAccountChanges(t *testing.T) {
	for _, test := range []struct {
		name  string
		entry ledger.Entry
		facts Facts
		by    []string // who may act as the account
	}{
		{"an account that is made", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 2, AccountChange: "added"}, []string{"admin"}},
		{"one that the operator makes", ledger.Entry{}, Facts{Account: 2, AccountChange: "added"}, []string{""}},
		{"a role", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 2, AccountChange: "role"}, []string{"admin"}},
		{"an identity", ledger.Entry{}, Facts{Account: 2, AccountChange: "bound"}, []string{""}},
		{"a role by the company's sign-in", ledger.Entry{Actor: account.SystemID, Name: account.SystemName}, Facts{Account: 2, AccountChange: "role"}, nil},
		{"a link", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 2, AccountChange: "link"}, []string{"admin"}},
		{"a password that the operator sets", ledger.Entry{}, Facts{Account: 2, AccountChange: "password"}, []string{""}},
		{"a password by a link", ledger.Entry{Actor: 2, Name: "sue", About: 7}, Facts{Account: 2, AccountChange: "password", LinkBy: "admin", LinkByID: 1}, []string{"admin"}},
		{"a password by the operator's link", ledger.Entry{Actor: 2, Name: "sue", About: 7}, Facts{Account: 2, AccountChange: "password"}, []string{""}},
		{"one's own password", ledger.Entry{Actor: 2, Name: "sue"}, Facts{Account: 2, AccountChange: "password"}, nil},
		{"a closed account", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 2, AccountChange: "disabled"}, nil},
		{"what was seen", ledger.Entry{Actor: 2, Name: "sue"}, Facts{Account: 2, AccountChange: "acknowledged"}, nil},
		{"a link that one admin asked for", ledger.Entry{Actor: 1, Name: "admin", About: 4}, Facts{Account: 2, AccountChange: "link", AskedByID: 3, AskedBy: "eve"}, []string{"admin", "eve"}},
		{"a role that an admin asked for and waited for", ledger.Entry{Actor: 3, Name: "eve", About: 4}, Facts{Account: 2, AccountChange: "role", AskedByID: 3, AskedBy: "eve"}, []string{"eve"}},
		{"what is only asked for", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 1, AccountChange: "request-asked"}, nil},
		{"what is confirmed", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 1, AccountChange: "request-confirmed"}, nil},
		{"factors that are removed", ledger.Entry{Actor: 1, Name: "admin"}, Facts{Account: 2, AccountChange: "factors-taken"}, nil},
	} {
		test.entry.Act, test.entry.Facts = ActAccount, test.facts.String()
		changes, err := ReadAccountChanges(&Recorded{Entry: test.entry})
		var by []string
		for _, c := range changes {
			by = append(by, c.ByName)
		}
		if err != nil || !slices.Equal(by, test.by) {
			t.Errorf("%s: by %q, want %q, %v", test.name, by, test.by, err)
		}
	}
	if _, err := ReadAccountChanges(&Recorded{Entry: ledger.Entry{Act: ActAccount, Facts: "x"}}); err == nil {
		t.Error("facts that cannot be read are read")
	}
}

func TestClockWarning(t *testing.T) {
	shows := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		newest time.Time
		warns  bool
	}{
		{time.Time{}, false},
		{shows.Add(-time.Hour), false},
		{shows, false},
		{shows.Add(time.Minute), false},
		{shows.Add(time.Minute + time.Millisecond), true},
		{shows.AddDate(900, 0, 0), true},
	} {
		if got := (Clock{shows, test.newest}).Warning() != ""; got != test.warns {
			t.Errorf("newest entry of %s: warns is %t", test.newest, got)
		}
	}
}

func TestBehindWords(t *testing.T) {
	for behind, want := range map[time.Duration]string{
		0:                                  "",
		time.Millisecond:                   "The clock stood 1 millisecond behind the entry before.",
		61 * time.Second:                   "The clock stood 1 minute and 1 second behind the entry before.",
		365*24*time.Hour + 5*time.Second:   "The clock stood 365 days and 5 seconds behind the entry before.",
		25*time.Hour + 2*time.Minute + 999: "The clock stood 1 day and 1 hour behind the entry before.",
	} {
		if got := BehindWords(behind); got != want {
			t.Errorf("%s: %q, want %q", behind, got, want)
		}
	}
}

// A fetch from a clock that was ahead neither makes a result look new nor holds Yoti off.
func TestFailureThatHolds(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name      string
		at, until time.Time
		want      bool
	}{
		{"not said", now, time.Time{}, false},
		{"until later", now.Add(-time.Second), now.Add(time.Minute), true},
		{"over", now.Add(-time.Hour), now.Add(-time.Minute), false},
		{"from the future", now.AddDate(1, 0, 0), now.AddDate(1, 0, 1), false},
	} {
		if got := (&Failure{At: test.at, Until: test.until}).Holds(now); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
	if (*Failure)(nil).Holds(now) {
		t.Error("no failure holds")
	}
}
