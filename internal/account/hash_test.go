package account

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

var quick = Cost{Memory: 8, Time: 1}

func TestHash(t *testing.T) {
	const password = "gravel otter lantérn"
	s := newHash(password, quick).String()
	h, err := parseHash(s)
	if err != nil {
		t.Fatalf("parseHash(%q): %v", s, err)
	}
	tests := []struct {
		name     string
		password string
		want     bool
	}{
		{"same", password, true},
		{"not composed", "gravel otter lante\u0301rn", true},
		{"other", "gravel otter lantern", false},
		{"letter case", "Gravel otter lantérn", false},
		{"blank after", password + " ", false},
		{"cut", password[:len(password)-1], false},
		{"empty", "", false},
	}
	for _, test := range tests {
		if got := h.matches(test.password); got != test.want {
			t.Errorf("%s: matches = %v, want %v", test.name, got, test.want)
		}
	}
	if strings.Contains(s, password) || newHash(password, quick).String() == s {
		t.Error("the hash holds the password, or is the same when made again")
	}
}

func TestHashIsStandard(t *testing.T) {
	s := newHash("gravel otter lantern", Cost{}).String()
	const want = "$argon2id$v=19$m=19456,t=2,p=1$"
	if !strings.HasPrefix(s, want) {
		t.Errorf("the hash is %q, want it to begin with %q", s, want)
	}
	got, zero := newHash("gravel otter lantern", Cost{}), emptyHash(Cost{})
	if got.memory != zero.memory || got.time != zero.time || got.threads != zero.threads || len(got.sum) != len(zero.sum) {
		t.Error("an unknown name costs other work than a known one")
	}
	if zero.matches("") {
		t.Error("the hash of unknown names has a password")
	}
}

// The vector is from the reference implementation, github.com/P-H-C/phc-winner-argon2,
// src/test.c: "password", "somesalt".
func TestHashOfReference(t *testing.T) {
	h, err := parseHash("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
	if err != nil {
		t.Fatal(err)
	}
	if !h.matches("password") || h.matches("passwort") {
		t.Error("the reference's hash does not match its password, or matches another")
	}
}

func TestParseHash(t *testing.T) {
	const salt, sum = "$AAAAAAAAAAAAAAAAAAAAAA", "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	const head = "$argon2id$v=19$m=19456,t=2,p=1"
	tests := []struct {
		name string
		in   string
		ok   bool
	}{
		{"good", head + salt + sum, true},
		{"most", "$argon2id$v=19$m=262144,t=16,p=4" + salt + sum, true},
		{"least", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", true},
		{"empty", "", false},
		{"not a hash", "gravel otter lantern", false},
		{"without sum", head + salt, false},
		{"empty sum", head + salt + "$", false},
		{"something after", head + salt + sum + "$", false},
		{"something before", "x" + head + salt + sum, false},
		{"line end", head + salt + sum + "\n", false},
		{"other variant", "$argon2i$v=19$m=19456,t=2,p=1" + salt + sum, false},
		{"other version", "$argon2id$v=16$m=19456,t=2,p=1" + salt + sum, false},
		{"no version", "$argon2id$m=19456,t=2,p=1" + salt + sum, false},
		{"too much memory", "$argon2id$v=19$m=262145,t=2,p=1" + salt + sum, false},
		{"memory out of range", "$argon2id$v=19$m=4294967297,t=2,p=1" + salt + sum, false},
		{"too much time", "$argon2id$v=19$m=19456,t=17,p=1" + salt + sum, false},
		{"too many threads", "$argon2id$v=19$m=19456,t=2,p=5" + salt + sum, false},
		{"threads that wrap round", "$argon2id$v=19$m=19456,t=2,p=257" + salt + sum, false},
		{"too little memory", "$argon2id$v=19$m=8,t=2,p=2" + salt + sum, false},
		{"no time", "$argon2id$v=19$m=19456,t=0,p=1" + salt + sum, false},
		{"no threads", "$argon2id$v=19$m=19456,t=2,p=0" + salt + sum, false},
		{"missing number", "$argon2id$v=19$m=,t=2,p=1" + salt + sum, false},
		{"missing parameter", "$argon2id$v=19$m=19456,t=2" + salt + sum, false},
		{"other order", "$argon2id$v=19$t=2,m=19456,p=1" + salt + sum, false},
		{"plus", "$argon2id$v=19$m=+19456,t=2,p=1" + salt + sum, false},
		{"leading zero", "$argon2id$v=19$m=019456,t=2,p=1" + salt + sum, false},
		{"short salt", head + "$AAAAAAAAAA" + sum, false},
		{"short sum", head + salt + "$AAAAAAAAAAAAAAAAAAAA", false},
		{"long salt", head + "$" + strings.Repeat("A", 88) + sum, false},
		{"padded", head + salt + "==" + sum, false},
		{"loose bits", head + "$AAAAAAAAAAAAAAAAAAAAAB" + sum, false},
		{"endless", head + salt + "$" + strings.Repeat("A", 1<<20), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, err := parseHash(test.in)
			if (err == nil) != test.ok {
				t.Fatalf("parseHash: %v, want it good: %v", err, test.ok)
			}
			if test.ok && h.String() != test.in {
				t.Errorf("written again it is %q", h)
			}
		})
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(newHash("gravel otter lantern", quick).String())
	f.Add("$argon2id$v=19$m=262144,t=16,p=4$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=4294967297,t=99999,p=256$c2FsdA$c3Vt")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err != nil {
			if s != "" && strings.Contains(err.Error(), s) && len(s) > 16 {
				t.Errorf("the error repeats the string: %v", err)
			}
			return
		}
		if h.memory > maxMemory || h.time > maxTime || h.threads > maxThreads || len(h.salt) > maxPartLength || len(h.sum) > maxPartLength {
			t.Errorf("%q asks for too much: %+v", s, h)
		}
		if h.time < 1 || h.threads < 1 || len(h.salt) < minSaltLength || len(h.sum) < minSumLength {
			t.Errorf("%q asks for too little: %+v", s, h)
		}
		if h.String() != s {
			t.Errorf("%q is written %q", s, h)
		}
	})
}

func TestHashingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d Service
		var running atomic.Int32
		release := make(chan struct{})
		for range 3 * maxHashing {
			go func() {
				err := d.runHashing(t.Context(), func() {
					running.Add(1)
					<-release
				})
				if err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if got := running.Load(); got != maxHashing {
			t.Errorf("%d hash at the same time, want %d", got, maxHashing)
		}
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() { left <- d.runHashing(ctx, func() { t.Error("hashed after the context ended") }) }()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("whoever left got %v, want %v", err, context.Canceled)
		}
		close(release)
		synctest.Wait()
		if got := running.Load(); got != 3*maxHashing {
			t.Errorf("%d got their turn, want %d", got, 3*maxHashing)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := emptyHash(Cost{})
	for b.Loop() {
		h.matches("gravel otter lantern")
	}
}
