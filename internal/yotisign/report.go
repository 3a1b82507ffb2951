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
	"slices"
	"strings"

	"countersign/internal/idv"
	"countersign/internal/media"
)

// Limits of Yoti's report.
const (
	maxArchiveBytes   = 20 << 20 // as it comes
	maxReportBytes    = 50 << 20 // inflated
	maxArchiveEntries = 64
)

// Report fetches Yoti's report on a recipient's session, a PDF, out of the archive in
// which it comes; one that comes by itself is taken too. Its errors wrap those of idv:
// idv.ErrNotReady while the session is ongoing, idv.ErrInvalid for an archive that does
// not hold just one PDF, or holds anything that points outside of it.
// Source: Yoti Sign, Get IDV session PDF.
func (c *Client) Report(ctx context.Context, id idv.RecipientID) ([]byte, error) {
	a, err := c.getWhole(ctx, apiRequest{
		path:      []string{"idv", "recipients", id.String(), "sessions", "signed", "pdf"},
		limit:     maxArchiveBytes,
		retryable: true,
	})
	if err != nil {
		return nil, fmt.Errorf("fetch report: %w", err)
	}
	report, err := reportIn(a.body)
	if err != nil {
		return nil, fmt.Errorf("read report: %w: %w", err, a.head)
	}
	if c.echo.foundInAnswer(report) {
		return nil, fmt.Errorf("read report: %w", errEcho(a.head))
	}
	return report, nil
}

// reportIn returns the report that an answer is, or holds. A PDF can be stored in an
// archive as it is, so whichever of the two begins first is what the answer is. An error
// in JSON that speaks of a PDF is neither.
func reportIn(body []byte) ([]byte, error) {
	pdf, archive := media.IndexPDF(body), bytes.Index(body, []byte("PK\x03\x04"))
	if pdf < 0 || archive >= 0 && archive < pdf {
		return unpackReport(body)
	}
	if m, err := media.Sniff(bytes.NewReader(body)); err != nil || m.Kind != media.PDF {
		return nil, idv.ErrInvalid
	}
	return body, nil
}

// unpackReport returns the only PDF in an archive. Nothing of the archive is believed but
// the bytes of that one: not its name alone, not the size that is declared for it.
func unpackReport(archive []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(z.File) > maxArchiveEntries {
		return nil, idv.ErrInvalid
	}
	var report *zip.File
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) || strings.Contains(f.Name, `\`) {
			return nil, idv.ErrInvalid
		}
		if !isPDF(f) {
			continue
		}
		if report != nil {
			return nil, idv.ErrInvalid
		}
		report = f
	}
	if report == nil {
		return nil, idv.ErrInvalid
	}
	return inflateReport(report)
}

// isSystemFile reports whether a file of an archive is one that systems put beside what
// people do: the folder __MACOSX, and whatever has a name that begins with a dot.
func isSystemFile(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return part == "__MACOSX" || strings.HasPrefix(part, ".")
	})
}

// isPDF reports whether a file of the archive is a PDF, by its name and by a look at its
// beginning.
func isPDF(f *zip.File) bool {
	if isSystemFile(f.Name) || !f.Mode().IsRegular() || !strings.EqualFold(path.Ext(f.Name), ".pdf") {
		return false
	}
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	start := make([]byte, media.SniffBytes)
	n, _ := io.ReadFull(r, start) // what is damaged is found out when it is inflated
	return media.IndexPDF(start[:n]) >= 0
}

// inflateReport reads a file of the archive, and no more of it than a report can have.
func inflateReport(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, idv.ErrInvalid
	}
	defer r.Close()
	body, err := readLimited(r, maxReportBytes)
	switch {
	case errors.Is(err, idv.ErrTooLarge):
		return nil, idv.ErrTooLarge
	case err != nil:
		return nil, idv.ErrInvalid
	}
	return body, nil
}
