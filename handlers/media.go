package handlers

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/views"
)

// mediaTime is how long a browser may take to read a medium, longer than pages have.
const mediaTime = 70 * time.Second

// pictureSize is how much of a picture is passed on at a time, and stallTime how long a
// browser may take for that.
const (
	pictureSize = 256 << 10
	stallTime   = 10 * time.Second
)

// maxPicture is how many bytes a picture of which a thumbnail is made may have.
const maxPicture = 20 << 20

// mediumPolicy lets a picture or file that is opened by itself do nothing at all.
const mediumPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// mediumError is why a medium cannot be shown.
type mediumError struct{ err error }

func (e *mediumError) Error() string { return "show medium: " + e.err.Error() }
func (e *mediumError) Unwrap() error { return e.err }

// openMedium opens the medium that the address names, to be sent in a way. The caller closes it.
func (s *Server) openMedium(c echo.Context, id idv.RecipientID, as review.AccessKind) (*media.Medium, *review.ShownMedium, error) {
	name, err := idv.ParseMediaID(c.Param("medium"))
	if err != nil {
		return nil, nil, err
	}
	digest, err := snapshotParam(c)
	if err != nil {
		return nil, nil, err
	}
	body, err := s.Desk.Medium(c.Request().Context(), currentUser(c), review.MediumRequest{
		Recipient: id, Digest: digest, Medium: name, As: as, View: parsePageView(c.QueryParam(views.ViewField)),
	})
	if err != nil {
		return nil, nil, &mediumError{err}
	}
	m, err := media.Sniff(body)
	if err != nil {
		body.NotShown()
		return nil, nil, &mediumError{errors.Join(err, body.Close())}
	}
	return m, body, nil
}

// parsePageView reads for which page view something is loaded; zero where that is not said.
func parsePageView(name string) int64 {
	view, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return 0
	}
	return view
}

// snapshotParam returns the digest of the result that an address is about; zero for the newest.
func snapshotParam(c echo.Context) (idv.Digest, error) {
	name := c.QueryParam("snapshot")
	if name == "" {
		return idv.Digest{}, nil
	}
	digest, err := idv.ParseDigest(name)
	if err != nil {
		return idv.Digest{}, review.ErrNoSnapshot
	}
	return digest, nil
}

// showMedium passes a picture or a file on as it comes, and shows a text as a table.
func (s *Server) showMedium(c echo.Context, id idv.RecipientID) error {
	m, body, err := s.openMedium(c, id, review.AccessOpened)
	if err != nil {
		return err
	}
	defer body.Close()
	if m.Kind == media.JSON {
		return s.showText(c, id, m, body.Session)
	}
	disposition := "inline"
	if !m.Kind.Picture() {
		disposition = "attachment"
	}
	setMediumHeaders(c, m.Kind, fmt.Sprintf("%s; filename=%q", disposition, c.Param("medium")+m.Kind.Extension()))
	c.Response().WriteHeader(http.StatusOK)
	if _, err := io.CopyBuffer(s.pacedResponse(c), m, make([]byte, pictureSize)); err != nil {
		body.NotShown() // whole
		return &mediumError{err}
	}
	return nil
}

// pacedResponse returns the response as a writer that gives up on a browser which takes nothing.
func (s *Server) pacedResponse(c echo.Context) io.Writer {
	return &pacedWriter{
		response:   c.Response(),
		controller: http.NewResponseController(c.Response()),
		stall:      cmp.Or(s.Stall, stallTime),
		until:      time.Now().Add(mediaTime),
	}
}

// pacedWriter also hides that a response can read by itself, in smaller pieces.
type pacedWriter struct {
	response   io.Writer
	controller *http.ResponseController
	stall      time.Duration
	until      time.Time // when all must be written
}

// Write implements io.Writer.
func (w *pacedWriter) Write(p []byte) (int, error) {
	deadline := time.Now().Add(w.stall)
	if deadline.After(w.until) {
		deadline = w.until
	}
	// Where no deadline can be set, that of the server holds.
	_ = w.controller.SetWriteDeadline(deadline)
	return w.response.Write(p)
}

// showThumbnail shows a picture scaled down, or a tile that leads to the picture where
// that cannot be done.
func (s *Server) showThumbnail(c echo.Context, id idv.RecipientID) error {
	m, body, err := s.openMedium(c, id, review.AccessThumbnail)
	if err != nil {
		return err
	}
	defer body.Close()
	// A picture that comes slowly waits here, where it holds up nobody else's.
	if err := m.Load(maxPicture); err != nil {
		return &mediumError{err}
	}
	thumbnail, err := s.Scaler.Thumbnail(c.Request().Context(), m)
	if err != nil {
		body.NotShown()
	}
	if errors.Is(err, media.ErrNoPreview) {
		return sendNoPreview(c)
	}
	if err != nil {
		return &mediumError{err}
	}
	// What it was made of is on record before it goes out, and so before a browser says
	// that it was on the screen.
	if err := body.Close(); err != nil {
		return &mediumError{err}
	}
	setMediumHeaders(c, media.JPEG, "inline")
	return c.Stream(http.StatusOK, string(media.JPEG), bytes.NewReader(thumbnail))
}

// sendNoPreview sends a picture of ours in the place of a thumbnail. It is not an error of a
// page: a browser would show a broken picture for that, though the whole one may be fine.
func sendNoPreview(c echo.Context) error {
	var tile bytes.Buffer
	if err := views.NoPreview().Render(c.Request().Context(), &tile); err != nil {
		return fmt.Errorf("render tile: %w", err)
	}
	const svg = media.Kind("image/svg+xml; charset=utf-8")
	setMediumHeaders(c, svg, "inline")
	return c.Stream(http.StatusOK, string(svg), &tile)
}

// setMediumHeaders sets what goes before a medium that is sent.
func setMediumHeaders(c echo.Context, kind media.Kind, disposition string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, string(kind))
	h.Set(echo.HeaderContentDisposition, disposition)
	h.Set(echo.HeaderContentSecurityPolicy, mediumPolicy)
	// Where no deadline can be set, that of the server holds.
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(mediaTime))
}

// showText shows a medium that is JSON as a table.
func (s *Server) showText(c echo.Context, id idv.RecipientID, m *media.Medium, session *idv.Session) error {
	body, err := m.ReadAll(idv.MaxFieldsBytes)
	if err != nil {
		return &mediumError{err}
	}
	name, err := idv.ParseMediaID(c.Param("medium"))
	if err != nil {
		return err
	}
	page := views.TextPage{Frame: s.frame(c, views.CaseTitle("", id, session.MediaName(name))), Recipient: id, Fields: idv.ReadFields(body)}
	return renderPage(c, http.StatusOK, views.Text(page))
}
