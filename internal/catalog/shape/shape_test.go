package shape_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog/shape"
	"landfall/internal/migrate"
)

const id = "f5eb4278-0c5d-4b7b-9a55-3a1f6d1f0a01"

// check is what Checker and Reference have in common.
type check func(record []byte, strict bool) shape.Result

func compile(tb testing.TB, name string) *shape.Shape {
	tb.Helper()
	s, err := shape.Compile(os.DirFS("testdata/schemas"), name+".schema.json", "referenceId")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func reference(tb testing.TB, name string) *shape.Reference {
	tb.Helper()
	r, err := shape.NewReference(os.DirFS("testdata/schemas"), name+".schema.json", "referenceId")
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// short writes a result as "id? field CODE, field CODE".
func short(r shape.Result) string {
	var faults []string
	for _, f := range r.Faults {
		faults = append(faults, fmt.Sprintf("%s %s", f.Field, f.Code))
	}
	s := strings.Join(faults, ", ")
	if r.ID.IsZero() {
		s = "no id: " + s
	}
	return s
}

// rules has one record per rule. A record without braces is put into a good one, of which it is a part.
var rules = []struct {
	name   string
	record string
	want   string
	strict bool
}{
	{name: "good", record: `"flag":true`},
	{name: "whitespace around and between", record: " \r\n\t{ \"kind\" : \"k\" , \"referenceId\"\n:\t\"" + id + "\" } \n"},
	{name: "members in any order", record: `{"flag":true,"referenceId":"` + id + `","kind":"k"}`},
	{name: "names are compared without escapes", record: `{"\u006bind":"k","reference\u0049d":"` + id + `"}`},
	{name: "escaped values are compared without escapes", record: `"sort":"\u0061b","on":"2024\u002d01-31"`},

	{name: "nothing", record: ` `, want: `no id:  INVALID_JSON`},
	{name: "truncated after the id", record: `{"referenceId":"` + id + `"`, want: ` INVALID_JSON`},
	{name: "truncated inside the id", record: `{"referenceId":"` + id, want: `no id:  INVALID_JSON`},
	{name: "id behind the fault", record: `{"kind":k,"referenceId":"` + id + `"}`, want: `no id:  INVALID_JSON`},
	{name: "id of an inner object", record: `{"part":{"referenceId":"` + id + `"},x`, want: `no id:  INVALID_JSON`},
	{name: "two values", record: `{"referenceId":"` + id + `","kind":"k"}{}`, want: ` INVALID_JSON`},
	{name: "comma at the end", record: `"flag":true,`, want: ` INVALID_JSON`},
	{name: "comma at the end of an array", record: `"any":[1,]`, want: ` INVALID_JSON`},
	{name: "name without quotes", record: `flag:true`, want: ` INVALID_JSON`},
	{name: "no colon", record: `"flag" true`, want: ` INVALID_JSON`},
	{name: "unfinished word", record: `"flag":tru`, want: ` INVALID_JSON`},
	{name: "word of another language", record: `"flag":NaN`, want: ` INVALID_JSON`},
	{name: "leading zero", record: `"any":01`, want: ` INVALID_JSON`},
	{name: "plus", record: `"any":+1`, want: ` INVALID_JSON`},
	{name: "point without digits", record: `"any":1.`, want: ` INVALID_JSON`},
	{name: "no digits before the point", record: `"any":.5`, want: ` INVALID_JSON`},
	{name: "exponent without digits", record: `"any":1e+`, want: ` INVALID_JSON`},
	{name: "lone minus", record: `"any":-`, want: ` INVALID_JSON`},
	{name: "minus zero", record: `"any":-0`},
	{name: "invalid UTF-8", record: "\"any\":\"\xff\"", want: ` INVALID_JSON`},
	{name: "overlong UTF-8", record: "\"any\":\"\xc0\x80\"", want: ` INVALID_JSON`},
	{name: "surrogate in UTF-8", record: "\"any\":\"\xed\xa0\x80\"", want: ` INVALID_JSON`},
	{name: "invalid UTF-8 in a name", record: "\"\xff\":1", want: ` INVALID_JSON`},
	{name: "byte-order mark", record: "\ufeff{}", want: `no id:  INVALID_JSON`},
	{name: "raw control character", record: "\"any\":\"\x1f\"", want: ` INVALID_JSON`},
	{name: "raw NUL", record: "\"any\":\"\x00\"", want: ` INVALID_JSON`},
	{name: "escaped NUL", record: `"any":"\u0000"`},
	{name: "delete is an ordinary character", record: "\"any\":\"\x7f\""},
	{name: "unknown escape", record: `"any":"\x41"`, want: ` INVALID_JSON`},
	{name: "short escape", record: `"any":"\u12g4"`, want: ` INVALID_JSON`},
	{name: "surrogate pair", record: `"any":"\ud83d\ude00"`},
	{name: "lone high surrogate", record: `"any":"\ud83d"`, want: ` INVALID_JSON`},
	{name: "lone low surrogate", record: `"any":"\ude00"`, want: ` INVALID_JSON`},
	{name: "high surrogate twice", record: `"any":"\ud83d\ud83d"`, want: ` INVALID_JSON`},
	{name: "lone surrogate in a name", record: `"\ud83d":1`, want: ` INVALID_JSON`},
	{name: "64 levels", record: `"any":` + nest(63)},
	{name: "65 levels", record: `"any":` + nest(64), want: ` INVALID_JSON`},
	{name: "64 objects", record: `"any":` + nestObjects(63)},
	{name: "65 objects", record: `"any":` + nestObjects(64), want: ` INVALID_JSON`},
	{name: "64 levels in what is unknown", record: `"new":` + nest(63)},
	{name: "65 levels in what is unknown", record: `"new":` + nest(64), want: ` INVALID_JSON`},

	{name: "known name repeated", record: `"flag":true,"flag":true`, want: `flag INVALID_JSON`},
	{name: "unknown name repeated", record: `"new":1,"new":2`, want: `new INVALID_JSON`},
	{name: "name repeated with escapes", record: `"new":1,"n\u0065w":2`, want: `new INVALID_JSON`},
	{name: "repeated after null", record: `"flag":null,"flag":true`, want: `flag INVALID_JSON`},
	{name: "repeated further in", record: `"any":[0,{"a":{"b":1,"b":2}}]`, want: `any[1].a.b INVALID_JSON`},
	{name: "repeated in a described object", record: `"part":{"way":"x","way":"x"}`, want: `part.way INVALID_JSON`},
	{name: "id repeated", record: `"referenceId":7`, want: `referenceId INVALID_JSON`},
	{name: "same name in two objects", record: `"any":[{"a":1},{"a":1}],"a":1`},
	{name: "repeated before another fault", record: `"new":1,"new":2,x`, want: `new INVALID_JSON`},
	{name: "repeated after another fault", record: `"a":x,"new":1,"new":2`, want: ` INVALID_JSON`},
	{name: "repeated, then no colon", record: `"new":1,"new"x`, want: `new INVALID_JSON`},
	{name: "repeated among many", record: many(2000) + `,"m1999":0`, want: `m1999 INVALID_JSON`},
	{name: "many names", record: many(2000)},
	{name: "only fault", record: `"flag":1,"count":"x","new":1,"new":1`, want: `new INVALID_JSON`},

	{name: "array", record: `[1]`, want: `no id:  INVALID_TYPE`},
	{name: "null", record: `null`, want: `no id:  INVALID_TYPE`},
	{name: "array that is no JSON", record: `[{"a":1,"a":2}]`, want: `no id: [0].a INVALID_JSON`},

	{name: "id absent", record: `{"kind":"k"}`, want: `no id: referenceId MISSING_REQUIRED_FIELD`},
	{name: "id null", record: `{"kind":"k","referenceId":null}`, want: `no id: referenceId MISSING_REQUIRED_FIELD`},
	{name: "id a number", record: `{"kind":"k","referenceId":7}`, want: `no id: referenceId INVALID_REFERENCE_ID`},
	{name: "id an object", record: `{"kind":"k","referenceId":{"a":[null]}}`, want: `no id: referenceId INVALID_REFERENCE_ID`},
	{name: "id nil", record: `{"kind":"k","referenceId":"00000000-0000-0000-0000-000000000000"}`, want: `no id: referenceId INVALID_REFERENCE_ID`},
	{name: "id with braces", record: `{"kind":"k","referenceId":"{` + id + `}"}`, want: `no id: referenceId INVALID_REFERENCE_ID`},
	{name: "id in capitals", record: `{"kind":"k","referenceId":"` + strings.ToUpper(id) + `"}`},
	{name: "id with a hyphen too many", record: `{"kind":"k","referenceId":"f5eb4278-0c5d-4b7b-9a55-3a1f6d1f0-01"}`,
		want: `no id: referenceId INVALID_REFERENCE_ID`},
	{name: "id with hyphens for digits", record: `{"kind":"k","referenceId":"--eb4278-0c5d-4b7b-9a55-3a1f6d1f0a01"}`,
		want: `no id: referenceId INVALID_REFERENCE_ID`},
	{name: "name that begins like the id's", record: `"referenceId[":1,"referenceId.x":1`, strict: true,
		want: `referenceId.x UNKNOWN_FIELD, referenceId[ UNKNOWN_FIELD`},
	{name: "id with escapes", record: `{"kind":"k","referenceId":"\u0066` + id[1:] + `"}`},

	{name: "required null", record: `{"referenceId":"` + id + `","kind":null}`, want: `kind MISSING_REQUIRED_FIELD`},
	{name: "optional null", record: `"flag":null,"tree":null,"new":null`, strict: true},
	{name: "null in an array", record: `"list":["a",null]`, want: `list[1] INVALID_TYPE`},
	{name: "null in an array of anything", record: `"mixed":[1,null]`, want: `mixed[1] INVALID_TYPE`},
	{name: "null in an array nobody describes", record: `"any":[null],"new":[null]`},
	{name: "required of an inner record", record: `"tree":{}`, want: `tree.kind MISSING_REQUIRED_FIELD, tree.referenceId MISSING_REQUIRED_FIELD`},
	{name: "id of an inner record", record: `"tree":{"kind":"k","referenceId":"x"}`, want: `tree.referenceId INVALID_FORMAT`},

	{name: "types", record: `"flag":1,"count":"1","length":[],"list":{},"bag":[],"part":"x"`,
		want: `bag INVALID_TYPE, count INVALID_TYPE, flag INVALID_TYPE, length INVALID_TYPE, list INVALID_TYPE, part INVALID_TYPE`},
	{name: "wrong type and no other fault", record: `"both":5,"list":0`, want: `both INVALID_TYPE, list INVALID_TYPE`},
	{name: "anything", record: `"any":5,"all":"x"`},
	{name: "whole number with a fraction of zeros", record: `"count":12.000`},
	{name: "whole number with an exponent", record: `"count":1.2e3`},
	{name: "whole number of a small exponent", record: `"count":1200e-2`},
	{name: "no whole number", record: `"count":12.5`, want: `count INVALID_TYPE`},
	{name: "no whole number for its exponent", record: `"count":12e-1`, want: `count INVALID_TYPE`},

	{name: "const", record: `{"referenceId":"` + id + `","kind":"K"}`, want: `kind INVALID_VALUE`},
	{name: "enum", record: `"sort":"abc"`, want: `sort INVALID_VALUE`},
	{name: "enum beyond ASCII", record: `"sort":"é"`},
	{name: "enum with a quote", record: `"sort":"q\"t"`},
	{name: "too short", record: `"length":"a"`, want: `length INVALID_VALUE`},
	{name: "too long", record: `"length":"abcde"`, want: `length INVALID_VALUE`},
	{name: "length in code points", record: `"length":"éé\u00e9\ud83d\ude00"`},
	{name: "too short in code points", record: `"length":"\ud83d\ude00"`, want: `length INVALID_VALUE`},
	{name: "all faults of a value", record: `"both":"1999-12-31-1999"`, want: `both INVALID_FORMAT, both INVALID_VALUE`},
	{name: "pattern is not anchored", record: `"loose":"abbbcd"`},
	{name: "pattern", record: `"loose":"ac"`, want: `loose INVALID_FORMAT`},
	{name: "pattern with a word boundary", record: `"word":"a x."`},
	{name: "pattern and length", record: `"code":"abcde"`, want: `code INVALID_VALUE`},
	{name: "pattern anchored at either end", record: `"either":"cba"`},
	{name: "pattern anchored at the other end", record: `"either":"cab"`, want: `either INVALID_FORMAT`},
	{name: "pattern anchored at both ends", record: `"optional":"nl\n"`, want: `optional INVALID_FORMAT`},
	{name: "pattern with an optional part", record: `"optional":"nl-BE"`},

	{name: "minimum", record: `"count":0`, want: `count INVALID_VALUE`},
	{name: "maximum", record: `"count":1201`, want: `count INVALID_VALUE`},
	{name: "maximum as it is", record: `"count":12e2`},
	{name: "exclusive minimum as it is", record: `"ratio":-0.50`, want: `ratio INVALID_VALUE`},
	{name: "exclusive maximum as it is", record: `"ratio":100`, want: `ratio INVALID_VALUE`},
	{name: "just below", record: `"ratio":99.99999999999999999999999999999999999`},
	{name: "beyond float64", record: `"ratio":1e400`, want: `ratio INVALID_VALUE`},
	{name: "beyond every integer", record: `"ratio":1e99999999999999999999`, want: `ratio INVALID_VALUE`},
	{name: "nearly nothing", record: `"ratio":-1e-99999999999999999999`},
	{name: "limits of both schemas", record: `"share":50.5`, want: `share INVALID_VALUE`},
	{name: "too few items", record: `"list":[]`, want: `list INVALID_VALUE`},
	{name: "too many items", record: `"list":["a","a","a","x"]`, want: `list INVALID_VALUE, list[3] INVALID_VALUE`},

	{name: "decimal", record: `"amount":-123456789012345678.0123456789`},
	{name: "decimal with zeros at its end", record: `"amount":0.100000000000`},
	{name: "decimal with 19 digits before the point", record: `"amount":1000000000000000000`, want: `amount INVALID_VALUE`},
	{name: "decimal with 11 digits after the point", record: `"amount":0.00000000001`, want: `amount INVALID_VALUE`},
	{name: "decimal with an exponent that fits", record: `"amount":1e17`},
	{name: "decimal with an exponent", record: `"amount":1e18`, want: `amount INVALID_VALUE`},
	{name: "decimal zero", record: `"amount":0e99`},
	{name: "uuid", record: `"link":"` + strings.ToUpper(id) + `"`},
	{name: "no uuid", record: `"link":"` + strings.ReplaceAll(id, "-", "") + `"`, want: `link INVALID_FORMAT`},
	{name: "nil uuid", record: `"link":"00000000-0000-0000-0000-000000000000"`, want: `link INVALID_FORMAT`},
	{name: "leap day", record: `"on":"2000-02-29"`},
	{name: "no leap day", record: `"on":"1900-02-29"`, want: `on INVALID_FORMAT`},
	{name: "no such month", record: `"on":"2024-13-01"`, want: `on INVALID_FORMAT`},
	{name: "no such day", record: `"on":"2024-04-31"`, want: `on INVALID_FORMAT`},
	{name: "date of another form", record: `"on":"2024-4-1"`, want: `on INVALID_FORMAT`},
	{name: "date and time", record: `"at":"2024-02-29T23:59:59.123456789+14:00"`},
	{name: "date and time in lower case", record: `"at":"2024-02-29t23:59:59z"`},
	{name: "ten fraction digits", record: `"at":"2024-02-29T23:59:59.1234567890Z"`, want: `at INVALID_FORMAT`},
	{name: "no fraction digits", record: `"at":"2024-02-29T23:59:59.Z"`, want: `at INVALID_FORMAT`},
	{name: "no offset", record: `"at":"2024-02-29T23:59:59"`, want: `at INVALID_FORMAT`},
	{name: "hour 24", record: `"at":"2024-02-29T24:00:00Z"`, want: `at INVALID_FORMAT`},
	{name: "second 60", record: `"at":"2016-12-31T23:59:60Z"`, want: `at INVALID_FORMAT`},
	{name: "offset 24", record: `"at":"2024-02-29T23:59:59+24:00"`, want: `at INVALID_FORMAT`},
	{name: "e-mail", record: `"mail":"a+b@c.example"`},
	{name: "e-mail with two @", record: `"mail":"a@b@c.example"`, want: `mail INVALID_FORMAT`},
	{name: "e-mail without a dot", record: `"mail":"a@localhost"`, want: `mail INVALID_FORMAT`},
	{name: "e-mail with an empty label", record: `"mail":"a@b..example"`, want: `mail INVALID_FORMAT`},
	{name: "e-mail with nothing before the @", record: `"mail":"@b.example"`, want: `mail INVALID_FORMAT`},
	{name: "e-mail with a blank", record: `"mail":"a\u00a0b@c.example"`, want: `mail INVALID_FORMAT`},

	{name: "condition holds", record: `"part":{"way":"sepa","bic":"x"}`, want: `part.iban MISSING_REQUIRED_FIELD`},
	{name: "condition decided last", record: `"part":{"iban":"x","bic":"y","way":"\u0073epa"}`},
	{name: "condition of another value", record: `"part":{"way":"ach"}`, want: `part.bank MISSING_REQUIRED_FIELD`},
	{name: "condition of no value", record: `"part":{"way":"cash"}`},
	{name: "condition of the wrong type", record: `"part":{"way":7}`, want: `part.way INVALID_TYPE`},
	{name: "condition without required holds if absent", record: `"part":{"way":null}`,
		want: `part.bic MISSING_REQUIRED_FIELD, part.iban MISSING_REQUIRED_FIELD`},

	{name: "unknown members are kept", record: `"new":{"a":[1]},"tree":null,"part":{"new":1,"way":"x"}`},
	{name: "strict", record: `"new":{"a":[1]},"part":{"new":1,"way":"x"},"empty":{"new":1}`, strict: true,
		want: `empty.new UNKNOWN_FIELD, new UNKNOWN_FIELD, part.new UNKNOWN_FIELD`},
	{name: "strict and nobody describes it", record: `"bag":{"new":1},"any":{"new":1}`, strict: true},
	{name: "paths", record: `"tree":{"kind":"k","referenceId":"` + id + `","list":["a","x"]}`, want: `tree.list[1] INVALID_VALUE`},
}

// nest gives n arrays, one in the other.
func nest(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// nestObjects gives n objects, one in the other.
func nestObjects(n int) string {
	return strings.Repeat(`{"a":`, n-1) + "{}" + strings.Repeat("}", n-1)
}

func many(n int) string {
	var b strings.Builder
	for k := range n {
		fmt.Fprintf(&b, `,"m%d":%d`, k, k)
	}
	return b.String()[1:]
}

// whole puts a part into a good record.
func whole(record string) string {
	if strings.HasPrefix(record, `"`) && record != `""` || strings.HasPrefix(record, "flag") {
		return `{"referenceId":"` + id + `","kind":"k",` + record + `}`
	}
	return record
}

func TestCheck_Rules(t *testing.T) {
	t.Parallel()
	shared := compile(t, "every")
	for name, fresh := range map[string]func() check{
		"Checker":   func() check { return shared.NewChecker().Check },
		"Reference": func() check { return reference(t, "every").Check },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := fresh()
			for _, r := range rules {
				if got := short(check([]byte(whole(r.record)), r.strict)); got != r.want {
					t.Errorf("%s: Check(%.200s) = %q, want %q", r.name, whole(r.record), got, r.want)
				}
			}
		})
	}
}

func TestCheck_Counterparties(t *testing.T) {
	t.Parallel()
	const person = `{"referenceId":"` + id + `","type":"person"`
	for record, want := range map[string]string{
		person + `,"initials":"C.","surname":"Client"}`: "",
		person + `,"surname":""}`:                       "initials MISSING_REQUIRED_FIELD, surname INVALID_VALUE",
		person + `,"surname":"X","initials":"C.","addresses":[{"countryCode":"CZ"},{"countryCode":"cz"}]}`:  "addresses[1].countryCode INVALID_FORMAT",
		person + `,"surname":"X","initials":"C.","associatedParties":[{"sharePercentage":100.0000000001}]}`: "associatedParties[0].counterpartyReferenceId MISSING_REQUIRED_FIELD, associatedParties[0].role MISSING_REQUIRED_FIELD, associatedParties[0].sharePercentage INVALID_VALUE",
		`{"referenceId":"` + id + `","type":"organisation"}`:                                                "name MISSING_REQUIRED_FIELD",
		`{"referenceId":"` + id + `"}`:               "type MISSING_REQUIRED_FIELD",
		`{"surname":"X","name":"Y","type":"person"}`: "no id: initials MISSING_REQUIRED_FIELD, referenceId MISSING_REQUIRED_FIELD",
	} {
		if got := short(compile(t, "counterparties").NewChecker().Check([]byte(record), true)); got != want {
			t.Errorf("Check(%s) = %q, want %q", record, got, want)
		}
	}
}

func TestCheck_KeepsTheFirstFaults(t *testing.T) {
	t.Parallel()
	record := []byte(whole(`"mixed":[` + strings.Repeat("null,", 5000) + `null]`))
	got := compile(t, "every").NewChecker().Check(record, false)
	want := reference(t, "every").Check(record, false)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Checker differs from Reference (-want +got):\n%s", diff)
	}
	if len(got.Faults) != migrate.MaxFaults {
		t.Errorf("%d faults, want %d", len(got.Faults), migrate.MaxFaults)
	}
}

func TestCheck_BoundsFields(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("é", 100_000)
	record := []byte(whole(`"` + huge + `":1`))
	for name, check := range map[string]check{
		"Checker":   compile(t, "every").NewChecker().Check,
		"Reference": reference(t, "every").Check,
	} {
		got := check(record, true).Faults
		if len(got) != 1 || len(got[0].Field) > 1024 || !strings.HasPrefix(huge, got[0].Field) {
			t.Errorf("%s: %d faults, want one with a field of at most 1024 bytes", name, len(got))
		}
	}
}

// No allocation may come back unnoticed: this is the hot path of staging.
func TestCheck_AllocatesNothing(t *testing.T) {
	checker := compile(t, "counterparties").NewChecker()
	records := counterparties(t, 64)
	records = append(records, []byte(`{"new":{"a":1,"b":[2]},`+string(records[0][1:])))
	checkAll := func() {
		for _, r := range records {
			if got := checker.Check(r, false); len(got.Faults) > 0 {
				t.Fatalf("Check(%s) = %v", r, got.Faults)
			}
		}
	}
	checkAll() // buffers grow once
	if n := testing.AllocsPerRun(10, checkAll); n != 0 {
		t.Errorf("%v allocations for %d good records, want none", n, len(records))
	}
}
