package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode/utf16"

	"countersign/handlers"
	"countersign/internal/desktop"
	"countersign/internal/idv"
	"countersign/internal/resultfile"
	"countersign/internal/review"
)

// open is the command that shows a result from a file.
type open struct {
	File      string `arg:"" help:"A session result as JSON, or a HAR, a log or an HTTP response that contains one; - is standard input."`
	Entry     int    `placeholder:"N" help:"Which result to use if the file contains several, counted from 1. Default: the last."`
	Text      bool   `xor:"form" help:"Print the assessment, checks and failed sub-checks, and exit."`
	JSON      bool   `name:"json" xor:"form" help:"Print what Countersign reads in the result as JSON, and exit."`
	NoBrowser bool   `name:"no-browser" help:"Print the address of the page without opening a browser."`
}

// Help is shown below the flags.
func (open) Help() string {
	return `Needs no key, server or database, contacts nobody, and keeps nothing. The result is
served as a page on this machine, at an address that works once: only the browser that
opens it first sees the page. Ctrl-C stops it. Pictures and texts are not part of a result
and cannot be fetched. Tokens and keys are removed before anything is shown, and counted.

The file may have up to 64 MB, and a result up to 4 MB, in UTF-8 or UTF-16. If there are
several results, the last one is used and all are listed (with --text and --json, on
standard error).

The output of --json is stable: fields may be added, but none is renamed or removed. See
docs/support.md for what they hold. The output of --text contains no personal data, except
that values which Countersign does not know are printed as received.

The exit code is the assessment, however the result is shown: 0 clear, 10 clear with
notes, 11 not cleared, 12 investigate, 13 adverse, 14 incomplete, 15 not ready. It is 1
if no result could be read, and 2 if the command was not understood.`
}

// exitCodeOf is the exit code that tells the bucket. Whatever is not known is not clear.
func exitCodeOf(b idv.Bucket) int {
	switch b {
	case idv.Clear:
		return 0
	case idv.ClearWithNotes:
		return 10
	case idv.NotCleared:
		return 11
	case idv.Adverse:
		return 13
	case idv.Incomplete:
		return 14
	case idv.NotReady:
		return 15
	}
	return 12 // investigate
}

// Run shows the result.
func (c *open) Run(ctx context.Context, s streams) error {
	if c.Entry < 0 {
		return &exitError{usageCode, errors.New("--entry: results are counted from 1")}
	}
	result, err := readResult(s.in, c.File, c.Entry)
	if err != nil {
		return err
	}
	switch {
	case c.Text:
		printFound(s.err, result)
		err = printText(s.out, result)
	case c.JSON:
		printFound(s.err, result)
		err = printReading(s.out, result)
	default:
		err = c.servePage(ctx, s, result)
	}
	if err != nil {
		return err
	}
	if code := exitCodeOf(idv.Assess(&result.Session).Bucket); code != 0 {
		return &exitError{code, nil}
	}
	return nil
}

// readResult reads the result with a number in a file, or the last for zero.
func readResult(in io.Reader, name string, number int) (*resultfile.Result, error) {
	file, err := readFile(in, name)
	if err != nil {
		return nil, err
	}
	result, err := resultfile.Read(file, number)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", fileName(name), err)
	}
	return result, nil
}

func fileName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// readFile reads a file, or standard input for "-", and one byte more than is taken at most.
func readFile(in io.Reader, name string) ([]byte, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("the file cannot be read: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, resultfile.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", fileName(name), err)
	}
	return text, nil
}

// printFound says which result is shown and what was removed.
func printFound(out io.Writer, r *resultfile.Result) {
	if len(r.Others) > 1 {
		fmt.Fprintf(out, "There are %d results in the file; this is number %d.\n", len(r.Others), r.Number)
		for i, where := range r.Others {
			fmt.Fprintf(out, "%4d  %s\n", i+1, terminalText(where))
		}
	} else if r.Where != "" {
		fmt.Fprintf(out, "The result is in %s.\n", terminalText(r.Where))
	}
	switch r.Secrets {
	case 0:
		fmt.Fprintln(out, "The result held no secrets.")
	case 1:
		fmt.Fprintln(out, "1 secret was removed from the result.")
	default:
		fmt.Fprintf(out, "%d secrets were removed from the result.\n", r.Secrets)
	}
}

// printText prints the result for a terminal or a ticket.
func printText(out io.Writer, r *resultfile.Result) error {
	ticket := review.FileCase(r.Decoded, review.FileSource{Recipient: r.Recipient}, time.Time{}).Ticket("")
	ticket.Unknown = true
	for line := range strings.Lines(ticket.Text()) {
		if _, err := fmt.Fprintln(out, terminalText(strings.TrimSuffix(line, "\n"))); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
	}
	return nil
}

// fileReading is what is printed as JSON: what is read in the result, and of whom it is.
type fileReading struct {
	Recipient string `json:"recipient"` // by the address in a HAR; empty where there is none
	idv.Reading
}

// printReading prints what is read in the result as JSON.
func printReading(out io.Writer, r *resultfile.Result) error {
	reading := fileReading{Reading: r.Reading()}
	if r.Recipient != (idv.RecipientID{}) {
		reading.Recipient = r.Recipient.String()
	}
	var text bytes.Buffer
	w := json.NewEncoder(&text)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	if err := w.Encode(reading); err != nil {
		return fmt.Errorf("write the reading: %w", err)
	}
	if _, err := io.WriteString(out, plainJSON(text.String())); err != nil {
		return fmt.Errorf("print the reading: %w", err)
	}
	return nil
}

// plainJSON writes what would steer a terminal, or cannot be seen, as escapes. Outside of
// its strings JSON has nothing of the kind.
func plainJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		_, hidden := idv.Visible(string(r))
		switch {
		case !hidden:
			b.WriteRune(r)
		case r > 0xffff:
			first, second := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, first, second)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// servePage shows the result as a page until ctx ends.
func (c *open) servePage(ctx context.Context, s streams, r *resultfile.Result) error {
	ignoreWriteSignals()
	listener, err := listen(context.WithoutCancel(ctx), "127.0.0.1:0")
	if err != nil {
		return err
	}
	log, closeLog := newLog(s.err)
	defer closeLog()
	viewer := handlers.NewFileViewer(r, reachableAddress(listener), log, time.Now)
	address := "http://" + reachableAddress(listener) + viewer.Path()
	fmt.Fprintf(s.out, "The result is shown at %s (once; Ctrl-C ends it)\n", address)
	if !c.NoBrowser {
		if err := desktop.Open(address); err != nil {
			fmt.Fprintln(s.err, "No browser could be started; open the address by hand.")
		}
	}
	printFound(s.out, r)
	fmt.Fprintln(s.out, "Nothing is kept. Pictures and texts cannot be fetched.")
	web := &http.Server{
		Handler: viewer.Handler(), ReadHeaderTimeout: headTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHead, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	_, err = serveUntil(ctx, web, listener, func() {})
	return err
}
