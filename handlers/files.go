package handlers

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/resultfile"
	"countersign/internal/review"
	"countersign/views"
)

// maxUpload is how many bytes a file may have that a browser sends. It is wholly in memory
// for as long as it is searched, and never on a disk.
const maxUpload = 16 << 20

// maxFields is how many bytes may stand around the file.
const maxFields = 64 << 10

// maxUploads is how many files are searched at once, of different people.
const maxUploads = 2

// isFileUpload reports whether a request is one that brings a file. Its body is not read
// before it is known that whoever sends it may do so.
func isFileUpload(r *http.Request) bool {
	asked := echo.GetPath(r)
	return r.Method == http.MethodPost && (asked == views.FilesPath || asked == views.ImportPath)
}

// discardFile reads what was sent to its end, so that a browser takes the answer.
func discardFile(c echo.Context) error {
	_, err := io.Copy(io.Discard, http.MaxBytesReader(c.Response(), c.Request().Body, maxUpload+maxFields))
	if err != nil {
		return &bodyError{err}
	}
	return nil
}

// upload is what somebody sent.
type upload struct {
	file   []byte
	number string // of the result in it, as typed
}

// showFile shows the result in a file that somebody brings. Nothing of it is kept but its
// digest, in the access log.
func (s *Server) showFile(c echo.Context) error {
	ctx := c.Request().Context()
	turn, err := s.uploads.Wait(ctx, currentUser(c).ID)
	if err != nil {
		return fmt.Errorf("wait for other files: %w", err)
	}
	defer turn.End()
	sent, err := readUpload(c)
	if err != nil {
		return s.refuseFile(c, sent, err)
	}
	result, err := sent.findResult()
	if err != nil {
		return s.refuseFile(c, sent, err)
	}
	opened, err := s.Desk.ViewFile(ctx, currentUser(c), result.Decoded, fileSource(result))
	if err != nil {
		return err
	}
	frame := s.frame(c, fileTitle(opened))
	frame.Path = views.HomePath
	return renderFile(c, frame, opened)
}

// fileTitle is the title of the page of a result from a file.
func fileTitle(c *review.Case) string {
	return c.Assessment.Bucket.Word().Label + " · result " + c.Snapshot.Digest.Short() + " from a file"
}

// renderFile shows a result from a file. Its evidence is made for this page alone.
func renderFile(c echo.Context, frame views.Frame, opened *review.Case) error {
	page := views.ReviewPage{Frame: frame, Case: opened}
	var err error
	if page.Evidence, err = views.NewEvidence(c.Request().Context(), opened, false); err != nil {
		return err
	}
	return renderPage(c, http.StatusOK, views.Review(page))
}

var (
	errNoFile   = errors.New("no file was chosen")
	errNoNumber = errors.New("this is not the number of a result")
)

// otherKindError says that a file has a name which ends otherwise than the files that are wanted.
type otherKindError struct{ wanted []string }

func (e *otherKindError) Error() string {
	return "the file's name ends in none of " + strings.Join(e.wanted, ", ")
}

// problem is the sentence for the form.
func (e *otherKindError) problem() string {
	last := len(e.wanted) - 1
	return "The name of the file must end in " + strings.Join(e.wanted[:last], ", ") + " or " + e.wanted[last] + "."
}

// resultEndings are how files with results are named, and listEndings those with lists.
func resultEndings() []string {
	return []string{".json", ".jsonl", ".har", ".log", ".http", ".txt"}
}
func listEndings() []string { return []string{".csv", ".tsv", ".txt"} }

// endsAs reports whether a file's name ends in one of the endings, or in none at all. Logs that
// were put away end in a number behind that: app.log.1.
func endsAs(name string, endings []string) bool {
	ending := path.Ext(name)
	if strings.Trim(ending, ".0123456789") == "" {
		name = strings.TrimSuffix(name, ending)
		ending = path.Ext(name)
	}
	return ending == "" || slices.Contains(endings, strings.ToLower(ending))
}

