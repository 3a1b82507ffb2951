package handlers

import (
	"bytes"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/views"
)

func listProblem(error) string { return "" }

func (s *Server) previewOf(c echo.Context, data []byte) (views.PreviewPage, error) {
	page := views.PreviewPage{Frame: s.frame(c, "Check the list"), Key: newKey()}
	page.Path = views.ImportPath
	var ids []idv.RecipientID
	lines := strings.Split(string(bytes.TrimSpace(data)), "\n")
	for _, line := range lines {
		if id, err := idv.FindRecipientID(line); err == nil {
			ids = append(ids, id)
		}
	}
	known, err := s.Arrivals.Preview(c.Request().Context(), ids)
	if err != nil {
		return page, err
	}
	for i, line := range lines {
		id, err := idv.FindRecipientID(line)
		if err != nil {
			page.Wrong++
			page.Lines = append(page.Lines, views.ListLine{Number: i + 1, Tone: views.Warn, Words: "No ID"})
			continue
		}
		page.Lines = append(page.Lines, lineOf(i+1, id, known[id]))
		if known[id] {
			page.Known++
		} else {
			page.New = append(page.New, arrivals.Line{Number: i + 1, Recipient: id})
		}
	}
	return page, nil
}
