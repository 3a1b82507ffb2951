package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// guard lets through whoever may do the action. Whoever is not signed in is asked to,
// and what they had typed is carried along.
func (s *Server) guard(action account.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if action == account.Anyone {
				return next(c)
			}
			who, err := s.signedInPerson(c)
			switch {
			case err != nil:
				return err
			case who.Role.May(action):
				c.Set(currentUserKey, who)
				return next(c)
			case who.ID != 0:
				return withTyped(c, errNotAllowed)
			case c.Request().Method == http.MethodPost:
				return s.askToSignIn(c)
			}
			return c.Redirect(http.StatusSeeOther, views.LoginReturnPath(c.Request().URL.RequestURI()))
		}
	}
}

// currentUserKey is where guard leaves who it let through.
const currentUserKey = "who"

// currentUser returns the person whom guard let through; the zero Person on routes for anyone.
func currentUser(c echo.Context) account.Person {
	who, _ := c.Get(currentUserKey).(account.Person)
	return who
}
