package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const apiKey = "made-up-api-key"

// host is a Sandbox on a socket, with a client that follows no redirect.
type host struct {
	t *testing.T
	*Sandbox
	url    string
	client *http.Client
}

func serve(t *testing.T) *host {
	t.Helper()
	s := New(apiKey)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &host{t, s, server.URL, client}
}

// ask sends one request and returns the answer with its body read.
func (h *host) ask(method, path, authorization string) (*http.Response, []byte) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res, body
}

// get asks for the result of a recipient, with the right key.
func (h *host) get(id string) (*http.Response, []byte) {
	h.t.Helper()
	return h.ask(http.MethodGet, pathOf(id), "Bearer "+apiKey)
}

func pathOf(id string) string { return pathBefore + id + pathAfter }

// trouble is the ID of a fault.
func trouble(tail string) string { return "00000000-0000-4000-8000-" + tail }

func codeOf(body []byte) string {
	var f failure
	if json.Unmarshal(body, &f) != nil || f.Message == "" {
		return ""
	}
	return f.Code
}

func TestRefusals(t *testing.T) {
	good, one := "Bearer "+apiKey, personID(1)
	tests := []struct {
		name, method, path, authorization string
		status                            int
		code                              string
		counts                            bool
	}{
		{"no key", "GET", pathOf(one), "", 401, "BAD_TOKEN", true},
		{"wrong key", "GET", pathOf(one), "Bearer another", 401, "BAD_TOKEN", true},
		{"longer key", "GET", pathOf(one), good + "x", 401, "BAD_TOKEN", true},
		{"other scheme", "GET", pathOf(one), "Basic " + apiKey, 401, "BAD_TOKEN", true},
		{"key alone", "GET", pathOf(one), apiKey, 401, "BAD_TOKEN", true},
		{"key before id", "GET", pathOf("x"), "", 401, "BAD_TOKEN", true},
		{"not a UUID", "GET", pathOf("robert"), good, 400, "MALFORMED_REQUEST", true},
		{"UUID and more", "GET", pathOf(one + "0"), good, 400, "MALFORMED_REQUEST", true},
		{"escaped slash", "GET", pathOf("..%2f" + one), good, 400, "MALFORMED_REQUEST", true},
		{"unknown", "GET", pathOf("6f0c7d1e-2b3a-4c58-9d47-e1a5b08c9f23"), good, 404, "SESSION_NOT_FOUND", true},
		{"post", "POST", pathOf(one), good, 405, "METHOD_NOT_ALLOWED", false},
		{"head", "HEAD", pathOf(one), good, 405, "", false},
		{"root", "GET", "/", good, 404, "NOT_FOUND", false},
		{"media", "GET", "/v2/idv/recipients/" + one + "/sessions/signed/media/" + one, good, 404, "MEDIA_CONTENT_NOT_FOUND", false},
		{"medium of nobody", "GET", "/v2/idv/recipients/6f0c7d1e-2b3a-4c58-9d47-e1a5b08c9f23/sessions/signed/media/" + one, good, 404, "SESSION_NOT_FOUND", false},
		{"medium without a key", "GET", "/v2/idv/recipients/" + one + "/sessions/signed/media/" + one, "", 401, "BAD_TOKEN", false},
		{"medium with a path", "GET", "/v2/idv/recipients/" + one + "/sessions/signed/media/a/b", good, 404, "NOT_FOUND", false},
		{"report without a key", "GET", "/v2/idv/recipients/" + one + "/sessions/signed/pdf", "", 401, "BAD_TOKEN", false},
		{"reset-limit", "GET", "/v2/idv/recipients/" + one + "/sessions/reset-limit", "", 401, "BAD_TOKEN", false},
		{"reset-limit by post", "POST", "/v2/idv/recipients/" + one + "/sessions/reset-limit", good, 405, "METHOD_NOT_ALLOWED", false},
		{"no id", "GET", pathOf(""), good, 404, "NOT_FOUND", false},
		{"too many parts", "GET", pathOf("a/" + one), good, 404, "NOT_FOUND", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := serve(t)
			res, body := h.ask(test.method, test.path, test.authorization)
			if res.StatusCode != test.status || codeOf(body) != test.code {
				t.Errorf("%s %s = %d %q, want %d %q", test.method, test.path, res.StatusCode, codeOf(body), test.status, test.code)
			}
			if got := res.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type = %q, want application/json", got)
			}
			if got := res.Header.Get("Allow"); (got == "GET") != (test.status == 405) {
				t.Errorf("Allow = %q with status %d", got, test.status)
			}
			if (h.Calls() == 1) != test.counts {
				t.Errorf("Calls() = %d, want it counted: %v", h.Calls(), test.counts)
			}
		})
	}
}

