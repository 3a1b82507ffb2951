package idv

import (
	"strconv"
	"strings"
)

// maxWhole is how many digits a number may have before its point without being
// written with an exponent: those of any 64-bit number.
const maxWhole = 20

// canonicalNumber returns the canonical form of a JSON number: one text for one value,
// exactly, so that 2, 2.0 and 0.2e1 are not a change. It takes no detour through
// floating point, in which different numbers become the same.
func canonicalNumber(text string) string {
	if isPlain(text) {
		return text
	}
	sign, rest := "", text
	if rest[0] == '-' {
		sign, rest = "-", rest[1:]
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(rest), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	point, ok := shiftExponent(exponent, len(digits)-len(fraction))
	if !ok {
		return text
	}
	return sign + decimalText(strings.TrimRight(digits, "0"), point)
}

// isPlain reports whether the text is a short whole number, which has one form only.
func isPlain(text string) bool {
	return len(text) <= maxWhole && text != "-0" && !strings.ContainsAny(text, ".eE")
}

// shiftExponent adds by to an exponent; one that is beyond all sense is left alone.
func shiftExponent(exponent string, by int) (int, bool) {
	if exponent == "" {
		return by, true
	}
	e, err := strconv.ParseInt(exponent, 10, 32)
	return int(e) + by, err == nil
}

// decimalText writes the digits with the point behind the first so many of them, or
// with an exponent where that would need zeros in plenty.
func decimalText(digits string, point int) string {
	n := len(digits)
	switch {
	case point > maxWhole || point < -maxWhole:
		text := digits[:1]
		if n > 1 {
			text += "." + digits[1:]
		}
		return text + "e" + strconv.Itoa(point-1)
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits
	case point >= n:
		return digits + strings.Repeat("0", point-n)
	}
	return digits[:point] + "." + digits[point:]
}
