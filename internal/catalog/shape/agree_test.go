package shape_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"landfall/internal/catalog/shape"
)

// mutations is how many records are made of each one drawn. Rapid draws 100 by default and both schemas are used, so
// that a plain test run compares over 200,000, one with the race detector a tenth; the variable multiplies that.
func mutations(t *testing.T) int {
	perDrawn := 1050
	if testing.Short() || raceDetector {
		perDrawn /= 10
	}
	n, err := strconv.Atoi(os.Getenv("LANDFALL_SHAPE_TIMES"))
	if err != nil {
		return perDrawn
	}
	return n * perDrawn
}

func TestCheck_AgreesWithReference(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"every", "counterparties"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema, all := readSchemas(t, name)
			checker, reference := compile(t, name).NewChecker(), reference(t, name)
			compared, good, noJSON := 0, 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				tree := drawRecord(rt, schema, all, 0)
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
				for range mutations(t) {
					record := mutate(rng, tree)
					strict := rng.IntN(2) == 0
					want := reference.Check(record, strict)
					got := checker.Check(record, strict)
					if !same(want, got) {
						rt.Fatalf("Checker differs from Reference on %q, strict %v (-want +got):\n%s", record, strict, cmp.Diff(want, got))
					}
					compared++
					if len(want.Faults) == 0 {
						good++
					} else if want.Faults[0].Code == "INVALID_JSON" {
						noJSON++
					}
				}
			})
			t.Logf("%d records compared: %d good, %d no JSON", compared, good, noJSON)
			if good*20 < compared || noJSON*20 < compared || (good+noJSON)*10 > compared*9 {
				t.Errorf("the records are not varied enough")
			}
		})
	}
}

// mutate writes a tree, spoilt or damaged or neither.
func mutate(rng *rand.Rand, tree any) []byte {
	for range rng.IntN(4) {
		tree = spoil(rng, tree)
	}
	var b bytes.Buffer
	write(rng, &b, tree)
	if rng.IntN(4) == 0 {
		return damage(rng, b.Bytes())
	}
	return b.Bytes()
}

func same(want, got shape.Result) bool {
	return want.ID == got.ID && slices.Equal(want.Faults, got.Faults)
}

func FuzzCheck(f *testing.F) {
	for _, r := range rules {
		if len(r.record) < 1000 {
			f.Add([]byte(whole(r.record)), r.strict)
		}
	}
	f.Add(counterparties(f, 1)[0], true)
	checkers := map[string]*shape.Checker{}
	references := map[string]*shape.Reference{}
	for _, name := range []string{"every", "counterparties"} {
		checkers[name], references[name] = compile(f, name).NewChecker(), reference(f, name)
	}
	f.Fuzz(func(t *testing.T, record []byte, strict bool) {
		for name, checker := range checkers {
			want, got := references[name].Check(record, strict), checker.Check(record, strict)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: Checker differs from Reference (-want +got):\n%s", name, diff)
			}
		}
		if _, ok := shape.CheckJSON(record); ok != isStrictJSON(record) {
			t.Errorf("CheckJSON = %v, want %v", ok, !ok)
		}
	})
}

func TestCheckJSON_AgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	schema, all := readSchemas(t, "every")
	rapid.Check(t, func(rt *rapid.T) {
		tree := drawRecord(rt, schema, all, 0)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		for range mutations(t) / 5 {
			record := mutate(rng, tree)
			if fault, ok := shape.CheckJSON(record); ok != isStrictJSON(record) {
				rt.Fatalf("CheckJSON(%q) = %v, %v, want ok %v", record, fault, ok, !ok)
			}
		}
	})
}

func TestCheckJSON_TakesAnyValue(t *testing.T) {
	t.Parallel()
	for record, want := range map[string]string{
		`{"a":[1,null]}`: "", ` "x" `: "", `null`: "", `-1.5e3`: "",
		``: "-", `{`: "-", `1 2`: "-", `nul`: "-", `{"a":[{"b":1,"b":1}]}`: "a[0].b",
	} {
		fault, ok := shape.CheckJSON([]byte(record))
		got := fault.Field
		if !ok && got == "" {
			got = "-"
		}
		if got != want {
			t.Errorf("CheckJSON(%s) = %v, %v, want field %q", record, fault, ok, want)
		}
	}
}

// isStrictJSON says what CheckJSON should, from what encoding/json says of tokens.
func isStrictJSON(record []byte) bool {
	if !json.Valid(record) || !utf8.Valid(record) {
		return false
	}
	// encoding/json reads a lone surrogate as U+FFFD. That it stands there as itself would look the same.
	honest := strings.Contains(string(record), "\ufffd") || strings.Contains(strings.ToLower(string(record)), `\ufffd`)
	dec := json.NewDecoder(bytes.NewReader(record))
	dec.UseNumber()
	var names []map[string]bool // per open container; nil for an array
	isName := []bool{false}
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return true
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '}' || token == ']' {
				names, isName = names[:len(names)-1], isName[:len(isName)-1]
				break
			}
			if len(names) == 64 {
				return false
			}
			names, isName = append(names, nil), append(isName, token == '{')
			if token == '{' {
				names[len(names)-1] = map[string]bool{}
			}
			continue
		case string:
			if strings.Contains(token, "\ufffd") && !honest {
				return false
			}
			if last := len(names) - 1; isName[last+1] {
				if names[last][token] {
					return false
				}
				names[last][token] = true
				isName[last+1] = false
				continue
			}
		}
		if last := len(names) - 1; last >= 0 && names[last] != nil {
			isName[last+1] = true // after a value comes a name
		}
	}
}
