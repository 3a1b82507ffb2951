package resultfile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"countersign/internal/idv"
	"countersign/internal/textfile"
)

// harEntries returns the list of requests and answers of a HAR, and whether the text is
// one. Source: HTTP Archive 1.2, which browsers export.
func harEntries(text []byte) ([]byte, bool) {
	entries := member(member(text, "log"), "entries")
	return entries, len(entries) > 0 && entries[0] == '[' && isValue(text)
}

// har looks for results in the answers of a HAR.
func (s *search) har(entries []byte) {
	number := 0
	eachValue(entries, func(_, entry []byte) {
		number++
		body, ok := harBody(entry)
		if !ok {
			return
		}
		before := len(s.found)
		if body = bytes.TrimSpace(textfile.UTF8(body)); isValue(body) && fieldsOf(body).isResult() {
			s.add(body, 0)
		} else {
			s.text(body, 0, 0)
		}
		for i := before; i < len(s.found); i++ {
			s.found[i].Where, s.found[i].Recipient = harRequest(member(entry, "request"), number)
		}
	})
}

// harBody returns what was answered.
func harBody(entry []byte) ([]byte, bool) {
	content := member(member(entry, "response"), "content")
	body, ok := stringMember(content, "text")
	if encoding, _ := stringMember(content, "encoding"); string(encoding) != "base64" {
		return body, ok
	}
	decoded, err := base64.StdEncoding.DecodeString(string(body))
	return decoded, err == nil
}

// maxAddress is how much of an address is told, in bytes.
const maxAddress = 200

// harRequest says what was asked, and which recipient the address names. What stands
// behind the path could hold a secret and is left out.
func harRequest(request []byte, number int) (string, idv.RecipientID) {
	where := fmt.Sprintf("entry %d of the HAR", number)
	address, _ := stringMember(request, "url")
	u, err := url.Parse(string(address))
	if err != nil || u.Host == "" {
		return where, idv.RecipientID{}
	}
	recipient, err := idv.FindRecipientID(u.EscapedPath())
	if err != nil {
		recipient = idv.RecipientID{}
	}
	method, _ := stringMember(request, "method")
	told := strings.Join(strings.Fields(string(method)+" "+u.Host+u.EscapedPath()), " ")
	if len(told) > maxAddress {
		told = told[:maxAddress] + "…"
	}
	shown, _ := idv.Visible(strings.ToValidUTF8(told, "\uFFFD"))
	return where + ", " + shown, recipient
}
