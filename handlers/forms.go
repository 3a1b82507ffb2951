package handlers

import (
	"mime"
	"net/url"

	"github.com/labstack/echo/v4"
)

// readForm reads the posted fields; those of the address do not count. Whoever brings a file
// and may not is asked in this way too: the file is passed over.
func readForm(c echo.Context) (url.Values, error) {
	r := c.Request()
	if isFileUpload(r) {
		return url.Values{}, discardFile(c)
	}
	if err := r.ParseForm(); err != nil {
		return nil, &formError{err}
	}
	// Of a form in another encoding nothing would be read, and its text lost unnoticed.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); r.ContentLength != 0 && kind != echo.MIMEApplicationForm {
		return nil, &formError{echo.ErrUnsupportedMediaType}
	}
	return r.PostForm, nil
}

// readFields reads the fields of a form and of its address, for files that are taken
// along: there it makes no difference in which of the two a choice stands.
func readFields(c echo.Context) (url.Values, error) {
	if _, err := readForm(c); err != nil {
		return nil, err
	}
	return c.Request().Form, nil
}