func TestNoKeyAcceptsNobody(t *testing.T) {
	for _, authorization := range []string{"", "Bearer", "Bearer ", "Bearer x"} {
		r := httptest.NewRequest(http.MethodGet, pathOf(personID(1)), nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		New("").ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("New(%q) answered %d to %q, want 401", "", w.Code, authorization)
		}
	}
}

func TestEachAnswerHasARequestID(t *testing.T) {
	h := serve(t)
	seen := map[string]bool{}
	for _, path := range []string{"/", pathOf("x"), pathOf(personID(1)), pathOf(personID(1)), pathOf(trouble("000000000500"))} {
		res, _ := h.ask(http.MethodGet, path, "Bearer "+apiKey)
		id := res.Header.Get("X-Request-Id")
		if id == "" || seen[id] {
			t.Errorf("GET %s: X-Request-Id = %q, want a new one", path, id)
		}
		seen[id] = true
	}
	if h.Calls() != 4 {
		t.Errorf("Calls() = %d, want 4", h.Calls())
	}
}

func TestIDsMayBeInCapitals(t *testing.T) {
	h := serve(t)
	if res, body := h.get(strings.ToUpper(trouble("00000000bad1"))); res.StatusCode != 200 {
		t.Errorf("status = %d %s, want 200", res.StatusCode, body)
	}
}

func TestPeople(t *testing.T) {
	all := People()
	ids, names, faulty := map[string]bool{}, map[string]bool{}, false
	for _, p := range all {
		if !uuid.MatchString(p.ID) || p.Name == "" || !strings.HasSuffix(p.Shows, ".") || strings.Contains(p.Shows, "\n") {
			t.Errorf("%+v: want a UUID, a name and one line on what it shows", p)
		}
		if ids[p.ID] || names[p.Name] {
			t.Errorf("%+v is listed twice", p)
		}
		if faulty && !p.Trouble {
			t.Errorf("%+v comes after the trouble", p)
		}
		ids[p.ID], names[p.Name], faulty = true, true, p.Trouble
	}
	for n := 1; n <= 25; n++ {
		if all[n-1].ID != personID(n) || all[n-1].Trouble {
			t.Errorf("People()[%d] = %+v, want a readable %s", n-1, all[n-1], personID(n))
		}
	}
	all[0].Name = "changed"
	if People()[0].Name == "changed" {
		t.Error("People gives away its own table")
	}
}

func TestEveryPersonIsServedFromAFileOfTheirOwn(t *testing.T) {
	h := serve(t)
	unserved := map[string][]byte{}
	for name, body := range filesOf(t, "people") {
		unserved[name] = body
	}
	for _, p := range People() {
		if p.Trouble {
			continue
		}
		for range 2 { // the one who changes has two files
			res, body := h.get(p.ID)
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: %d %s", p.Name, res.StatusCode, res.Header.Get("Content-Type"))
			}
			for name, want := range unserved {
				if bytes.Equal(body, want) && strings.HasPrefix(name, p.ID[len(p.ID)-2:]) {
					delete(unserved, name)
				}
			}
		}
	}
	for name := range unserved {
		t.Errorf("people/%s is served to nobody", name)
	}
}

func TestTheSecondFetchDiffers(t *testing.T) {
	h, id := serve(t), personID(20)
	_, first := h.get(id)
	_, second := h.get(id)
	_, third := h.get(id)
	if bytes.Equal(first, second) || !bytes.Equal(second, third) {
		t.Error("want one result at the first fetch and another at all later ones")
	}
	before, after := object(t, "first", first), object(t, "second", second)
	if before["session_id"] != after["session_id"] || before["state"] != "ONGOING" || after["state"] != "COMPLETED" {
		t.Errorf("%v is %v, then %v is %v; want one session, ONGOING then COMPLETED",
			before["session_id"], before["state"], after["session_id"], after["state"])
	}
	if _, again := serve(t).get(id); !bytes.Equal(again, first) {
		t.Error("a new Sandbox does not begin anew")
	}
}

