package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/arrivals"
	"countersign/internal/idlist"
	"countersign/internal/review"
	"countersign/views"
)

// importsListed is how many imports the page lists, and linesListed how many lines a page of
// one has.
const (
	importsListed = 50
	linesListed   = 200
)

func (s *Server) showImports(c echo.Context) error {
	return s.renderImports(c, http.StatusOK, views.ImportPage{})
}

// renderImports shows the form for a list, with the lists that were given before.
func (s *Server) renderImports(c echo.Context, status int, page views.ImportPage) error {
	page.Frame = s.frame(c, "Add recipients")
	page.Path = views.ImportPath
	var err error
	if page.Imports, err = s.Arrivals.Imports(c.Request().Context(), importsListed); err != nil {
		return err
	}
	return renderPage(c, status, views.ImportForm(page))
}

// givenList is a list that somebody pasted or sends as a file.
type givenList struct {
	text string
	file []byte
}

// bytes is the list, and an error unless there is just one.
func (l *givenList) bytes() ([]byte, error) {
	pasted := strings.TrimSpace(l.text) != ""
	switch {
	case pasted && len(l.file) > 0:
		return nil, errTwoLists
	case pasted:
		return []byte(l.text), nil
	case len(l.file) > 0:
		return l.file, nil
	}
	return nil, errNoList
}

var (
	errNoList   = errors.New("there is no list")
	errTwoLists = errors.New("there are two lists")
)

// previewImport shows what a list gives. Nothing is asked of Yoti, and nothing recorded.
func (s *Server) previewImport(c echo.Context) error {
	ctx := c.Request().Context()
	turn, err := s.uploads.Wait(ctx, currentUser(c).ID)
	if err != nil {
		return fmt.Errorf("wait for other files: %w", err)
	}
	defer turn.End()
	given, err := readList(c)
	if err != nil {
		return s.refuseList(c, given, err)
	}
	data, err := given.bytes()
	if err != nil {
		return s.refuseList(c, given, err)
	}
	page, err := s.previewOf(c, data)
	if err != nil {
		return s.refuseList(c, given, err)
	}
	return renderPage(c, http.StatusOK, views.ImportPreview(page))
}

// readList reads a form with a list, pasted or as a file.
func readList(c echo.Context) (givenList, error) {
	parts, err := readParts(c, idlist.MaxBytes, listEndings(), errNoList)
	return givenList{text: string(parts["list"]), file: parts["file"]}, err
}

// refuseList shows the form again, and says why the list was not taken.
func (s *Server) refuseList(c echo.Context, given givenList, err error) error {
	page := views.ImportPage{Text: given.text}
	status := http.StatusUnprocessableEntity
	var tooLarge *http.MaxBytesError
	var otherKind *otherKindError
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
		page.Text = ""
		page.Problem = fmt.Sprintf("The list has more than %d MB. Send the column with the IDs alone, or split the list.", idlist.MaxBytes>>20)
		c.Response().Header().Set(echo.HeaderConnection, "close") // what follows is the rest of it
	case errors.As(err, &otherKind):
		page.Problem = otherKind.problem()
	case errors.Is(err, errNoList):
		page.Problem = "Paste a list, or choose a file."
	case errors.Is(err, errTwoLists):
		page.Problem = "There are two lists: the pasted one, and the file. Give one of them."
	case listProblem(err) != "":
		page.Problem = listProblem(err)
	default:
		return err
	}
	return s.renderImports(c, status, page)
}

// startImport starts the import of a list that was shown before, once.
func (s *Server) startImport(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	lines, ok := views.ParseCarried(form.Get("ids"))
	if !ok || review.CheckKey(form.Get("key")) != nil {
		return &formError{errNoList}
	}
	id, err := s.Arrivals.Start(c.Request().Context(), currentUser(c), form.Get("key"), lines)
	switch {
	case errors.Is(err, arrivals.ErrNoLines), errors.Is(err, arrivals.ErrTooMany):
		return &formError{err}
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OneImportPath(id))
}

// importID reads the ID of an import in the address.
func importID(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("import"), 10, 64)
	if err != nil || id <= 0 {
		return 0, arrivals.ErrNoImport
	}
	return id, nil
}

