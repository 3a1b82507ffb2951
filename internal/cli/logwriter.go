package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"
)

// How long a line of the log may take, and how many may wait after one took longer.
const (
	logPatience = time.Second
	logBacklog  = 1_000
)

// logWriter passes a log on, and never lets the server wait for its reader: a
// terminal that is held, or a supervisor that hangs, takes nothing out of a full pipe.
// Lines are lost then, and counted.
type logWriter struct {
	out   io.Writer
	lines chan logLine
	end   chan struct{}
	ended chan struct{}
	stuck atomic.Bool // whether a line took too long; nobody waits until all are written
	lost  atomic.Int64
}

type logLine struct {
	text    []byte
	written chan struct{}
}

// newLog returns a log that is written to out, and what ends it.
func newLog(out io.Writer) (*slog.Logger, func()) {
	log, _, end := newLogs(out)
	return log, end
}

// newLogs returns a log, what security events are written to, line by line beside it, and what
// ends both.
func newLogs(out io.Writer) (log *slog.Logger, events io.Writer, end func()) {
	w := newLogWriter(out)
	return slog.New(slog.NewTextHandler(w, nil)), w, w.close
}

func newLogWriter(out io.Writer) *logWriter {
	w := &logWriter{out: out, lines: make(chan logLine, logBacklog), end: make(chan struct{}), ended: make(chan struct{})}
	go w.writeLines()
	return w
}

// Write implements io.Writer. It returns when the line is written, or can wait no longer.
func (w *logWriter) Write(p []byte) (int, error) {
	line := logLine{bytes.Clone(p), make(chan struct{})}
	select {
	case w.lines <- line:
	default:
		w.lost.Add(1)
		return len(p), nil
	}
	if w.stuck.Load() {
		return len(p), nil
	}
	patience := time.NewTimer(logPatience)
	defer patience.Stop()
	select {
	case <-line.written:
	case <-w.ended:
	case <-patience.C:
		w.stuck.Store(true)
	}
	return len(p), nil
}

// close ends the log after what waits is written, unless that takes too long.
func (w *logWriter) close() {
	close(w.end)
	select {
	case <-w.ended:
	case <-time.After(logPatience):
	}
}

func (w *logWriter) writeLines() {
	defer close(w.ended)
	for {
		select {
		case line := <-w.lines:
			w.writeLine(line)
			continue
		default:
		}
		select {
		case line := <-w.lines:
			w.writeLine(line)
		case <-w.end:
			return
		}
	}
}

// writeLine writes a line. That nobody takes it is nothing that could be said anywhere else.
func (w *logWriter) writeLine(line logLine) {
	if n := w.lost.Swap(0); n > 0 {
		_, _ = fmt.Fprintf(w.out, "level=WARN msg=\"lines of the log were lost, since nobody read it\" lines=%d\n", n)
	}
	_, _ = w.out.Write(line.text)
	close(line.written)
	if len(w.lines) == 0 {
		w.stuck.Store(false)
	}
}
