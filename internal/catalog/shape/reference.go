package shape

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	found "github.com/santhosh-tekuri/jsonschema/v6/kind"

	"landfall/internal/migrate"
)

// Reference does what a Checker does with any schema of draft 2020-12, by building the record's value and handing it to
// a JSON Schema library. It shares no code with Checker that decides about a record. It may be used by many goroutines.
type Reference struct {
	schema  *jsonschema.Schema
	idField string
}

// base is where the library believes the files to be.
const base = "file:///"

// NewReference reads the schema in the file name of fsys and what it refers to.
func NewReference(fsys fs.FS, name, idField string) (*Reference, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.UseLoader(loader{fsys})
	for name, holds := range referenceFormats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if !holds(v) {
				return fmt.Errorf("no %s", name)
			}
			return nil
		}})
	}
	schema, err := c.Compile(base + name)
	if err != nil {
		return nil, fmt.Errorf("reading schema %s: %w", name, err)
	}
	return &Reference{schema: schema, idField: idField}, nil
}

// loader gives the library the files of a file system.
type loader struct{ fsys fs.FS }

func (l loader) Load(url string) (any, error) {
	f, err := l.fsys.Open(strings.TrimPrefix(url, base))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, err
	}
	if d, ok := doc.(map[string]any); ok {
		delete(d, "$id") // files refer to each other by name
	}
	separate(doc)
	return doc, nil
}

// separate moves keywords after whose failure the library looks no further into an allOf of their own, so that it
// finds all faults of a value.
func separate(schema any) {
	s, ok := schema.(map[string]any)
	if !ok {
		return
	}
	for _, k := range []string{"items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains",
		"propertyNames", "not", "if", "then", "else"} {
		separate(s[k])
	}
	for _, k := range []string{"allOf", "anyOf", "oneOf", "prefixItems"} {
		list, _ := s[k].([]any)
		for _, e := range list {
			separate(e)
		}
	}
	for _, k := range []string{"properties", "patternProperties", "dependentSchemas", "$defs"} {
		m, _ := s[k].(map[string]any)
		for _, e := range m {
			separate(e)
		}
	}
	all, _ := s["allOf"].([]any)
	for _, k := range []string{"enum", "const", "format"} {
		if v, ok := s[k]; ok {
			all = append(all, map[string]any{k: v})
			delete(s, k)
		}
	}
	if len(all) > 0 {
		s["allOf"] = all
	}
}

// Check checks one record, which it neither keeps nor changes; see Checker.Check.
func (r *Reference) Check(record []byte, strict bool) Result {
	p := parseRecord(record, r.idField)
	if p.broken {
		return Result{ID: p.id, Faults: []migrate.Fault{noJSON(p.repeated)}}
	}
	v, ok := p.value.(map[string]any)
	if !ok {
		return Result{Faults: []migrate.Fault{{Code: migrate.InvalidType, Message: mustBeAnObject}}}
	}
	f := &findings{record: v, idField: r.idField}
	var invalid *jsonschema.ValidationError
	if errors.As(r.schema.Validate(v), &invalid) {
		f.explain(invalid)
	}
	rest := maps.Clone(v)
	delete(rest, r.idField)
	f.walk("", rest, []*jsonschema.Schema{r.schema}, strict)
	f.onlyWrongType()
	f.explainID(p.id)
	if len(f.faults) == 0 {
		return Result{ID: p.id}
	}
	return Result{ID: p.id, Faults: sortFaults(f.faults)}
}

// findings gathers the faults of one record. What others find wrong with the id member does not count.
type findings struct {
	record  map[string]any
	idField string
	faults  []migrate.Fault
}

func (f *findings) add(field string, code migrate.FaultCode, message string) {
	f.faults = append(f.faults, migrate.Fault{Field: clipField([]byte(field)), Code: code, Message: message})
}

// explain turns what the library found into faults.
func (f *findings) explain(e *jsonschema.ValidationError) {
	if len(e.InstanceLocation) > 0 && e.InstanceLocation[0] == f.idField {
		return
	}
	field := f.field(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *found.Schema, *found.Group, *found.Reference, *found.AllOf:
		for _, cause := range e.Causes {
			f.explain(cause)
		}
	case *found.Required:
		f.require(e, k.Missing)
	case *found.DependentRequired:
		f.require(e, k.Missing)
	case *found.AdditionalProperties:
		for _, name := range k.Properties {
			f.add(join(field, name), migrate.UnknownField, isUnknown)
		}
	case *found.AnyOf, *found.OneOf:
		if wrongType(e) {
			f.add(field, migrate.InvalidType, "must be of another type")
		} else {
			f.add(field, migrate.InvalidValue, "fits none of the forms allowed, or too many")
		}
	default:
		code, message := explainKind(e.ErrorKind)
		f.add(field, code, message)
	}
}

