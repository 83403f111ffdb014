package shape

import (
	"unicode/utf16"
	"unicode/utf8"
)

// fail is the position that functions give which have found that the record is no JSON.
const fail = -1

// plain marks the bytes that stand for themselves in a string and are one code point.
var plain = func() (t [256]bool) {
	for b := ' '; b < utf8.RuneSelf; b++ {
		t[b] = b != '"' && b != '\\'
	}
	return t
}()

// scanSpace gives the first position from i on that is no whitespace.
func scanSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// scanLiteral reads the word at i.
func scanLiteral(b []byte, i int, word string) int {
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return fail
	}
	return i + len(word)
}

// scanString reads the string at i, whose first byte must be a quote. It gives the end, the length in code points and
// whether there are escapes.
func scanString(b []byte, i int) (end, length int, escaped bool) {
	if i >= len(b) || b[i] != '"' {
		return fail, 0, false
	}
	for j := i + 1; j < len(b); j++ {
		if plain[b[j]] {
			continue
		}
		if b[j] == '"' {
			return j + 1, j - i - 1, false
		}
		return scanHardString(b, j, j-i-1)
	}
	return fail, 0, false
}

// scanHardString goes on with a string at i, after length code points, where something else than ASCII stands.
func scanHardString(b []byte, i, length int) (end, n int, escaped bool) {
	for ; i < len(b); length++ {
		switch c := b[i]; {
		case plain[c]:
			i++
		case c == '"':
			return i + 1, length, escaped
		case c == '\\':
			r, size := scanEscape(b[i:])
			if size == 0 || utf16.IsSurrogate(r) {
				return fail, 0, false
			}
			escaped = true
			i += size
		case c < ' ':
			return fail, 0, false
		default:
			_, size := utf8.DecodeRune(b[i:])
			if size == 1 {
				return fail, 0, false
			}
			i += size
		}
	}
	return fail, 0, false
}

// scanEscape decodes the escape at the beginning of b, a surrogate pair as one code point; size 0 is none. A lone
// surrogate is given as it is.
func scanEscape(b []byte) (r rune, size int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hex4(b[2:])
		if r < 0 {
			return 0, 0
		}
		if utf16.IsSurrogate(r) && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(b[8:])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return r, 6
	}
	return 0, 0
}

// hex4 reads four hexadecimal digits; -1 if there are none.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// appendUnescaped appends to dst what the inside of a string means that scanString has accepted.
func appendUnescaped(dst, inside []byte) []byte {
	for i := 0; i < len(inside); {
		if inside[i] != '\\' {
			dst = append(dst, inside[i])
			i++
			continue
		}
		r, size := scanEscape(inside[i:])
		dst = utf8.AppendRune(dst, r)
		i += size
	}
	return dst
}

// numberForm is how a number is spelled.
type numberForm uint8

const (
	digitsOnly numberForm = iota
	withPoint
	withExponent // with or without a point
)

// scanNumber reads the number at i.
func scanNumber(b []byte, i int) (end int, form numberForm) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	if i = scanDigits(b, i); i == fail || b[first] == '0' && i > first+1 {
		return fail, form
	}
	if i < len(b) && b[i] == '.' {
		form = withPoint
		if i = scanDigits(b, i+1); i == fail {
			return fail, form
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		form = withExponent
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		i = scanDigits(b, i)
	}
	return i, form
}

// scanDigits reads digits, at least one.
func scanDigits(b []byte, i int) int {
	first := i
	for i < len(b) && b[i]-'0' < 10 {
		i++
	}
	if i == first {
		return fail
	}
	return i
}
