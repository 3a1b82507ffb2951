package idv

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/rangetable"
)

const otherID = "00000000-0000-4000-8000-000000000001"

func found(text string) []string {
	var got []string
	for _, id := range FindRecipientIDs(text) {
		got = append(got, id.String())
	}
	return got
}

// An ID is found however a gateway, a mail program, a chat or a keyboard wrote it.
func TestFindRecipientIDsAsPeopleHaveThem(t *testing.T) {
	dashes := func(dash string) string { return strings.ReplaceAll(someID, "-", dash) }
	const bare = "7c9e6679742540de944be07fc1f90ae7"
	const mail = "&data=05%7C02%7Cann%40example.org%7C0123456789abcdef0123456789abcdef%7Cfedcba9876543210fedcba9876543210%7C1%7C0%7C638000000000000000%7CUnknown%7CTWFpbGZsb3d8%7C0%7C%7C%7C&sdata=0a%2Bb%3D&reserved=0"
	link := "https://sign.example.org/recipients/" + someID
	safe := "https://eur01.safelinks.protection.outlook.com/?url=" + url.QueryEscape(link) + mail
	for name, text := range map[string]string{
		"percent":                     dashes("%2D"),
		"percent, lower case":         "x%2f" + dashes("%2d") + "%3f",
		"percent three times":         "next=https%25253A%25252F%25252Fexample.org%25252F" + dashes("%25252D"),
		"every byte in percent":       percentOf(someID),
		"a word before, in percent":   "recipients%252F" + someID + "%252Fmedia",
		"escape of JavaScript":        dashes("%u2010"),
		"decimal reference":           dashes("&#45;"),
		"hexadecimal reference":       dashes("&#x2d;"),
		"reference in a reference":    dashes("&amp;#x2D;"),
		"named references":            "&quot;7c9e6679&hyphen;7425&dash;40de&ndash;944b&minus;e07fc1f90ae7&quot;",
		"reference to a soft hyphen":  "7c9e6679-7425-&shy;40de-944b-e07f&ZeroWidthSpace;c1f90ae7",
		"JSON":                        `{"id":"` + dashes(`\u002d`) + `\n"}`,
		"JSON in JSON":                dashes(`\\u002D`),
		"a line end in JSON before":   `"see\n` + someID + `"`,
		"JavaScript":                  dashes(`\x2d`),
		"JavaScript, in braces":       dashes(`\u{2d}`),
		"style sheet":                 dashes(`\00002d`),
		"octal":                       dashes(`\055`),
		"Markdown":                    dashes(`\-`),
		"quoted-printable":            "id=3D" + dashes("=2D"),
		"soft line break":             "recipients/7c9e6679-7425-40de-94=\r\n4b-e07fc1f90ae7",
		"soft line break, no dashes":  "7c9e6679742540de=\n944be07fc1f90ae7",
		"quoted-printable, UTF-8":     dashes("=E2=80=91"),
		"quoted-printable, Windows":   dashes("=96"),
		"quoted-printable in a word":  "=?utf-8?Q?" + dashes("=2D") + "?=",
		"Proofpoint, second":          "https://urldefense.proofpoint.com/v2/url?u=https-3A__sign.example.org_recipients_" + dashes("-2D") + "-3Ftab-3Didv&d=DwMFaQ&c=0123456789abcdef0123456789abcdef&r=x&m=y&s=z&e=",
		"Proofpoint, a part of it":    "org_recipients_" + dashes("-2D"),
		"Proofpoint, escapes in it":   "recipients-252F" + dashes("-252D"),
		"Proofpoint, third":           "https://urldefense.com/v3/__https://sign.example.org/login?next=*2Frecipients*2F" + dashes("*2D") + "__;" + base64.RawURLEncoding.EncodeToString([]byte("%%%%%%")) + "!!Ab0!0123456789abcdef0123456789abcdef$",
		"Proofpoint, third, in a run": "https://urldefense.com/v3/__https://sign.example.org/**A" + someID + "__;" + base64.RawURLEncoding.EncodeToString([]byte("éé")) + "!!Ab0!sig$",
		"Safe Links":                  safe,
		"Safe Links in a page":        "<a href=\"" + html.EscapeString(safe) + "\">Open</a>",
		"Safe Links twice":            "https://eur02.safelinks.protection.outlook.com/?url=" + url.QueryEscape(safe) + mail,
		"Safe Links in an address":    "https://example.org/?next=" + url.QueryEscape(safe),
		"Safe Links, quoted":          "https://eur01.safelinks.protection.outlook.com/?url=3Dhttps%3A%2F%2Fsign.exa=\r\nmple.org%2Frecipients%2F" + someID[:20] + "=\r\n" + someID[20:] + strings.ReplaceAll(mail, "=", "=3D"),
		"a gateway with a UUID":       "https://protect2.fireeye.com/v1/url?k=31323334-501d5122-313273af-454445555731-0000000000000000&q=1&e=" + otherID + "&u=" + url.QueryEscape(link),
		"a gateway in Base64":         "https://eu-west-1.protection.sophos.com/?d=example.org&u=" + base64.StdEncoding.EncodeToString([]byte(link)) + "&h=0123456789abcdef0123456789abcdef",
		"full-width":                  "７ｃ９ｅ６６７９－７４２５－４０ＤＥ－９４４ｂ－ｅ０７ｆｃ１ｆ９０ａｅ７",
		"mathematical digits":         "𝟩𝖼𝟫𝖾𝟨𝟨𝟩𝟫-7425-40de-944b-e07fc1f90ae7",
		"hyphens":                     dashes("\u2010"),
		"non-breaking hyphens":        dashes("\u2011"),
		"figure dashes":               dashes("\u2012"),
		"en dashes":                   dashes("\u2013"),
		"en dashes and blanks":        dashes(" \u2013 "),
		"em dashes":                   dashes("\u2014"),
		"minus signs":                 dashes("\u2212"),
		"superscript minus":           dashes("\u207b"),
		"small hyphens":               dashes("\ufe63"),
		"katakana's long sound":       dashes("\u30fc"),
		"bullets":                     dashes("\u2043"),
		"swung dashes":                dashes("\u2053"),
		"doubled":                     dashes("--"),
		"soft hyphens for dashes":     dashes("\u00ad"),
		"zero-width spaces inside":    strings.Join(strings.Split(someID, ""), "\u200b"),
		"a joiner, a mark, a filler":  "\ufeff7c9e\u200d6679-7425\u2060-40de-94\u034f4b-e07f\ufe0fc1f90ae7\u200f",
		"marks of direction around":   "\u2066" + someID + "\u2069",
		"override around":             "\u202d" + someID + "\u202c",
		"word, then a hidden sign":    "see\u200b" + someID + "\u200bplease",
		"blanks around dashes":        dashes(" - "),
		"no-break spaces":             dashes("\u00a0-\u202f"),
		"blanks for dashes":           dashes(" "),
		"plus signs for blanks":       dashes("+-+"),
		"line break at a dash":        "see 7c9e6679-7425-\r\n40de-944b-e07fc1f90ae7 added",
		"line break in a group":       "7c9e6679-7425-40de-944b-e07fc1\n  f90ae7",
		"line break in an answer":     "> 7c9e6679-7425-40de-\n> 944b-e07fc1f90ae7",
		"line break without dashes":   "id: 7c9e6679742540de\n944be07fc1f90ae7",
		"a hexadecimal word before":   "cafe 7c9e6679 - 7425-40de-944b-e07fc1f90ae7 face",
		"urn":                         "URN:UUID:" + strings.ToUpper(someID),
		"urn in percent":              "urn%3Auuid%3A" + someID,
		"0x":                          "0x" + bare,
		"0X with dashes":              "0X" + strings.ToUpper(someID),
		"braces":                      "{" + strings.ToUpper(someID) + "}",
		"braces, percent":             "%7B" + someID + "%7D",
		"no dashes":                   bare,
		"our own address":             link + "/snapshots/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"chat":                        "<" + link + "|" + someID + ">",
		"dashes of another encoding":  dashes("â€“"),
		"hyphens of another encoding": dashes("â€‘"),
		"blanks of another encoding":  "café – Â " + someID + "Â ",
		"hidden in another encoding":  strings.Join(strings.Split(someID, "-"), "Â\u00ad-"),
		"twice another encoding":      dashes("Ã¢â‚¬â€œ"),
		"Chinese around":              "请看" + someID + "谢谢",
		"page":                        "<td>7c9e6679-<wbr>7425-<wbr/>40de-<span class=\"x\">944b</span>-e07fc1f90ae7</td>",
		"page, escaped":               "7c9e6679-&lt;wbr&gt;7425-40de-944b-e07fc1f90ae7",
		"an ID that looks escaped":    "id=7c9e6679-7425-40de-944b-e07fc1f90ae7&x=%20",
	} {
		if got := found(text); !slices.Equal(got, []string{someID}) {
			t.Errorf("%s: FindRecipientIDs(%q) = %q", name, text, got)
		}
	}
}