func (f *findings) require(e *jsonschema.ValidationError, names []string) {
	for _, name := range names {
		if len(e.InstanceLocation) > 0 || name != f.idField {
			f.add(join(f.field(e.InstanceLocation), name), migrate.MissingRequiredField, isRequired)
		}
	}
}

// wrongType reports whether no branch of an alternative takes values of this type.
func wrongType(e *jsonschema.ValidationError) bool {
	for _, cause := range e.Causes {
		if _, ok := cause.ErrorKind.(*found.Type); !ok || len(cause.InstanceLocation) != len(e.InstanceLocation) {
			return false
		}
	}
	return len(e.Causes) > 0
}

func explainKind(k jsonschema.ErrorKind) (code migrate.FaultCode, message string) {
	switch k := k.(type) {
	case *found.Type:
		if len(k.Want) == 1 && typeMessages[k.Want[0]] != "" {
			return migrate.InvalidType, typeMessages[k.Want[0]]
		}
		return migrate.InvalidType, "must be " + strings.Join(k.Want, " or ")
	case *found.Format:
		if m := formatMessages[k.Want]; m != "" {
			if k.Want == "decimal" {
				return migrate.InvalidValue, m // a limit of length, not a form
			}
			return migrate.InvalidFormat, m
		}
		return migrate.InvalidFormat, "must be " + k.Want
	case *found.Pattern:
		return migrate.InvalidFormat, patternMessage(k.Want)
	case *found.Const:
		return migrate.InvalidValue, enumMessage([]string{fmt.Sprint(k.Want)})
	case *found.Enum:
		var values []string
		for _, v := range k.Want {
			values = append(values, fmt.Sprint(v))
		}
		return migrate.InvalidValue, enumMessage(values)
	case *found.MinLength:
		return migrate.InvalidValue, lengthMessage("least", k.Want, "characters")
	case *found.MaxLength:
		return migrate.InvalidValue, lengthMessage("most", k.Want, "characters")
	case *found.MinItems:
		return migrate.InvalidValue, lengthMessage("least", k.Want, "items")
	case *found.MaxItems:
		return migrate.InvalidValue, lengthMessage("most", k.Want, "items")
	case *found.Minimum:
		return migrate.InvalidValue, limitMessage("at least", k.Want)
	case *found.Maximum:
		return migrate.InvalidValue, limitMessage("at most", k.Want)
	case *found.ExclusiveMinimum:
		return migrate.InvalidValue, limitMessage("more than", k.Want)
	case *found.ExclusiveMaximum:
		return migrate.InvalidValue, limitMessage("less than", k.Want)
	}
	return migrate.InvalidValue, "is not what " + strings.Join(k.KeywordPath(), "/") + " allows"
}

// walk finds what the library does not look for: null among the elements of an array and, if strict, members that none
// of the schemas of an object describes.
func (f *findings) walk(field string, v any, schemas []*jsonschema.Schema, strict bool) {
	schemas = expand(schemas, nil)
	switch v := v.(type) {
	case map[string]any:
		described := slices.ContainsFunc(schemas, func(s *jsonschema.Schema) bool { return s.Properties != nil })
		for name, value := range v {
			path := join(field, name)
			of := memberSchemas(name, schemas)
			if strict && described && len(of) == 0 {
				f.add(path, migrate.UnknownField, isUnknown)
			}
			f.walk(path, value, of, strict)
		}
	case []any:
		described := slices.ContainsFunc(schemas, func(s *jsonschema.Schema) bool {
			return s.Types != nil && slices.Contains(s.Types.ToStrings(), "array")
		})
		for k, value := range v {
			path := fmt.Sprintf("%s[%d]", field, k)
			if value == nil && described {
				f.add(path, migrate.InvalidType, mustNotBeNull)
			}
			f.walk(path, value, elementSchemas(k, schemas), strict)
		}
	}
}

