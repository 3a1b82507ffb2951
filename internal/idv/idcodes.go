package idv

import (
	"encoding/base64"
	"html"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Limits of what is decoded to find an ID.
const (
	maxDecodings = 16      // one within the other
	maxBranches  = 24      // ways to read a text of which more than one may be meant
	maxDecoded   = 2 << 20 // bytes in all
)

// layeredDecodings yields a text as it stands, and then as it reads with one layer after the
// other taken off of what gateways, mail programs and chats put around addresses:
// percent-encoding, character references, backslash escapes, UTF-8 that was taken for
// another encoding, links that wrap another link, quoted-printable, Proofpoint's own
// notation, tags.
//
// Most of these are known by their look and are simply taken off. The last three are
// not: "id=7c…" and "-2d…" occur in plain text too. There the text is read both ways,
// which adds readings and takes none away.
func layeredDecodings(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		budget := maxDecoded
		seen := map[string]bool{}
		branches := []string{text}
		for i := 0; i < len(branches); i++ {
			reading := branches[i]
			for range maxDecodings {
				if budget -= len(reading); seen[reading] || budget < 0 {
					break
				}
				seen[reading] = true
				if unwrapped := unwrapLinks(reading); unwrapped != reading {
					reading = unwrapped
					continue // the wrapping has IDs of its own
				}
				if !yield(reading) {
					return
				}
				reading = takeOffEscapes(reading)
			}
			for _, decode := range []func(string) string{unquotePrintable, unquoteProofpoint, dropTags} {
				if other := decode(reading); !seen[other] && !slices.Contains(branches, other) && len(branches) < maxBranches {
					branches = append(branches, other)
				}
			}
		}
	}
}

