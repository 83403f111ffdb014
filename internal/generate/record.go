package generate

import (
	"encoding/hex"
	"strconv"
)

// record is a line of JSON under construction. It appends and never looks back further than one byte: a comma is due
// unless a bracket was opened last. Texts are appended as they are, since nothing made up here needs escaping.
type record struct {
	b []byte
}

func (r *record) reset() { r.b = append(r.b[:0], '{') }

// line ends the record.
func (r *record) line() []byte {
	r.b = append(r.b, '}', '\n')
	return r.b
}

func (r *record) comma() {
	if last := r.b[len(r.b)-1]; last != '{' && last != '[' {
		r.b = append(r.b, ',')
	}
}

// member begins a member; its value is appended next.
func (r *record) member(name string) {
	r.comma()
	r.b = append(r.b, '"')
	r.b = append(r.b, name...)
	r.b = append(r.b, '"', ':')
}

// open begins an object or a list that is a member, openItem one that is an item of a list; shut ends either.
func (r *record) open(name string, bracket byte) {
	r.member(name)
	r.b = append(r.b, bracket)
}

func (r *record) openItem() {
	r.comma()
	r.b = append(r.b, '{')
}

func (r *record) shut(brackets string) { r.b = append(r.b, brackets...) }

func (r *record) text(name, value string) {
	r.member(name)
	r.b = append(r.b, '"')
	r.b = append(r.b, value...)
	r.b = append(r.b, '"')
}

// code writes a prefix and a number of a fixed width as a text: C-0000012.
func (r *record) code(name, prefix string, n int64, width int) {
	r.member(name)
	r.b = append(r.b, '"')
	r.b = append(r.b, prefix...)
	r.b = appendPadded(r.b, n, width)
	r.b = append(r.b, '"')
}

func (r *record) integer(name string, n int64) {
	r.member(name)
	r.b = strconv.AppendInt(r.b, n, 10)
}

func (r *record) boolean(name string, value bool) {
	r.member(name)
	r.b = strconv.AppendBool(r.b, value)
}

// decimal writes n × 10^-decimals, with all decimals.
func (r *record) decimal(name string, n int64, decimals int) {
	r.member(name)
	r.b = appendDecimal(r.b, n, decimals)
}

func (r *record) date(name string, d date) {
	r.member(name)
	r.b = append(r.b, '"')
	r.b = d.appendTo(r.b)
	r.b = append(r.b, '"')
}

func (r *record) id(name string, id uuid) {
	r.member(name)
	r.item(id)
}

// ids writes a list of ids.
func (r *record) ids(name string, list ...uuid) {
	r.open(name, '[')
	for _, id := range list {
		r.comma()
		r.item(id)
	}
	r.shut("]")
}

func (r *record) item(id uuid) {
	r.b = append(r.b, '"')
	r.b = hex.AppendEncode(r.b, id[0:4])
	r.b = append(r.b, '-')
	r.b = hex.AppendEncode(r.b, id[4:6])
	r.b = append(r.b, '-')
	r.b = hex.AppendEncode(r.b, id[6:8])
	r.b = append(r.b, '-')
	r.b = hex.AppendEncode(r.b, id[8:10])
	r.b = append(r.b, '-')
	r.b = hex.AppendEncode(r.b, id[10:16])
	r.b = append(r.b, '"')
}

// money writes an amount of the currency's smallest unit.
func (r *record) money(name string, c currency, units int64) {
	r.open(name, '{')
	r.decimal("amount", units, c.decimals)
	r.text("currency", c.code)
	r.shut("}")
}

func appendPadded(b []byte, n int64, width int) []byte {
	for digits := int64(10); width > 1; width-- {
		if n < digits {
			b = append(b, "00000000000000000000"[:width-1]...)
			break
		}
		if digits > 1<<62/10 {
			break
		}
		digits *= 10
	}
	return strconv.AppendInt(b, n, 10)
}

func appendDecimal(b []byte, n int64, decimals int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	if decimals == 0 {
		return strconv.AppendInt(b, n, 10)
	}
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	b = strconv.AppendInt(b, n/unit, 10)
	b = append(b, '.')
	return appendPadded(b, n%unit, decimals)
}
