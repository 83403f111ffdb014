package shape

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"landfall/internal/migrate"
)

// keywords says which keywords apply to which kind. The order within a kind is that in which they are compiled.
var keywords = map[kind][]string{
	objectKind:  {"properties", "required", "additionalProperties", "allOf"},
	arrayKind:   {"items", "minItems", "maxItems"},
	stringKind:  {"enum", "const", "format", "minLength", "maxLength", "pattern"},
	numberKind:  {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	integerKind: {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
}

// fill adds the assertions of schema to n, whose kind is known.
func (c *compiler) fill(n *node, at location, schema *dict) {
	for _, k := range schema.keys {
		switch {
		case silent(k, at), k == "$ref", slices.Contains(keywords[n.kind], k):
		case k == "type":
			if t, _ := schema.get(k); n.kind != kinds[fmt.Sprint(t)] {
				c.fail(at.child(k), "differs from the type that $ref leads to")
			}
		default:
			c.fail(at.child(k), "%s%s", outside, ofType(n.kind))
		}
	}
	for _, k := range keywords[n.kind] {
		v, ok := schema.get(k)
		if !ok {
			continue
		}
		switch n.kind {
		case objectKind:
			c.objectKeyword(&n.object, at.child(k), k, v)
		case arrayKind:
			c.arrayKeyword(&n.array, at.child(k), k, v)
		case stringKind:
			c.textKeyword(&n.text, at.child(k), k, v)
		default:
			c.numberKeyword(&n.number, at.child(k), k, v)
		}
	}
	n.text.span = nil
	if len(n.text.rules) == 1 {
		n.text.span = n.text.rules[0].span
	}
}

func ofType(k kind) string {
	for name, of := range kinds {
		if of == k {
			return " of type " + name
		}
	}
	return ""
}

func (c *compiler) objectKeyword(o *object, at location, keyword string, v any) {
	switch keyword {
	case "properties":
		c.properties(o, at, v)
	case "required":
		o.required = c.memberNames(o, at, v)
	case "additionalProperties":
		if v != true {
			c.fail(at, "anything but true %s; strict loading refuses members that are not described", outside)
		}
	case "allOf":
		all, ok := v.([]any)
		if !ok {
			c.fail(at, "must be a list")
		}
		for k, w := range all {
			c.when(o, at.child(strconv.Itoa(k)), w)
		}
	}
}

func (c *compiler) properties(o *object, at location, v any) {
	d, ok := v.(*dict)
	if !ok {
		c.fail(at, "must be an object")
		return
	}
	if len(d.keys) > maxMembers {
		c.fail(at, "more than %d members are outside the subset", maxMembers)
		return
	}
	o.free = false
	o.first = len(c.order)
	o.index = make(map[string]int, len(d.keys))
	for k := range len(d.keys) + 1 {
		c.order = append(c.order, uint16(k))
	}
	for k, name := range d.keys {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
			c.fail(at.child(name), "a name that must be escaped %s", outside)
		}
		o.index[name] = k
		o.members = append(o.members, member{
			label: []byte(name), quoted: `"` + name + `":`, node: c.node(at.child(name)),
		})
	}
}

// memberNames gives the members that a required lists.
func (c *compiler) memberNames(o *object, at location, v any) memberSet {
	var set memberSet
	list, ok := v.([]any)
	if !ok {
		c.fail(at, "must be a list of names")
	}
	for i, e := range list {
		name, _ := e.(string)
		if k, ok := o.index[name]; ok {
			set.add(k)
		} else {
			c.fail(at.child(strconv.Itoa(i)), "must name a member that properties describes")
		}
	}
	return set
}

const onlyWhen = `must be {"if": {"properties": {m: {"const": text}}, "required": [m]}, "then": {"required": [...]}}, with or without the first required`

// when compiles the one form of condition.
func (c *compiler) when(o *object, at location, v any) {
	parts := c.only(at, v, "if", "then")
	cond := c.only(at.child("if"), parts["if"], "properties", "required")
	then := c.only(at.child("then"), parts["then"], "required")
	properties, _ := cond["properties"].(*dict)
	if properties == nil || len(properties.keys) != 1 || then["required"] == nil || len(o.whens) == 64 {
		c.fail(at, onlyWhen)
		return
	}
	name := properties.keys[0]
	test, _ := properties.get(name)
	value, ok := c.only(at.child("if", "properties", name), test, "const")["const"].(string)
	k, known := o.index[name]
	if !ok || !known {
		c.fail(at.child("if", "properties", name), "must be the const text of a member that properties describes")
		return
	}
	absent := true
	if required, ok := cond["required"]; ok {
		list, _ := required.([]any)
		absent = len(list) == 0
		if len(list) > 1 || len(list) == 1 && list[0] != name {
			c.fail(at.child("if", "required"), onlyWhen)
		}
	}
	o.members[k].decides = true
	required := c.memberNames(o, at.child("then", "required"), then["required"])
	o.whens = append(o.whens, when{member: k, value: value, absent: absent, required: required})
}

// only gives the values of an object that has no other keywords than those named and silent ones.
func (c *compiler) only(at location, v any, names ...string) map[string]any {
	d, ok := v.(*dict)
	if !ok {
		return nil
	}
	values := map[string]any{}
	for k, name := range d.keys {
		if slices.Contains(names, name) {
			values[name] = d.values[k]
		} else if !silent(name, at) {
			c.fail(at.child(name), outside)
		}
	}
	return values
}

func (c *compiler) arrayKeyword(a *array, at location, keyword string, v any) {
	switch keyword {
	case "items":
		a.items = c.node(at)
	case "minItems":
		a.min = c.count(at, v)
		a.few = lengthMessage("least", a.min, "items")
	case "maxItems":
		a.max = c.count(at, v)
		a.many = lengthMessage("most", a.max, "items")
	}
}

func (c *compiler) textKeyword(t *text, at location, keyword string, v any) {
	switch keyword {
	case "minLength":
		if n := c.count(at, v); n > t.min {
			t.min = n
			t.short = lengthMessage("least", n, "characters")
		}
	case "maxLength":
		if n := c.count(at, v); n < t.max {
			t.max = n
			t.long = lengthMessage("most", n, "characters")
		}
	case "pattern":
		t.rules = append(t.rules, c.pattern(at, v))
	case "format":
		name, _ := v.(string)
		f, ok := formats[name]
		if !ok {
			c.fail(at, "must be one of uuid, date, date-time, email")
			return
		}
		t.rules = append(t.rules, textRule{f.holds, f.span(), migrate.InvalidFormat, formatMessages[name]})
	case "const":
		t.rules = append(t.rules, c.enum(at, []any{v}))
	case "enum":
		list, _ := v.([]any)
		t.rules = append(t.rules, c.enum(at, list))
	}
}

func (c *compiler) pattern(at location, v any) textRule {
	p, ok := v.(string)
	re, err := regexp.Compile(p)
	if !ok || err != nil {
		c.fail(at, "must be a regular expression of RE2")
		return textRule{}
	}
	rule := textRule{re.Match, nil, migrate.InvalidFormat, patternMessage(p)}
	if a := newAutomaton(p); a != nil {
		rule.span = a.span
	}
	return rule
}

func (c *compiler) enum(at location, list []any) textRule {
	values := make([]string, len(list))
	for k, v := range list {
		s, ok := v.(string)
		if !ok {
			c.fail(at, "values that are no text are outside the subset")
		}
		values[k] = s
	}
	if len(values) == 0 {
		c.fail(at, "must list values")
	}
	holds := func(content []byte) bool {
		for _, v := range values {
			if string(content) == v {
				return true
			}
		}
		return false
	}
	return textRule{holds, enumSpan(values), migrate.InvalidValue, enumMessage(values)}
}

// enumSpan is the shortcut for a list of values; see text.span.
func enumSpan(values []string) func(b []byte) int {
	var quoted []string
	for _, v := range values {
		if !strings.ContainsFunc(v, func(r rune) bool { return r >= utf8.RuneSelf || !plain[r] }) {
			quoted = append(quoted, v+`"`)
		}
	}
	return func(b []byte) int {
		for _, q := range quoted {
			if len(b) >= len(q) && string(b[:len(q)]) == q {
				return len(q) - 1
			}
		}
		return -1
	}
}

func (c *compiler) numberKeyword(n *number, at location, keyword string, v any) {
	switch keyword {
	case "format":
		if v != "decimal" {
			c.fail(at, "must be decimal")
		}
		n.decimal = true
	case "minimum":
		c.bound(n, at, v, bound{sign: -1, message: "at least"})
	case "maximum":
		c.bound(n, at, v, bound{sign: 1, message: "at most"})
	case "exclusiveMinimum":
		c.bound(n, at, v, bound{sign: -1, strict: true, message: "more than"})
	case "exclusiveMaximum":
		c.bound(n, at, v, bound{sign: 1, strict: true, message: "less than"})
	}
}

// maxLimit bounds the exponent of a limit, so that it can be written out.
const maxLimit = 100

func (c *compiler) bound(n *number, at location, v any, b bound) {
	literal, ok := v.(literal)
	if !ok {
		c.fail(at, "must be a number")
		return
	}
	b.limit = parseDecimal([]byte(literal))
	if b.limit.digits > 0 && (b.limit.top > maxLimit || b.limit.digits-b.limit.top > maxLimit) {
		c.fail(at, "more than %d digits before or after the point are outside the subset", maxLimit)
		return
	}
	exact, _ := new(big.Rat).SetString(string(literal))
	if b.limit.digits == 0 {
		exact = new(big.Rat)
	}
	b.message = limitMessage(b.message, exact)
	n.bounds = append(n.bounds, b)
}

// count gives a number of items or characters.
func (c *compiler) count(at location, v any) int {
	if s, ok := v.(literal); ok {
		if n, err := strconv.Atoi(string(s)); err == nil && n >= 0 {
			return n
		}
	}
	c.fail(at, "must be a whole number written without point and exponent")
	return 0
}
