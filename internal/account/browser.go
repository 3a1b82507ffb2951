package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Browsers makes and reads the tokens that browsers keep to be known by: a random ID,
// and for each name that signed in there a day with a code over all three. A token names
// nobody, and opens nothing: it says only whose failed sign-ins count for themselves.
type Browsers struct {
	Key []byte // signs the codes; anyone who has it can make any browser a known one
}

// BrowserKnownFor is for how long after a sign-in a browser is known for the name.
const BrowserKnownFor = 180 * 24 * time.Hour

// knownDays is the same in days.
const knownDays = int64(BrowserKnownFor / (24 * time.Hour))

// maxKnownNames is for how many names a browser is known at a time.
const maxKnownNames = 8

// maxBrowserToken is more than any token has, in bytes.
const maxBrowserToken = 1 << 10

// browserID is the length of an ID: that of rand.Text.
const browserID = 26

// ID returns the ID in a token that says that someone signed in under the name;
// empty when it does not say so, or no longer counts.
func (b Browsers) ID(token, name string, now time.Time) string {
	id, visits := readBrowser(token)
	for _, v := range visits {
		if dayNumber(now)-v.day <= knownDays && b.isSigned(id, name, v) {
			return id
		}
	}
	return ""
}

// Remember returns a token that says the same as the one before, which may be empty, and
// that someone signed in under the name today.
func (b Browsers) Remember(token, name string, now time.Time) string {
	id, visits := readBrowser(token)
	if id == "" {
		id = rand.Text()
	}
	newest := visit{day: dayNumber(now)}
	newest.code = b.visitCode(id, name, newest.day)
	parts := []string{id, newest.String()}
	for _, v := range visits {
		if len(parts) <= maxKnownNames && !b.isSigned(id, name, v) {
			parts = append(parts, v.String())
		}
	}
	return strings.Join(parts, ".")
}

// visit says that someone signed in on a day.
type visit struct {
	day  int64 // since 1970
	code string
}

func (v visit) String() string { return strconv.FormatInt(v.day, 10) + "-" + v.code }

func dayNumber(now time.Time) int64 { return now.Unix() / int64((24 * time.Hour).Seconds()) }

// visitCode is what only the holder of the key can make of a visit.
func (b Browsers) visitCode(id, name string, day int64) string {
	mac := hmac.New(sha256.New, b.Key)
	fmt.Fprintf(mac, "known browser\x00%s\x00%d\x00%s", id, day, signInKey(name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

func (b Browsers) isSigned(id, name string, v visit) bool {
	return hmac.Equal([]byte(v.code), []byte(b.visitCode(id, name, v.day)))
}

// readBrowser splits a token, without looking at its codes. What is not a token has
// an empty ID.
func readBrowser(token string) (id string, visits []visit) {
	if len(token) > maxBrowserToken {
		return "", nil
	}
	id, rest, _ := strings.Cut(token, ".")
	if len(id) != browserID || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return "", nil
	}
	for part := range strings.SplitSeq(rest, ".") {
		day, code, found := strings.Cut(part, "-")
		n, err := strconv.ParseInt(day, 10, 32)
		if !found || err != nil || len(code) != base64.RawURLEncoding.EncodedLen(16) {
			continue
		}
		visits = append(visits, visit{n, code})
	}
	return id, visits
}
