package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"countersign/internal/keycommand"
)

// keyFlags say where the data key comes from.
type keyFlags struct {
	File    string `name:"data-key-file" env:"COUNTERSIGN_DATA_KEY_FILE" placeholder:"FILE" help:"The file with the key that texts are sealed with. It is created with the database. Keep it separate from backups of the database. Default: beside the database, ending in .key."`
	Command string `name:"data-key-command" env:"COUNTERSIGN_DATA_KEY_COMMAND" placeholder:"COMMAND" help:"A command that prints the data key, in the place of a file. It is run without a shell; its words are separated by blanks. Nothing is created then."`
	FD      int    `name:"data-key-fd" env:"COUNTERSIGN_DATA_KEY_FD" placeholder:"N" help:"An open file descriptor, 3 or above, from which the data key is read once, in the place of a file."`
}

// askPause is how often at most the command is run: what is asked in between gets the same.
const askPause = time.Second

// ask returns what gives the data key in the place of a file; nil where there is a file.
func (k keyFlags) ask() func(context.Context) ([]byte, error) {
	given := 0
	for _, is := range []bool{k.File != "", k.Command != "", k.FD != 0} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return func(context.Context) ([]byte, error) {
			return nil, errors.New("the data key would come from several places: give only one of --data-key-file, --data-key-command and --data-key-fd")
		}
	case k.Command != "":
		return (&askedCommand{line: k.Command}).ask
	case k.FD != 0:
		read := sync.OnceValues(func() ([]byte, error) { return readDescriptor(k.FD) })
		return func(context.Context) ([]byte, error) { return read() }
	}
	return nil
}

// askedCommand is a command that is asked for keys, not more often than it bears.
type askedCommand struct {
	line string

	mu   sync.Mutex
	at   time.Time // when it was asked last; zero when never
	text []byte
	err  error
}

func (c *askedCommand) ask(ctx context.Context) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.at.IsZero() && time.Since(c.at) < askPause {
		return c.text, c.err
	}
	c.text, c.err = keycommand.Output(ctx, c.line, "YOTI_SIGN_API_KEY")
	c.at = time.Now()
	return c.text, c.err
}

// readDescriptor reads what an open file descriptor holds, and closes it.
func readDescriptor(number int) ([]byte, error) {
	if number < 3 {
		return nil, errors.New("--data-key-fd: give a descriptor of 3 or above; the others are standard input and output")
	}
	file := os.NewFile(uintptr(number), "data key")
	if file == nil {
		return nil, fmt.Errorf("--data-key-fd: there is no file descriptor %d", number)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecretFile))
	if err != nil {
		return nil, fmt.Errorf("--data-key-fd: the file descriptor %d cannot be read", number)
	}
	return text, nil
}
