package shape_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog/shape"
)

// member gives a record schema with the member m.
func member(schema string) string {
	return `{"type":"object","properties":{"referenceId":{"type":"string"},"m":` + schema + `}}`
}

func TestCompile_NamesEachFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, schema string
		want         []string // pointers
	}{
		{"no JSON", `{`, []string{""}},
		{"name repeated", `{"type":"object","type":"object"}`, []string{""}},
		{"no schema", `7`, []string{""}},
		{"no object", `{"type":"array"}`, []string{""}},
		{"no id member", `{"type":"object","properties":{}}`, []string{""}},
		{"several", member(`{"type":"string","contentEncoding":"base64","pattern":"(?=a)","minLength":-1}`),
			[]string{"/properties/m/contentEncoding", "/properties/m/minLength", "/properties/m/pattern"}},
		{"no type", member(`{"enum":["a"]}`), []string{"/properties/m"}},
		{"two types", member(`{"type":["string","null"]}`), []string{"/properties/m/type"}},
		{"type null", member(`{"type":"null"}`), []string{"/properties/m/type"}},
		{"false", member(`false`), []string{"/properties/m"}},
		{"keyword of another type", member(`{"type":"integer","minLength":1}`), []string{"/properties/m/minLength"}},
		{"unknown format", member(`{"type":"string","format":"uri"}`), []string{"/properties/m/format"}},
		{"decimal text", member(`{"type":"string","format":"decimal"}`), []string{"/properties/m/format"}},
		{"enum of numbers", member(`{"type":"string","enum":[1]}`), []string{"/properties/m/enum"}},
		{"limit beyond reason", member(`{"type":"number","maximum":1e999999}`), []string{"/properties/m/maximum"}},
		{"count with a point", member(`{"type":"string","minLength":1.0}`), []string{"/properties/m/minLength"}},
		{"closed object", member(`{"type":"object","additionalProperties":false}`), []string{"/properties/m/additionalProperties"}},
		{"required and not described", member(`{"type":"object","required":["x"]}`), []string{"/properties/m/required/0"}},
		{"name that must be escaped", member(`{"type":"object","properties":{"a/\"b":{}}}`), []string{`/properties/m/properties/a~1"b`}},
		{"too many members", member(`{"type":"object","properties":{` + manySchemas(129) + `}}`), []string{"/properties/m/properties"}},
		{"oneOf", member(`{"type":"string","oneOf":[{"minLength":1}]}`), []string{"/properties/m/oneOf"}},
		{"allOf of another form", member(`{"type":"object","properties":{"a":{}},"allOf":[{"required":["a"]}]}`),
			[]string{"/properties/m/allOf/0", "/properties/m/allOf/0/required"}},
		{"else", member(`{"type":"object","properties":{"a":{}},"allOf":[{"if":{"properties":{"a":{"const":"x"}}},"then":{"required":["a"]},"else":{}}]}`),
			[]string{"/properties/m/allOf/0/else"}},
		{"condition on a number", member(`{"type":"object","properties":{"a":{}},"allOf":[{"if":{"properties":{"a":{"const":1}}},"then":{"required":["a"]}}]}`),
			[]string{"/properties/m/allOf/0/if/properties/a"}},
		{"condition on an unknown member", member(`{"type":"object","properties":{"a":{}},"allOf":[{"if":{"properties":{"b":{"const":"x"}}},"then":{"required":["a"]}}]}`),
			[]string{"/properties/m/allOf/0/if/properties/b"}},
		{"ref to nothing", member(`{"$ref":"#/$defs/x"}`), []string{"/properties/m/$ref"}},
		{"ref to a file that is not there", member(`{"$ref":"x.json"}`), []string{"x.json#", "/properties/m/$ref"}},
		{"ref to the web", member(`{"$ref":"https://landfall.example/x.json"}`), []string{"/properties/m/$ref"}},
		{"ref to an anchor", member(`{"$ref":"#x"}`), []string{"/properties/m/$ref"}},
		{"ref to itself", member(`{"$ref":"#/properties/m"}`), []string{"/properties/m"}},
		{"ref to a ref to itself", `{"type":"object","properties":{"referenceId":true,"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`,
			[]string{"/$defs/a"}},
		{"keywords beside a ref to an object", member(`{"$ref":"#","required":[]}`), []string{"/properties/m"}},
		{"another type beside a ref", `{"type":"object","properties":{"referenceId":{"type":"string"},"m":{"$ref":"#/properties/referenceId","type":"number"}}}`,
			[]string{"/properties/m/type"}},
		{"id of a part", member(`{"$id":"x","type":"string"}`), []string{"/properties/m/$id"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{"s.json": {Data: []byte(c.schema)}}
			_, err := shape.Compile(fsys, "s.json", "referenceId")
			var faults shape.SchemaError
			if !errors.As(err, &faults) {
				t.Fatalf("Compile = %v, want a SchemaError", err)
			}
			var got []string
			for _, f := range faults {
				if f.File != "s.json" {
					f.Pointer = f.File + "#" + f.Pointer
				}
				got = append(got, f.Pointer)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func manySchemas(n int) string {
	s := ""
	for k := range n {
		s += fmt.Sprintf(`,"m%d":{}`, k)
	}
	return s[1:]
}

func TestCompile_TakesAsManyMembersAsItCan(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"s.json": {Data: []byte(`{"type":"object","required":["m99","m126"],"properties":{"referenceId":{},` + manySchemas(127) + `}}`)}}
	s, err := shape.Compile(fsys, "s.json", "referenceId")
	if err != nil {
		t.Fatal(err)
	}
	checker := s.NewChecker()
	for record, want := range map[string]string{
		`{"m126":1,"m99":1,"referenceId":"` + id + `"}`:          "",
		`{"m126":1,"referenceId":"` + id + `"}`:                  "m99 MISSING_REQUIRED_FIELD",
		`{"m126":1,"m99":1,"m126":1,"referenceId":"` + id + `"}`: "no id: m126 INVALID_JSON",
	} {
		if got := short(checker.Check([]byte(record), true)); got != want {
			t.Errorf("Check(%s) = %q, want %q", record, got, want)
		}
	}
}

func TestSchemaError_NamesThePlace(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"s.json": {Data: []byte(member(`{"type":"string","oneOf":[]}`))}}
	_, err := shape.Compile(fsys, "s.json", "referenceId")
	if want := "s.json#/properties/m/oneOf: is outside the subset of type string"; err == nil || err.Error() != want {
		t.Errorf("Compile = %v, want %q", err, want)
	}
}

// What Compile refuses, a Reference takes.
func TestReference_BeyondTheSubset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, schema, value, want string }{
		{"two types", `{"type":["string","integer"]}`, `1.5`, "m INVALID_TYPE"},
		{"oneOf by type", `{"oneOf":[{"type":"string"},{"type":"integer"}]}`, `true`, "m INVALID_TYPE"},
		{"oneOf by value", `{"oneOf":[{"type":"string","maxLength":1},{"type":"integer"}]}`, `"ab"`, "m INVALID_VALUE"},
		{"else", `{"type":"object","if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`, `{}`, "m.c MISSING_REQUIRED_FIELD"},
		{"closed object", `{"type":"object","additionalProperties":false}`, `{"a":1}`, "m.a UNKNOWN_FIELD"},
		{"dependentRequired", `{"type":"object","dependentRequired":{"a":["b"]}}`, `{"a":1}`, "m.b MISSING_REQUIRED_FIELD"},
		{"uniqueItems", `{"type":"array","uniqueItems":true}`, `[1,1.0]`, "m INVALID_VALUE"},
		{"library's format", `{"type":"string","format":"ipv4"}`, `"x"`, "m INVALID_FORMAT"},
		{"multipleOf", `{"type":"number","multipleOf":0.1}`, `0.25`, "m INVALID_VALUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{"s.json": {Data: []byte(member(c.schema))}}
			if _, err := shape.Compile(fsys, "s.json", "referenceId"); err == nil {
				t.Error("Compile takes it too")
			}
			r, err := shape.NewReference(fsys, "s.json", "referenceId")
			if err != nil {
				t.Fatal(err)
			}
			if got := short(r.Check([]byte(`{"referenceId":"`+id+`","m":`+c.value+`}`), false)); got != c.want {
				t.Errorf("Check(%s) = %q, want %q", c.value, got, c.want)
			}
		})
	}
	fsys := fstest.MapFS{"s.json": {Data: []byte(`{"type":7}`)}}
	if _, err := shape.NewReference(fsys, "s.json", "referenceId"); err == nil {
		t.Error("NewReference takes what is no schema")
	}
}
