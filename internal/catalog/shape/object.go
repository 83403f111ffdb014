package shape

import (
	"bytes"

	"landfall/internal/migrate"
)

// openObject is what is known of an object while it is being read.
type openObject struct {
	*object
	here    *step // at the member being read
	slot    int   // of the prediction which member comes next
	seen    memberSet
	present memberSet // seen and not null
	holds   uint64    // conditions whose member has the value
	names   int       // where names that the schema does not know begin in Checker.names
	many    map[string]struct{}
}

// object checks the object at i against o.
func (c *Checker) object(i int, o *object) int {
	if c.depth == maxDepth {
		return fail
	}
	m := openObject{object: o, here: &c.path[c.depth], slot: o.first, names: len(c.names)}
	c.depth++
	if i = c.space(i + 1); c.at(i) != '}' {
		for {
			if i = c.member(i, &m); i == fail {
				return fail
			}
			i = c.space(i)
			if c.at(i) != ',' {
				break
			}
			i = c.space(i + 1)
		}
		if c.at(i) != '}' {
			return fail
		}
	}
	if missing := m.missing(); missing != (memberSet{}) {
		for k := range m.members {
			if missing.has(k) {
				m.here.name = m.members[k].label
				c.fault(migrate.MissingRequiredField, isRequired)
			}
		}
	}
	c.names = c.names[:m.names]
	c.depth--
	return i + 1
}

// member reads the member at i.
func (c *Checker) member(i int, m *openObject) int {
	i, k := c.name(i, m)
	if i == fail {
		return fail
	}
	i = c.space(i)
	if c.at(i) == 'n' { // null is absent
		return scanLiteral(c.text, i, "null")
	}
	if k < 0 {
		if c.strict && !m.free {
			c.fault(migrate.UnknownField, isUnknown)
		}
		return c.skip(i)
	}
	m.present.add(k)
	known := &m.members[k]
	end := c.value(i, known.node)
	if known.decides && end != fail {
		m.holds |= c.decide(m.object, k, i, end)
	}
	return end
}

// name reads the name of the member at i and the colon, and gives the position behind it and the member's number, -1 if
// the schema does not know it. It looks first for the member that stood here in the last record.
func (c *Checker) name(i int, m *openObject) (end, k int) {
	if len(m.members) > 0 {
		if k = int(c.next[m.slot]); k < len(m.members) {
			if q := m.members[k].quoted; len(c.text)-i >= len(q) && string(c.text[i:i+len(q)]) == q && !m.seen.has(k) {
				m.enter(k)
				return i + len(q), k
			}
		}
	}
	end, _, escaped := scanString(c.text, i)
	if end == fail {
		return fail, 0
	}
	k, repeated := c.lookUp(c.content(i, end, escaped), escaped, m)
	if repeated {
		c.repeated = c.where()
		return fail, 0
	}
	if end = c.space(end); c.at(end) != ':' {
		return fail, 0
	}
	return end + 1, k
}

// lookUp finds the number of the member called name and whether it has been there before.
func (c *Checker) lookUp(name []byte, escaped bool, m *openObject) (k int, repeated bool) {
	k, known := m.index[string(name)]
	if !known {
		if escaped { // name lies in the scratch buffer
			name = bytes.Clone(name)
		}
		m.here.name = name
		return -1, c.repeats(name, m)
	}
	repeated = m.seen.has(k)
	c.next[m.slot] = uint16(k)
	m.enter(k)
	return k, repeated
}

// enter notes that member k is being read.
func (m *openObject) enter(k int) {
	m.here.name = m.members[k].label
	m.seen.add(k)
	m.slot = m.first + 1 + k
}

// fewNames is up to how many names comparing each with each is faster than a map.
const fewNames = 16

// repeats notes a name that the schema does not know and reports whether it has been there before.
func (c *Checker) repeats(name []byte, m *openObject) bool {
	if m.many == nil {
		all := c.names[m.names:]
		for _, n := range all {
			if bytes.Equal(n, name) {
				return true
			}
		}
		c.names = append(c.names, name)
		if len(all) < fewNames {
			return false
		}
		m.many = make(map[string]struct{}, 4*fewNames)
		for _, n := range all {
			m.many[string(n)] = struct{}{}
		}
	}
	before := len(m.many)
	m.many[string(name)] = struct{}{}
	return len(m.many) == before
}

// decide gives the conditions of o that hold because its member k has the value between start and end.
func (c *Checker) decide(o *object, k, start, end int) (holds uint64) {
	if c.text[start] != '"' {
		return 0
	}
	_, _, escaped := scanString(c.text, start)
	value := c.content(start, end, escaped)
	for w := range o.whens {
		if o.whens[w].member == k && string(value) == o.whens[w].value {
			holds |= 1 << w
		}
	}
	return holds
}

// missing gives the members that are required and not present.
func (m *openObject) missing() memberSet {
	need := m.required
	for w := range m.whens {
		if when := &m.whens[w]; m.holds>>w&1 != 0 || when.absent && !m.present.has(when.member) {
			need = need.union(when.required)
		}
	}
	return need.without(m.present)
}
