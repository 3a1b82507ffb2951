package handlers_test

import (
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"countersign/internal/account"
)

// hostileTexts are such as a form of ours never sends, and not every database can hold.
var hostileTexts = []string{"a\x00b", "a\xffb", "\ufffe\u202e\U0010ffff"}

// Whatever is sent in a field of a form, or in an address, is answered: it is taken, refused or
// not found, and breaks nothing.
func TestTextsThatNoFormSends(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.fetchAll(d.signedIn("ann"), []int{1, 4, 6})
	for _, role := range account.Roles() {
		b := d.signedIn(string(role))
		for _, form := range d.formsOf(t, b, role) {
			for field := range form.fields {
				for _, text := range hostileTexts {
					sent := cloneValues(form.fields)
					sent.Set(field, text)
					d.wantNoFailure(t, b, form.method, form.action, sent)
				}
			}
		}
	}
}

// sentForm is a form of a page, with what it would send.
type sentForm struct {
	method, action string
	fields         url.Values
}

// formsOf returns the forms of all pages that somebody may open, each once.
func (d *desk) formsOf(t *testing.T, b *browser, role account.Role) []sentForm {
	t.Helper()
	found := map[string]sentForm{}
	for _, line := range d.server.Table() {
		if line.Method != http.MethodGet || !role.May(line.Action) && line.Action != account.Anyone {
			continue
		}
		page, err := b.must(t, request(t, b, line)).document()
		if err != nil {
			t.Fatal(err)
		}
		page.Find("form").Each(func(_ int, form *goquery.Selection) {
			one := readForm(form, line.Path)
			var names []string
			for name := range one.fields {
				names = append(names, name)
			}
			sort.Strings(names)
			if one.action != "/logout" {
				found[one.method+one.action+strings.Join(names, " ")] = one
			}
		})
	}
	var list []sentForm
	for _, form := range found {
		list = append(list, form)
	}
	return list
}

func readForm(form *goquery.Selection, path string) sentForm {
	one := sentForm{strings.ToUpper(form.AttrOr("method", "get")), form.AttrOr("action", path), url.Values{}}
	form.Find("[name]").Each(func(_ int, field *goquery.Selection) {
		one.fields.Set(field.AttrOr("name", ""), field.AttrOr("value", "x"))
	})
	return one
}

func cloneValues(v url.Values) url.Values {
	clone := url.Values{}
	for name, list := range v {
		clone[name] = append([]string{}, list...)
	}
	return clone
}

func (d *desk) wantNoFailure(t *testing.T, b *browser, method, action string, fields url.Values) {
	t.Helper()
	var a answer
	var err error
	if method == http.MethodPost {
		a, err = b.post(action, fields)
	} else {
		path, _, _ := strings.Cut(action, "?")
		a, err = b.get(path + "?" + fields.Encode())
	}
	if err != nil || a.status >= http.StatusInternalServerError {
		t.Errorf("%s %s with %q: status %d, error %v", method, action, fields, a.status, err)
	}
}
