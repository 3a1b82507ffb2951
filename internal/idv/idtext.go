package idv

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxIDText is the longest text, in bytes, in which FindRecipientIDs looks for IDs.
const MaxIDText = 64 << 10

// FindRecipientIDs returns the different UUIDs that are in a text, such as a
// pasted address, mail or sentence, in their order. It reads past what gateways, mail
// programs and chats do to a text (see decodings), takes every dash, and blanks or
// line breaks within an ID. It returns none for a text without, or longer than
// MaxIDText, and never one of which the digits do not stand there in a row.
func FindRecipientIDs(text string) []RecipientID {
	if len(text) > MaxIDText {
		return nil
	}
	var ids []RecipientID
	for reading := range layeredDecodings(text) {
		for _, digits := range spelledIDs(reading) {
			id, err := ParseRecipientID(digits)
			if err == nil && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// FindRecipientID returns the one ID that is in a text. It returns
// ErrNoRecipientID when there is none, or more than one: which is meant is not ours to
// guess.
func FindRecipientID(text string) (RecipientID, error) {
	ids := FindRecipientIDs(text)
	if len(ids) != 1 {
		return RecipientID{}, ErrNoRecipientID
	}
	return ids[0], nil
}

// spelledIDs returns the 32 digits of each ID that a text spells without any escape.
func spelledIDs(text string) []string {
	plain := plainForm(text)
	tokens := hexTokens(plain, false)
	found := takeIDs(tokens)
	if strings.ContainsRune(plain, hiddenRune) {
		// What nobody sees may also are between two words.
		apart := hexTokens(plain, true)
		found = append(found, takeExact(apart)...)
	}
	return found
}

// The three characters for which all their like are in the plain form of a text.
const (
	dashRune   = '-'
	blankRune  = ' '
	hiddenRune = '\u200b'
)

// plainForm writes compatible characters (full-width and the like) as their plain
// ones, every dash as a hyphen, every blank as a space, and all that cannot be seen as
// one character. Line ends stay.
func plainForm(text string) string {
	if !utf8.ValidString(text) {
		text = fromWindows(text)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r':
			return r
		case r < utf8.RuneSelf && r > ' ' && r != '\x7f':
			return r
		case isDash(r):
			return dashRune
		case unicode.IsSpace(r) || r == '\u2800' || r == '\u2028' || r == '\u2029':
			return blankRune
		case isHidden(r) && !unicode.Is(unicode.Cc, r), unicode.Is(unicode.Variation_Selector, r):
			return hiddenRune
		}
		return r
	}, norm.NFKC.String(text))
}

// isDash reports whether people, keyboards or programs write r where an ID has a
// hyphen: all dashes of Unicode, minus signs, and what looks or is typed like one.
func isDash(r rune) bool {
	switch r {
	case '\u2043', '\u02d7', '\u2796', '\u2052', // bullet, modifier, heavy, commercial
		'\u23af', '\u2500', '\u2501', '\u30fc', '\u3161': // line extension, box drawing, katakana, hangul
		return true
	}
	return unicode.Is(unicode.Dash, r)
}

// fromWindows reads bytes that are not UTF-8 as Windows-1252, which is what mail
// programs mean by them: dashes, blanks and hidden hyphens of it count.
func fromWindows(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			switch r = rune(text[i]); r {
			case 0x96, 0x97:
				r = dashRune
			}
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// hexToken is hexadecimal digits that stand together.
type hexToken struct {
	digits      string
	gap         hexGap // what is before it
	left, right bool   // whether a letter or digit touches it there, so that it is part of another word
	taken       bool   // whether it is part of an ID that was found
}

// hexGap is what is between two tokens.
type hexGap struct {
	dashes, blanks int
	lineEnd        bool // a line ended in it
	soft           bool // it begins with a soft line break of quoted-printable
	other          bool // something else stands there too, so that the tokens do not belong together
}

// maxGap is how many blanks may be in a gap of an ID.
const maxGap = 32

// hexTokens finds the tokens of a plain form. What is hidden lies between tokens or,
// if it does not part them, nowhere.
func hexTokens(plain string, hiddenParts bool) []hexToken {
	var tokens []hexToken
	gap := hexGap{other: true} // the text begins
	word := false              // whether the character before is part of a word
	for i := 0; i < len(plain); {
		if end := hexEnd(plain, i, hiddenParts); end > i {
			next, _ := utf8.DecodeRuneInString(plain[end:])
			token := hexToken{digits: hexDigits(plain[i:end]), gap: gap, left: word, right: isWordRune(next)}
			if n := len(tokens); n > 0 && tokens[n-1].isHexPrefix() && strings.ContainsAny(plain[i-1:i], "xX") {
				token.left = false
			}
			tokens = append(tokens, token)
			gap, word, i = hexGap{}, true, end
			continue
		}
		r, size := utf8.DecodeRuneInString(plain[i:])
		if r != hiddenRune || hiddenParts {
			word = isWordRune(r)
			gap.addRune(r, softBreak(plain[i:]))
		}
		i += size
	}
	return tokens
}

// isHexPrefix reports whether a token can be the zero of 0x, which programs write
// before hexadecimal digits.
func (t hexToken) isHexPrefix() bool { return t.digits == "0" && !t.left && t.right }

// hexEnd returns where the digits that begin at i end.
func hexEnd(plain string, i int, hiddenParts bool) int {
	end := i
	for j := i; j < len(plain); {
		r, size := utf8.DecodeRuneInString(plain[j:])
		j += size
		switch {
		case isHexDigit(r):
			end = j
		case r == hiddenRune && !hiddenParts && end > i:
		default:
			return end
		}
	}
	return end
}

func hexDigits(text string) string {
	return strings.ToLower(strings.ReplaceAll(text, string(hiddenRune), ""))
}

// addRune notes one more sign of a gap.
func (g *hexGap) addRune(r rune, soft bool) {
	switch {
	case r == dashRune:
		g.dashes++
	case r == '\n' || r == '\r':
		g.lineEnd = true
		g.blanks++
	case r == blankRune || r == '+' || r == hiddenRune:
		g.blanks++
	case r == '>' && g.lineEnd: // before the lines of a mail that is answered
		g.blanks++
	default:
		g.soft = g.soft || soft && *g == hexGap{}
		g.other = true
	}
	g.other = g.other || g.blanks > maxGap
}

func softBreak(rest string) bool {
	return strings.HasPrefix(rest, "=\n") || strings.HasPrefix(rest, "=\r\n")
}

func isHexDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F'
}

func isWordRune(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

func (g hexGap) isDash() bool { return g == hexGap{dashes: 1} }

// isLooseDash reports whether a gap is a dash, also a doubled one, with blanks around.
func (g hexGap) isLooseDash() bool { return !g.other && (g.dashes == 1 || g.dashes == 2) }

func (g hexGap) isBlank() bool { return !g.other && g.dashes == 0 }

// idGroups is how many digits each group of an ID has.
var idGroups = [...]int{8, 4, 4, 4, 12}

const idDigits = 32

// takeIDs takes the IDs out of tokens: those that are written as they should be first,
// so that what is beside one is not taken for a part of it.
func takeIDs(tokens []hexToken) []string {
	found := takeExact(tokens)
	for i := range tokens {
		if t := &tokens[i]; !t.taken && len(t.digits) == idDigits && !t.left && !t.right && !t.gap.soft && !(i+1 < len(tokens) && tokens[i+1].gap.soft) {
			t.taken = true
			found = append(found, t.digits)
		}
	}
	return append(found, takeLoose(tokens)...)
}

// takeExact takes IDs in five groups with single dashes between them.
func takeExact(tokens []hexToken) []string {
	var found []string
	for i := 0; i+len(idGroups) <= len(tokens); i++ {
		group := tokens[i : i+len(idGroups)]
		if hasGroups(group, hexGap.isDash) {
			found = append(found, takeDigits(group))
		}
	}
	return found
}

// hasGroups reports whether tokens are the five groups of an ID with such gaps between
// them, and stand alone.
func hasGroups(tokens []hexToken, between func(hexGap) bool) bool {
	for i, t := range tokens {
		if t.taken || len(t.digits) != idGroups[i] || i > 0 && !between(t.gap) {
			return false
		}
	}
	return !tokens[0].left && !tokens[len(tokens)-1].right
}

// takeDigits marks tokens as taken and returns their digits.
func takeDigits(tokens []hexToken) string {
	var digits strings.Builder
	for i := range tokens {
		tokens[i].taken = true
		digits.WriteString(tokens[i].digits)
	}
	return digits.String()
}

// takeLoose takes IDs that have blanks or line breaks in them, out of the tokens that
// are left.
func takeLoose(tokens []hexToken) []string {
	var found []string
	for start := 0; start < len(tokens); {
		end := start + 1
		for end < len(tokens) && !tokens[end].gap.other && !tokens[end].taken {
			end++
		}
		if !tokens[start].taken {
			found = append(found, takeFromRun(tokens[start:end])...)
		}
		start = end
	}
	return found
}

// takeFromRun takes IDs out of tokens between which nothing but dashes and blanks
// stands.
func takeFromRun(run []hexToken) []string {
	parts := dashedParts(run)
	var found []string
	for i := 0; i < len(parts); i++ {
		switch {
		case i+len(idGroups) <= len(parts) && isDashed(parts[i:i+len(idGroups)]):
			first, last := parts[i].lastDigits(idGroups[0]), parts[i+4].firstDigits(idGroups[4])
			found = append(found, takeDigits(first)+takeDigits(parts[i+1])+takeDigits(parts[i+2])+takeDigits(parts[i+3])+takeDigits(last))
			i += len(idGroups) - 2 // what is left of the last part can begin another
		case parts[i].isBlankID():
			found = append(found, takeDigits(parts[i]))
		default:
			found = append(found, takeBlankGroups(parts[i])...)
		}
	}
	return found
}

// dashedPart is tokens with blanks between them and a dash on either side.
type dashedPart []hexToken

func dashedParts(run []hexToken) []dashedPart {
	var parts []dashedPart
	start := 0
	for i := 1; i <= len(run); i++ {
		if i == len(run) || !run[i].gap.isBlank() {
			parts = append(parts, dashedPart(run[start:i]))
			start = i
		}
	}
	return parts
}

// isDashed reports whether five parts are the groups of an ID.
func isDashed(parts []dashedPart) bool {
	for i, part := range parts {
		if i > 0 && !part[0].gap.isLooseDash() {
			return false
		}
		if 0 < i && i < 4 && len(part.firstDigits(idGroups[i])) != len(part) {
			return false
		}
	}
	return parts[0].lastDigits(idGroups[0]) != nil && parts[4].firstDigits(idGroups[4]) != nil
}

// firstDigits returns the first tokens of a part that have n digits together; nil when
// there are none such, or they are part of another word.
func (p dashedPart) firstDigits(n int) []hexToken {
	for i, t := range p {
		if n -= len(t.digits); n <= 0 {
			if n < 0 || t.taken || t.right || p[0].left {
				return nil
			}
			return p[:i+1]
		}
	}
	return nil
}

// lastDigits is firstDigits from the end.
func (p dashedPart) lastDigits(n int) []hexToken {
	for i := len(p) - 1; i >= 0; i-- {
		if n -= len(p[i].digits); n <= 0 {
			if n < 0 || p[i].taken || p[i].left || p[len(p)-1].right {
				return nil
			}
			return p[i:]
		}
	}
	return nil
}

// isBlankID reports whether a part is one ID without dashes, with blanks in it.
func (p dashedPart) isBlankID() bool {
	return len(p) > 1 && len(p.firstDigits(idDigits)) == len(p)
}

// takeBlankGroups takes IDs with blanks in place of their dashes.
func takeBlankGroups(p dashedPart) []string {
	var found []string
	for i := 0; i+len(idGroups) <= len(p); i++ {
		if group := p[i : i+len(idGroups)]; hasGroups(group, hexGap.isBlank) {
			found = append(found, takeDigits(group))
		}
	}
	return found
}
