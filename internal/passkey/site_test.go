package passkey_test

import (
	"errors"
	"testing"

	"countersign/internal/passkey"
)

func TestSiteAt(t *testing.T) {
	for _, test := range []struct {
		address string
		want    passkey.Site
		err     error
	}{
		{"https://review.example.com", passkey.Site{Host: "review.example.com", Origin: "https://review.example.com"}, nil},
		{"https://Review.Example.com:8443", passkey.Site{Host: "review.example.com", Origin: "https://review.example.com:8443"}, nil},
		{"http://localhost:8080", passkey.Site{Host: "localhost", Origin: "http://localhost:8080"}, nil},
		{"http://demo.localhost", passkey.Site{Host: "demo.localhost", Origin: "http://demo.localhost"}, nil},
		{"http://127.0.0.1:8080", passkey.Site{}, passkey.ErrNumber},
		{"https://192.0.2.7", passkey.Site{}, passkey.ErrNumber},
		{"http://[::1]:8080", passkey.Site{}, passkey.ErrNumber},
		{"http://review.example.com", passkey.Site{}, passkey.ErrInsecure},
		{"http://localhost.example.com", passkey.Site{}, passkey.ErrInsecure},
		{"ftp://localhost", passkey.Site{}, passkey.ErrInsecure},
		{"https://", passkey.Site{}, passkey.ErrHostName},
		{"", passkey.Site{}, passkey.ErrHostName},
		{"%", passkey.Site{}, passkey.ErrHostName},
	} {
		got, err := passkey.SiteAt(test.address)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("SiteAt(%q) = %+v, %v; want %+v, %v", test.address, got, err, test.want, test.err)
		}
	}
}
