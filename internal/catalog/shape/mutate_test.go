package shape_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// A record as a tree that can be spoilt and written in many ways: an obj, an arr, or the text of any other value.
type (
	pair struct {
		name  string
		value any
	}
	obj []pair
	arr []any
)

// values are what a value is replaced by: each breaks some rule of some member, or just keeps it.
var values = func() []string {
	v := []string{
		`null`, `true`, `false`, `tru`, `[]`, `{}`, `[null]`, `[[1,2],{"a":null}]`, `{"a":{"b":1,"b":2}}`, nest(61), nest(62), nest(63), nest(64),
		nestObjects(61), nestObjects(62), nestObjects(63), nestObjects(64),
		`0`, `-0`, `1`, `1.0`, `1.5`, `12e2`, `120.1e1`, `1201`, `1200.0`, `1e3`, `50`, `50.0`, `50.00000000000001`, `-0.5`, `-0.49999`, `99.999`, `1E2`,
		`100.00`, `1e400`, `-1e400`, `1e-400`, `1e99999999999999999999`, `-1e-99999999999999999999`, `0e99999999999999999999`, `01`, `1.`, `.5`, `1e`, `-`,
		`999999999999999999.9999999999`, `1000000000000000000`, `0.00000000001`, `0.10000000000`, `1e17`, `1e18`, `1e-10`, `1e-11`, `123456789012345678901e-3`,
		`"`, `"\x"`, `"\u00e"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\ude00"`, `"\ude00\ud83d"`, `"\u0000"`, "\"\x00\"", "\"\x7f\"", "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"",
	}
	for _, s := range []string{
		"", "a", "ab", "abc", "abcde", "ba", "cab", "aba", "bab", "bac", "é", "éé", "ééééé", "😀", "😀😀", `q"t`, "k", "person", "organisation", "sepa", "ach", "abbc", "x", "a x", "ax",
		"nl", "nl-NL", "nl-nl", "CZ", "EUR", "eur", "main", "-main", "A" + strings.Repeat("b", 63), "A" + strings.Repeat("b", 64),
		strings.Repeat("x", 200), strings.Repeat("x", 201), strings.Repeat("é", 200), strings.Repeat("x", 16), strings.Repeat("x", 17),
		"2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "0000-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-1-01", "2024-01-01 ", "２024-01-01",
		"2024-02-29T23:59:59Z", "2024-02-29T23:59:59.123456789+14:00", "2024-02-29t23:59:59.1234567890z", "2024-02-29T24:00:00Z", "2016-12-31T23:59:60Z",
		"2024-02-29T23:59:59,5Z", "2024-02-29T23:59:59.5", "2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59+24:00", "2024-02-30T00:00:00Z", "2024-02-29 23:59:59Z",
		"a@b.example", "a@b", "@b.example", "a@.example", "a@b.", "a@b..c", "a@b@c.d", "a b@c.d", "a\u00a0b@c.d", "a\u0001@c.d", "é@é.é", "a@b.c\n", "\u2028@b.c",
		id, strings.ToUpper(id), "{" + id + "}", strings.ReplaceAll(id, "-", ""), "00000000-0000-0000-0000-000000000000", id[1:], id + "0", "urn:uuid:" + id,
		strings.Repeat("A", 18) + "12", strings.Repeat("A", 20),
	} {
		text, _ := json.Marshal(s)
		v = append(v, string(text))
	}
	return v
}()

