package account

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"
)

// rfcSecret is that of the test vectors, RFC 6238 appendix B.
var rfcSecret = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

// The vectors have eight digits, of which an app shows the last six.
func TestCodesOfRFC6238(t *testing.T) {
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		step, ok := CodeSecret{Secret: rfcSecret}.matchingStep(code, time.Unix(at, 0))
		if !ok || step != at/30 {
			t.Errorf("at %d: step %d, %v", at, step, ok)
		}
	}
}

func TestMatchingStep(t *testing.T) {
	now := time.Date(2026, 3, 9, 12, 0, 10, 0, time.UTC)
	present := codeStepAt(now)
	codeOf := func(step int64) string {
		code, err := hotp.GenerateCode(rfcSecret, uint64(step))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	tests := []struct {
		name  string
		typed string
		last  int64
		want  int64 // zero for none
	}{
		{"now", codeOf(present), 0, present},
		{"one step behind", codeOf(present - 1), 0, present - 1},
		{"one step ahead", codeOf(present + 1), 0, present + 1},
		{"two steps behind", codeOf(present - 2), 0, 0},
		{"two steps ahead", codeOf(present + 2), 0, 0},
		{"with a blank", codeOf(present)[:3] + " " + codeOf(present)[3:], 0, present},
		{"with blanks around", " " + codeOf(present) + "\t", 0, present},
		{"used", codeOf(present), present, 0},
		{"before one that was used", codeOf(present - 1), present, 0},
		{"before one ahead that was used", codeOf(present), present + 1, 0},
		{"after one that was used", codeOf(present + 1), present, present + 1},
		{"of the drift, after one ahead", codeOf(present - 1), present + 1, 0},
		{"after one that a wrong clock used", codeOf(present), present + 1000, present},
		{"empty", "", 0, 0},
		{"digits missing", codeOf(present)[:5], 0, 0},
		{"digits too many", codeOf(present) + "0", 0, 0},
		{"other digits", strings.Map(func(r rune) rune { return r + 0x660 - '0' }, codeOf(present)), 0, 0},
		{"letters", "abcdef", 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			step, ok := CodeSecret{Secret: rfcSecret, LastStep: test.last}.matchingStep(test.typed, now)
			if ok != (test.want != 0) || step != test.want {
				t.Errorf("step %d, %v; want %d", step-present, ok, test.want-present)
			}
		})
	}
}

func TestDescribeCode(t *testing.T) {
	for _, name := range []string{"ann", "Ann Ö'Neil: \"é\" & <b>", strings.Repeat("wide 名 ", 12)} {
		made, err := describeCode(name, []byte("12345678901234567890"))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if made.Secret != rfcSecret {
			t.Errorf("%q: the secret is %q, want %q", name, made.Secret, rfcSecret)
		}
		u, err := url.Parse(made.Address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Countersign:"+name ||
			q.Get("secret") != rfcSecret || q.Get("issuer") != "Countersign" || q.Get("period") != "30" || q.Get("digits") != "6" || q.Get("algorithm") != "SHA1" {
			t.Errorf("%q: the address is %s", name, made.Address)
		}
		// A QR code is square, of 17+4n modules, with a dark corner of three of its sides.
		side := len(made.QR)
		if (side-17)%4 != 0 || !made.QR[0][0] || !made.QR[0][side-1] || !made.QR[side-1][0] {
			t.Errorf("%q: the QR code has %d rows, or no corners", name, side)
		}
		for _, row := range made.QR {
			if len(row) != side {
				t.Errorf("%q: a row has %d modules, want %d", name, len(row), side)
			}
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes := newRecoveryCodes()
	seen := map[CodeHash]bool{}
	for _, code := range codes {
		plain := strings.ReplaceAll(code, "-", "")
		if len(plain)*5 < 80 {
			t.Errorf("%q has less than 80 random bits", code)
		}
		hash := recoveryHash(code)
		for _, typed := range []string{plain, strings.ToLower(code), " " + strings.ReplaceAll(code, "-", " ")} {
			if recoveryHash(typed) != hash {
				t.Errorf("%q typed as %q is another", code, typed)
			}
		}
		seen[hash] = true
	}
	if len(codes) != RecoveryCodesMade || len(seen) != len(codes) {
		t.Errorf("there are %d codes, %d of them different", len(codes), len(seen))
	}
}

func TestIsWeakerThan(t *testing.T) {
	today := emptyHash(Cost{})
	tests := []struct {
		name         string
		memory, time uint32
		salt, sum    int
		want         bool
	}{
		{"same", 19 * 1024, 2, 16, 32, false},
		{"more memory", 64 * 1024, 2, 16, 32, false},
		{"more memory in fewer passes", 46 * 1024, 1, 16, 32, false},
		{"less memory", 12 * 1024, 2, 16, 32, true},
		{"fewer passes", 19 * 1024, 1, 16, 32, true},
		{"shorter salt", 19 * 1024, 2, 8, 32, true},
		{"shorter sum", 19 * 1024, 2, 16, 16, true},
	}
	for _, test := range tests {
		h := passwordHash{memory: test.memory, time: test.time, threads: 1, salt: make([]byte, test.salt), sum: make([]byte, test.sum)}
		if got := h.isWeakerThan(today); got != test.want {
			t.Errorf("%s: isWeakerThan = %v, want %v", test.name, got, test.want)
		}
	}
}
