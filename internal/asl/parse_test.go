package asl_test

import (
	"strings"
	"testing"

	"landfall/internal/asl"
)

const small = `{
  "Comment": "c",
  "StartAt": "A",
  "TimeoutSeconds": 60,
  "States": {
    "A": { "Type": "Pass", "Comment": "c", "Next": "B" },
    "B": { "Type": "Succeed", "Comment": "c", "OutputPath": null }
  }
}`

func TestParse(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "small", small)
	if m.Name != "small" || m.StartAt != "A" || m.States["B"].OutputPath != asl.Discard {
		t.Errorf("Parse = %+v", m)
	}
}

// TestParse_Refuses replaces a piece of a good definition and expects the problem, with its line and state.
func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, want string }{
		"Syntax":            {`"Next": "B"`, `"Next" "B"`, `small.asl.json:6: not JSON: `},
		"Trailing":          {"\n  }\n}", "\n  }\n}\n{}", `small.asl.json:10: not JSON: `},
		"Empty":             {small, ``, `small.asl.json:1: not JSON: `},
		"UnknownMember":     {`"Next": "B"`, `"Nxt": "B"`, `small.asl.json:6: A: Nxt is outside the permitted subset: it is unknown`},
		"OtherCase":         {`"Next": "B"`, `"next": "B"`, `small.asl.json:6: A: next is outside the permitted subset`},
		"Twice":             {`"Next": "B"`, `"Next": "B", "Next": "B"`, `small.asl.json:6: A: Next occurs twice`},
		"StateTwice":        {`"B": {`, `"A": {`, `small.asl.json:7: A occurs twice`},
		"NullState":         {`{ "Type": "Pass", "Comment": "c", "Next": "B" }`, `null`, `small.asl.json:6: A: null where it means nothing`},
		"NullNext":          {`"Next": "B"`, `"Next": null`, `small.asl.json:6: A: null where it means nothing`},
		"WrongType":         {`"TimeoutSeconds": 60`, `"TimeoutSeconds": "60"`, `small.asl.json:4: TimeoutSeconds: found string, want int`},
		"NotAnObject":       {small, `[]`, `small.asl.json:1: : found array, want struct`},
		"UnknownType":       {`"Pass"`, `"Activity"`, `small.asl.json:6: A: type "Activity" is outside the permitted subset`},
		"NoType":            {`"Type": "Pass", `, ``, `A: type "" is outside the permitted subset`},
		"MemberOfOtherType": {`"OutputPath": null`, `"ResultPath": null`, `small.asl.json:7: B: a Succeed has no ResultPath`},
		"QueryLanguage":     {`"StartAt"`, `"QueryLanguage": "JSONata", "StartAt"`, `small.asl.json:3: QueryLanguage is outside the permitted subset: data`},
		"NumberComparison":  {`"Type": "Pass"`, `"Type": "Choice", "Choices": [{"NumericEquals": 1}]`, `small.asl.json:6: A: NumericEquals is outside`},
		"ItemBatcher":       {`"Type": "Pass"`, `"Type": "Map", "ItemBatcher": {}`, `A: ItemBatcher is outside the permitted subset: a task is given`},
		"ResultWriter":      {`"Type": "Pass"`, `"Type": "Map", "ResultWriter": {"X": null}`, `A: ResultWriter is outside`},
		"Tolerance":         {`"Type": "Pass"`, `"Type": "Map", "ToleratedFailurePercentage": 5`, `A: ToleratedFailurePercentage is outside`},
		"InnerState":        {`"Type": "Pass"`, `"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "X": 1}}}`, `A/I: X is outside`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(small, test.old, test.new, 1)
			if _, err := asl.Parse("a/b/small.asl.json", []byte(text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse = %v, want %q", err, test.want)
			}
		})
	}
}

func TestParse_AllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := asl.Parse("m.asl.json", []byte(`{"X":1,"States":{"A":{"Y":1},"B":{"Type":"Pass","Type":"Fail"}}}`))
	for _, want := range []string{"X is outside", "A: Y is outside", "B: Type occurs twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse = %v, want %q in it", err, want)
		}
	}
}

// FuzzParse looks for definitions that Parse accepts and Check or Mermaid cannot cope with.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small)) // the shipped machines are too big to be minimised in a short run
	f.Add([]byte(sound))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := asl.Parse("fuzz.asl.json", data)
		if err != nil {
			return
		}
		asl.Check(m, codes)
		if first, again := asl.Mermaid(m), asl.Mermaid(m); first != again {
			t.Errorf("drawn differently:\n%s\n%s", first, again)
		}
	})
}