func TestOnlyOneOfManyGetsTheFirstAnswer(t *testing.T) {
	h := serve(t)
	var wait sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wait.Go(func() {
			r := httptest.NewRequest(http.MethodGet, pathOf(trouble("000000000503")), nil)
			r.Header.Set("Authorization", "Bearer "+apiKey)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			statuses[i] = w.Code
		})
	}
	wait.Wait()
	slices.Sort(statuses)
	if statuses[6] != 200 || statuses[7] != 503 || h.Calls() != 8 {
		t.Errorf("statuses %v in %d calls, want one 503 among eight", statuses, h.Calls())
	}
}

func TestFaultsWithAStatus(t *testing.T) {
	h := serve(t)
	tests := []struct {
		tail   string
		status int
		code   string
	}{
		{"000000000404", 404, "SESSION_NOT_FOUND"},
		{"000000000401", 401, "BAD_TOKEN"},
		{"000000000403", 403, "INSUFFICIENT_PERMISSION"},
		{"000000000409", 409, "SESSION_NOT_READY"},
		{"000000000429", 429, "TOO_MANY_REQUESTS"},
		{"000000000500", 500, ""},
		{"000000000503", 503, "TEMPORARILY_UNAVAILABLE"},
		{"000000000503", 200, ""},
		{"000000000302", 302, ""},
	}
	for _, test := range tests {
		res, body := h.get(trouble(test.tail))
		if res.StatusCode != test.status || codeOf(body) != test.code {
			t.Errorf("%s = %d %q, want %d %q", test.tail, res.StatusCode, codeOf(body), test.status, test.code)
		}
		wantRetry := ""
		if test.status == 429 {
			wantRetry = "30"
		}
		if got := res.Header.Get("Retry-After"); got != wantRetry {
			t.Errorf("%s: Retry-After = %q, want %q", test.tail, got, wantRetry)
		}
	}
}

func TestRedirectLeadsToAnotherRecipient(t *testing.T) {
	h := serve(t)
	res, _ := h.get(trouble("000000000302"))
	if got := res.Header.Get("Location"); got != pathOf(personID(1)) {
		t.Errorf("Location = %q, want %q", got, pathOf(personID(1)))
	}
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, pathOf(trouble("000000005107")), nil)
		r.Header.Set("Authorization", "Bearer "+apiKey)
		w := httptest.NewRecorder()
		New(apiKey).ServeHTTP(w, r)
		if took := time.Since(began); took != slowness || object(t, "slow", w.Body.Bytes())["state"] != "COMPLETED" {
			t.Errorf("answered %q after %v, want a result after %v", w.Body, took, slowness)
		}
	})
}

func TestSlowEndsWhenTheRequestDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, pathOf(trouble("000000005107")), nil)
		r.Header.Set("Authorization", "Bearer "+apiKey)
		w := httptest.NewRecorder()
		New(apiKey).ServeHTTP(w, r)
		if took := time.Since(began); took != 5*time.Second || w.Body.Len() != 0 {
			t.Errorf("ended after %v with %q, want nothing after 5s", took, w.Body)
		}
	})
}

func TestAnswersThatAreNotResults(t *testing.T) {
	h := serve(t)
	if _, body := h.get(trouble("00000000bad1")); json.Valid(body) || !bytes.HasPrefix(body, []byte("{")) {
		t.Error("bad1 should begin as JSON and not end as JSON")
	}
	if res, body := h.get(trouble("00000000bad2")); res.StatusCode != 200 || json.Valid(body) ||
		!strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("bad2 = %d %s, want a web page", res.StatusCode, res.Header.Get("Content-Type"))
	}
	_, body := h.get(trouble("00000000bad3"))
	for _, key := range []string{`"state"`, `"State"`, `"value"`, `"Value"`} {
		if !json.Valid(body) || !bytes.Contains(body, []byte(key)) {
			t.Errorf("bad3 should be valid and have %s", key)
		}
	}
	if _, body := h.get(trouble("00000000bad4")); !json.Valid(body) || depth(body) <= 64 {
		t.Errorf("bad4 is %d deep, want valid JSON and more than 64", depth(body))
	}
	if res, body := h.get(trouble("00000000bad5")); !json.Valid(body) || len(body) <= 4<<20 || res.ContentLength >= 0 {
		t.Errorf("bad5 has %d bytes and said %d, want valid JSON, more than 4 MiB, and nothing said", len(body), res.ContentLength)
	}
}

func TestHostile(t *testing.T) {
	h := serve(t)
	_, body := h.get(trouble("00000000bad6"))
	result := object(t, "hostile", body)
	checks, _ := result["checks"].([]any)
	if len(checks) == 0 || checks[0] != "LIVENESS" {
		t.Errorf("the first check is %v, want a string", checks)
	}
	text := fmt.Sprint(result)
	for _, want := range []string{"<script>", "onerror=", "javascript:", "\u202e", "\u2066", "reset-limit"} {
		if !strings.Contains(text, want) {
			t.Errorf("the hostile result lacks %q", want)
		}
	}
}

