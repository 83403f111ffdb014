package shape

import "bytes"

// decimal is the exact value of a JSON number: 0.d1d2d3… × 10^top, where d1 and the last digit are not zero.
type decimal struct {
	negative bool
	mantissa []byte // all digits, with or without the point
	point    int    // digits before the point, leading zeros too
	lead     int    // leading zeros
	digits   int    // significant digits; 0 is the value zero
	top      int
}

// maxExponent bounds exponents. No record is so long that its digits could make up for one that is larger.
const maxExponent = 1 << 40

// parseDecimal gives the value of literal, which must be a JSON number and is kept.
func parseDecimal(literal []byte) decimal {
	var d decimal
	if literal[0] == '-' {
		d.negative = true
		literal = literal[1:]
	}
	exponent := 0
	if e := bytes.IndexAny(literal, "eE"); e >= 0 {
		exponent = parseExponent(literal[e+1:])
		literal = literal[:e]
	}
	d.mantissa = literal
	d.point = len(literal)
	total := len(literal)
	if p := bytes.IndexByte(literal, '.'); p >= 0 {
		d.point = p
		total--
	}
	for d.lead < total && d.digit(0) == '0' {
		d.lead++
	}
	d.digits = total - d.lead
	for d.digits > 0 && d.digit(d.digits-1) == '0' {
		d.digits--
	}
	d.top = d.point - d.lead + exponent
	return d
}

func parseExponent(b []byte) int {
	negative := b[0] == '-'
	if b[0] == '-' || b[0] == '+' {
		b = b[1:]
	}
	n := 0
	for _, c := range b {
		n = min(n*10+int(c-'0'), maxExponent)
	}
	if negative {
		return -n
	}
	return n
}

// digit gives the significant digit k, counted from 0.
func (d *decimal) digit(k int) byte {
	k += d.lead
	if k >= d.point {
		k++
	}
	return d.mantissa[k]
}

// whole reports whether the value is an integer.
func (d *decimal) whole() bool { return d.digits <= max(d.top, 0) }

// fits reports whether the value has at most 18 digits before and 10 after the point.
func (d *decimal) fits() bool { return d.digits == 0 || d.top <= 18 && d.digits-d.top <= 10 }

// compare is -1, 0 or 1 as d is less than, equal to or greater than e.
func (d *decimal) compare(e *decimal) int {
	s, t := d.sign(), e.sign()
	switch {
	case s != t:
		if s < t {
			return -1
		}
		return 1
	case s == 0:
		return 0
	case d.top != e.top:
		if d.top < e.top {
			return -s
		}
		return s
	}
	for k := range max(d.digits, e.digits) {
		x, y := byte('0'), byte('0')
		if k < d.digits {
			x = d.digit(k)
		}
		if k < e.digits {
			y = e.digit(k)
		}
		if x != y {
			if x < y {
				return -s
			}
			return s
		}
	}
	return 0
}

func (d *decimal) sign() int {
	switch {
	case d.digits == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}
