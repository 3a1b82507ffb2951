package account

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestDelay(t *testing.T) {
	tests := []struct {
		name     string
		pace     pace
		failures int
		want     time.Duration
	}{
		{"name, none", namePace, 0, 0},
		{"name, last free", namePace, 4, 0},
		{"name, first to wait", namePace, 5, time.Second},
		{"name, doubled", namePace, 6, 2 * time.Second},
		{"name, before the longest", namePace, 13, 256 * time.Second},
		{"name, longest", namePace, 14, 5 * time.Minute},
		{"name, no overflow", namePace, math.MaxInt, 5 * time.Minute},
		{"name, below none", namePace, -1, 0},
		{"address, last free", addressPace, 19, 0},
		{"address, first to wait", addressPace, 20, time.Second},
		{"address, before the longest", addressPace, 29, 512 * time.Second},
		{"address, longest", addressPace, 30, 15 * time.Minute},
		{"address, no overflow", addressPace, math.MaxInt, 15 * time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.pace.delay(test.failures); got != test.want {
				t.Errorf("delay(%d) = %v, want %v", test.failures, got, test.want)
			}
		})
	}
	if longest := max(namePace.longest, addressPace.longest); forgetAfter <= longest {
		t.Errorf("failures are forgotten after %v, sooner than the wait of %v ends", forgetAfter, longest)
	}
}

var noon = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

func TestAttemptCount(t *testing.T) {
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	tests := []struct {
		name          string
		name_, addr   Failures
		wait          time.Duration // zero when the attempt is let through
		wantN, wantAd int           // counts after
	}{
		{"first", Failures{}, Failures{}, 0, 1, 1},
		{"still free", Failures{Count: 4, Last: noon}, Failures{Count: 19, Last: noon}, 0, 5, 20},
		{"name must wait", Failures{Count: 5, Last: noon}, Failures{}, time.Second, 5, 0},
		{"name has waited", Failures{Count: 5, Last: ago(time.Second)}, Failures{}, 0, 6, 1},
		{"address must wait", Failures{}, Failures{Count: 21, Last: ago(time.Second)}, time.Second, 0, 21},
		{"address has waited", Failures{}, Failures{Count: 21, Last: ago(2 * time.Second)}, 0, 1, 22},
		{"the longer wait holds", Failures{Count: 14, Last: noon}, Failures{Count: 30, Last: noon}, 15 * time.Minute, 14, 30},
		{"a clock set back by little lengthens no wait", Failures{Count: 5, Last: noon.Add(time.Minute)}, Failures{}, time.Second, 5, 0},
		{"a failure from the future makes nobody wait", Failures{Count: 9, Last: noon.Add(365 * 24 * time.Hour)}, Failures{Count: 30, Last: noon.Add(time.Hour)}, 0, 10, 31},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := []Failures{test.name_, test.addr}
			a := attempt{now: noon}
			err := a.count(f)
			if f[0].Count != test.wantN || f[1].Count != test.wantAd {
				t.Errorf("counted %d and %d, want %d and %d", f[0].Count, f[1].Count, test.wantN, test.wantAd)
			}
			if test.wait == 0 {
				if err != nil || !f[0].Last.Equal(noon) || !f[1].Last.Equal(noon) {
					t.Errorf("count: %v, %v, want it counted at %v", err, f, noon)
				}
				return
			}
			var wait *Wait
			if !errors.As(err, &wait) || !wait.Until.Equal(noon.Add(test.wait)) {
				t.Errorf("count: %#v, want a wait of %v", err, test.wait)
			}
		})
	}
}

func TestAttemptTakeBack(t *testing.T) {
	earlier, later := noon.Add(-time.Minute), noon.Add(time.Second)
	tests := []struct {
		name        string
		before      []Failures
		meanwhile   func(f []Failures)
		wantAddress Failures
	}{
		{
			name:   "first success",
			before: []Failures{{}, {}},
		}, {
			name:   "own failures are given back",
			before: []Failures{{Count: 3, Last: earlier}, {Count: 3, Last: earlier}},
		}, {
			name:        "those of others are not",
			before:      []Failures{{Count: 1, Last: earlier}, {Count: 18, Last: earlier}},
			wantAddress: Failures{Count: 17, Last: earlier},
		}, {
			name:   "others failed meanwhile",
			before: []Failures{{}, {Count: 18, Last: earlier}},
			meanwhile: func(f []Failures) {
				f[1].Count++
				f[1].Last = later
			},
			wantAddress: Failures{Count: 19, Last: later},
		}, {
			name:   "somebody signed in with the name meanwhile",
			before: []Failures{{}, {Count: 18, Last: earlier}},
			meanwhile: func(f []Failures) {
				f[0] = Failures{}
				f[1].Count--
			},
			wantAddress: Failures{Count: 18, Last: noon},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := test.before
			a := attempt{now: noon}
			if err := a.count(f); err != nil {
				t.Fatal(err)
			}
			if test.meanwhile != nil {
				test.meanwhile(f)
			}
			if err := a.takeBack(f); err != nil {
				t.Fatal(err)
			}
			if f[0].Count != 0 {
				t.Errorf("the name keeps %d", f[0].Count)
			}
			if f[1].Count != test.wantAddress.Count || f[1].Count > 0 && !f[1].Last.Equal(test.wantAddress.Last) {
				t.Errorf("the address keeps %v, want %v", f[1], test.wantAddress)
			}
		})
	}
}

// Guessing and signing in by turns must not keep an address below its limit.
func TestOwnAccountClearsNoAddress(t *testing.T) {
	var address Failures
	at := noon
	for guess := range 3 * addressPace.free {
		at = at.Add(time.Millisecond)
		guessed := attempt{now: at}
		f := []Failures{{}, address} // another name each time
		var wait *Wait
		if err := guessed.count(f); errors.As(err, &wait) {
			if guess != addressPace.free {
				t.Errorf("made to wait after %d guesses, want %d", guess, addressPace.free)
			}
			return
		}
		address = f[1]

		own := attempt{now: at}
		f = []Failures{{}, address}
		if err := own.count(f); err != nil {
			continue
		}
		if err := own.takeBack(f); err != nil {
			t.Fatal(err)
		}
		address = f[1]
	}
	t.Errorf("%d guesses without a wait", 3*addressPace.free)
}

func TestAddressKey(t *testing.T) {
	tests := []struct {
		name string
		a, b string
		same bool
	}{
		{"IPv4", "192.0.2.1", "192.0.2.1", true},
		{"neighbours", "192.0.2.1", "192.0.2.2", false},
		{"IPv4 in IPv6", "::ffff:192.0.2.1", "192.0.2.1", true},
		{"one network", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
		{"two networks", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"zone", "fe80::1%eth0", "fe80::2%eth1", true},
		{"not an address", "somewhere", "elsewhere", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := addressKey(test.a), addressKey(test.b); (a == b) != test.same {
				t.Errorf("addressKey: %q and %q, want them the same: %v", a, b, test.same)
			}
		})
	}
}

func TestSubjects(t *testing.T) {
	const typed = "gravel otter lantern"
	s := subjects(typed, typed)
	if s[0] == s[1] || strings.TrimPrefix(s[0], "name:") == strings.TrimPrefix(s[1], "address:") {
		t.Errorf("a name and an address share %q", s)
	}
	for _, subject := range s {
		if strings.Contains(subject, "otter") || len(subject) > 80 {
			t.Errorf("the subject is %q", subject)
		}
	}
}
