package pdf

import (
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"countersign/internal/pdf/typeface"
)

// scripts are names and words as people write them, those with marks as they are typed.
var scripts = map[string]string{
	"Vietnamese":            "Nguyễn Thị Hương",
	"Vietnamese, in parts":  "Nguye\u0302\u0303n Thi\u0323 Hu\u031bo\u031bng",
	"accents by themselves": "Jose\u0301 Mu\u0308ller",
	"not to be composed":    "x\u0323\u0302yz m\u0303",
	"Azerbaijani":           "Əliyev İlham",
	"African":               "Ŋ\u0300wɛ\u0301 Ɔ\u0301kɔ",
	"Greek":                 "Γεώργιος Παπαδόπουλος ᾧ",
	"Cyrillic":              "Юлия Ёжикова, Ґалаґан, Ӣброҳим",
	"Armenian":              "Արմեն Սարգսյան",
	"Georgian":              "გიორგი მარგველაშვილი ᲒᲘᲝᲠᲒᲘ",
	"Hebrew":                "יוסף בן־דוד כהן",
	"Hebrew with points":    "יוֹסֵף בֶּן־דָּוִד",
	"Arabic":                "محمد عبد الله الراشدي لا الإسلام",
	"Arabic with vowels":    "مُحَمَّدٌ",
	"Persian":               "علی\u200cرضا پورحسینی گچ",
	"Urdu":                  "محمد اقبال ٹڈے",
	"Uighur":                "ئابلىكىم ھۈسەيىن",
	"Syriac":                "ܝܘܣܦ",
	"Thaana":                "މުޙައްމަދު",
	"N'Ko":                  "ߒߞߏ",
	"Adlam":                 "𞤀𞤁𞤂𞤢𞤥",
	"Chinese":               "王小明、張偉，歐陽娜娜",
	"Chinese, rare":         "𠮷田 㐂 堃喆 〇",
	"Japanese":              "山田太郎 やまだ たろう ヤマダ・タロー 髙橋 﨑",
	"compatible forms":      "福 神 ｶﾅ Ａ",
	"Korean":                "김민준 박서연 힣뷁",
	"Korean, in parts":      "\u1112\u1161\u11ab\u1100\u1173\u11af",
	"Bopomofo":              "ㄅㄆㄇ",
	"Thai":                  "สมชาย ใจดี น้ำ ผู้หญิง ปู่",
	"Lao":                   "ສົມສັກ ປູ່ ນ້ຳ",
	"vowels behind a space": "ແໜ ຳ ก ำ",
	"Khmer":                 "ស្រីមុំ កម្ពុជា",
	"Burmese":               "အောင်ဆန်းစုကြည်",
	"Tibetan":               "བསྟན་འཛིན་རྒྱ་མཚོ་",
	"Hindi":                 "प्रियंका शर्मा कृष्ण हिन्दी क्षत्रिय र्क क़",
	"Hindi with a joiner":   "क्\u200dष र्\u200dय",
	"Bengali":               "শ্রেয়া ঘোষাল কৃষ্ণ",
	"Punjabi":               "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
	"Gujarati":              "ગુજરાતી શ્રી",
	"Odia":                  "ଓଡ଼ିଆ ଶ୍ରୀ",
	"Tamil":                 "தமிழ்செல்வன் கோபாலகிருஷ்ணன்",
	"Telugu":                "శ్రీనివాస రావు",
	"Kannada":               "ಶ್ರೀನಿವಾಸ ಗೌಡ",
	"Malayalam":             "ശ്രീകുമാർ നായർ",
	"Sinhala":               "ශ්\u200dරී ලංකා සිංහල",
	"Amharic":               "አበበ ቢቂላ",
	"Cherokee":              "ᏣᎳᎩ",
	"Inuktitut":             "ᐃᓄᒃᑎᑐᑦ",
	"Mongolian":             "ᠮᠣᠩᠭᠣᠯ",
	"Tamazight":             "ⵜⴰⵎⴰⵣⵉⵖⵜ",
	"Javanese":              "ꦗꦮ",
	"Balinese":              "ᬩᬮᬶ",
	"Meitei":                "ꯃꯤꯇꯩ",
	"Yi":                    "ꆈꌠ",
	"signs":                 "→ ✓ ☎ ≤ ① № ™ ½ € ₪ ₹ ₩ ฿",
}

