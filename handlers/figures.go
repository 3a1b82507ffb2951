package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/review"
	"countersign/views"
)

// figuresPage computes the figures that are asked for. What is wrong with the question stands
// on the page, which then has no figures.
func (s *Server) figuresPage(c echo.Context, asked url.Values) (views.FiguresPage, error) {
	page := views.FiguresPage{Frame: s.frame(c, "Figures"), From: asked.Get("from"), Until: asked.Get("until"), Reviewer: asked.Get("reviewer")}
	if c.Request().Method != http.MethodGet {
		page.Path = views.FiguresPath
	}
	days, err := review.ParseDayRange(page.From, page.Until, s.Now())
	if err == nil {
		page.Figures, err = s.Desk.Figures(c.Request().Context(), review.FigureQuery{Days: days, Reviewer: strings.TrimSpace(page.Reviewer)})
	}
	var refused *review.Refused
	if errors.As(err, &refused) {
		page.Problem = refused.Why
		return page, nil
	}
	return page, err
}

// showFigures shows how much was done on which days, and by whom.
func (s *Server) showFigures(c echo.Context) error {
	page, err := s.figuresPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	if page.Problem != "" {
		return renderPage(c, http.StatusBadRequest, views.FiguresOf(page))
	}
	return renderPage(c, http.StatusOK, views.FiguresOf(page))
}

// sendFigures sends the figures of each person on each day as a file.
func (s *Server) sendFigures(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	page, err := s.figuresPage(c, form)
	if err != nil {
		return err
	}
	if page.Problem != "" {
		return renderPage(c, http.StatusBadRequest, views.FiguresOf(page))
	}
	var rows [][]string
	for i := range page.Figures.Each {
		rows = append(rows, page.Figures.Row(&page.Figures.Each[i]))
	}
	return s.sendList(c, review.FiguresList, page.Figures.Columns(), func() ([][]string, error) {
		next := rows
		rows = nil
		return next, nil
	})
}
