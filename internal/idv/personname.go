package idv

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxComparedName is the longest name, in bytes, that is compared word by word.
const maxComparedName = 1 << 10

// compareNames compares two names of a person. Beside what Compare takes for the same it
// takes names in another order, double names written as one, and letters written out as
// travel documents do, such as OE for Ö. Names in different scripts that do not give each
// other by these rules are not compared: there are many ways to write one in the other.
func compareNames(a, b string) TextComparison {
	first, second := plainWords(a, nameAbbreviations), plainWords(b, nameAbbreviations)
	l := comparedTextOfWords(a, first).compareTo(comparedTextOfWords(b, second))
	if l != Differs || len(first) == 0 || len(second) == 0 || len(a) > maxComparedName || len(b) > maxComparedName {
		return l
	}
	if isInterchangeable(latinWords(first), latinWords(second)) {
		return Alike
	}
	if isOtherScript(a, b) {
		return OtherScript
	}
	return Differs
}

// nameAbbreviations are usual in names.
var nameAbbreviations = map[string]string{"saint": "st", "sainte": "ste"}

// latinWord is a word in the letters of machine-readable zones, in the two ways in which
// these write letters that are not among them.
type latinWord struct{ short, long string } // MULLER, MUELLER

func (w latinWord) matches(other latinWord) bool {
	return w.short == other.short || w.long == other.long || w.short == other.long || w.long == other.short
}

func latinWords(words []string) []latinWord {
	var list []latinWord
	for _, word := range words {
		list = append(list, latinWordOf(norm.NFC.String(word)))
	}
	return list
}

func latinWordOf(word string) latinWord {
	cyrillic := isAllIn(word, unicode.Cyrillic)
	var short, long strings.Builder
	for _, r := range word {
		written, known := latinLetters[r]
		if latin, ok := cyrillicLetters[r]; ok && cyrillic {
			written, known = [2]string{latin, latin}, true
		}
		if !known {
			written = [2]string{string(r), string(r)}
		}
		short.WriteString(written[0])
		long.WriteString(written[1])
	}
	return latinWord{withoutAccents(short.String()), withoutAccents(long.String())}
}

// isInterchangeable reports whether two names have the same words in any order, where a
// word of one may be several of the other, as in ANNAMARIA for Anna-Maria.
func isInterchangeable(a, b []latinWord) bool {
	return isAnyOf(joinedWays(a), b) || isAnyOf(joinedWays(b), a)
}

func isAnyOf(ways [][]latinWord, words []latinWord) bool {
	for _, way := range ways {
		if haveSameWords(way, words) {
			return true
		}
	}
	return false
}

func haveSameWords(a, b []latinWord) bool {
	if len(a) != len(b) {
		return false
	}
	taken := make([]bool, len(b))
	for _, word := range a {
		found := false
		for i := range b {
			if !taken[i] && word.matches(b[i]) {
				taken[i], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// maxJoined is of how many words all joined ways are tried: there are 2 to that power.
const maxJoined = 8

// joinedWays returns the words as they are, and with neighbours joined in every way.
func joinedWays(words []latinWord) [][]latinWord {
	if len(words) > maxJoined {
		return [][]latinWord{words}
	}
	ways := [][]latinWord{words[:1]}
	for _, word := range words[1:] {
		var longer [][]latinWord
		for _, way := range ways {
			last := way[len(way)-1]
			apart := append(way[:len(way):len(way)], word)
			joined := append(way[:len(way)-1:len(way)-1], latinWord{last.short + word.short, last.long + word.long})
			longer = append(longer, apart, joined)
		}
		ways = longer
	}
	return ways
}

// isOtherScript reports whether one of two texts is written in Latin letters and the other
// without any.
func isOtherScript(a, b string) bool {
	return isAllIn(a, unicode.Latin) && !isPartlyIn(b, unicode.Latin) || isAllIn(b, unicode.Latin) && !isPartlyIn(a, unicode.Latin)
}

// isAllIn reports whether a text has letters, and all of them in a script.
func isAllIn(text string, script *unicode.RangeTable) bool {
	foreign := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(script, r) }
	return isPartlyIn(text, script) && !strings.ContainsFunc(text, foreign)
}

func isPartlyIn(text string, script *unicode.RangeTable) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && unicode.Is(script, r) })
}

// latinLetters are Latin letters beyond A to Z in the two ways in which travel documents
// write them; those of which only the accent goes are not among them. Source: ICAO Doc
// 9303, part 3, section 6, table A.
var latinLetters = map[rune][2]string{
	'ä': {"a", "ae"}, 'å': {"a", "aa"}, 'æ': {"ae", "ae"}, 'ð': {"d", "d"}, 'đ': {"d", "d"},
	'ə': {"e", "e"}, 'ħ': {"h", "h"}, 'ı': {"i", "i"}, 'ĸ': {"q", "k"}, 'ł': {"l", "l"}, 'ŋ': {"n", "n"},
	'ö': {"o", "oe"}, 'ø': {"o", "oe"}, 'œ': {"oe", "oe"}, 'ß': {"ss", "ss"}, 'þ': {"th", "th"},
	'ŧ': {"t", "t"}, 'ü': {"u", "ue"},
}

// cyrillicLetters are Cyrillic letters in Latin ones. Source: the same, table B.
var cyrillicLetters = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'ѓ': "g", 'д': "d", 'ђ': "d", 'е': "e", 'ё': "e", 'є': "ie",
	'ж': "zh", 'з': "z", 'ѕ': "dz", 'и': "i", 'і': "i", 'ї': "i", 'й': "i", 'ј': "j", 'к': "k", 'ќ': "k", 'л': "l",
	'љ': "lj", 'м': "m", 'н': "n", 'њ': "nj", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'ћ': "c", 'у': "u",
	'ў': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'џ': "dz", 'ш': "sh", 'щ': "shch", 'ъ': "ie", 'ы': "y",
	'ь': "", 'э': "e", 'ю': "iu", 'я': "ia",
}
