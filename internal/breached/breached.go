// Package breached knows passwords that were found in breaches, which attackers try first. It
// asks nobody: a filter of the most common ones is in the program, and an operator may give a file
// with more.
//
// It promises to know every password that it was given, in any letter case and with any blanks
// where the list has the password itself. Of those that it was not given it takes one in ten
// thousand or fewer for one that it was.
package breached

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// The filter is made from common.txt.gz; NOTICE.md says what is in that.
//
//go:generate go run ./makefilter -list common.txt.gz -out common.filter

//go:embed common.filter
var commonFilter []byte

// common is read when it is first needed.
var common = sync.OnceValue(func() *Filter {
	f, err := parseFilter(commonFilter)
	if err != nil {
		panic(err) // the program was built with another file than the generator made
	}
	return f
})

// IsCommon reports whether a password is one of the most common that were found in breaches.
func IsCommon(password string) bool { return common().Has(password) }

// plain is what all writings of a password have in common.
func plain(password string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(password)), ""))
}
