package yotisign

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"countersign/internal/idv"
)

// Limits of Yoti's report.
const (
	maxArchiveBytes   = 20 << 20 // as it comes
	maxReportBytes    = 50 << 20 // inflated
	maxArchiveEntries = 64
)

// Report fetches Yoti's report on a recipient's session, a PDF, out of the archive in
// which it comes. Its errors wrap those of idv: idv.ErrNotReady while the session is
// ongoing, idv.ErrInvalid for an archive that does not hold just one PDF, or holds
// anything that points outside of it.
// Source: Yoti Sign, Get IDV session PDF.
func (c *Client) Report(ctx context.Context, id idv.RecipientID) ([]byte, error) {
	a, err := c.get(ctx, question{
		path:  []string{"idv", "recipients", id.String(), "sessions", "signed", "pdf"},
		limit: maxArchiveBytes,
		again: true,
	})
	if err != nil {
		return nil, fmt.Errorf("fetch report: %w", err)
	}
	report, err := unpack(a.body)
	if err != nil {
		return nil, fmt.Errorf("read report: %w: %w", err, a.head)
	}
	if c.echo.inAnswer(report) {
		return nil, fmt.Errorf("read report: %w", errEcho(a.head))
	}
	return report, nil
}

// unpack returns the only PDF in an archive. Nothing of the archive is believed but
// the bytes of that one: not its name, not the size that is declared for it.
func unpack(archive []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(z.File) > maxArchiveEntries {
		return nil, idv.ErrInvalid
	}
	var report *zip.File
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) || strings.Contains(f.Name, `\`) {
			return nil, idv.ErrInvalid
		}
		if !strings.EqualFold(path.Ext(f.Name), ".pdf") {
			continue
		}
		if report != nil {
			return nil, idv.ErrInvalid
		}
		report = f
	}
	if report == nil || !report.Mode().IsRegular() {
		return nil, idv.ErrInvalid
	}
	return inflate(report)
}

// inflate reads a PDF of the archive, and no more of it than a report can have.
func inflate(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, idv.ErrInvalid
	}
	defer r.Close()
	body, err := read(r, maxReportBytes)
	switch {
	case errors.Is(err, idv.ErrTooLarge):
		return nil, idv.ErrTooLarge
	case err != nil && err != io.EOF, !bytes.HasPrefix(body, []byte("%PDF-")):
		return nil, idv.ErrInvalid
	}
	return body, nil
}