// What is no ID is not made one, and of two none is chosen.
func TestFindRecipientIDsGuessesNothing(t *testing.T) {
	const digest = "7c9e6679742540de944be07fc1f90ae77c9e6679742540de944be07fc1f90ae7"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"a digest":                        {digest, nil},
		"a digest in percent":             {percentOf(digest), nil},
		"a digest with a soft hyphen":     {digest[:32] + "\u00ad" + digest[32:], nil},
		"a digest with a zero-width sign": {digest[:32] + "\u200b" + digest[32:], nil},
		"a digest with a soft line break": {digest[:32] + "=\r\n" + digest[32:], nil},
		"a digest in groups":              {"7c9e6679 742540de 944be07f c1f90ae7 7c9e6679 742540de 944be07f c1f90ae7", nil},
		"a digest with dashes":            {"7c9e6679-742540de-944be07f-c1f90ae7-7c9e6679-742540de", nil},
		"a digit too many":                {someID + "0", nil},
		"a digit too many, in percent":    {"%61" + someID, nil},
		"a digit too few":                 {someID[1:], nil},
		"a digit too few, and words":      {someID[1:] + " of the case", nil},
		"a Cyrillic letter":               {strings.Replace(someID, "c", "с", 1), nil},
		"within a word":                   {"x" + someID + "x", nil},
		"nobody's":                        {"00000000%2D0000-0000-0000-000000000000", nil},
		"groups in a wrong order":         {"7425-7c9e6679-40de-944b-e07fc1f90ae7", nil},
		"other signs for dashes":          {strings.ReplaceAll(someID, "-", "/"), nil},
		"two, one of them escaped":        {someID + " or " + strings.ReplaceAll(otherID, "-", "%2D"), []string{someID, otherID}},
		"two in one address":              {"https://example.org/" + someID + "?next=https%3A%2F%2Fexample.org%2F" + otherID, []string{someID, otherID}},
		"two, a hidden sign between":      {someID + "\u200b" + otherID, []string{someID, otherID}},
		"two, blanks in both":             {strings.ReplaceAll(someID+" "+otherID, "-", " - "), []string{someID, otherID}},
		"the same twice":                  {someID + " = " + strings.ToUpper(someID) + " = " + strings.ReplaceAll(someID, "-", "&#45;"), []string{someID}},
		"too long a text":                 {someID + strings.Repeat(" ", MaxIDText), nil},
	} {
		if got := found(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: FindRecipientIDs(%q) = %q, want %q", name, test.text, got, test.want)
		}
	}
}