// takeOffEscapes takes off one layer of escapes that are known by their look.
func takeOffEscapes(text string) string {
	if strings.Contains(text, "%") {
		text = percentEscape.ReplaceAllStringFunc(text, func(escape string) string {
			return namedCharacter(escape[1:])
		})
	}
	text = html.UnescapeString(text)
	text = beyondASCII.ReplaceAllStringFunc(text, rereadUTF8)
	if strings.Contains(text, `\`) {
		text = backslashEscape.ReplaceAllStringFunc(text, unescapeBackslash)
	}
	return text
}

var beyondASCII = regexp.MustCompile(`[^\x00-\x7F]+`)

// rereadUTF8 reads UTF-8 that a mail program took for Windows-1252: "â€“" is a dash.
func rereadUTF8(text string) string {
	again, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil || !utf8.ValidString(again) {
		return text
	}
	return again
}

// The escapes of addresses, JavaScript's escape among them, and those of JSON,
// programming languages, style sheets (for a hyphen alone) and chats, which put a
// backslash before any character.
var (
	percentEscape   = regexp.MustCompile(`%(?:[uU][0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})`)
	backslashEscape = regexp.MustCompile(`\\(?:u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|055|0{0,4}2[dD] |00002[dD]|[ntr]|[!-/:-@\[-` + "`" + `{-~])`)
)

func unescapeBackslash(escape string) string {
	switch rest := escape[1:]; rest[0] {
	case 'u', 'U', 'x':
		return namedCharacter(strings.Trim(rest, "uUx{}"))
	case 'n', 't', 'r':
		return " "
	case '0', '2':
		return "-"
	default:
		return rest
	}
}

// namedCharacter returns what a number names: a byte for two digits, a character for more.
func namedCharacter(number string) string {
	number = strings.TrimLeft(number, "uU")
	value, err := strconv.ParseUint(number, 16, 32)
	if err != nil || value > utf8.MaxRune {
		return " "
	}
	if len(number) == 2 {
		return string([]byte{byte(value)})
	}
	return string(rune(value))
}

// unquotePrintable takes quoted-printable off. Source: RFC 2045, 6.7.
func unquotePrintable(text string) string {
	if !strings.Contains(text, "=") {
		return text
	}
	return quotedPrintable.ReplaceAllStringFunc(text, func(escape string) string {
		if strings.HasSuffix(escape, "\n") {
			return ""
		}
		return namedCharacter(escape[1:])
	})
}

var quotedPrintable = regexp.MustCompile(`=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)`)

// unquoteProofpoint reads the notation of Proofpoint's older links outside of one, in
// which a hyphen stands for a percent sign. It escapes no letter and no digit.
// Source: Proofpoint, URL Defense decoder.
func unquoteProofpoint(text string) string {
	return proofpointEscape.ReplaceAllStringFunc(text, func(escape string) string {
		if plain := namedCharacter(escape[1:]); !isWordRune(rune(plain[0])) {
			return plain
		}
		return escape
	})
}

var proofpointEscape = regexp.MustCompile(`-[0-9A-Fa-f]{2}`)

// dropTags takes the tags of a web page out of its text.
func dropTags(text string) string { return tag.ReplaceAllString(text, "\u200b") }

var tag = regexp.MustCompile(`</?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>]{0,512})?/?>`)

// unwrapLinks puts the link that another one wraps in its place: the wrapping of a
// gateway holds IDs of its own, of the mail, its reader and their company.
func unwrapLinks(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	text = proofpointLink.ReplaceAllStringFunc(text, unwrapProofpoint)
	return gatewayLink.ReplaceAllStringFunc(text, unwrapGateway)
}

// The links of gateways, and which of them has Proofpoint's second notation. In
// quoted-printable a line may end within one.
var (
	proofpointLink   = regexp.MustCompile(`(?i)https?://urldefense\.(?:proofpoint\.)?[a-z]+/v3/__(?:=\r?\n|[^\s"'<>])*?__;[A-Za-z0-9_=-]*!(?:=\r?\n|[^\s"'<>])*`)
	secondProofpoint = regexp.MustCompile(`(?i)^https?://urldefense\.(?:proofpoint\.)?[a-z]+/v2/`)
	gatewayLink      = regexp.MustCompile(`(?i)https?://(?:(?:[^\s"'<>/?]*\.)?(?:urldefense|safelinks|fireeye|trellix|cudasvc|trendmicro|symantec|sophos)\.|[^\s"'<>?]*/safelinks/)(?:=\r?\n|[^\s"'<>?])*\?(?:=\r?\n|[^\s"'<>])*`)
)

// unwrapGateway returns the link that a gateway's link has in its query.
func unwrapGateway(link string) string {
	_, query, _ := strings.Cut(link, "?")
	for range maxDecodings { // a page's references would part the fields elsewhere
		if !strings.Contains(query, "&amp;") && !strings.Contains(query, "&#") {
			break
		}
		query = html.UnescapeString(query)
	}
	for field := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(field, "=")
		switch strings.ToLower(name) {
		case "url", "u", "a":
			return " " + wrappedLink(value, secondProofpoint.MatchString(link)) + " "
		}
	}
	return link
}

// wrappedLink returns the link that a value of a query is; the value itself where it has
// another escape around it, which is still to come off.
func wrappedLink(value string, proofpoint bool) string {
	inner := value
	if proofpoint {
		inner = strings.NewReplacer("-", "%", "_", "/").Replace(value)
	}
	inner = percentEscape.ReplaceAllStringFunc(inner, func(escape string) string { return namedCharacter(escape[1:]) })
	if strings.Contains(inner, "://") {
		return inner
	}
	bare := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(inner)
	decoded, err := base64.RawURLEncoding.DecodeString(bare)
	if err == nil && strings.Contains(string(decoded), "://") {
		return string(decoded)
	}
	return value
}

// unwrapProofpoint returns the link in one of Proofpoint's third version: characters
// that stand as asterisks there follow behind it, in Base64.
// Source: Proofpoint, URL Defense decoder.
func unwrapProofpoint(link string) string {
	_, rest, _ := strings.Cut(link, "/v3/__")
	end := strings.LastIndex(rest, "__;")
	inner, code := rest[:end], rest[end+len("__;"):]
	code, _, _ = strings.Cut(code, "!")
	replaced, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(code, "="))
	if err != nil {
		return " " + inner + " "
	}
	if unescaped, err := url.PathUnescape(inner); err == nil {
		inner = unescaped
	}
	return " " + fillAsterisks(inner, []rune(string(replaced))) + " "
}

// runLengths are the letters that say how many characters two asterisks stand for,
// from two on.
const runLengths = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// fillAsterisks puts the characters that were replaced back in.
func fillAsterisks(text string, replaced []rune) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '*' {
			b.WriteByte(text[i])
			continue
		}
		n := 1
		if i+2 < len(text) && text[i+1] == '*' && strings.IndexByte(runLengths, text[i+2]) >= 0 {
			n = strings.IndexByte(runLengths, text[i+2]) + 2
			i += 2
		}
		n = min(n, len(replaced))
		b.WriteString(string(replaced[:n]))
		replaced = replaced[n:]
	}
	return b.String()
}
