package catalog

import (
	"strings"

	"landfall/internal/migrate"
)

// Ref names a collection that is referred to.
type Ref struct {
	Component  migrate.ComponentName
	Collection migrate.CollectionName
}

// Reference says that a field holds ids of entities, of the same collection or another.
type Reference struct {
	Field   string // path of the field: relations[].to
	To      Ref
	Message string // of the fault when an entity is not found

	path path
}

// references reads what a collection refers to. It runs when every collection is known.
func (r *reader) references(c *Collection, m *mapping) {
	m.each("references", func(m *mapping) {
		field, to := m.need("field"), m.need("to")
		component, name, _ := strings.Cut(to.s, "/")
		target, known := r.catalog.Collection(migrate.ComponentName(component), migrate.CollectionName(name))
		if to.s != "" && !known {
			r.fault(to.at, "there is no collection %q", to.s)
		}
		p := parsePath(field.s)
		f, wrong := p.in(Field{Type: c.typ})
		switch {
		case field.s == "":
		case wrong != "":
			r.fault(field.at, "%s", wrong)
		case f.Type.Kind != "string" || f.Type.Format != "uuid":
			r.fault(field.at, "%q does not hold uuids", field.s)
		case known:
			c.References = append(c.References, &Reference{
				field.s, Ref{target.Component, target.Name},
				"Referenced " + target.Label + " does not exist in staging or live data", p,
			})
		}
	})
}