// expand adds the schemas that apply to the same value.
func expand(schemas, to []*jsonschema.Schema) []*jsonschema.Schema {
	for _, s := range schemas {
		if s == nil || slices.Contains(to, s) {
			continue
		}
		to = append(to, s)
		to = expand([]*jsonschema.Schema{s.Ref, s.If, s.Then, s.Else}, to)
		to = expand(s.AllOf, to)
		to = expand(s.AnyOf, to)
		to = expand(s.OneOf, to)
		for _, d := range s.DependentSchemas {
			to = expand([]*jsonschema.Schema{d}, to)
		}
	}
	return to
}

func memberSchemas(name string, schemas []*jsonschema.Schema) []*jsonschema.Schema {
	var of []*jsonschema.Schema
	for _, s := range schemas {
		if m, ok := s.Properties[name]; ok {
			of = append(of, m)
		}
		for re, m := range s.PatternProperties {
			if re.MatchString(name) {
				of = append(of, m)
			}
		}
		if m, ok := s.AdditionalProperties.(*jsonschema.Schema); ok && len(of) == 0 {
			of = append(of, m)
		}
	}
	return of
}

func elementSchemas(k int, schemas []*jsonschema.Schema) []*jsonschema.Schema {
	var of []*jsonschema.Schema
	for _, s := range schemas {
		if k < len(s.PrefixItems) {
			of = append(of, s.PrefixItems[k])
		} else if s.Items2020 != nil {
			of = append(of, s.Items2020)
		}
	}
	return of
}

// onlyWrongType drops what else is wrong with values of the wrong type.
func (f *findings) onlyWrongType() {
	wrong := map[string]bool{}
	for _, x := range f.faults {
		if x.Code == migrate.InvalidType {
			wrong[x.Field] = true
		}
	}
	f.faults = slices.DeleteFunc(f.faults, func(x migrate.Fault) bool {
		return wrong[x.Field] && (x.Code == migrate.InvalidValue || x.Code == migrate.InvalidFormat)
	})
}

// explainID adds the one fault that the id member may have.
func (f *findings) explainID(id migrate.ReferenceID) {
	if _, ok := f.record[f.idField]; !ok {
		f.add(f.idField, migrate.MissingRequiredField, isRequired)
	} else if id.IsZero() {
		f.add(f.idField, migrate.InvalidReferenceID, isNoID)
	}
}

// field writes the library's path into the record as a field.
func (f *findings) field(tokens []string) string {
	var v any = f.record
	field := ""
	for _, t := range tokens {
		switch in := v.(type) {
		case map[string]any:
			field = join(field, t)
			v = in[t]
		case []any:
			field += "[" + t + "]"
			k := 0
			_, _ = fmt.Sscan(t, &k)
			v = in[k]
		}
	}
	return field
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

var (
	uuidForm  = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	nilUUID   = regexp.MustCompile(`^[0-]*$`)
	timeForm  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)
	emailForm = regexp.MustCompile(`^[^@\p{Z}\p{Cc}]+@[^@.\p{Z}\p{Cc}]+(\.[^@.\p{Z}\p{Cc}]+)+$`)
)

// referenceFormats says again, in another way, what the formats of Compile are. Values of other types hold.
var referenceFormats = map[string]func(v any) bool{
	"uuid": ifString(func(s string) bool { return uuidForm.MatchString(s) && !nilUUID.MatchString(s) }),
	"date": ifString(func(s string) bool {
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	}),
	"date-time": ifString(func(s string) bool {
		s = strings.ToUpper(s)
		_, err := time.Parse(time.RFC3339Nano, s)
		return err == nil && timeForm.MatchString(s)
	}),
	"email": ifString(emailForm.MatchString),
	"decimal": func(v any) bool {
		n, ok := v.(json.Number)
		if !ok {
			return true
		}
		r, ok := new(big.Rat).SetString(n.String())
		if !ok {
			return false
		}
		scaled := new(big.Rat).Mul(r, big.NewRat(10_000_000_000, 1))
		return scaled.IsInt() && r.Abs(r).Cmp(big.NewRat(1_000_000_000_000_000_000, 1)) < 0
	},
}

func ifString(holds func(string) bool) func(any) bool {
	return func(v any) bool {
		s, ok := v.(string)
		return !ok || utf8.ValidString(s) && holds(s)
	}
}
