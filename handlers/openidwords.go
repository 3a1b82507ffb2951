package handlers

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/openid"
)

// companyFailure is a row of the table of what can go wrong at the company's sign-in.
type companyFailure struct {
	err    error
	status int
	code   string
	words  string
}

// companyFailures are in the order in which they are looked for.
func companyFailures() []companyFailure {
	return []companyFailure{
		{openid.ErrUnavailable, http.StatusServiceUnavailable, "provider-unavailable", "The company's sign-in cannot be reached at the moment. Try again later. If you have a password here, you can sign in with it."},
		{openid.ErrToken, http.StatusUnauthorized, "provider-token", "The company's sign-in gave an answer that cannot be trusted, so nobody was signed in. Try again, and tell the operator if it stays so."},
		{openid.ErrRefused, http.StatusUnauthorized, "provider-refused", "The company's sign-in did not confirm the sign-in: it was used already, or took too long. Please try again."},
		{errNotConfirmed, http.StatusUnauthorized, "provider-refused", "The company's sign-in did not confirm who you are. Please sign in again."},
		{errNoQuestion, http.StatusBadRequest, "provider-question", "This sign-in was not begun in this browser, was finished already, or took too long. Please begin again here."},
		{errOtherPerson, http.StatusUnauthorized, "provider-person", "The company's sign-in says that you are somebody else. Sign out there first, or use your own account."},
		{errNotProved, http.StatusUnauthorized, "provider-proof", "The company's sign-in did not ask you for a proof just now, so this does not count. Try again, or tell the operator if it stays so."},
		{account.ErrNoRole, http.StatusForbidden, "provider-no-role", "Your company account has no role in Countersign, so you cannot come in. Ask whoever manages its groups to add you to one."},
		{account.ErrDisabled, http.StatusForbidden, "provider-disabled", "Your account in Countersign was disabled."},
		{account.ErrNameTaken, http.StatusConflict, "provider-name-taken", "An account with your name exists already, and a name proves nothing. If it is yours, the operator can join the two."},
		{account.ErrNoSession, http.StatusUnauthorized, "provider-session", "Your account does not take this way in any more. Please sign in again."},
	}
}

func findCompanyFailure(err error) (companyFailure, bool) {
	for _, f := range companyFailures() {
		if errors.Is(err, f.err) {
			return f, true
		}
	}
	var conflict *account.RolesConflict
	var refused *account.Refused
	switch {
	case errors.As(err, &conflict):
		return companyFailure{err, http.StatusForbidden, "provider-roles", "Your groups give you roles that nobody may have together: " + roleNames(conflict.Roles) + ". Ask whoever manages the groups to leave you in one of them."}, true
	case errors.As(err, &refused):
		return companyFailure{err, http.StatusForbidden, "provider-account", "The name that the company's sign-in gives you cannot be that of an account. " + refused.Why}, true
	}
	return companyFailure{}, false
}

func roleNames(roles []account.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, r.Label())
	}
	return strings.Join(names, ", ")
}

// companyStatus is the status of HTTP for a failure; zero for one that has nothing to do with the
// company's sign-in.
func companyStatus(err error) int {
	f, _ := findCompanyFailure(err)
	return f.status
}

func companyCode(err error) string {
	f, _ := findCompanyFailure(err)
	return f.code
}

// companyWords say a failure to whoever was to sign in.
func companyWords(err error) string {
	if f, ok := findCompanyFailure(err); ok {
		return f.words
	}
	return "The company's sign-in could not be used. Please try again."
}

// companyLogLevel is louder for what the operator has to look after.
func companyLogLevel(err error) slog.Level {
	if errors.Is(err, openid.ErrUnavailable) || errors.Is(err, openid.ErrToken) {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// logCompany is what the log has of a failure: nothing of whoever it was about.
func logCompany(c echo.Context, kind string, err error) []slog.Attr {
	attrs := []slog.Attr{slog.String("request", c.Response().Header().Get(echo.HeaderXRequestID)), slog.String("kind", kind), slog.String("code", companyCode(err))}
	if companyLogLevel(err) == slog.LevelWarn {
		attrs = append(attrs, slog.Any("error", err))
	}
	return attrs
}
