package shape

import (
	"cmp"
	"slices"
	"strconv"

	"landfall/internal/migrate"
)

// Checker checks records against a shape, one at a time. It keeps buffers, and of each object the order in which the
// members of the last record stood: records of one source rarely change it.
type Checker struct {
	shape *Shape
	next  []uint16 // per object, from object.first: the member expected first, then after each member

	// Of the record under check.
	text   []byte
	strict bool
	id     migrate.ReferenceID
	faults []migrate.Fault

	path     [maxDepth]step
	depth    int
	names    [][]byte // members that the schema does not know, of all open objects
	scratch  []byte   // a string without its escapes
	repeated string   // path of the member whose name is repeated, if that is why the record is no JSON
}

// step is where a container is being read: at a member or, if the name is nil, at an element.
type step struct {
	name  []byte
	index int
}

// Containers that no schema describes.
var (
	anything   = &node{}
	freeObject = &object{free: true}
	freeArray  = &array{}
)

// NewChecker gives a checker for one goroutine.
func (s *Shape) NewChecker() *Checker {
	return &Checker{shape: s, next: slices.Clone(s.order)}
}

// Check checks one record, which it neither keeps nor changes. With strict, members that the schema does not know are
// faults. The faults are valid until the next call.
func (c *Checker) Check(record []byte, strict bool) Result {
	c.begin(record, strict)
	i := c.space(0)
	isObject := c.at(i) == '{'
	if isObject {
		i = c.object(i, &c.shape.root.object)
	} else {
		i = c.skip(i)
	}
	if !c.ended(i) {
		c.faults = append(c.faults[:0], noJSON(c.repeated))
		return Result{ID: c.id, Faults: c.faults}
	}
	if !isObject {
		c.fault(migrate.InvalidType, mustBeAnObject)
	}
	if len(c.faults) > 0 {
		c.faults = sortFaults(c.faults)
	}
	return Result{ID: c.id, Faults: c.faults}
}

// CheckJSON checks that record is one JSON value of any type as CONTRACT 1.4 wants it; if it is not, fault says so.
func CheckJSON(record []byte) (fault migrate.Fault, ok bool) {
	var c Checker
	c.begin(record, false)
	if !c.ended(c.skip(c.space(0))) {
		return noJSON(c.repeated), false
	}
	return migrate.Fault{}, true
}

func (c *Checker) begin(record []byte, strict bool) {
	c.text, c.strict = record, strict
	c.id, c.faults = migrate.ReferenceID{}, c.faults[:0]
	c.depth, c.names, c.repeated = 0, c.names[:0], ""
}

// ended reports whether a value that ended at i is all there is.
func (c *Checker) ended(i int) bool { return i != fail && scanSpace(c.text, i) == len(c.text) }

// at gives the byte at i, and 0 at the end: no token begins with it.
func (c *Checker) at(i int) byte {
	if uint(i) < uint(len(c.text)) {
		return c.text[i]
	}
	return 0
}

// space gives the first position from i on that is no whitespace.
func (c *Checker) space(i int) int {
	if uint(i) < uint(len(c.text)) && c.text[i] > ' ' {
		return i
	}
	return scanSpace(c.text, i)
}

// value checks the value at i, which is not null, against n. Like all readers it gives the end of the value, or fail.
func (c *Checker) value(i int, n *node) int {
	switch b := c.at(i); n.kind {
	case stringKind:
		if b == '"' {
			return c.string(i, &n.text)
		}
	case numberKind, integerKind:
		if b == '-' || b-'0' < 10 {
			return c.number(i, n)
		}
	case objectKind:
		if b == '{' {
			return c.object(i, &n.object)
		}
	case arrayKind:
		if b == '[' {
			return c.array(i, &n.array)
		}
	case booleanKind:
		if b == 't' || b == 'f' {
			return c.skip(i)
		}
	case idKind:
		return c.referenceID(i)
	default:
		return c.skip(i)
	}
	c.fault(migrate.InvalidType, typeMessage(n.kind))
	return c.skip(i)
}

// skip reads a value of which only the grammar matters.
func (c *Checker) skip(i int) int {
	switch b := c.at(i); b {
	case '"':
		end, _, _ := scanString(c.text, i)
		return end
	case '{':
		return c.object(i, freeObject)
	case '[':
		return c.array(i, freeArray)
	case 't':
		return scanLiteral(c.text, i, "true")
	case 'f':
		return scanLiteral(c.text, i, "false")
	case 'n':
		return scanLiteral(c.text, i, "null")
	default:
		end, _ := scanNumber(c.text, i)
		return end
	}
}