// Every name is on the paper as it was written, in composed letters: to be seen, without a
// glyph that stands for a missing one, and to be found by a program.
func TestScripts(t *testing.T) {
	for name, text := range scripts {
		t.Run(name, func(t *testing.T) {
			d := document(Text(text), Facts{{"Name", text}}, Preformatted(text), Table{Rows: [][]string{{text}}})
			d.Title, d.Sections[0].Heading = text, text
			s := laid(t, d)
			for _, m := range s.pages[0].ops {
				checkGlyphs(t, m.style, m.line)
			}
			want, n := composed(text), 0
			for _, line := range read(t, d)[0] {
				if line == want {
					n++
				}
			}
			if n != 6 {
				t.Errorf("%q is there %d times, want 6: %q", want, n, read(t, d)[0])
			}
		})
	}
}

// Characters of all fonts in any order are drawn, none of them by the character for a
// missing glyph, and read back as they are.
func TestAnyOrder(t *testing.T) {
	s := newStyles().text
	signs := map[string][]rune{} // by font, marks first
	marks := map[string]int{}
	for r := rune(' '); r < 0x20000; r++ {
		if found := s.set.Find(s.look, r); found.Face != nil && unicode.Is(unicode.M, r) {
			signs[found.Name] = append(signs[found.Name], r)
			marks[found.Name]++
		}
	}
	for r := rune(' '); r < 0x20000; r++ {
		if found := s.set.Find(s.look, r); found.Face != nil && !unicode.Is(unicode.M, r) {
			signs[found.Name] = append(signs[found.Name], r)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	others := []rune{' ', '\u200c', '\u200d', 'a', '1', '(', 'א', 'ع', '中'}
	for _, name := range slices.Sorted(maps.Keys(signs)) {
		var text []rune
		for range 150 {
			from := signs[name]
			if marks[name] > 0 && random.IntN(3) == 0 {
				from = from[:marks[name]]
			}
			text = append(text, from[random.IntN(len(from))])
			if random.IntN(6) == 0 {
				text = append(text, others[random.IntN(len(others))])
			}
		}
		for _, l := range s.breakLines(string(text), 200) {
			checkGlyphs(t, s, l)
		}
		pages := read(t, document(Text(text)))
		got := strings.Join(pages[0][2:len(pages[0])-2], "")
		if want := s.spellOut(string(text)); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s: %+q reads %+q", name, want, got)
		}
	}
}

func checkGlyphs(t *testing.T, s style, l line) {
	t.Helper()
	for _, part := range s.visualParts(l) {
		for _, c := range part.clusters {
			if slices.ContainsFunc(c.Glyphs, func(g typeface.Placed) bool { return g.Glyph == 0 }) {
				t.Errorf("a sign of %+q is missing", l.text)
			}
		}
	}
}

// composed is a text in form NFC, but with the Han characters that people tell apart.
func composed(text string) string {
	return strings.NewReplacer("\u0000福", "福", "\u0000神", "神").Replace(norm.NFC.String(strings.NewReplacer("福", "\u0000福", "神", "\u0000神").Replace(text)))
}

// A line in which there are names of both directions is drawn in the order of the Unicode
// Standard, and said in the order of reading.
func TestDirections(t *testing.T) {
	tests := []struct{ name, text, drawn string }{
		{"Hebrew in English", "the name אבג here", "the name גבא here"},
		{"with a number behind", "by אבג, 4 May", "by 4 ,גבא May"},
		{"set apart", "by " + IsolateDirection("אבג") + ", 4 May", "by גבא, 4 May"},
		{"set apart, English inside", "by " + IsolateDirection("אב x ג") + ", 4 May", "by ג x בא, 4 May"},
		{"two set apart", IsolateDirection("אב") + ": " + IsolateDirection("גד"), "בא: דג"},
		{"set apart in Hebrew", "אבג " + IsolateDirection("x 1, א") + " דה", "הד x 1, א גבא"},
		{"English in Hebrew", "אבג abc דהו", "והד abc גבא"},
		{"digits", "אבג 12/05/2026 דה", "הד 12/05/2026 גבא"},
		{"Latin behind a number", "x אב123abc", "x 123באabc"},
		{"Arabic digits before Hebrew", "abc١٢٣אב", "abcבא١٢٣"},
		{"brackets", "אב (גד) x", "x (דג) בא"},
		{"English alone", "a (b) 1", "a (b) 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStyles().text
			lines := s.breakLines(tt.text, 400)
			var drawn strings.Builder
			for _, part := range s.visualParts(lines[0]) {
				if !part.shaped {
					drawn.WriteString(string(part.runes[part.start:part.end]))
				}
				for _, c := range part.clusters {
					drawn.WriteRune(mirrored(part.runes[c.Start], part.level%2 == 1))
				}
			}
			if drawn.String() != tt.drawn {
				t.Errorf("%q is drawn as %q, want %q", tt.text, drawn.String(), tt.drawn)
			}
			if line := read(t, document(Text(tt.text)))[0][2]; line != withoutIsolates(tt.text) {
				t.Errorf("%q reads %q", tt.text, line)
			}
		})
	}
}