// drawRecord draws a record of a schema that is good.
func drawRecord(t *rapid.T, schema map[string]any, common map[string]any, depth int) any {
	if ref, ok := schema["$ref"].(string); ok {
		file, pointer, _ := strings.Cut(ref, "#")
		root := common["own"].(map[string]any)
		if file != "" {
			root = common[file].(map[string]any)
			common = map[string]any{"own": root}
		}
		var v any = root
		for _, token := range strings.Split(pointer, "/")[1:] {
			v = v.(map[string]any)[token]
		}
		if pointer == "" {
			v = root
		}
		return drawRecord(t, v.(map[string]any), common, depth)
	}
	switch schema["type"] {
	case "object":
		return drawObject(t, schema, common, depth)
	case "array":
		a := arr{}
		items, _ := schema["items"].(map[string]any)
		for range rapid.IntRange(1, 2).Draw(t, "items") {
			a = append(a, drawRecord(t, items, common, depth+1))
		}
		return a
	case "string":
		return drawText(t, schema)
	case "number", "integer":
		return fmt.Sprint(rapid.IntRange(1, 50).Draw(t, "number"))
	case "boolean":
		return "true"
	}
	return rapid.SampledFrom([]string{`1`, `"x"`, `[1,"y"]`, `{"a":[true]}`}).Draw(t, "anything")
}

func drawObject(t *rapid.T, schema, common map[string]any, depth int) any {
	o := obj{}
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	conditions, _ := schema["allOf"].([]any)
	for _, c := range conditions { // so that most records are good, all conditions are taken to hold
		then, _ := c.(map[string]any)["then"].(map[string]any)
		names, _ := then["required"].([]any)
		required = append(slices.Clone(required), names...)
	}
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		here := slices.Contains(required, any(name)) || rapid.IntRange(0, 3).Draw(t, name) == 0 && depth < 3
		if m, ok := properties[name].(map[string]any); ok && here {
			o = append(o, pair{name, drawRecord(t, m, common, depth+1)})
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "unknown") == 0 {
		o = append(o, pair{"new", `{"a":1,"b":[2]}`})
	}
	return o
}

func drawText(t *rapid.T, schema map[string]any) string {
	s := "abc"
	switch {
	case schema["const"] != nil:
		s = schema["const"].(string)
	case schema["enum"] != nil:
		s = rapid.SampledFrom(schema["enum"].([]any)).Draw(t, "enum").(string)
	case schema["format"] == "uuid":
		s = id[:35] + fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "uuid"))
	case schema["format"] == "date":
		s = fmt.Sprintf("20%02d-0%d-28", rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 9).Draw(t, "month"))
	case schema["format"] == "date-time":
		s = "2024-02-29T12:00:00.5Z"
	case schema["format"] == "email":
		s = "a@b.example"
	case schema["pattern"] != nil:
		s = rapid.StringMatching(schema["pattern"].(string)).Draw(t, "pattern")
	}
	text, _ := json.Marshal(s)
	return string(text)
}