func percentOf(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02x", text[i])
	}
	return b.String()
}

// idSpellings are ways to write an ID; idEncodings are what is done to a text on its
// way, and can be done to one another's outcome.
var (
	idSpellings = []func(string) string{
		func(id string) string { return id },
		strings.ToUpper,
		func(id string) string { return "{" + id + "}" },
		func(id string) string { return "urn:uuid:" + id },
		func(id string) string { return "0x" + strings.ReplaceAll(id, "-", "") },
		func(id string) string { return strings.ReplaceAll(id, "-", "\u2013") },
		func(id string) string { return strings.ReplaceAll(id, "-", " \u2212\u00a0") },
		func(id string) string { return "\u2068" + strings.Join(strings.Split(id, ""), "\u200b") + "\u2069" },
		func(id string) string { return "https://sign.example.org/recipients/" + id + "?tab=idv#top" },
		func(id string) string { return id[:30] + "\r\n" + id[30:] },
		func(id string) string {
			return strings.Map(func(r rune) rune { return r - '!' + '！' }, id)
		},
	}
	idEncodings = []func(string) string{
		percentOf,
		func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "-", "%2D") },
		func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "-", "&#45;") },
		func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "-", "&#x2d;") },
		func(s string) string { return "id=" + strings.ReplaceAll(fmt.Sprintf("%+q", s), "-", `\u002d`) },
		func(s string) string {
			return strings.NewReplacer(`\`, `\\`, `'`, `\'`, "-", `\x2d`, "\n", `\n`, "\r", `\r`).Replace(s)
		},
		func(s string) string { return quoteBytes(s, '=', "") },
		func(s string) string {
			return "https://urldefense.proofpoint.com/v2/url?u=http-3A__example.org_" + quoteBytes(s, '-', "") + "&d=0123456789abcdef0123456789abcdef"
		},
		func(s string) string { return quoteBytes(s, '-', "") },
		func(s string) string {
			return "https://nam02.safelinks.protection.outlook.com/?url=" + url.QueryEscape("https://example.org/"+s) + "&data=1%7C0123456789abcdef0123456789abcdef%7C0"
		},
		func(s string) string { return "<p>" + html.EscapeString(s) + "</p>" },
	}
)

