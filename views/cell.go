package views

import "strings"

// Cell writes a value for a file that a spreadsheet may open: a quote before it keeps
// what looks like a formula from being one. Source: OWASP, CSV Injection.
func Cell(value string) string {
	if strings.IndexAny(value, "'=+-@\t\r\n") == 0 {
		return "'" + value
	}
	return value
}
