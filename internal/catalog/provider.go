package catalog

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// provider tells the compiler of expressions which fields the objects of the schemas have, and how to read them.
type provider struct {
	types.Provider
	types map[string]*Type // objects by name
}

// add makes a type and all objects inside it known.
func (p *provider) add(t *Type) {
	if t.Items != nil {
		p.add(t.Items.Type)
	}
	if t.Kind != "object" || p.types[t.Name] != nil {
		return
	}
	p.types[t.Name] = t
	for _, f := range t.Fields {
		p.add(f.Type)
	}
}

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if t, ok := p.types[name]; ok {
		return types.NewTypeTypeWithParam(celType(t)), true
	}
	return p.Provider.FindStructType(name)
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	t, ok := p.types[name]
	if !ok {
		return p.Provider.FindStructFieldNames(name)
	}
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	return names, true
}

func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	t, ok := p.types[name]
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	f, ok := t.Field(field)
	if !ok {
		return nil, false
	}
	return &types.FieldType{
		Type: celType(f.Type),
		IsSet: func(target any) bool {
			o, ok := target.(object)
			return ok && o.doc.has(o.doc.find(o.node, field))
		},
		GetFrom: func(target any) (any, error) {
			if o, ok := target.(object); ok {
				if v, ok := o.doc.value(o.doc.find(o.node, field), f.Type); ok {
					return v, nil
				}
			}
			return nil, errAbsent
		},
	}, true
}

func (p *provider) NewValue(name string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("a rule cannot make a %s", name)
}
