// Package keycommand asks another program for a key, such as the client of a vault. The program
// is run without a shell, and nothing that it prints gets into an error: it may be the key.
package keycommand

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Limits of what a program may take.
const (
	timeLimit = 10 * time.Second
	endLimit  = time.Second // for whatever it started to let go of its output
	sizeLimit = 4 << 10     // bytes: more than any keys
)

// ErrTooLong is returned when the program prints more than keys.
var ErrTooLong = errors.New("the command for the data key prints more than keys")

// ErrTimeout is returned when the program takes too long.
var ErrTimeout = fmt.Errorf("the command for the data key took longer than %s", timeLimit)

// Output runs a program with its arguments, separated by blanks, and returns what it prints on
// its standard output. The names of environment variables that it does not get are given.
func Output(ctx context.Context, line string, without ...string) ([]byte, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil, errors.New("the command for the data key is empty")
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	out := &limitedBuffer{}
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Stdout, command.WaitDelay = out, endLimit
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(without, name)
	})
	err := command.Run()
	var ended *exec.ExitError
	var missing *exec.Error
	switch {
	case out.tooLong:
		return nil, ErrTooLong
	case ctx.Err() != nil:
		return nil, ErrTimeout
	case errors.As(err, &ended):
		return nil, fmt.Errorf("the command for the data key ended with %s; run it by hand to see why", ended.ProcessState)
	case errors.As(err, &missing):
		return nil, fmt.Errorf("the command for the data key cannot be run: %w", missing.Err)
	case err != nil:
		return nil, errors.New("the command for the data key cannot be run")
	}
	return out.text.Bytes(), nil
}

// limitedBuffer takes no more than keys. The buffer is no embedded one, whose ReadFrom would go
// round Write.
type limitedBuffer struct {
	text    bytes.Buffer
	tooLong bool
}

// Write implements io.Writer.
func (b *limitedBuffer) Write(text []byte) (int, error) {
	if b.tooLong = b.tooLong || b.text.Len()+len(text) > sizeLimit; b.tooLong {
		return 0, ErrTooLong
	}
	return b.text.Write(text)
}
