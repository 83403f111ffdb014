package catalog_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// checkCase breaks the catalog in testdata/small: old becomes new in a file.
type checkCase struct{ name, file, old, new string }

var checkCases = []checkCase{
	{"nothing is wrong", "catalog.yaml", "name: small", "name: small"},
	{"YAML is malformed", "catalog.yaml", "version: \"1\"", "version: [1"},
	{"unknown key", "catalog.yaml", "label: box", "label: box\n        lable: box"},
	{"missing key", "catalog.yaml", "        entity: Box\n", ""},
	{"a list where a value belongs", "catalog.yaml", "label: box", "label: [box]"},
	{"a value where a mapping belongs", "catalog.yaml", "group: {Code: code}", "group: code"},
	{"component twice", "catalog.yaml", "- name: Boxes", "- name: Things"},
	{"path group twice", "catalog.yaml", "path: boxes", "path: things"},
	{"collection twice", "catalog.yaml", "- name: boxes", "- name: things"},
	{"entity type twice", "catalog.yaml", "entity: Box", "entity: Thing"},
	{"rule twice", "catalog.yaml", "code: TOO_HEAVY", "code: CODE_UNKNOWN"},
	{"count twice", "catalog.yaml", "type: Weights", "type: Total"},
	{"lookup twice", "catalog.yaml", "  - name: codes\n", "  - name: codes\n    file: codes.csv\n  - name: codes\n"},
	{"unknown key at the top", "catalog.yaml", "counts:", "count:"},
	{"unknown component in a reference", "catalog.yaml", "to: Boxes/boxes", "to: Crates/boxes"},
	{"unknown collection in a reference", "catalog.yaml", "to: Boxes/boxes", "to: Boxes/crates"},
	{"unknown reference field", "catalog.yaml", "field: boxes[]", "field: crates[]"},
	{"a reference field that is no uuid", "catalog.yaml", "field: partOf", "field: code"},
	{"a reference to a list as a whole", "catalog.yaml", "field: boxes[]", "field: boxes"},
	{"a reference into what is no list", "catalog.yaml", "field: partOf", "field: partOf[]"},
	{"CEL: syntax", "catalog.yaml", "this.weight > 0", "this.weight >"},
	{"CEL: unknown field", "catalog.yaml", "codes[this.code] > 3", "codes[this.code] > this.wieght"},
	{"CEL: unknown lookup", "catalog.yaml", "this in codes", "this in coeds"},
	{"CEL: not a yes or no", "catalog.yaml", "this.weight > 0", "this.weight"},
	{"CEL: a fraction is no decimal", "catalog.yaml", "this.weight > 0", "this.weight > 0.5"},
	{"CEL: the record is not seen everywhere", "catalog.yaml", "this in codes", "this in codes && has(record.weight)"},
	{"code not in upper snake case", "catalog.yaml", "code: TOO_HEAVY", "code: TooHeavy"},
	{"code of the pipeline", "catalog.yaml", "code: TOO_HEAVY", "code: ALREADY_LIVE"},
	{"rule without message", "catalog.yaml", "    message: Too heavy\n", ""},
	{"rule without checks", "catalog.yaml", "    checks:\n      - on: things\n", "    check:\n      - on: things\n"},
	{"check without a place", "catalog.yaml", "on: things\n        at: weight", "onn: things\n        at: weight"},
	{"check on an unknown collection", "catalog.yaml", "on: things\n", "on: crates\n"},
	{"check on an unknown field", "catalog.yaml", "on: things.parts[]", "on: things.pieces[]"},
	{"check on an unknown definition", "catalog.yaml", "on: $code", "on: $cod"},
	{"fault at an unknown field", "catalog.yaml", "at: weight", "at: wieght"},
	{"neither must nor unique", "catalog.yaml", "must: this in codes", "when: this in codes"},
	{"unknown uniqueness", "catalog.yaml", "unique: list", "unique: world"},
	{"unique by an unknown field", "catalog.yaml", "by: code", "by: cod"},
	{"unique in no list", "catalog.yaml", "on: things.parts[]", "on: things"},
	{"unique is an object", "catalog.yaml", "        by: code\n", ""},
	{"lookup file missing", "catalog.yaml", "file: codes.csv", "file: cods.csv"},
	{"lookup column missing", "catalog.yaml", "value: weight", "value: length"},
	{"lookup not used", "catalog.yaml", "  - name: codes\n", "  - {name: more, file: codes.csv}\n  - name: codes\n"},
	{"lookup named like a variable", "catalog.yaml", "name: codes", "name: today"},
	{"lookup key twice", "codes.csv", "B,5", "A,5"},
	{"lookup value no number", "codes.csv", "B,5", "B,five"},
	{"lookup row of another length", "codes.csv", "B,5", "B"},
	{"schema missing", "catalog.yaml", "schema: box.schema.json", "schema: bx.schema.json"},
	{"schema is no JSON", "box.schema.json", `"required": [`, `"required": [[`},
	{"schema refers to nothing", "thing.schema.json", `"#/$defs/code"},
    "weight"`, `"#/$defs/cod"},
    "weight"`},
	{"schema refers to itself", "thing.schema.json", `{"type": "string", "pattern": "^[A-Z]$"}`, `{"type": "array", "items": {"$ref": "#/$defs/code"}}`},
	{"schema has a bad pattern", "thing.schema.json", "^[A-Z]$", "^[A-Z$"},
	{"schema has an unknown format", "box.schema.json", `"format": "uuid"}`, `"format": "uuid"}, "x": {"type": "string", "format": "hostname"}`},
	{"schema is outside the subset", "box.schema.json", `"required"`, `"minProperties": 1, "required"`},
	{"schema has an invalid keyword", "box.schema.json", `"required"`, `"minProperties": "one", "required"`},
	{"schema has an unknown class of personal data", "box.schema.json", `"format": "uuid"`, `"format": "uuid", "x-personal": "secret"`},
	{"id field missing", "box.schema.json", "referenceId", "id"},
	{"id field not required", "box.schema.json", `["referenceId"]`, `[]`},
	{"unknown source of a generated collection", "catalog.yaml", "collection: Things/things", "collection: Things/thing"},
	{"generated field unknown", "catalog.yaml", "text: code", "txt: code"},
	{"generated from an unknown field", "catalog.yaml", "text: code", "text: cod"},
	{"namespace no UUID", "catalog.yaml", "namespace: 659d8b4c", "namespace: x59d8b4c"},
	{"count of an unknown collection", "catalog.yaml", "of: things\n    group", "of: thing\n    group"},
	{"count by an unknown field", "catalog.yaml", "{Code: code}", "{Code: cod}"},
	{"count by a list", "catalog.yaml", "{Code: code}", "{Code: boxes}"},
	{"sum of what is no number", "catalog.yaml", "{Weight: weight}", "{Weight: code}"},
	{"total by an unknown field", "catalog.yaml", "key: code", "key: cod"},
}

func TestCheck_Golden(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, tc := range checkCases {
		fmt.Fprintf(&out, "# %s\n", tc.name)
		for _, p := range catalog.Check(broken(t, tc)) {
			fmt.Fprintln(&out, p)
		}
	}
	golden := filepath.Join("testdata", "check.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("Check (-want +got):\n%s", diff)
	}
}

func TestCheck_EveryBrokenCatalogHasAProblem(t *testing.T) {
	t.Parallel()
	for _, tc := range checkCases[1:] {
		if len(catalog.Check(broken(t, tc))) == 0 {
			t.Errorf("%s: no problem found", tc.name)
		}
	}
}

// broken gives the catalog in testdata/small with one change.
func broken(t testing.TB, tc checkCase) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	files, err := filepath.Glob("testdata/small/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if name == tc.file {
			if strings.Count(string(text), tc.old) == 0 {
				t.Fatalf("%s: %q is not in %s", tc.name, tc.old, name)
			}
			text = []byte(strings.Replace(string(text), tc.old, tc.new, 1))
		}
		fsys[name] = &fstest.MapFile{Data: text}
	}
	return fsys
}