// readUpload reads a form with a file.
func readUpload(c echo.Context) (upload, error) {
	parts, err := readParts(c, maxUpload, resultEndings(), errNoFile)
	return upload{file: parts["file"], number: string(parts["number"])}, err
}

// readParts reads a form that may bring a file, of at most so many bytes and with a name that
// has one of the endings, and returns its fields. Nothing else is done with the name. It returns
// the error missing where no such form was sent.
func readParts(c echo.Context, most int64, endings []string, missing error) (map[string][]byte, error) {
	r := c.Request()
	whole := r.Body
	r.Body = http.MaxBytesReader(c.Response(), whole, most+maxFields)
	fields, err := readMultipart(r, endings, missing)
	if errors.As(err, new(*http.MaxBytesError)) {
		discardRest(whole)
	}
	return fields, err
}

// maxDiscarded is how much of a body that is too large is read past, in bytes.
const maxDiscarded = 64 << 20

// discardRest reads past what is left of a body that is too large. A browser that still sends
// when the connection is closed shows an error of its own in place of the answer.
func discardRest(body io.Reader) {
	_, _ = io.CopyN(io.Discard, body, maxDiscarded) // where it fails, nobody waits for an answer
}

// readMultipart reads the parts of a form that may bring a file.
func readMultipart(r *http.Request, endings []string, missing error) (map[string][]byte, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); r.ContentLength != 0 && kind != echo.MIMEMultipartForm {
		return nil, &formError{echo.ErrUnsupportedMediaType}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, missing
	}
	fields := map[string][]byte{}
	var unwanted error // told when all was read, so that a browser takes the answer
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, unwanted
		}
		if err != nil {
			return fields, &bodyError{err}
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return fields, &bodyError{err}
		}
		fields[part.FormName()] = text
		if len(text) > 0 && !endsAs(part.FileName(), endings) {
			unwanted = &otherKindError{endings}
		}
	}
}

// findResult finds the result in the file that is asked for.
func (u *upload) findResult() (*resultfile.Result, error) {
	if len(u.file) == 0 {
		return nil, errNoFile
	}
	number := 0
	if typed := strings.TrimSpace(u.number); typed != "" {
		var err error
		if number, err = strconv.Atoi(typed); err != nil || number < 1 {
			return nil, errNoNumber
		}
	}
	return resultfile.Read(u.file, number)
}

// fileSource says where in a file a result stands.
func fileSource(r *resultfile.Result) review.FileSource {
	return review.FileSource{Where: r.Where, Others: r.Others, Number: r.Number, Recipient: r.Recipient, Secrets: r.Secrets}
}

// refuseFile shows the start page again, and says why the file was not shown.
func (s *Server) refuseFile(c echo.Context, sent upload, err error) error {
	page := views.HomePage{Frame: s.frame(c, "Open a recipient"), File: views.FileForm{Number: sent.number}}
	page.Path = views.HomePath
	var tooLarge *http.MaxBytesError
	var otherKind *otherKindError
	status := http.StatusUnprocessableEntity
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
		page.File.Problem = fmt.Sprintf("The file has more than %d MB. The command countersign open takes files of up to %d MB.", maxUpload>>20, resultfile.MaxBytes>>20)
		c.Response().Header().Set(echo.HeaderConnection, "close") // what follows is the rest of it
	case errors.As(err, &otherKind):
		page.File.Problem = otherKind.problem()
	case errors.Is(err, errNoFile):
		page.File.Problem = "Choose a file."
	case errors.Is(err, errNoNumber):
		page.File.Problem = "The number of a result is 1, 2 and so on, in the order of the file."
	case errors.As(err, new(*bodyError)), errors.As(err, new(*formError)):
		return err
	default:
		page.File.Problem = "The file cannot be displayed: " + err.Error() + "."
	}
	return s.renderHome(c, status, page)
}
