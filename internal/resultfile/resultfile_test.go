package resultfile

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"countersign/internal/idv"
)

const (
	someone  = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	minimal  = `{"session_id": "s-1", "state": "COMPLETED", "client_session_token": "t", "checks": [{"type": "LIVENESS", "state": "DONE", "config": {"a": "}{"}}]}`
	another  = `{"state": "ONGOING", "checks": [], "resources": {}}`
	noResult = `{"state": "fine", "session_id": "of somebody else's"}`
)

// pretty is the result over several lines.
func pretty(t *testing.T, body string) string {
	t.Helper()
	indented, err := json.MarshalIndent(json.RawMessage(body), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(indented)
}

// quoted is a text as a JSON string.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // every text can be written
	}
	return string(out)
}

func har(entries ...string) string {
	return `{"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [` + strings.Join(entries, ", ") + `]}}`
}

func entry(address, body string) string {
	return fmt.Sprintf(`{"request": {"method": "GET", "url": %s, "headers": [{"name": "Authorization", "value": "Bearer k"}]}, "response": {"status": 200, "content": {"mimeType": "application/json", "text": %s}}}`, quoted(address), quoted(body))
}

func inUTF16(text string, order binary.ByteOrder, mark bool) string {
	if mark {
		text = "\uFEFF" + text
	}
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		pair := make([]byte, 2)
		order.PutUint16(pair, unit)
		out = append(out, pair...)
	}
	return string(out)
}

func TestFind(t *testing.T) {
	address := "https://api.yotisign.com/v2/idv/recipients/" + someone + "/sessions/signed/json"
	based := strings.Replace(entry(address, "BODY"), `"text": "BODY"`, `"encoding": "base64", "text": "`+base64.StdEncoding.EncodeToString([]byte("\uFEFF"+minimal))+`"`, 1)
	for _, test := range []struct {
		name, file string
		where      []string // of each result that is found
	}{
		{"a result by itself", minimal, []string{""}},
		{"with blanks around it", "\r\n\t " + pretty(t, minimal) + "\n\n", []string{""}},
		{"with a byte order mark", "\uFEFF" + minimal, []string{""}},
		{"in UTF-16, as PowerShell writes it", inUTF16(minimal, binary.LittleEndian, true), []string{""}},
		{"in UTF-16, the other way round", inUTF16("\n"+minimal, binary.BigEndian, true), []string{""}},
		{"in UTF-16 without a mark", inUTF16(minimal, binary.LittleEndian, false), []string{""}},
		{"with a string in two lines", strings.Replace(minimal, "s-1", "s\n1", 1), []string{""}},
		{"that says little", `{"state": "EXPIRED", "session_id": "s"}`, []string{""}},
		{"an answer with its head", "HTTP/2 200\r\ncontent-type: application/json\r\nreport-to: {\"group\": \"x\", \"checks\": 1}\r\n\r\n" + minimal, []string{"line 5"}},
		{"a line of a log", "2026-11-23T14:02:00Z INFO handler{id=5 got " + minimal + " in 30 ms}\nnext line", []string{"line 1"}},
		{"a later line of a log", noResult + "\n{\"cut\": \"off\n" + `{"cut": [` + "\n" + minimal, []string{"line 4"}},
		{"a log in JSON, as an object", `{"level": "info", "http": {"answers": [1, {"body": ` + minimal + `}]}}`, []string{"line 1"}},
		{"a log in JSON, as text", `{"level": "info", "body": ` + quoted(minimal) + `}`, []string{"line 1"}},
		{"as text within text", `{"level": "info", "body": ` + quoted(`{"inner": `+quoted(pretty(t, minimal))+`}`) + `}`, []string{"line 1"}},
		{"a quoted attribute", "\n" + `level=INFO msg=answer body=` + strconv.Quote("\x7f "+pretty(t, minimal)+" \x1b") + ` status=200`, []string{"line 2"}},
		{"a quoted attribute that is cut off behind it", `body=` + strings.TrimSuffix(quoted(minimal+" and"), `"`) + "\nnext", []string{"line 1"}},
		{"several in lines", minimal + "\n" + noResult + "\n" + another + "\n", []string{"line 1", "line 3"}},
		{"a list", "[\n" + minimal + ",\n" + another + "]", []string{"line 2", "line 3"}},
		{"a HAR", har(entry("https://x.example/", "<html>"), `{"response": {}}`, entry(address+"?token=secret#part", minimal), based), []string{
			"entry 3 of the HAR, GET api.yotisign.com/v2/idv/recipients/" + someone + "/sessions/signed/json",
			"entry 4 of the HAR, GET api.yotisign.com/v2/idv/recipients/" + someone + "/sessions/signed/json"}},
		{"a HAR with a strange address", har(entry("https://x.example/\u202e%1b"+strings.Repeat("y", 300), another)), []string{"entry 1 of the HAR, GET x.example/%E2%80%AE%1B" + strings.Repeat("y", 174) + "…"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := Find([]byte(test.file))
			if err != nil || len(found) != len(test.where) {
				t.Fatalf("Find: %d results, error %v", len(found), err)
			}
			for i, f := range found {
				if f.Where != test.where[i] {
					t.Errorf("result %d is said to be in %q, want %q", i, f.Where, test.where[i])
				}
				if _, err := idv.Decode(f.Body); err != nil {
					t.Errorf("result %d is %s: %v", i, f.Body, err)
				}
			}
		})
	}
}

