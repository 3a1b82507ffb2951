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
		pace     delayPolicy
		failures int
		want     time.Duration
	}{
		{"network, none", networkPace, 0, 0},
		{"network, last free", networkPace, 4, 0},
		{"network, first to wait", networkPace, 5, time.Second},
		{"network, doubled", networkPace, 6, 2 * time.Second},
		{"network, before the longest", networkPace, 13, 256 * time.Second},
		{"network, longest", networkPace, 14, 5 * time.Minute},
		{"network, no overflow", networkPace, math.MaxInt, 5 * time.Minute},
		{"network, below none", networkPace, -1, 0},
		{"name, last free", namePace, 9, 0},
		{"name, first to wait", namePace, 10, time.Second},
		{"name, longest", namePace, 19, 5 * time.Minute},
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
	if longest := max(networkPace.longest, namePace.longest, addressPace.longest); forgetAfter <= longest {
		t.Errorf("failures are forgotten after %v, sooner than the wait of %v ends", forgetAfter, longest)
	}
}

var noon = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

func TestAttemptCount(t *testing.T) {
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	tests := []struct {
		name   string
		before []Failures // of the network, the name, the address and, if known, the browser
		wait   time.Duration
		want   []int // counts after
	}{
		{"first", make([]Failures, 3), 0, []int{1, 1, 1}},
		{"still free", []Failures{{Count: 4, Last: noon}, {Count: 9, Last: noon}, {Count: 19, Last: noon}}, 0, []int{5, 10, 20}},
		{"network must wait", []Failures{{Count: 5, Last: noon}, {}, {}}, time.Second, []int{5, 0, 0}},
		{"network has waited, and fills no name", []Failures{{Count: 5, Last: ago(time.Second)}, {Count: 5, Last: ago(time.Second)}, {}}, 0, []int{6, 5, 1}},
		{"name must wait", []Failures{{}, {Count: 12, Last: noon}, {}}, 4 * time.Second, []int{0, 12, 0}},
		{"address must wait", []Failures{{}, {}, {Count: 21, Last: ago(time.Second)}}, time.Second, []int{0, 0, 21}},
		{"address has waited", []Failures{{}, {}, {Count: 21, Last: ago(2 * time.Second)}}, 0, []int{1, 1, 22}},
		{"the longest wait holds", []Failures{{Count: 14, Last: noon}, {Count: 10, Last: noon}, {Count: 30, Last: noon}}, 15 * time.Minute, []int{14, 10, 30}},
		{"a clock set back by little lengthens no wait", []Failures{{Count: 5, Last: noon.Add(time.Minute)}, {}, {}}, time.Second, []int{5, 0, 0}},
		{"a failure from the future makes nobody wait", []Failures{{Count: 9, Last: noon.Add(365 * 24 * time.Hour)}, {}, {Count: 30, Last: noon.Add(time.Hour)}}, 0, []int{10, 0, 31}},
		{"known browser, first", make([]Failures, 4), 0, []int{1, 1, 1, 1}},
		{"known browser must wait", []Failures{{}, {}, {}, {Count: 5, Last: noon}}, time.Second, []int{0, 0, 0, 5}},
		{"known browser waits for nobody else", []Failures{{Count: 14, Last: noon}, {Count: 30, Last: noon}, {Count: 30, Last: noon}, {}}, 0, []int{15, 30, 31, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := test.before
			a := attempt{now: noon, known: len(f) > browserAt}
			err := a.countFailure(f)
			for i := range f {
				if f[i].Count != test.want[i] || test.wait == 0 && !f[i].Last.Equal(noon) {
					t.Errorf("counted %v, want %v", f, test.want)
				}
			}
			if test.wait == 0 {
				if err != nil {
					t.Errorf("count: %v", err)
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
		wantNetwork int
		wantName    int
		wantAddress Failures
	}{
		{
			name:   "first success",
			before: []Failures{{}, {}, {}},
		}, {
			name:   "own failures are given back",
			before: []Failures{{Count: 3, Last: earlier}, {Count: 3, Last: earlier}, {Count: 3, Last: earlier}},
		}, {
			name:        "those of others are not",
			before:      []Failures{{Count: 1, Last: earlier}, {Count: 6, Last: earlier}, {Count: 18, Last: earlier}},
			wantName:    5,
			wantAddress: Failures{Count: 17, Last: earlier},
		}, {
			name:        "the name gets back no more than the network had added",
			before:      []Failures{{Count: 8, Last: earlier}, {Count: 9, Last: earlier}, {Count: 8, Last: earlier}},
			wantName:    4,
			wantAddress: Failures{},
		}, {
			name:   "others failed meanwhile",
			before: []Failures{{}, {}, {Count: 18, Last: earlier}},
			meanwhile: func(f []Failures) {
				f[addressAt].Count++
				f[addressAt].Last = later
			},
			wantAddress: Failures{Count: 19, Last: later},
		}, {
			name:   "somebody signed in with the name meanwhile",
			before: []Failures{{}, {}, {Count: 18, Last: earlier}},
			meanwhile: func(f []Failures) {
				f[networkAt], f[nameAt] = Failures{}, Failures{}
				f[addressAt].Count--
			},
			wantAddress: Failures{Count: 18, Last: noon},
		}, {
			name:        "a known browser gets back its own",
			before:      []Failures{{Count: 9, Last: earlier}, {Count: 12, Last: earlier}, {Count: 25, Last: earlier}, {Count: 4, Last: earlier}},
			wantNetwork: 5,
			wantName:    12,
			wantAddress: Failures{Count: 21, Last: earlier},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := test.before
			a := attempt{now: noon, known: len(f) > browserAt}
			if err := a.countFailure(f); err != nil {
				t.Fatal(err)
			}
			if test.meanwhile != nil {
				test.meanwhile(f)
			}
			if err := a.undoFailure(f); err != nil {
				t.Fatal(err)
			}
			if f[networkAt].Count != test.wantNetwork || a.known && f[browserAt].Count != 0 {
				t.Errorf("kept are %v, want %d for the network", f, test.wantNetwork)
			}
			if f[nameAt].Count != test.wantName {
				t.Errorf("the name keeps %d, want %d", f[nameAt].Count, test.wantName)
			}
			if got := f[addressAt]; got.Count != test.wantAddress.Count || got.Count > 0 && !got.Last.Equal(test.wantAddress.Last) {
				t.Errorf("the address keeps %v, want %v", got, test.wantAddress)
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
		f := []Failures{{}, {}, address} // another name each time
		var wait *Wait
		if err := guessed.countFailure(f); errors.As(err, &wait) {
			if guess != addressPace.free {
				t.Errorf("made to wait after %d guesses, want %d", guess, addressPace.free)
			}
			return
		}
		address = f[addressAt]

		own := attempt{now: at}
		f = []Failures{{}, {}, address}
		if err := own.countFailure(f); err != nil {
			continue
		}
		if err := own.undoFailure(f); err != nil {
			t.Fatal(err)
		}
		address = f[addressAt]
	}
	t.Errorf("%d guesses without a wait", 3*addressPace.free)
}

// Guesses at one name from many networks get slower together, as those from one do.
func TestGuessesFromEverywhereWait(t *testing.T) {
	var name Failures
	at, guesses := noon, 0
	const hour = time.Hour
	for at.Before(noon.Add(hour)) {
		a := attempt{now: at}
		f := []Failures{{}, name, {}} // another network each time
		err := a.countFailure(f)
		var wait *Wait
		if errors.As(err, &wait) {
			at = wait.Until
			continue
		}
		name = f[nameAt]
		guesses++
	}
	if most := namePace.free + 9 + int(hour/namePace.longest); guesses > most {
		t.Errorf("%d guesses in an hour, want no more than %d", guesses, most)
	}
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

func TestNetworkKey(t *testing.T) {
	tests := []struct {
		name string
		a, b string
		same bool
	}{
		{"neighbours", "192.0.2.1", "192.0.2.254", true},
		{"IPv4 in IPv6", "::ffff:192.0.2.1", "192.0.2.2", true},
		{"two networks", "192.0.2.1", "192.0.3.1", false},
		{"one IPv6 network", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
		{"two IPv6 networks", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := networkKey(test.a), networkKey(test.b); (a == b) != test.same {
				t.Errorf("networkKey: %q and %q, want them the same: %v", a, b, test.same)
			}
		})
	}
}

func TestSubjects(t *testing.T) {
	const typed = "gravel otter lantern"
	s := append(failureSubjects(typed, Source{Address: typed}), failureSubjects(typed, Source{Browser: typed})[browserAt:]...)
	digests := map[string]bool{}
	for _, subject := range s {
		_, digest, _ := strings.Cut(subject, ":")
		if digests[digest] {
			t.Errorf("two of %q are the same", s)
		}
		digests[digest] = true
		if strings.Contains(subject, "otter") || len(subject) > 80 {
			t.Errorf("the subject is %q", subject)
		}
	}
}

// What was counted before an attempt stays where more has to be proved after it, and goes where
// that was all.
func TestUndoOfOneOfTwoProofs(t *testing.T) {
	earlier := noon.Add(-time.Minute)
	for _, known := range []bool{false, true} {
		f := make([]Failures, 3, 4)
		if known {
			f = f[:4]
		}
		for i := range f {
			f[i] = Failures{Count: 3, Last: earlier}
		}
		a := attempt{now: noon, known: known}
		if err := a.countFailure(f); err != nil {
			t.Fatal(err)
		}
		if err := a.undoOwnFailure(f); err != nil {
			t.Fatal(err)
		}
		for i := range f {
			if f[i].Count != 3 || !f[i].Last.Equal(earlier) {
				t.Errorf("known %v: subject %d has %d failures, the last at %v", known, i, f[i].Count, f[i].Last)
			}
		}
		if err := a.undoFailure(f); err != nil {
			t.Fatal(err)
		}
		for i := range f {
			if f[i].Count != 0 {
				t.Errorf("known %v: after all was proved, subject %d has %d failures", known, i, f[i].Count)
			}
		}
	}
}