func mirrored(r rune, leftwards bool) rune {
	switch {
	case leftwards && r == '(':
		return ')'
	case leftwards && r == ')':
		return '('
	}
	return r
}

// A line of Hebrew or Arabic begins on the right; beside a label it is where others are.
func TestBeginsOnTheRight(t *testing.T) {
	s := laid(t, document(Text("שלום"), Facts{{"Name", "שלום"}, {"Note", strings.Repeat("שלום ", 50)}}))
	var ends []float64
	for _, m := range s.pages[0].ops {
		if strings.HasPrefix(m.line.text, "שלום") {
			ends = append(ends, m.x+m.style.lineWidth(m.line))
		}
	}
	if right := margin + width; len(ends) < 4 || ends[0] < right-0.1 || ends[1] > right-100 || ends[2] < right-0.1 {
		t.Errorf("the lines end at %v", ends)
	}
}

// Scripts without spaces are broken between words where the Unicode Standard has it, or
// else between letters, never before a mark, a small vowel or a closing bracket.
func TestBrokenWithoutSpaces(t *testing.T) {
	for name, text := range map[string]string{
		"Thai":    strings.Repeat("ผู้ตรวจสอบยืนยันว่าเอกสารเป็นของจริงน้ำปู่", 20),
		"Chinese": "Note: " + strings.Repeat("审查员确认（该文件）是真实的，照片与本人一致。", 20),
		"Hindi":   strings.Repeat("क्षत्रियकृष्णप्रियंका", 30),
		"Khmer":   strings.Repeat("ស្រីមុំកម្ពុជា", 30),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStyles().text
			lines := s.breakLines(text, 300)
			if len(lines) < 3 || strings.ReplaceAll(strings.Join(texts(lines), ""), " ", "") != strings.ReplaceAll(composed(text), " ", "") {
				t.Fatalf("%d lines: %q", len(lines), texts(lines))
			}
			for i, l := range lines {
				first := []rune(l.text)[0]
				if unicode.Is(unicode.M, first) || strings.ContainsRune("，。）ำ", first) {
					t.Errorf("line %d begins with %q", i, first)
				}
				if length := s.lineWidth(l); length > 301 || i < len(lines)-1 && length < 200 {
					t.Errorf("line %d is %.1f points wide", i, length)
				}
			}
		})
	}
}

// A text that is measured in portions is broken as if it was not.
func TestPortions(t *testing.T) {
	s := newStyles().text
	for name, text := range map[string]string{
		"words":   strings.Repeat("Some words, of a usual length. ", 3000),
		"digits":  strings.Repeat("0123456789abcdef", 6000),
		"accents": strings.Repeat("m\u0303", 30_000),
		"Arabic":  strings.Repeat("محمد عبد الله ", 5000),
	} {
		lines := texts(s.breakLines(text, 400))
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(s.spellOut(text), " ", "") {
			t.Errorf("%s: text is lost", name)
		}
		for i, l := range lines[:len(lines)-1] {
			if n := len(l); n < len(lines[0])/2 {
				t.Errorf("%s: line %d of %d is only %q", name, i, len(lines), l)
			}
		}
	}
}

// What pdftotext finds in a file is what was written.
func TestPoppler(t *testing.T) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("no pdftotext on this machine")
	}
	noPoppler := []string{"vowels behind a space", "N'Ko", "Adlam", "signs", "Korean, in parts", "compatible forms"} // it does not turn these scripts round, or takes wide gaps for columns
	for name, text := range scripts {
		if slices.Contains(noPoppler, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			out, err := document(Text(text), Facts{{"By", IsolateDirection(text) + ", reviewer"}}).PDF()
			if err != nil {
				t.Fatal(err)
			}
			command := exec.Command(program, "-", "-")
			command.Stdin = strings.NewReader(string(out))
			found, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(withoutDirections(string(found)), withoutDirections(composed(text))); n != 2 {
				t.Errorf("%q is found %d times, want 2: %q", composed(text), n, found)
			}
		})
	}
}

// withoutDirections is a text without the characters by which pdftotext tells its direction.
func withoutDirections(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text)
}