// What Yoti's pages name, and nothing else, may stand where they say. Identity profiles
// are on those of identity verification.
var (
	topLevel   = []string{"session_id", "client_session_token_ttl", "user_tracking_id", "biometric_consent", "state", "client_session_token", "resources", "checks", "identity_profile", "advanced_identity_profile"}
	ofResource = []string{"id_documents", "supplementary_documents", "liveness_capture", "face_capture"}
	checkTypes = []string{"ID_DOCUMENT_AUTHENTICITY", "ID_DOCUMENT_TEXT_DATA_CHECK", "LIVENESS", "ID_DOCUMENT_FACE_MATCH", "ID_DOCUMENT_COMPARISON",
		"THIRD_PARTY_IDENTITY", "WATCHLIST_SCREENING", "WATCHLIST_ADVANCED_CA", "SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK"}
	moment = regexp.MustCompile(`^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
)

func TestResultsAreAsYotiDescribesThem(t *testing.T) {
	for name, body := range filesOf(t, "people") {
		t.Run(name, func(t *testing.T) {
			result := object(t, name, body)
			for key := range result {
				if !slices.Contains(topLevel, key) {
					t.Errorf("unknown member %q", key)
				}
			}
			if state := result["state"]; state != "COMPLETED" && state != "ONGOING" && state != "EXPIRED" {
				t.Errorf("state = %v", state)
			}
			resources, _ := result["resources"].(map[string]any)
			for key := range resources {
				if !slices.Contains(ofResource, key) {
					t.Errorf("unknown resource %q", key)
				}
			}
			for _, check := range objects(result["checks"]) {
				if kind, _ := check["type"].(string); !slices.Contains(checkTypes, kind) && kind != "PALM_VEIN_MATCH" {
					t.Errorf("check of type %q", kind)
				}
			}
			every(result, func(at string, object map[string]any) { times(t, at, object) })
		})
	}
}

// times checks the times of one object: their form, their order and their season.
func times(t *testing.T, at string, object map[string]any) {
	for key, value := range object {
		if key != "created" && key != "created_at" && key != "last_updated" && key != "biometric_consent" {
			continue
		}
		text, _ := value.(string)
		if !moment.MatchString(text) || text < "2026-09-01" || text >= "2026-11-20" {
			t.Errorf("%s.%s = %v", at, key, value)
		}
	}
	begun := object["created"]
	if begun == nil {
		begun = object["created_at"]
	}
	if begun != nil && begun.(string) >= object["last_updated"].(string) {
		t.Errorf("%s was created %v and last updated %v", at, begun, object["last_updated"])
	}
}

func TestTheBenchmarkResultHasAllNineChecks(t *testing.T) {
	body := loadPerson("people/03-nine-checks.json")
	if len(body) < 30_000 || len(body) > 40_000 {
		t.Errorf("it has %d bytes, want 30 to 40 thousand", len(body))
	}
	have := map[any]bool{}
	for _, check := range objects(object(t, "03", body)["checks"]) {
		have[check["type"]] = true
		if check["report"] == nil {
			t.Errorf("%v has no report", check["type"])
		}
	}
	for _, kind := range checkTypes {
		if !have[kind] {
			t.Errorf("there is no %s", kind)
		}
	}
}

func TestWhateverLooksPersonalOrSecretIsMarkedAsMadeUp(t *testing.T) {
	for name, body := range filesOf(t, "people", "faults") {
		result := object(t, name, body)
		if result["user_tracking_id"] == nil && name != "25-minimal.json" {
			t.Errorf("%s has no user_tracking_id", name)
		}
		if result["state"] == "COMPLETED" && result["client_session_token"] != nil {
			t.Errorf("%s is completed and still has a token", name)
		}
		every(result, func(at string, object map[string]any) {
			for key, prefix := range map[string]string{
				"user_tracking_id": "made-up-", "client_session_token": "made-up-token-", "api_key": "made-up-key-", "client_ref": "made-up-",
			} {
				if value, ok := object[key]; ok && !strings.HasPrefix(fmt.Sprint(value), prefix) {
					t.Errorf("%s: %s.%s = %v, want %s…", name, at, key, value, prefix)
				}
			}
		})
	}
}

func TestSecretsOccurWhereTheyShould(t *testing.T) {
	for file, want := range map[string]string{
		"people/07-watchlist-own-account.json": `"api_key": "made-up-key-`,
		"people/13-camera-failed.json":         `"client_session_token": "made-up-token-`,
	} {
		if !bytes.Contains(loadPerson(file), []byte(want)) {
			t.Errorf("%s lacks %s", file, want)
		}
	}
}

