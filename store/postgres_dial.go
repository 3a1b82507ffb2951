package store

import (
	"net"
	"time"
)

// silencePatience is for how long the server of a database may not even confirm what was sent to
// it, before it counts as unreachable. A machine that went away without a word would otherwise
// be waited for for a quarter of an hour.
const silencePatience = 20 * time.Second

// newDialer connects to machines, whose silence it notices.
func newDialer() *net.Dialer {
	const probe = silencePatience / 4
	return &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: probe, Interval: probe, Count: 3},
		Control:         limitSilence,
	}
}
