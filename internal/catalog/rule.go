package catalog

import (
	"regexp"
	"strings"

	"landfall/internal/migrate"
)

// Rule is one business rule of a catalog.
type Rule struct {
	Code    migrate.FaultCode
	Message string // for people; it never holds a value
}

// check is one rule at one place of one collection.
type check struct {
	rule   *Rule
	on     path // from the record to the values it looks at
	at     path // from there to where a fault is reported
	typ    *Type
	when   *condition // the check is made only where this holds; may be nil
	must   *condition // nil if something must be unique
	unique uniqueness
	by     []key // what must be unique of a value; empty: the value itself
}

// uniqueness says among what a value must be unique.
type uniqueness string

const (
	inList      uniqueness = "list"      // the elements of one list: the second and later ones are faults
	inMigration uniqueness = "migration" // whatever entities claim under the rule's code: every holder has a fault
)

type key struct {
	path path
	typ  *Type
}

// Codes that are found without a rule of the catalog.
var reserved = map[migrate.FaultCode]bool{
	migrate.ReferenceNotFound: true, migrate.AlreadyLive: true, migrate.StagedDataChanged: true,
	migrate.CheckNotFinished: true, migrate.JobCancelled: true, migrate.ImportFailed: true,
	migrate.BooksDiffer: true, migrate.RunFailed: true,
}

var upperSnake = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)

// rule reads one rule and compiles its checks into the collections they concern.
func (r *reader) rule(m *mapping) {
	code, message := m.need("code"), m.need("message")
	switch {
	case code.s == "":
	case !upperSnake.MatchString(code.s):
		r.fault(code.at, "code %q is not in upper snake case", code.s)
	case reserved[migrate.FaultCode(code.s)]:
		r.fault(code.at, "code %q is found without a rule", code.s)
	}
	r.unique("rule", code)
	rule := &Rule{migrate.FaultCode(code.s), message.s}
	r.catalog.Rules = append(r.catalog.Rules, rule)
	if len(m.nodes("checks")) == 0 {
		r.fault(code.at, "the rule has no checks")
	}
	m.each("checks", func(m *mapping) { r.check(rule, m) })
}

// check reads one check of a rule. It may be made at several places.
func (r *reader) check(rule *Rule, m *mapping) {
	m.expect("on")
	d := checkDefinition{
		rule: rule, at: m.text("at"), when: m.text("when"), must: m.text("must"), unique: m.text("unique"), by: m.texts("by"),
	}
	if (d.must.s == "") == (d.unique.s == "") {
		r.fault(m.at, "a check has either must or unique")
		return
	}
	if u := uniqueness(d.unique.s); u != "" && u != inList && u != inMigration {
		r.fault(d.unique.at, "unique must be %s or %s", inList, inMigration)
		return
	}
	on := m.texts("on")
	if len(on) == 0 {
		r.fault(m.at, "on is missing")
	}
	for _, place := range on {
		for _, p := range r.places(place) {
			r.addCheck(d, p)
		}
	}
}

type checkDefinition struct {
	rule                   *Rule
	at, when, must, unique text
	by                     []text
}

func (r *reader) addCheck(d checkDefinition, p place) {
	c := &check{rule: d.rule, on: p.path, typ: p.field.Type, at: parsePath(d.at.s), unique: uniqueness(d.unique.s)}
	if _, wrong := c.at.in(p.field); wrong != "" {
		r.fault(d.at.at, "%s", wrong)
	}
	if c.unique == inList && (len(p.path) == 0 || !p.path[len(p.path)-1].each) {
		r.fault(d.unique.at, "only elements of a list can be unique in it")
	}
	for _, b := range d.by {
		k := key{path: parsePath(b.s)}
		f, wrong := k.path.in(p.field)
		if wrong != "" {
			r.fault(b.at, "%s", wrong)
			continue
		}
		k.typ = f.Type
		c.by = append(c.by, k)
	}
	if len(d.by) == 0 {
		c.by = []key{{typ: c.typ}}
	}
	for _, k := range c.by {
		if c.unique != "" && (k.typ.Kind == "object" || k.typ.Kind == "array") {
			r.fault(d.unique.at, "what is unique must be a single value, or name some with by")
		}
	}
	if d.when.s != "" {
		c.when = r.condition(d.when, p)
	}
	if d.must.s != "" {
		c.must = r.condition(d.must, p)
	}
	p.collection.checks = append(p.collection.checks, c)
}

// condition compiles an expression once per type it is about. What speaks of every place of a definition cannot see the
// record.
func (r *reader) condition(expression text, p place) *condition {
	record := p.collection.typ
	if p.anywhere {
		record = nil
	}
	key := conditionKey{expression.at, p.field.Type, record}
	c, done := r.conditions[key]
	if !done {
		c = r.compiler.compile(expression, p.field.Type, record)
		r.conditions[key] = c
	}
	return c
}

type conditionKey struct {
	at           spot
	this, record *Type
}

// place is where a check is made.
type place struct {
	collection *Collection
	path       path
	field      Field
	anywhere   bool // the check names a definition, and not this place
}

// places reads a place of a check: a collection with a path, or a definition.
func (r *reader) places(t text) []place {
	if definition, ok := strings.CutPrefix(t.s, "$"); ok {
		var found []place
		for _, p := range r.catalog.Components {
			for _, c := range p.Collections {
				if c.Generate == nil {
					found = appendPlaces(found, definition, place{c, nil, Field{Type: c.typ}, true})
				}
			}
		}
		if len(found) == 0 {
			r.fault(t.at, "no field refers to a definition named %q", definition)
		}
		return found
	}
	name, rest, _ := strings.Cut(t.s, ".")
	c, ok := r.collections[migrate.CollectionName(name)]
	if !ok {
		r.fault(t.at, "there is no collection %q", name)
		return nil
	}
	p := parsePath(rest)
	f, wrong := p.in(Field{Type: c.typ})
	if wrong != "" {
		r.fault(t.inside(len(name)+2), "%s", wrong)
		return nil
	}
	return []place{{c, p, f, false}}
}

// appendPlaces finds the places below p that refer to the definition.
func appendPlaces(found []place, definition string, p place) []place {
	t := p.field.Type
	if t.defined && t.Name == definition {
		return append(found, p)
	}
	for _, f := range t.Fields {
		s, inner := step{name: f.Name}, f
		if f.Type.Items != nil {
			s.each, inner = true, *f.Type.Items
		}
		found = appendPlaces(found, definition, place{p.collection, append(p.path[:len(p.path):len(p.path)], s), inner, true})
	}
	return found
}