// showImport shows how far an import is.
func (s *Server) showImport(c echo.Context) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page := views.ProgressPage{Frame: s.frame(c, "List "+strconv.FormatInt(id, 10)), Pace: s.BackgroundPerMinute}
	page.Path = views.OneImportPath(id)
	if text := c.QueryParam("after"); text != "" {
		if page.After, err = strconv.Atoi(text); err != nil || page.After < 0 {
			return echo.ErrNotFound
		}
	}
	if page.Import, err = s.Arrivals.Import(ctx, id); err != nil {
		return err
	}
	if page.Lines, err = s.Arrivals.Lines(ctx, arrivals.LineQuery{Import: id, After: page.After, Limit: linesListed + 1}); err != nil {
		return err
	}
	if len(page.Lines) > linesListed {
		page.Lines = page.Lines[:linesListed]
		page.Next = page.Lines[linesListed-1].Number
	}
	if page.Import.Counts.Failed > 0 && page.After == 0 {
		if page.Failed, err = s.Arrivals.Lines(ctx, arrivals.LineQuery{Import: id, Failed: true, Limit: linesListed}); err != nil {
			return err
		}
	}
	return renderPage(c, http.StatusOK, views.ImportProgress(page))
}

func (s *Server) stopImport(c echo.Context) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	if err := s.Arrivals.Stop(c.Request().Context(), currentUser(c), id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OneImportPath(id))
}

func (s *Server) resumeImport(c echo.Context) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	if err := s.Arrivals.Resume(c.Request().Context(), currentUser(c), id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OneImportPath(id))
}

// previewOf reads a list and says what each of its lines gives.
func (s *Server) previewOf(c echo.Context, data []byte) (views.PreviewPage, error) {
	page := views.PreviewPage{Frame: s.frame(c, "Check the list"), Key: newKey()}
	page.Path = views.ImportPath
	list, err := idlist.Parse(data)
	if err != nil {
		return page, err
	}
	known, err := s.Arrivals.Preview(c.Request().Context(), list.IDs())
	if err != nil {
		return page, err
	}
	page.Column, page.Heading, page.OtherColumns = list.Column, list.Header, len(list.OtherColumns) > 0
	page.Blank, page.Repeated, page.Wrong = list.Count(idlist.IsBlank), list.Count(idlist.IsDuplicate), list.Count(idlist.IsNotID)
	for i := range list.Lines {
		line := &list.Lines[i]
		if line.Kind == idlist.IsID && !known[line.ID] {
			page.New = append(page.New, arrivals.Line{Number: line.Number, Recipient: line.ID})
		}
		if line.Kind != idlist.IsBlank {
			page.Lines = append(page.Lines, listLine(line, known[line.ID]))
		}
	}
	page.Known = len(list.IDs()) - len(page.New)
	return page, nil
}

// listLine says what a line gives.
func listLine(l *idlist.Line, known bool) views.ListLine {
	line := views.ListLine{Number: l.Number, ID: l.ID, Tone: views.Good, Words: "To be fetched"}
	switch {
	case l.Kind == idlist.IsNotID:
		line.Tone, line.Words, line.Text = views.Warn, l.Reason.Says(), l.Text
	case l.Kind == idlist.IsDuplicate:
		line.Tone, line.Words = views.Mute, "Same as line "+strconv.Itoa(l.First)
	case known:
		line.Tone, line.Words = views.Mute, "Already known"
	}
	return line
}

// listProblem says in a sentence why a list was refused as a whole; empty for other errors.
func listProblem(err error) string {
	var long *idlist.LongLineError
	switch {
	case errors.Is(err, idlist.ErrTooManyLines):
		return "The list has more than 10,000 lines. Split it, and import its parts one after the other. Nothing was started."
	case errors.Is(err, idlist.ErrNotText):
		return "The file is not text. Save the sheet as CSV, and choose that file."
	case errors.Is(err, idlist.ErrNoIDs):
		return "No column of the list holds a recipient ID. It is a UUID: 32 hexadecimal digits in five groups."
	case errors.As(err, &long):
		return fmt.Sprintf("Line %d is longer than %d bytes. Send the column with the IDs alone.", long.Line, idlist.MaxLineBytes)
	}
	return ""
}