// TestIDsAreDistinct holds over all files together: an ID names one thing. It may be
// named again only where Yoti refers to it, and only in its own file; the two results
// of the person who changes count as one file.
func TestIDsAreDistinct(t *testing.T) {
	owner := map[string]string{}
	for name, body := range filesOf(t, "people", "faults") {
		if name == "hostile.json" {
			continue // its IDs are wrong on purpose
		}
		file := strings.NewReplacer("-before", "", "-after", "").Replace(name)
		ids := idsOf(t, name, object(t, name, body))
		for id := range ids {
			if !uuid.MatchString(id) || id[14] != '4' || !strings.ContainsRune("89ab", rune(id[19])) {
				t.Errorf("%s: %q is no random UUID", name, id)
			}
			if other, taken := owner[id]; taken && other != file {
				t.Errorf("%s is used by %s and by %s", id, name, other)
			}
			owner[id] = file
		}
	}
	if len(owner) < 400 {
		t.Errorf("only %d IDs were found", len(owner))
	}
}

// idsOf returns all IDs that a result declares. It reports those declared twice, and
// references to resources and checks that are not there.
func idsOf(t *testing.T, name string, result map[string]any) map[string]bool {
	declared := map[string]bool{}
	resources, checks := map[string]bool{}, map[string]bool{}
	declare := func(at string, value any) string {
		id, _ := value.(string)
		if declared[id] {
			t.Errorf("%s: %s declares %s again", name, at, id)
		}
		declared[id] = true
		return id
	}
	declare("session_id", result["session_id"])
	every(result, func(at string, object map[string]any) {
		if object["id"] == nil || strings.Contains(at, ".generated_media") || strings.Contains(at, ".generated_checks") {
			return
		}
		id := declare(at, object["id"])
		switch strings.Count(at, ".") {
		case 1: // .checks[0]
			checks[id] = true
		case 2: // .resources.id_documents[0]
			resources[id] = true
		}
	})
	every(result, func(at string, object map[string]any) {
		used, _ := object["resources_used"].([]any)
		for _, id := range used {
			if !resources[id.(string)] {
				t.Errorf("%s: %s uses the resource %v, which is not there", name, at, id)
			}
		}
		for _, generated := range objects(object["generated_checks"]) {
			if !checks[generated["id"].(string)] {
				t.Errorf("%s: %s generated the check %v, which is not there", name, at, generated["id"])
			}
		}
	})
	// Text that was read and later corrected leaves the ID of the first reading in the
	// task and nowhere else. Everything else generated is declared elsewhere too.
	every(result, func(_ string, object map[string]any) {
		for _, generated := range objects(object["generated_media"]) {
			declared[generated["id"].(string)] = true
		}
	})
	return declared
}

// filesOf returns the embedded files of the folders, by their base names.
func filesOf(t *testing.T, folders ...string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, folder := range folders {
		names, err := fs.Glob(files, folder+"/*.json")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(names), err)
		}
		for _, name := range names {
			all[path.Base(name)] = loadPerson(name)
		}
	}
	return all
}

func object(t *testing.T, name string, body []byte) map[string]any {
	t.Helper()
	var result map[string]any
	if err := json.Unmarshal(body, &result); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return result
}

// objects returns those elements of a list that are objects.
func objects(list any) []map[string]any {
	var all []map[string]any
	elements, _ := list.([]any)
	for _, element := range elements {
		if o, ok := element.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}

// every visits all objects within value, outer ones first, with the place of each.
func every(value any, visit func(at string, object map[string]any)) { walk("", value, visit) }

func walk(at string, value any, visit func(string, map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(at, v)
		for key, member := range v {
			walk(at+"."+key, member, visit)
		}
	case []any:
		for i, element := range v {
			walk(fmt.Sprintf("%s[%d]", at, i), element, visit)
		}
	}
}

// depth is how deep JSON is nested; no string of what it is used on holds a bracket.
func depth(body []byte) int {
	now, most := 0, 0
	for _, b := range body {
		switch b {
		case '[', '{':
			now++
		case ']', '}':
			now--
		}
		most = max(most, now)
	}
	return most
}
