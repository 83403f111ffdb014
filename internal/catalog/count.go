package catalog

import (
	"slices"
	"strings"

	"landfall/internal/migrate"
)

// count is one category that the counts job counts, or one control total.
type count struct {
	name    string
	of      *Collection // nil: every collection
	list    path        // to the list whose elements are counted; empty: the records themselves
	groups  []column    // what rows are told apart by
	sums    []column    // what is added up
	headers []string
}

// column is a value of what is counted.
type column struct {
	header     string
	path       path
	entityType bool // the entity type of the collection, and not a value
}

// entityTypeColumn stands for the entity type where a count names a field.
const entityTypeColumn = "$entityType"

// count reads one count, or one control total. A total has the one group named key and the one sum named sum.
func (r *reader) count(m *mapping) *count {
	c := &count{name: m.need("type").s}
	r.unique("count", m.text("type"))
	item := r.counted(c, m.need("of"))
	for _, g := range m.pairs("group") {
		c.groups = append(c.groups, r.column(item, g, false))
	}
	for _, s := range m.pairs("sum") {
		c.sums = append(c.sums, r.column(item, s, true))
	}
	for _, g := range c.groups {
		c.headers = append(c.headers, g.header)
	}
	c.headers = append(c.headers, "Count")
	for _, s := range c.sums {
		c.headers = append(c.headers, s.header)
	}
	return c
}

// total reads one control total: an exact sum per key.
func (r *reader) total(m *mapping) *count {
	name := m.need("name")
	r.unique("control total", name)
	c := &count{name: name.s}
	item := r.counted(c, m.need("of"))
	c.groups = []column{r.column(item, [2]text{name, m.need("key")}, false)}
	c.sums = []column{r.column(item, [2]text{name, m.need("sum")}, true)}
	if c.of == nil && item != nil {
		r.fault(name.at, "a control total is of one collection")
	}
	return c
}

// counted finds what is counted: the elements of a list, the records of a collection, or (*) those of all.
func (r *reader) counted(c *count, of text) *Type {
	if of.s == "*" || of.s == "" {
		return &Type{}
	}
	name, rest, _ := strings.Cut(of.s, ".")
	collection, ok := r.collections[migrate.CollectionName(name)]
	if !ok {
		r.fault(of.at, "there is no collection %q", name)
		return nil
	}
	c.of, c.list = collection, parsePath(rest)
	f, wrong := c.list.in(Field{Type: collection.typ})
	if wrong != "" {
		r.fault(of.inside(len(name)+2), "%s", wrong)
		return nil
	}
	return f.Type
}

func (r *reader) column(item *Type, pair [2]text, number bool) column {
	header, from := pair[0], pair[1]
	c := column{header: header.s, path: parsePath(from.s), entityType: from.s == entityTypeColumn}
	if item == nil || from.s == "" || c.entityType && !number {
		return c
	}
	f, wrong := c.path.in(Field{Type: item})
	switch {
	case wrong != "":
		r.fault(from.at, "%s", wrong)
	case strings.Contains(from.s, "[]") || f.Type.Kind == "object" || f.Type.Kind == "array":
		r.fault(from.at, "a single value is needed")
	case number && f.Type.Kind != "number" && f.Type.Kind != "integer":
		r.fault(from.at, "only numbers can be added up")
	}
	return c
}

// takesPart reports whether the count is shown for a migration of the components.
func (c *count) takesPart(components []migrate.ComponentName) bool {
	return c.of == nil || slices.Contains(components, c.of.Component)
}
