package shape

import (
	"bytes"
	"unicode"

	"landfall/internal/migrate"
)

// format is a named form of a string. A fixed one has one length and neither quotes nor escapes in it.
type format struct {
	holds func(content []byte) bool
	fixed int // 0: the length varies
}

var formats = map[string]format{
	"uuid":      {isReferenceID, 36},
	"date":      {isDate, 10},
	"date-time": {isDateTime, 0},
	"email":     {isEmail, 0},
}

// span gives the shortcut of a fixed format; see text.span.
func (f format) span() func(b []byte) int {
	if f.fixed == 0 {
		return nil
	}
	return func(b []byte) int {
		if len(b) <= f.fixed || b[f.fixed] != '"' || !f.holds(b[:f.fixed]) {
			return -1
		}
		return f.fixed
	}
}

func isReferenceID(b []byte) bool {
	_, ok := migrate.ParseReferenceID(b)
	return ok
}

// isDate accepts yyyy-MM-dd if there is such a day in the Gregorian calendar, which is extended backwards.
func isDate(b []byte) bool {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return false
	}
	century, y, m, d := two(b), two(b[2:]), two(b[5:]), two(b[8:])
	if century < 0 || y < 0 || m < 1 || m > 12 || d < 1 {
		return false
	}
	year := century*100 + y
	days := 31
	switch m {
	case 4, 6, 9, 11:
		days = 30
	case 2:
		days = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			days = 29
		}
	}
	return d <= days
}

// isDateTime accepts an RFC 3339 date-time with at most nine fraction digits. Second 60 is refused: what reads staged
// data could not hold it.
func isDateTime(b []byte) bool {
	if len(b) < len("yyyy-MM-ddTHH:mm:ssZ") || !isDate(b[:10]) || b[10]|0x20 != 't' || b[13] != ':' || b[16] != ':' {
		return false
	}
	if !within(two(b[11:]), 23) || !within(two(b[14:]), 59) || !within(two(b[17:]), 59) {
		return false
	}
	b = b[19:]
	if b[0] == '.' {
		n := 1
		for n < len(b) && b[n]-'0' < 10 {
			n++
		}
		if n == 1 || n > 10 {
			return false
		}
		b = b[n:]
	}
	if len(b) == 1 {
		return b[0]|0x20 == 'z'
	}
	return len(b) == 6 && (b[0] == '+' || b[0] == '-') && b[3] == ':' && within(two(b[1:]), 23) && within(two(b[4:]), 59)
}

// two reads two digits; -1 if there are none.
func two(b []byte) int {
	tens, units := b[0]-'0', b[1]-'0'
	if tens > 9 || units > 9 {
		return -1
	}
	return int(tens)*10 + int(units)
}

func within(n, limit int) bool { return n >= 0 && n <= limit }

// isEmail accepts one @ with something before it and a dotted name behind it, without blanks and control characters.
// Whether mail arrives is for others to find out.
func isEmail(b []byte) bool {
	at := bytes.IndexByte(b, '@')
	if at <= 0 || bytes.ContainsFunc(b, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	domain := b[at+1:]
	return bytes.IndexByte(domain, '@') < 0 &&
		bytes.IndexByte(domain, '.') > 0 &&
		domain[len(domain)-1] != '.' &&
		!bytes.Contains(domain, []byte(".."))
}