// The address in a HAR says whom the result is about.
func TestFindNamesTheRecipient(t *testing.T) {
	found, err := Find([]byte(har(entry("https://api.yotisign.com/v2/idv/recipients/"+someone+"/sessions", minimal), entry("https://x.example/"+someone+"/00000000-0000-4000-8000-000000000001", another))))
	if err != nil || len(found) != 2 {
		t.Fatalf("%d results, error %v", len(found), err)
	}
	if found[0].Recipient.String() != someone || found[1].Recipient != (idv.RecipientID{}) {
		t.Errorf("the recipients are %s and %s", found[0].Recipient, found[1].Recipient)
	}
}

// What is not a result is not taken for one, and one that is ambiguous or damaged is refused.
func TestFindRefuses(t *testing.T) {
	for _, test := range []struct {
		name, file string
		want       error
	}{
		{"nothing", "", ErrNone},
		{"blanks", " \n", ErrNone},
		{"other JSON", `{"a": {"b": [1, "{}"]}}`, ErrNone},
		{"JSON with a state in a log", "x " + noResult, ErrNone},
		{"a health check among other things", `{"services": [{"checks": [{"name": "db"}]}]}`, ErrNone},
		{"text", "Dear support, {please} help", ErrNone},
		{"a HAR without one", har(entry("https://x.example/", noResult)), ErrNone},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00{\x00", ErrNone},
		{"cut off", minimal[:len(minimal)-5], idv.ErrInvalid},
		{"with a name that comes twice", strings.Replace(minimal, `"session_id"`, `"checks": [], "session_id"`, 1), idv.ErrInvalid},
		{"with a name that comes twice in other letters", "log: " + strings.Replace(minimal, `"session_id"`, `"Checks": [], "session_id"`, 1), idv.ErrInvalid},
		{"nested too deeply", `{"state": "x", "checks": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, idv.ErrInvalid},
		{"nested much too deeply", `{"state": "x", "checks": ` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, idv.ErrInvalid},
		{"too large a result", `{"state": "x", "checks": [], "x": "` + strings.Repeat("x", idv.MaxResultBytes) + `"}`, idv.ErrTooLarge},
		{"too large a file", strings.Repeat(" ", MaxBytes+1), ErrTooLarge},
		{"braces without end", strings.Repeat(`{"a":`, 100_000), ErrTangled},
		{"escaped braces without end", strings.Repeat(`{\{\"`, 100_000), ErrTangled},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read([]byte(test.file), 0)
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// The last result is shown where none is asked for by its number.
func TestRead(t *testing.T) {
	file := []byte(minimal + "\n" + another)
	for number, want := range map[int]string{0: "line 2", 1: "line 1", 2: "line 2"} {
		got, err := Read(file, number)
		if err != nil || got.Where != want || fmt.Sprint("line ", got.Number) != want || len(got.Others) != 2 {
			t.Errorf("Read(%d) = %+v, %v", number, got, err)
		}
	}
	for _, number := range []int{-1, 3} {
		if got, err := Read(file, number); err == nil {
			t.Errorf("Read(%d) = %+v", number, got)
		}
	}
	if one, err := Read([]byte(minimal), 0); err != nil || one.Where != "" || one.Others != nil || one.Number != 1 || one.Secrets != 1 {
		t.Errorf("a result by itself is read as %+v, %v", one, err)
	}
	if _, err := Read([]byte(minimal+"\n"+strings.Replace(another, "{", `{"checks": 1, `, 1)), 0); !errors.Is(err, idv.ErrInvalid) {
		t.Errorf("a result in which a name comes twice: error %v", err)
	}
}

// FuzzFind holds every file to what Find promises: no panic, in words nothing that steers a
// terminal, and a result is found whatever is behind it.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{"", minimal, overLines(minimal), noResult, har(entry("https://x.example/", minimal)), `x={\"a\":\"\\\"`, inUTF16(minimal, binary.BigEndian, true), "{\"\n{", `[{"a":[{"b":"{"}`} {
		f.Add([]byte(seed))
	}
	want, err := idv.Decode([]byte(minimal))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		found, err := Find(file)
		if (err == nil) != (len(found) > 0) {
			t.Fatalf("Find(%q) = %d results, %v", file, len(found), err)
		}
		for _, one := range found {
			if shown, hidden := idv.Visible(one.Where); hidden || strings.ContainsAny(one.Where, "\r\n\t") {
				t.Errorf("Find(%q) says that there is one in %q", file, shown)
			}
			if _, err := idv.Decode(one.Body); err != nil && !errors.Is(err, idv.ErrInvalid) && !errors.Is(err, idv.ErrTooLarge) {
				t.Errorf("Find(%q): %v", file, err)
			}
		}
		for _, around := range []string{"log " + minimal + "\n" + string(file), "q " + quoted(minimal) + "\n" + string(file)} {
			found, err := Find([]byte(around))
			if errors.Is(err, ErrTangled) {
				continue
			}
			if err != nil {
				t.Fatalf("Find(%q): %v", around, err)
			}
			if got, err := idv.Decode(found[0].Body); err != nil || got.Digest != want.Digest {
				t.Errorf("Find(%q) found %s, %v", around, found[0].Body, err)
			}
		}
	})
}

func overLines(body string) string { return strings.ReplaceAll(body, ",", ",\r\n\t") }
