package store

import (
	"strings"
	"syscall"
)

// tcpUserTimeout limits for how many milliseconds what was sent may stay unconfirmed
// (https://man7.org/linux/man-pages/man7/tcp.7.html). The syscall package lacks its name.
const tcpUserTimeout = 18

// limitSilence ends a connection on which what was sent is not confirmed.
func limitSilence(network, _ string, raw syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var err error
	controlErr := raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silencePatience.Milliseconds()))
	})
	if controlErr != nil {
		return controlErr
	}
	return err
}
