package store

import (
	"net"
	"time"
)

// How long the server of a database may be silent before it counts as unreachable: when it is
// asked for a connection, and when it does not even confirm what was sent to it. A machine that
// went away without a word would otherwise be waited for for a quarter of an hour.
const (
	connectPatience = 5 * time.Second
	silencePatience = 20 * time.Second
)

// newDialer connects to machines, whose silence it notices.
func newDialer() *net.Dialer {
	const probe = silencePatience / 4
	return &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: probe, Interval: probe, Count: 3},
		Control:         limitSilence,
	}
}
