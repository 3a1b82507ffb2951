package account

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"
)

// pace is how the wait after failed sign-ins grows: some are free, the next costs a
// second, and each after it twice as long as the one before, up to the longest.
type pace struct {
	free    int
	longest time.Duration
}

var (
	namePace    = pace{free: 5, longest: 5 * time.Minute}
	addressPace = pace{free: 20, longest: 15 * time.Minute} // an office shares one
)

// forgetAfter is how long after the last failure none is remembered. It is longer
// than any wait, so that patience gains an attacker no more than it gains anybody.
const forgetAfter = time.Hour

// delay is how long after the last of so many failures nobody may try again.
func (p pace) delay(failures int) time.Duration {
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

// until is when the wait after f ends. A failure from the future, which a clock that was
// put right leaves behind, makes nobody wait: the wait would move along with the clock, for
// as long as that was wrong.
func (p pace) until(f Failures, now time.Time) time.Time {
	if f.Last.After(now.Add(ClockSlack)) {
		return now
	}
	last := f.Last
	if last.After(now) {
		last = now
	}
	return last.Add(p.delay(f.Count))
}

// attempt is one sign-in as the failures see it.
type attempt struct {
	now    time.Time
	before Failures // of the address, when the attempt was counted
}

// count is a change for Records.ChangeFailures with the subjects of an attempt. It
// counts the attempt as failed, or returns a *Wait when it comes too early. An early
// attempt counts for nothing, or others could make a wait last for ever.
func (a *attempt) count(f []Failures) error {
	name, address := &f[0], &f[1]
	until := namePace.until(*name, a.now)
	if u := addressPace.until(*address, a.now); u.After(until) {
		until = u
	}
	if until.After(a.now) {
		return &Wait{Until: until}
	}
	a.before = *address
	for i := range f {
		f[i].Count++
		f[i].Last = a.now
	}
	return nil
}

// takeBack is a change for Records.ChangeFailures with the same subjects, after the
// attempt succeeded. The name starts afresh. The address gets back no more than was
// counted against the name: it would be no limit if one good account could clear it.
func (a *attempt) takeBack(f []Failures) error {
	name, address := &f[0], &f[1]
	if address.Count == a.before.Count+1 {
		address.Last = a.before.Last // nobody else failed meanwhile
	}
	address.Count -= name.Count
	name.Count = 0
	return nil
}

// subjects are what the failures of an attempt count against. They are hashed since
// people type their password into the field for the name.
func subjects(nameKey, address string) []string {
	return []string{subject("name", nameKey), subject("address", addressKey(address))}
}

func subject(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	return kind + ":" + hex.EncodeToString(sum[:])
}

// networkBits is how much of an IPv6 address names a network rather than a device in
// it, which may take any address there: RFC 4291 §2.5.1.
const networkBits = 64

// addressKey is what one sender's addresses have in common. What is no IP address is
// taken as it is.
func addressKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(networkBits) // leaves out the zone
	if err != nil {
		return address
	}
	return network.String()
}
