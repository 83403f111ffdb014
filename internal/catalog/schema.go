package catalog

import (
	"io/fs"
	slashpath "path"
	"regexp"
	"slices"
	"strings"
)

// Type is what a schema says about the values of one place, or of many that refer to the same definition.
type Type struct {
	Name   string  // of the definition, or the place's own if it refers to none; unique within a catalog
	Kind   string  // JSON type: object, array, string, number, integer, boolean
	Format string  // as the schema says: uuid, date, …
	Fields []Field // of an object, in the schema's order
	Items  *Field  // of an array: its elements

	defined  bool   // by a definition that can be referred to
	personal string // class of personal data that the definition gives
}

// Field is a member of an object, or the elements of a list.
type Field struct {
	Name     string // "[]" for elements
	Type     *Type
	Required bool   // in every record; fields that are required on a condition are not
	Personal string // class of personal data; "" is none of its own, but it may lie inside something that has one
}

// Field finds a member by name.
func (t *Type) Field(name string) (Field, bool) {
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return t.Fields[i], true
}

// schemas reads the schema files of a catalog. Whether a record fits a schema is for package shape; what is read here is
// what references, rules and counts need to know: which fields there are and of which type.
type schemas struct {
	*report
	fsys  fs.FS
	files map[string]*mapping
	types map[string]*Type // by file and place of the definition; nil while it is being read
	names map[string]bool  // of definitions
}

func newSchemas(r *report, fsys fs.FS) *schemas {
	return &schemas{r, fsys, map[string]*mapping{}, map[string]*Type{}, map[string]bool{}}
}

// record reads the type of a collection's records.
func (s *schemas) record(file text, collection string) (*Type, bool) {
	m, ok := s.file(file.s, file.at)
	if !ok {
		return nil, false
	}
	return s.read(file.s, m, collection)
}

func (s *schemas) file(name string, missing spot) (*mapping, bool) {
	m, known := s.files[name]
	if !known {
		m, _ = s.open(s.fsys, name, missing)
		s.files[name] = m
	}
	return m, m != nil
}

// read reads one schema. The place names it unless it only refers to a definition.
func (s *schemas) read(file string, m *mapping, place string) (*Type, bool) {
	if ref := m.text("$ref"); ref.s != "" {
		return s.definition(file, ref)
	}
	if p := m.text("pattern"); p.s != "" {
		if _, err := regexp.Compile(p.s); err != nil {
			s.fault(p.at, "the pattern is no regular expression that can be used: %v", err)
		}
	}
	t := &Type{Name: place, Kind: m.text("type").s, Format: m.text("format").s, personal: s.class(m)}
	var required []string
	for _, name := range m.texts("required") {
		required = append(required, name.s)
	}
	if properties, ok := m.object("properties"); ok {
		t.Fields = s.fields(file, properties, place, required)
	}
	if items, ok := m.object("items"); ok {
		if inner, ok := s.read(file, items, place+"[]"); ok {
			t.Items = &Field{"[]", inner, false, s.personal(items, inner)}
		}
	}
	return t, true
}

func (s *schemas) fields(file string, properties *mapping, place string, required []string) []Field {
	var fields []Field
	for _, e := range properties.entries {
		m, ok := s.mapping(file, e.node)
		if !ok {
			continue
		}
		if t, ok := s.read(file, m, place+"."+e.key.s); ok {
			fields = append(fields, Field{e.key.s, t, slices.Contains(required, e.key.s), s.personal(m, t)})
		}
	}
	return fields
}

func (s *schemas) personal(m *mapping, t *Type) string {
	if own := s.class(m); own != "" {
		return own
	}
	return t.personal
}

// classes are the classes of personal data that a field can have.
var classes = []string{"identity", "contact", "location", "financial", "vulnerable", "free-text", "none"}

func (s *schemas) class(m *mapping) string {
	c := m.text("x-personal")
	if c.s != "" && !slices.Contains(classes, c.s) {
		s.fault(c.at, "x-personal must be one of %s", strings.Join(classes, ", "))
	}
	return c.s
}

// definition follows a reference of the forms #/$defs/name and file#/$defs/name.
func (s *schemas) definition(file string, ref text) (*Type, bool) {
	other, name, ok := strings.Cut(ref.s, "#/$defs/")
	if !ok {
		s.fault(ref.at, "a reference must have the form file#/$defs/name")
		return nil, false
	}
	if other != "" {
		file = slashpath.Join(slashpath.Dir(file), other)
	}
	key := file + "#" + name
	if t, begun := s.types[key]; begun {
		if t == nil {
			s.fault(ref.at, "the definition %q contains itself", name)
		}
		return t, t != nil
	}
	m, ok := s.lookUp(file, name, ref)
	if !ok {
		return nil, false
	}
	s.types[key] = nil
	t, ok := s.read(file, m, name)
	if !ok {
		return nil, false
	}
	if t.Name == name { // and not that of a further definition
		if s.names[name] {
			s.fault(ref.at, "the definition %q is in two schema files", name)
		}
		s.names[name], t.defined = true, true
	}
	s.types[key] = t
	return t, true
}

func (s *schemas) lookUp(file, name string, ref text) (*mapping, bool) {
	m, ok := s.file(file, ref.at)
	if !ok {
		return nil, false
	}
	if defs, ok := m.object("$defs"); ok {
		if found, ok := defs.object(name); ok {
			return found, true
		}
	}
	s.fault(ref.at, "%s has no definition %q", file, name)
	return nil, false
}
