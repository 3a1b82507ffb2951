package yotisign_test

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/yotisign"
)

// Yoti is offered TLS 1.3 and 1.2 with suites that nobody has broken, and nothing else.
func TestOldTLSIsNotSpoken(t *testing.T) {
	hellos := make(chan *tls.ClientHelloInfo, 10)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		hellos <- hello
		return nil, nil
	}}
	server.StartTLS()
	defer server.Close()
	_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnreachable) {
		t.Errorf("error %v, want %v", err, idv.ErrUnreachable)
	}
	hello := <-hellos
	if !slices.Equal(hello.SupportedVersions, []uint16{tls.VersionTLS13, tls.VersionTLS12}) {
		t.Errorf("versions %x are offered", hello.SupportedVersions)
	}
	for _, broken := range tls.InsecureCipherSuites() {
		if slices.Contains(hello.CipherSuites, broken.ID) {
			t.Errorf("the suite %s is offered", broken.Name)
		}
	}
}
