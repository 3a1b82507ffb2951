package openid_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"countersign/internal/openid"
)

// A provider that others wrote lets people in, and takes its code once.
func TestProviderOfOthers(t *testing.T) {
	other, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.AddMiddleware(basicAsForm); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(listener, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := other.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	other.QueueUser(&mockoidc.MockUser{Subject: "s-7", PreferredUsername: "inga", Groups: []string{"kyc-team"}})
	secret, err := openid.NewSecret(other.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	us, err := openid.New(openid.Settings{
		Issuer: other.Issuer(), ClientID: other.ClientID, Secret: secret, Redirect: "https://countersign.example/login/openid/callback",
		Roles: map[string][]string{"reviewer": {"kyc-team"}}, RolesClaim: "groups", Scopes: []string{"groups"}, NameClaim: "preferred_username", Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	q := openid.NewQuestion("")
	address, err := us.Address(t.Context(), q, openid.AsUsual)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(httptest.NewRequest(http.MethodGet, address, nil))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	back, err := response.Location()
	if err != nil || back.Query().Get("state") != q.State {
		t.Fatalf("the provider answered %s, state %q, error %v", response.Status, back.Query().Get("state"), err)
	}
	got, err := us.Answer(t.Context(), q, back.Query().Get("code"))
	if err != nil || got.Subject != "s-7" || got.Name != "inga" || len(us.Roles(got.Groups)) != 1 {
		t.Errorf("%+v, error %v", got, err)
	}
	if _, err := us.Answer(t.Context(), q, back.Query().Get("code")); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("the same code again: error %v", err)
	}
}

// basicAsForm gives a client's secret to a provider that says to take it in the header, and looks
// for it in the form alone.
func basicAsForm(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, secret, ok := r.BasicAuth(); ok && r.ParseForm() == nil {
			for name, escaped := range map[string]string{"client_id": id, "client_secret": secret} {
				value, err := url.QueryUnescape(escaped)
				if err != nil {
					http.Error(w, "the header cannot be read", http.StatusBadRequest)
					return
				}
				r.Form.Set(name, value)
			}
		}
		next.ServeHTTP(w, r)
	})
}
