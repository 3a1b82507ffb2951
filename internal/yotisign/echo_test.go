package yotisign_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/yotisign"
)

// echoes are ways in which an answer can hold the key of the tests.
func echoes() map[string]string {
	every := func(format string) string {
		var b strings.Builder
		for _, c := range []byte(secret) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	in64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	return map[string]string{
		"as it is":                    secret,
		"within a word":               "x" + secret + "y",
		"with its scheme":             "Bearer " + secret,
		"JSON's escapes":              every(`\u%04x`),
		"JSON's escapes, upper case":  every(`\u%04X`),
		"one escape of JSON":          `made\u002Dup-key-5d21`,
		"a backslash before a sign":   `made\-up\-key\-5d21`,
		"escapes of JavaScript":       every(`\x%02X`),
		"percent":                     every("%%%02x"),
		"percent, upper case":         "made%2Dup%2Dkey%2D5d21",
		"percent in percent":          strings.ReplaceAll(every("%%%02X"), "%", "%25"),
		"references":                  every("&#%d;"),
		"references in hexadecimal":   every("&#x%02X;"),
		"references in JSON's escape": strings.ReplaceAll(every("&#x%02x;"), "&", `\u0026`),
		"Base64":                      in64(secret),
		"Base64, one byte later":      in64("a" + secret + "bc"),
		"Base64, two bytes later":     in64("ab" + secret + "bcd"),
		"Base64 of addresses":         base64.RawURLEncoding.EncodeToString([]byte("~~~???" + secret + "~~~???")),
		"Base64 of an object":         in64(`{"key":"` + every(`\u%04x`) + `"}`),
		"Base64 in Base64":            in64("xy" + in64("z"+secret)),
		"Base64 in percent":           strings.ReplaceAll(in64("?"+secret+"??"), "=", "%3D"),
		"Base64 in lines":             in64(strings.Repeat("x", 20))[:20] + "\r\n" + in64(secret)[:12] + "\r\n" + in64(secret)[12:],
		"hexadecimal":                 hex.EncodeToString([]byte(secret)),
		"hexadecimal, upper case":     strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
}

// An answer that holds the key is refused whole, in whichever field and escape, and the
// error does not hold it either.
func TestAnswersThatHoldTheKey(t *testing.T) {
	pdf := func(text string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("report.pdf")
		if err == nil {
			_, err = io.WriteString(w, "%PDF-1.7\n"+text)
		}
		if err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	asText := func(text string) string { // as a string of JSON, unless it is written as one
		if json.Valid([]byte(`"` + text + `"`)) {
			return `"` + text + `"`
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(quoted)
	}
	for name, text := range echoes() {
		quoted := asText(text)
		bodies := map[string]string{
			"a field":       `{"session_id":` + quoted + `,"state":"COMPLETED","checks":[]}`,
			"a name":        `{` + quoted + `:1,"state":"COMPLETED","checks":[]}`,
			"a secret":      `{"client_session_token":` + quoted + `,"state":"COMPLETED","checks":[]}`,
			"deep within":   `{"checks":[{"report":{"breakdown":[{"details":[{"name":"a","value":` + quoted + `}]}]}}]}`,
			"behind it all": `{"state":"COMPLETED","checks":[]} ` + quoted,
		}
		for place, body := range bodies {
			client, _ := asking(t, "signed/json", yotisign.Options{}, sending(200, "application/json", []byte(body)))
			_, err := client.Session(t.Context(), someone(t))
			checkEcho(t, name+" in "+place, err)
		}
		client, _ := asking(t, "signed/json", yotisign.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			asJSON(w, http.StatusForbidden, `{"code":"NOT_ALLOWED","message":`+quoted+`}`)
		})
		_, err := client.Session(t.Context(), someone(t))
		checkEcho(t, name+" in an error", err)
		for place, body := range map[string][]byte{
			"a text": []byte(`{"full_name":` + quoted + `}`), "no JSON": []byte(text),
			"a decoded output": []byte(`{"raw_output":"` + base64.StdEncoding.EncodeToString([]byte(`{"id":`+quoted+`}`)) + `"}`),
		} {
			client, _ := asking(t, "signed/media/"+something(t).String(), yotisign.Options{}, sending(200, "application/json", body))
			got, err := readMedium(t, t.Context(), client)
			checkEcho(t, name+" in "+place, err)
			if len(got) > 0 {
				t.Errorf("%s in %s: %q was handed on", name, place, got)
			}
		}
	}
	client, _ := asking(t, "signed/pdf", yotisign.Options{}, sending(200, "application/zip", pdf("/Title ("+secret+")")))
	_, err := client.Report(t.Context(), someone(t))
	checkEcho(t, "a report", err)
	client, _ = asking(t, "signed/json", yotisign.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", secret)
		asJSON(w, http.StatusNotFound, `{}`)
	})
	_, err = client.Session(t.Context(), someone(t))
	checkEcho(t, "a header", err)
	client, _ = asking(t, "reset-limit", yotisign.Options{}, sending(403, "application/json", []byte(`{"code":"`+secret+`"}`)))
	checkEcho(t, "a refused reset", client.ResetLimit(t.Context(), someone(t)))
}

func checkEcho(t *testing.T, name string, err error) {
	t.Helper()
	if !errors.Is(err, idv.ErrKeyEchoed) {
		t.Errorf("%s: error %v", name, err)
	}
	if said := fmt.Sprintf("%v %+v", err, err); strings.Contains(said, secret) {
		t.Errorf("%s: the error holds the key: %s", name, said)
	}
}

// A picture is cut before the key, wherever the pieces of it end, and one without it
// comes whole.
func TestPictureThatHoldsTheKey(t *testing.T) {
	const pieces = 64 << 10
	for _, at := range []int{3, 100, pieces - 7, pieces, 3*pieces - 1, 5 * pieces} {
		body := bytes.Repeat([]byte("\xff\xd8\xff\xe0picture"), 6*pieces/11)
		client, _ := asking(t, "signed/media/"+something(t).String(), yotisign.Options{}, sending(200, "image/jpeg", body))
		if got, err := readMedium(t, t.Context(), client); err != nil || !bytes.Equal(got, body) {
			t.Errorf("without the key: %d bytes of %d, error %v", len(got), len(body), err)
		}
		copy(body[at:], secret)
		client, _ = asking(t, "signed/media/"+something(t).String(), yotisign.Options{}, sending(200, "image/jpeg", body))
		medium, err := client.Medium(t.Context(), someone(t), something(t))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(medium)
		medium.Close()
		checkEcho(t, fmt.Sprint("a picture, at ", at), err)
		if len(got) > at {
			t.Errorf("at %d: %d bytes were handed on", at, len(got))
		}
	}
}

// What only resembles the key is no echo.
func TestAnswersWithoutTheKey(t *testing.T) {
	for _, body := range []string{
		fine, `{"session_id":"made-up-key-5d2"}`, `{"session_id":"made-up-key","x":"5d21"}`, `{"session_id":"MADE-UP-KEY-5D21"}`,
		`{"session_id":"` + base64.StdEncoding.EncodeToString([]byte("made-up-key-5d2")) + `"}`, `{"session_id":"\\u12 %zz &#; % \\\\"}`,
	} {
		client, _ := asking(t, "signed/json", yotisign.Options{}, sending(200, "application/json", []byte(body)))
		if _, err := client.Session(t.Context(), someone(t)); err != nil {
			t.Errorf("%s: error %v", body, err)
		}
	}
}
