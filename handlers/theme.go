package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/views"
)

// themeLifetime is how long a browser keeps the chosen theme.
const themeLifetime = 365 * 24 * time.Hour

func (s *Server) theme(c echo.Context) views.Theme {
	return views.ParseTheme(s.cookieValue(c, themeCookie))
}

// chooseTheme keeps the theme in the browser, where it belongs.
func (s *Server) chooseTheme(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	s.setCookie(c, themeCookie, string(views.ParseTheme(form.Get("theme"))), themeLifetime)
	return c.Redirect(http.StatusSeeOther, localPath(form.Get("next")))
}