// readSchemas reads what drawRecord needs: the schema as "own", and the others by name.
func readSchemas(tb testing.TB, name string) (schema, all map[string]any) {
	tb.Helper()
	all = map[string]any{}
	for _, file := range []string{name + ".schema.json", "common.schema.json"} {
		text, err := os.ReadFile("testdata/schemas/" + file)
		if err != nil {
			tb.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(text, &v); err != nil {
			tb.Fatal(err)
		}
		all[file] = v
	}
	all["own"] = all[name+".schema.json"]
	return all["own"].(map[string]any), all
}

// spoil changes one thing in a tree and gives the new tree; the old one stays as it was.
func spoil(rng *rand.Rand, v any) any {
	switch v := v.(type) {
	case obj:
		if len(v) > 0 && rng.IntN(4) > 0 {
			return spoilMember(rng, v)
		}
	case arr:
		if len(v) > 0 && rng.IntN(4) > 0 {
			a := slices.Clone(v)
			k := rng.IntN(len(a))
			switch rng.IntN(5) {
			case 0:
				return slices.Delete(a, k, k+1)
			case 1:
				return append(a, a...)
			default:
				a[k] = spoil(rng, a[k])
				return a
			}
		}
	}
	switch rng.IntN(8) {
	case 0:
		return arr{v}
	case 1:
		return obj{{"new", v}}
	case 2:
		return number(rng)
	}
	return values[rng.IntN(len(values))]
}

func spoilMember(rng *rand.Rand, o obj) obj {
	o = slices.Clone(o)
	k := rng.IntN(len(o))
	other := o[rng.IntN(len(o))].name
	switch rng.IntN(12) {
	case 0:
		return slices.Delete(o, k, k+1)
	case 1:
		o[k].value = "null"
	case 2:
		o[k].name = []string{"new", "", "ne\x01w", "é", strings.ToUpper(o[k].name), other}[rng.IntN(6)]
	case 3:
		return append(o, pair{[]string{"new", "a.b", other}[rng.IntN(3)], values[rng.IntN(len(values))]})
	case 4:
		rng.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
	case 5:
		for n := range rng.IntN(40) {
			o = append(o, pair{fmt.Sprint("n", n), "0"})
		}
	default:
		o[k].value = spoil(rng, o[k].value)
	}
	return o
}

// number gives a number close to the limits that schemas have.
func number(rng *rand.Rand) string {
	s := []string{"", "", "-"}[rng.IntN(3)]
	s += []string{"0", "1", "50", "100", "1200", "99", "1000000000000000000", "999999999999999999"}[rng.IntN(8)]
	if rng.IntN(2) == 0 {
		s += "." + strings.Repeat("0", rng.IntN(12)) + fmt.Sprint(rng.IntN(100))
	}
	if rng.IntN(3) == 0 {
		s += fmt.Sprint([]string{"e", "E-", "e+"}[rng.IntN(3)], rng.IntN(25))
	}
	return s
}

// write writes a tree, now and then with blanks and escapes.
func write(rng *rand.Rand, b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case string:
		writeText(rng, b, v)
	case arr:
		b.WriteByte('[')
		for k, e := range v {
			if k > 0 {
				b.WriteByte(',')
			}
			blank(rng, b)
			write(rng, b, e)
			blank(rng, b)
		}
		b.WriteByte(']')
	case obj:
		b.WriteByte('{')
		for k, p := range v {
			if k > 0 {
				b.WriteByte(',')
			}
			blank(rng, b)
			name, _ := json.Marshal(p.name)
			writeText(rng, b, string(name))
			blank(rng, b)
			b.WriteByte(':')
			blank(rng, b)
			write(rng, b, p.value)
			blank(rng, b)
		}
		b.WriteByte('}')
	}
}

func blank(rng *rand.Rand, b *bytes.Buffer) {
	if rng.IntN(50) == 0 {
		b.WriteByte(" \t\r\n"[rng.IntN(4)])
	}
}

// writeText writes the text of a value; if it is a string, now and then with its letters escaped.
func writeText(rng *rand.Rand, b *bytes.Buffer, text string) {
	if text == "" || text[0] != '"' || strings.Contains(text, `\`) || !utf8.ValidString(text) || rng.IntN(20) > 0 {
		b.WriteString(text)
		return
	}
	for k, r := range text {
		if k > 0 && k < len(text)-1 && r < 0x10000 && rng.IntN(4) == 0 {
			fmt.Fprintf(b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
}

// snippets are what is put anywhere into a text.
var snippets = []string{
	`"`, `\`, `{`, `}`, `[`, `]`, `,`, `:`, `null`, `n`, `0`, `-`, `.`, `e`, `1e5`, ` `, "\n", "\x00", "\x1f", "\x7f", "\x80", "\xff", "é", "😀",
	`\u0000`, `\ud83d`, `\ude00`, `\ud83d\ude00`, `\"`, `\\`, `\/`, `\x`, `"a":1,`, `,"a":1`, `{}`, `"referenceId":"` + id + `",`, "\ufeff",
}

// damage changes a few bytes of a text.
func damage(rng *rand.Rand, text []byte) []byte {
	for range 1 + rng.IntN(2) {
		at := rng.IntN(len(text) + 1)
		to := min(len(text), at+1+rng.IntN(3))
		switch rng.IntN(6) {
		case 0:
			text = slices.Delete(text, at, to)
		case 1:
			text = text[:at]
		case 2:
			text = slices.Insert(text, at, text[at:to]...)
		case 3:
			if at < len(text) {
				text[at] ^= 1 << rng.IntN(8)
			}
		default:
			text = slices.Insert(text, at, []byte(snippets[rng.IntN(len(snippets))])...)
		}
	}
	return text
}