// quoteBytes writes all but letters, digits and some signs by their number.
func quoteBytes(text string, sign byte, keep string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; isWordRune(rune(c)) || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%c%02X", sign, c)
		}
	}
	return b.String()
}

// Whatever was done to a text with one ID in it, that one is found and no other.
func FuzzEncodedRecipientID(f *testing.F) {
	for i := range idSpellings {
		for j := range idEncodings {
			f.Add([]byte("|\x9ef\x79t%@\xde\x94K\xe0\x7f\xc1\xf9\x0a\xe7"), uint8(i), []byte{byte(j), byte(i), byte(j + i)})
		}
	}
	f.Fuzz(func(t *testing.T, id []byte, spelling uint8, encodings []byte) {
		if len(id) != 16 || strings.Trim(string(id), "\x00") == "" || len(encodings) > 4 {
			return
		}
		want := fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
		text := idSpellings[int(spelling)%len(idSpellings)](want)
		for _, e := range encodings {
			text = idEncodings[int(e)%len(idEncodings)](text)
		}
		if got := found(text); len(text) <= MaxIDText && !slices.Equal(got, []string{want}) {
			t.Errorf("FindRecipientIDs(%q) = %q, want %q", text, got, want)
		}
	})
}

// The digits of an ID that is found in a text without escapes stand there in a row.
func FuzzFindRecipientIDs(f *testing.F) {
	for _, spell := range idSpellings {
		f.Add("cafe " + spell(someID) + " or " + spell(otherID))
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids := FindRecipientIDs(text)
		if strings.ContainsAny(text, `%&\=<`) || proofpointEscape.MatchString(plainForm(text)) {
			return // FuzzEncodedRecipientID
		}
		row := strings.Map(func(r rune) rune {
			if !isHexDigit(r) {
				return -1
			}
			return r
		}, strings.ToLower(plainForm(text)))
		for _, id := range ids {
			if !strings.Contains(row, strings.ReplaceAll(id.String(), "-", "")) {
				t.Errorf("FindRecipientIDs(%q) has %s, which does not stand there", text, id)
			}
		}
	})
}

// Every dash of Unicode stands for a hyphen, and no sign that nobody sees keeps an ID from
// being found.
func TestFindRecipientIDsWithEverySign(t *testing.T) {
	groups := strings.Split(someID, "-")
	each := func(table *unicode.RangeTable, write func(sign string) string) {
		rangetable.Visit(table, func(r rune) {
			if text := write(string(r)); !slices.Equal(found(text), []string{someID}) {
				t.Errorf("with U+%04X: FindRecipientIDs(%q) = %q", r, text, found(text))
			}
		})
	}
	each(unicode.Dash, func(sign string) string { return strings.Join(groups, sign) })
	each(unicode.Cf, func(sign string) string { return sign + strings.Join(strings.Split(someID, ""), sign) + sign })
	each(unicode.Variation_Selector, func(sign string) string { return groups[0] + sign + someID[8:] + sign })
	each(unicode.Zs, func(sign string) string { return sign + strings.Join(groups, sign+"-"+sign) + sign })
	each(unicode.Zs, func(sign string) string { return strings.Join(groups, sign) })
}