func (c *Checker) array(i int, a *array) int {
	if c.depth == maxDepth {
		return fail
	}
	here := &c.path[c.depth]
	*here = step{}
	c.depth++
	n := 0
	if i = c.space(i + 1); c.at(i) != ']' {
		for {
			here.index = n
			if i = c.element(i, a); i == fail {
				return fail
			}
			n++
			i = c.space(i)
			if c.at(i) != ',' {
				break
			}
			i = c.space(i + 1)
		}
		if c.at(i) != ']' {
			return fail
		}
	}
	c.depth--
	if a.items != nil {
		if n < a.min {
			c.fault(migrate.InvalidValue, a.few)
		}
		if n > a.max {
			c.fault(migrate.InvalidValue, a.many)
		}
	}
	return i + 1
}

// element reads the element at i.
func (c *Checker) element(i int, a *array) int {
	switch {
	case a.items == nil:
		return c.skip(i)
	case c.at(i) == 'n':
		c.fault(migrate.InvalidType, typeMessage(a.items.kind))
		return scanLiteral(c.text, i, "null")
	}
	return c.value(i, a.items)
}

func (c *Checker) string(i int, t *text) int {
	if t.span != nil {
		if n := t.span(c.text[i+1:]); n >= t.min && n <= t.max {
			return i + n + 2
		}
	}
	end, length, escaped := scanString(c.text, i)
	if end == fail {
		return fail
	}
	if length < t.min {
		c.fault(migrate.InvalidValue, t.short)
	}
	if length > t.max {
		c.fault(migrate.InvalidValue, t.long)
	}
	if len(t.rules) > 0 {
		content := c.content(i, end, escaped)
		for k := range t.rules {
			if r := &t.rules[k]; !r.holds(content) {
				c.fault(r.code, r.message)
			}
		}
	}
	return end
}

func (c *Checker) number(i int, n *node) int {
	end, form := scanNumber(c.text, i)
	if end == fail || len(n.number.bounds) == 0 && n.takes(form, end-i) {
		return end
	}
	d := parseDecimal(c.text[i:end])
	if n.kind == integerKind && !d.whole() {
		c.fault(migrate.InvalidType, typeMessage(integerKind))
		return end
	}
	if n.number.decimal && !d.fits() {
		c.fault(migrate.InvalidValue, formatMessages["decimal"])
	}
	for k := range n.number.bounds {
		b := &n.number.bounds[k]
		if s := d.compare(&b.limit) * b.sign; s > 0 || s == 0 && b.strict {
			c.fault(migrate.InvalidValue, b.message)
		}
	}
	return end
}

// takes reports whether the form and the length of a literal are enough to know that n, without bounds, takes it.
func (n *node) takes(form numberForm, length int) bool {
	if n.kind == integerKind && form != digitsOnly {
		return false
	}
	return !n.number.decimal || form != withExponent && length <= 10
}

// referenceID reads the id member of the record.
func (c *Checker) referenceID(i int) int {
	if id, ok := c.plainID(i); ok {
		c.id = id
		return i + 38
	}
	end := c.skip(i)
	if end == fail {
		return fail
	}
	if c.text[i] == '"' {
		_, _, escaped := scanString(c.text, i)
		if id, ok := migrate.ParseReferenceID(c.content(i, end, escaped)); ok {
			c.id = id
			return end
		}
	}
	c.fault(migrate.InvalidReferenceID, isNoID)
	return end
}

// plainID gives the id at i if it is spelled without escapes and usable.
func (c *Checker) plainID(i int) (migrate.ReferenceID, bool) {
	if c.at(i) != '"' || c.at(i+37) != '"' {
		return migrate.ReferenceID{}, false
	}
	return migrate.ParseReferenceID(c.text[i+1 : i+37])
}

// content gives what the string between i and end means, until the next call.
func (c *Checker) content(i, end int, escaped bool) []byte {
	inside := c.text[i+1 : end-1]
	if !escaped {
		return inside
	}
	c.scratch = appendUnescaped(c.scratch[:0], inside)
	return c.scratch
}

// fault notes a fault at where the checker stands.
func (c *Checker) fault(code migrate.FaultCode, message string) {
	if len(c.faults) == 8*migrate.MaxFaults { // sorting in between gives the same first ones
		c.faults = sortFaults(c.faults)
	}
	c.faults = append(c.faults, migrate.Fault{Field: c.where(), Code: code, Message: message})
}

// where gives the path to where the checker stands.
func (c *Checker) where() string {
	var path []byte
	for _, s := range c.path[:c.depth] {
		path = appendStep(path, s)
		if len(path) > maxField {
			break
		}
	}
	return clipField(path)
}

func appendStep(path []byte, s step) []byte {
	if s.name == nil {
		path = append(path, '[')
		path = strconv.AppendInt(path, int64(s.index), 10)
		return append(path, ']')
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, s.name...)
}

// sortFaults orders faults and keeps one per field and code, that with the least message, so that the order in which
// they were found does not matter.
func sortFaults(faults []migrate.Fault) []migrate.Fault {
	slices.SortFunc(faults, func(a, b migrate.Fault) int { return cmp.Compare(a.Message, b.Message) })
	return migrate.SortFaults(faults)
}
