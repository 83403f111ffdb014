package catalog

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"landfall/internal/migrate"
)

// Generate says how the entities of a collection are made: one of each entity of the sources.
type Generate struct {
	Sources []Source // in the order of the file

	namespace uuid.UUID
	name      string // template of what the id is made from
	idField   string
}

// Source is a collection whose entities have generated counterparts.
type Source struct {
	Ref
	EntityType string

	idField string
	fields  []copied
}

// copied is a member of the generated record and where its value comes from.
type copied struct {
	member string
	from   path
	uuid   bool
}

// Record makes the record that is generated from a source record. The same source gives the same bytes and the same
// id, a UUID of version 5. It fails with Invalid if the source has no usable id or the entity type is no source. It may
// be used by many goroutines.
func (g *Generate) Record(entityType string, source []byte) (migrate.ReferenceID, []byte, error) {
	s, ok := first(g.Sources, func(s Source) bool { return s.EntityType == entityType })
	if !ok {
		return migrate.ReferenceID{}, nil, migrate.Errorf(migrate.Invalid, "generating a record", "%q is no source", entityType)
	}
	var doc document
	if err := doc.read(source); err != nil {
		return migrate.ReferenceID{}, nil, err
	}
	from, ok := doc.id(s.idField)
	if !ok {
		return migrate.ReferenceID{}, nil, migrate.Errorf(migrate.Invalid, "generating a record", "the source has no id")
	}
	name := strings.NewReplacer("{entityType}", entityType, "{referenceId}", from.String()).Replace(g.name)
	id := migrate.ReferenceID(uuid.NewSHA1(g.namespace, []byte(name)))
	var b bytes.Buffer
	b.WriteString(`{` + strconv.Quote(g.idField) + `:"` + id.String() + `","source":{"component":"` + string(s.Component) +
		`","entityType":"` + s.EntityType + `","referenceId":"` + from.String() + `"}`)
	for _, f := range s.fields {
		doc.copy(&b, f)
	}
	b.WriteByte('}')
	return id, b.Bytes(), nil
}

// id reads the reference id in a member of the record.
func (d *document) id(member string) (migrate.ReferenceID, bool) {
	n := d.find(0, member)
	if n == none || d.nodes[n].kind != '"' {
		return migrate.ReferenceID{}, false
	}
	return migrate.ParseReferenceID(d.str(n))
}

// copy writes a member, digit for digit, unless the record does not have it.
func (d *document) copy(b *bytes.Buffer, f copied) {
	n := d.at(0, f.from)
	if n == none {
		return
	}
	length := b.Len()
	b.WriteString("," + strconv.Quote(f.member) + ":")
	value := d.text(n)
	if f.uuid {
		value = bytes.ToLower(value)
	}
	if json.Compact(b, value) != nil { // cannot happen: the source was checked when it was loaded
		b.Truncate(length)
	}
}

// generate reads how a collection is made. It runs when every collection is known.
func (r *reader) generate(c *Collection, m *mapping) {
	g, ok := m.object("generate")
	if !ok {
		return
	}
	defer g.close()
	namespace := g.need("namespace")
	var err error
	if c.Generate.namespace, err = uuid.Parse(namespace.s); err != nil && namespace.s != "" {
		r.fault(namespace.at, "the namespace is no UUID")
	}
	c.Generate.name, c.Generate.idField = g.need("name").s, c.IDField
	g.each("from", func(m *mapping) { r.source(c, m) })
	if len(g.nodes("from")) == 0 {
		r.fault(g.at, "from is missing")
	}
}

func (r *reader) source(c *Collection, m *mapping) {
	name := m.need("collection")
	component, rest, _ := strings.Cut(name.s, "/")
	from, ok := r.catalog.Collection(migrate.ComponentName(component), migrate.CollectionName(rest))
	fields := m.pairs("fields")
	if !ok || from.Generate != nil {
		if name.s != "" {
			r.fault(name.at, "there is no collection %q to generate from", name.s)
		}
		return
	}
	s := Source{Ref: Ref{from.Component, from.Name}, EntityType: from.EntityType, idField: from.IDField}
	for _, f := range fields {
		member, source := f[0], f[1]
		if _, known := c.typ.Field(member.s); !known {
			r.fault(member.at, "the schema has no field %q here", member.s)
		}
		p := parsePath(source.s)
		at, wrong := p.in(Field{Type: from.typ})
		if wrong == "" && strings.Contains(source.s, "[]") {
			wrong = "a single value is needed"
		}
		if wrong != "" {
			r.fault(source.at, "%s", wrong)
			continue
		}
		s.fields = append(s.fields, copied{member.s, p, at.Type.Format == "uuid"})
	}
	c.Generate.Sources = append(c.Generate.Sources, s)
}
