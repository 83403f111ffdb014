package catalog

import (
	"strconv"
	"strings"
)

// path leads from a value to values inside it: facilities[].amountLimit. The empty path is the value itself.
type path []step

type step struct {
	name string
	each bool // go on with the elements of the list of this name
}

func parsePath(s string) path {
	if s == "" {
		return nil
	}
	var p path
	for part := range strings.SplitSeq(s, ".") {
		name, each := strings.CutSuffix(part, "[]")
		p = append(p, step{name, each})
	}
	return p
}

// String gives the path as it is written in a catalog.
func (p path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		if s.each {
			b.WriteString("[]")
		}
	}
	return b.String()
}

// field gives the path as faults show it: each list on the way with the index of the element that was taken. A path
// that ends at an index less than it has lists ends at the list.
func (p path) field(index []int, rest path) string {
	b := make([]byte, 0, 64)
	for _, s := range append(p[:len(p):len(p)], rest...) {
		if len(b) > 0 {
			b = append(b, '.')
		}
		b = append(b, s.name...)
		if s.each && len(index) > 0 {
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(index[0]), 10)
			b = append(b, ']')
			index = index[1:]
		}
	}
	return string(b)
}

// in finds where the path leads from a field of a schema. The string says what is wrong if it leads nowhere.
func (p path) in(f Field) (Field, string) {
	for _, s := range p {
		inner, ok := f.Type.Field(s.name)
		if !ok {
			return Field{}, "the schema has no field " + strconv.Quote(s.name) + " here"
		}
		if s.each {
			if inner.Type.Items == nil {
				return Field{}, strconv.Quote(s.name) + " is no list"
			}
			inner = *inner.Type.Items
		}
		f = inner
	}
	return f, ""
}
