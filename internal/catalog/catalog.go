package catalog

import (
	"slices"

	"github.com/google/cel-go/common/types/ref"

	"landfall/internal/catalog/shape"
	"landfall/internal/migrate"
)

// Catalog describes a domain model. It never changes after Open.
type Catalog struct {
	Name       string
	Version    string
	Components []*Component // in the order of the file
	Rules      []*Rule      // in the order of the file

	counts []*count // what the counts job counts, in the order of the file
	totals []*count // control totals
}

// Component is a domain inside a migration.
type Component struct {
	Name        migrate.ComponentName
	PathGroup   string // first segment of its paths: counterparty-management
	Collections []*Collection
	Generated   bool // nobody loads it: all its collections are made from what others hold
}

// Collection is one kind of entity in a component.
type Collection struct {
	Component  migrate.ComponentName
	Name       migrate.CollectionName
	Index      int    // position within the component
	EntityType string // singular: Counterparty
	Label      string // for messages: counterparty
	IDField    string // member that holds the caller's reference id
	References []*Reference
	Generate   *Generate // nil for a collection that is loaded

	typ      *Type
	checks   []*check
	lookups  map[string]ref.Val
	shape    *shape.Shape
	fallback *shape.Reference // instead of a shape, if the schema is outside its subset
}

// Component finds a component by name.
func (c *Catalog) Component(name migrate.ComponentName) (*Component, bool) {
	return first(c.Components, func(p *Component) bool { return p.Name == name })
}

// ByPathGroup finds the component whose paths begin with a segment.
func (c *Catalog) ByPathGroup(group string) (*Component, bool) {
	return first(c.Components, func(p *Component) bool { return p.PathGroup == group })
}

// Collection finds a collection by its names.
func (c *Catalog) Collection(component migrate.ComponentName, name migrate.CollectionName) (*Collection, bool) {
	p, ok := c.Component(component)
	if !ok {
		return nil, false
	}
	return p.Collection(name)
}

// Collection finds a collection of the component.
func (p *Component) Collection(name migrate.CollectionName) (*Collection, bool) {
	return first(p.Collections, func(c *Collection) bool { return c.Name == name })
}

// Sources gives the components that a generated component is made from, each once, in the order of the file.
func (p *Component) Sources() []migrate.ComponentName {
	var names []migrate.ComponentName
	for _, c := range p.Collections {
		if c.Generate == nil {
			continue
		}
		for _, s := range c.Generate.Sources {
			if !slices.Contains(names, s.Component) {
				names = append(names, s.Component)
			}
		}
	}
	return names
}

// Record gives the type of the collection's records.
func (c *Collection) Record() *Type { return c.typ }

// PersonalField is a field that holds personal data.
type PersonalField struct {
	Path  string // addresses[].locality
	Class string // identity, contact, location, financial, …
}

// Personal lists the fields that hold personal data, in the order of the schema. What lies inside a listed field has its
// class too and is not listed, unless it has another.
func (c *Collection) Personal() []PersonalField {
	return personal(nil, nil, Field{Type: c.typ}, "")
}

func personal(list []PersonalField, at path, f Field, outer string) []PersonalField {
	if f.Personal != "" && f.Personal != outer {
		list, outer = append(list, PersonalField{at.String(), f.Personal}), f.Personal
	}
	if f.Type.Items != nil {
		last := at[len(at)-1]
		at = append(at[:len(at)-1:len(at)-1], step{last.name, true})
		return personal(list, at, *f.Type.Items, outer)
	}
	for _, inner := range f.Type.Fields {
		list = personal(list, append(at[:len(at):len(at)], step{name: inner.Name}), inner, outer)
	}
	return list
}

func first[T any](list []T, is func(T) bool) (found T, ok bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	return found, false
}
