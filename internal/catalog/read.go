package catalog

import (
	"io/fs"
	"regexp"
	"slices"

	"github.com/google/cel-go/common/types/ref"

	"landfall/internal/migrate"
)

// fileName is the file of a catalog that names all others.
const fileName = "catalog.yaml"

// Check reads the catalog in the root of fsys and gives everything that is wrong with it, by file, line and column. What
// depends on a faulty schema or component is not looked at before that is corrected.
func Check(fsys fs.FS) []Problem {
	_, problems := read(fsys)
	return problems
}

// Open reads and compiles the catalog in the root of fsys. The error is an [Error] with every problem that is not a note.
func Open(fsys fs.FS) (*Catalog, error) {
	c, problems := read(fsys)
	faults := slices.DeleteFunc(problems, func(p Problem) bool { return p.Note })
	if len(faults) > 0 {
		return nil, &Error{faults}
	}
	return c, nil
}

// reader reads one catalog.
type reader struct {
	*report
	fsys        fs.FS
	catalog     *Catalog
	schemas     *schemas
	lookups     []*lookup
	collections collections
	links       []func() // what has to wait until every collection is known
	broken      bool     // a collection has no usable schema
	compiler    *compiler
	conditions  map[conditionKey]*condition
	names       map[string]bool // given so far, with their kind
}

var identifier = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)

type collections map[migrate.CollectionName]*Collection

func read(fsys fs.FS) (*Catalog, []Problem) {
	r := &reader{
		report: &report{}, fsys: fsys, catalog: &Catalog{}, collections: collections{},
		conditions: map[conditionKey]*condition{}, names: map[string]bool{},
	}
	r.schemas = newSchemas(r.report, fsys)
	if m, ok := r.open(fsys, fileName, spot{fileName, 1, 1}); ok {
		r.read(m)
		m.close()
	}
	return r.catalog, r.sorted()
}

func (r *reader) read(m *mapping) {
	r.catalog.Name, r.catalog.Version = m.need("name").s, m.need("version").s
	m.each("lookups", r.lookup)
	m.each("components", r.component)
	m.expect("rules", "counts", "totals")
	if r.broken {
		return
	}
	for _, link := range r.links {
		link()
	}
	var err error
	if r.compiler, err = newCompiler(r.report, r.inOrder(), r.lookups); err != nil {
		r.fault(m.at, "expressions cannot be compiled: %v", err)
		return
	}
	m.each("rules", r.rule)
	m.each("counts", func(m *mapping) { r.catalog.counts = append(r.catalog.counts, r.count(m)) })
	m.each("totals", func(m *mapping) { r.catalog.totals = append(r.catalog.totals, r.total(m)) })
	r.finish()
}

func (r *reader) lookup(m *mapping) {
	name := m.need("name")
	l := r.readLookup(r.fsys, name, m.need("file"), m.text("value"))
	switch {
	case !r.unique("lookup", name):
	case name.s == thisName || name.s == recordName || name.s == todayName:
		r.fault(name.at, "%q has a meaning of its own in expressions", name.s)
	case name.s != "" && !identifier.MatchString(name.s):
		r.fault(name.at, "%q cannot be used in expressions: a name has letters and digits", name.s)
	default:
		r.lookups = append(r.lookups, l)
	}
}

func (r *reader) component(m *mapping) {
	name, group := m.need("name"), m.need("path")
	r.unique("component", name)
	r.unique("path", group)
	p := &Component{Name: migrate.ComponentName(name.s), PathGroup: group.s, Generated: true}
	r.catalog.Components = append(r.catalog.Components, p)
	m.each("collections", func(m *mapping) { r.collection(p, m) })
	if len(p.Collections) == 0 {
		r.fault(name.at, "the component has no collections")
		p.Generated = false
	}
}

func (r *reader) collection(p *Component, m *mapping) {
	name, entityType, file := m.need("name"), m.need("entity"), m.need("schema")
	known := !r.unique("collection", name)
	r.unique("entity type", entityType)
	c := &Collection{
		Component: p.Name, Name: migrate.CollectionName(name.s), Index: len(p.Collections),
		EntityType: entityType.s, Label: m.need("label").s, IDField: "referenceId",
	}
	if id := m.text("id"); id.s != "" {
		c.IDField = id.s
	}
	if m.node("generate") != nil {
		c.Generate = &Generate{}
	}
	p.Generated = p.Generated && c.Generate != nil
	p.Collections = append(p.Collections, c)
	if !known {
		r.collections[c.Name] = c
	}
	r.schema(c, file)
	m.expect("references", "generate")
	r.links = append(r.links, func() { r.references(c, m); r.generate(c, m) })
}

// schema reads and compiles the schema of a collection's records.
func (r *reader) schema(c *Collection, file text) {
	if file.s == "" {
		r.broken = true
		return
	}
	before := len(r.problems)
	t, ok := r.schemas.record(file, string(c.Name))
	if !ok || len(r.problems) > before {
		r.broken = true
		return
	}
	c.typ = t
	id, known := t.Field(c.IDField)
	if !known || id.Type.Format != "uuid" || !id.Required {
		r.fault(file.at, "%s has no required field %q of format uuid", file.s, c.IDField)
		return
	}
	r.compileShape(c, file)
}

// finish hands the lookups to the collections and says which of them nobody needs.
func (r *reader) finish() {
	lookups := map[string]ref.Val{}
	for _, l := range r.lookups {
		lookups[l.name] = l
		if !r.compiler.used[l.name] {
			r.note(l.at, "no rule uses the lookup %q", l.name)
		}
	}
	for _, c := range r.collections {
		c.lookups = lookups
	}
}

// inOrder gives the types of all records in the order of the file.
func (r *reader) inOrder() []*Type {
	var list []*Type
	for _, p := range r.catalog.Components {
		for _, c := range p.Collections {
			list = append(list, c.typ)
		}
	}
	return list
}

// unique reports a name that something of the same kind has already.
func (r *reader) unique(kind string, name text) bool {
	key := kind + " " + name.s
	taken := r.names[key] && name.s != ""
	if taken {
		r.fault(name.at, "there is another %s %q", kind, name.s)
	}
	r.names[key] = true
	return !taken
}
