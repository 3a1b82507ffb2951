package account

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"time"
)

// delayPolicy is how the wait after failed sign-ins grows: some are free, the next costs a
// second, and each after it twice as long as the one before, up to the longest.
type delayPolicy struct {
	free    int
	longest time.Duration
}

var (
	networkPace = delayPolicy{free: 5, longest: 5 * time.Minute}   // for one name from one network, or from a known browser
	namePace    = delayPolicy{free: 10, longest: 5 * time.Minute}  // for one name from everywhere
	addressPace = delayPolicy{free: 20, longest: 15 * time.Minute} // an office shares one
)

// forgetAfter is how long after the last failure none is remembered. It is longer
// than any wait, so that patience gains an attacker no more than it gains anybody.
const forgetAfter = time.Hour

// delay is how long after the last of so many failures nobody may try again.
func (p delayPolicy) delay(failures int) time.Duration {
	if failures < p.free {
		return 0
	}
	wait := time.Second
	for range failures - p.free {
		if wait >= p.longest {
			break
		}
		wait *= 2
	}
	return min(wait, p.longest)
}

// waitEnd is when the wait after f ends. A failure from the future, which a clock that was
// put right leaves behind, makes nobody wait: the wait would move along with the clock, for
// as long as that was wrong.
func (p delayPolicy) waitEnd(f Failures, now time.Time) time.Time {
	if f.Last.After(now.Add(ClockSlack)) {
		return now
	}
	last := f.Last
	if last.After(now) {
		last = now
	}
	return last.Add(p.delay(f.Count))
}

// Source is where an attempt to sign in comes from.
type Source struct {
	Address string // IP address without port
	Browser string // ID of the browser where it is known for the name, from Browsers.ID; empty otherwise
}

// attempt is one sign-in as the failures see it. They count per network, and for all
// networks and names together, so that guessing gets slower however many places it comes
// from. A known browser waits for its own failures only, so that nobody else can keep its
// person out.
type attempt struct {
	now    time.Time
	known  bool       // whether the browser is known for the name
	before []Failures // when the attempt was counted
	after  []Failures // with it
}

// Where the subjects of an attempt stand.
const (
	networkAt = iota
	nameAt    // counts no more than the free failures of each network, or one could fill it
	addressAt
	browserAt // where the browser is known
)

// failureSubjects are what the failures of an attempt count against. They are hashed since
// people type their password into the field for the name.
func failureSubjects(nameKey string, from Source) []string {
	list := []string{
		networkAt: hashedSubject("network", nameKey+"\x00"+networkKey(from.Address)),
		nameAt:    hashedSubject("name", nameKey),
		addressAt: hashedSubject("address", addressKey(from.Address)),
	}
	if from.Browser != "" {
		list = append(list, hashedSubject("browser", nameKey+"\x00"+from.Browser))
	}
	return list
}

// countFailure is a change for Records.ChangeFailures with the subjects of an attempt. It
// counts the attempt as failed, or returns a *Wait when it comes too early. An early
// attempt counts for nothing, or others could make a wait last for ever.
func (a *attempt) countFailure(f []Failures) error {
	if until := a.waitEnd(f); until.After(a.now) {
		return &Wait{Until: until}
	}
	a.before = slices.Clone(f)
	f[addressAt].Count++
	countNetwork(f, f[networkAt].Count+1)
	if a.known {
		f[browserAt].Count++
	}
	for i := range f {
		f[i].Last = a.now
	}
	a.after = slices.Clone(f)
	return nil
}

// waitEnd is when the last wait ends that is for this attempt.
func (a *attempt) waitEnd(f []Failures) time.Time {
	if a.known {
		return networkPace.waitEnd(f[browserAt], a.now)
	}
	last := networkPace.waitEnd(f[networkAt], a.now)
	for _, until := range []time.Time{namePace.waitEnd(f[nameAt], a.now), addressPace.waitEnd(f[addressAt], a.now)} {
		if until.After(last) {
			last = until
		}
	}
	return last
}

// countNetwork sets how many failures a network has, and what it adds to those of the
// name.
func countNetwork(f []Failures, failures int) {
	f[nameAt].Count += min(failures, networkPace.free) - min(f[networkAt].Count, networkPace.free)
	f[networkAt].Count = failures
}

// undoFailure is a change for Records.ChangeFailures with the same subjects, after the
// attempt succeeded. The name starts afresh in this network, or in this known browser.
// The address gets back no more than was counted against the name there: it would be no
// limit if one good account could clear it. Nor does the name lose what other networks
// had counted against it.
func (a *attempt) undoFailure(f []Failures) error {
	a.restoreLast(f)
	own := f[networkAt].Count
	if a.known {
		own = min(own, f[browserAt].Count)
		f[browserAt].Count = 0
	}
	giveBack(f, own)
	return nil
}

// undoOwnFailure is the same for an attempt after which more has to be proved: what was counted
// before it stays.
func (a *attempt) undoOwnFailure(f []Failures) error {
	a.restoreLast(f)
	if a.known {
		f[browserAt].Count = max(f[browserAt].Count-1, 0)
	}
	giveBack(f, min(f[networkAt].Count, 1))
	return nil
}

// restoreLast takes the attempt out of when there was a failure last.
func (a *attempt) restoreLast(f []Failures) {
	for i := range f {
		if f[i].Count == a.after[i].Count { // nobody else failed meanwhile
			f[i].Last = a.before[i].Last
		}
	}
}

// giveBack takes so many failures from a network and its address.
func giveBack(f []Failures, failures int) {
	f[addressAt].Count -= failures
	countNetwork(f, f[networkAt].Count-failures)
}

func hashedSubject(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	return kind + ":" + hex.EncodeToString(sum[:])
}

// How much of an address names a network rather than a device in it. Of IPv6 a device
// may take any address there: RFC 4291 §2.5.1.
const (
	networkBits4 = 24
	networkBits6 = 64
)

// addressKey is what one sender's addresses have in common. What is not an IP address is
// taken as it is.
func addressKey(address string) string { return networkPrefix(address, 32) }

// networkKey is what the addresses of one network have in common.
func networkKey(address string) string { return networkPrefix(address, networkBits4) }

// networkPrefix is the part of an address that names a network, which of IPv4 has so many bits.
func networkPrefix(address string, bits4 int) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	bits := networkBits6
	if ip.Is4() {
		bits = bits4
	}
	network, err := ip.Prefix(bits) // leaves out the zone
	if err != nil {
		return address
	}
	return network.String()
}
