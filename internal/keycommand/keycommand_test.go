package keycommand

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// TestMain lets this test binary play the commands.
func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != "play" {
		os.Exit(m.Run())
	}
	switch os.Args[2] {
	case "print":
		fmt.Print(strings.Join(os.Args[3:], "|"))
	case "fail":
		fmt.Print("hunter2")
		fmt.Fprint(os.Stderr, "hunter2")
		os.Exit(3)
	case "babble":
		for range 1000 {
			fmt.Print("hunter2 hunter2 hunter2")
		}
	case "wait":
		select {}
	case "environment":
		_, has := os.LookupEnv("A_SECRET_OF_OURS")
		stdin, _ := io.ReadAll(os.Stdin)
		fmt.Print(has, len(stdin))
	}
}

func played(what string) string { return os.Args[0] + " play " + what }

// What a command prints is the key, its words are taken as they are, and no error shows what
// it printed.
func TestOutput(t *testing.T) {
	t.Setenv("A_SECRET_OF_OURS", "hunter2")
	for _, test := range []struct{ line, want, problem string }{
		{played("print a  $HOME 'b c' ; d"), "a|$HOME|'b|c'|;|d", ""},
		{played("environment"), "false 0", ""},
		{played("fail"), "", "exit status 3"},
		{played("babble"), "", "more than keys"},
		{"/there/is/no/such/program x", "", "cannot be run"},
		{"  ", "", "is empty"},
	} {
		text, err := Output(t.Context(), test.line, "A_SECRET_OF_OURS")
		if string(text) != test.want || (err == nil) != (test.problem == "") {
			t.Errorf("%s: %.40q, %v", test.line, text, err)
		}
		if err != nil && (!strings.Contains(err.Error(), test.problem) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: %v, want %q", test.line, err, test.problem)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := Output(ended, played("wait")); !errors.Is(err, ErrTimeout) {
		t.Errorf("a command that never ends: %v", err)
	}
}
