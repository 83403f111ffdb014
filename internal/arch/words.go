package arch

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Words that do not stand in every place.
var (
	stateless  = []string{"Register"}                   // steps that no state machine calls: they start one
	frontDoors = []string{"Api", "Authorize", "Stream"} // functions that are no steps
)

// words are what one place holds; those in alone need not stand elsewhere.
type words struct {
	place string
	words []string
	alone []string
}

// CheckWords holds one word to its six places, in both directions: the step Import is pipeline.Import in
// pipeline/import.go, and the state Import (or ImportX, where a machine has several) with the resource
// ${ImportFunctionArn} in statemachines; once they exist also the folders functions/import and events/import and the
// logical id ImportFunction in template.yaml.
func CheckWords(t *Tree) ([]string, error) {
	steps, offences := stepsOf(t)
	states, wrong, err := statesOf(t.Root)
	if err != nil {
		return nil, err
	}
	offences = append(offences, wrong...)
	functions := foldersOf(filepath.Join(t.Root, "functions"))
	events := foldersOf(filepath.Join(t.Root, "events"))
	logical, err := logicalIDs(filepath.Join(t.Root, "template.yaml"))
	if err != nil {
		return nil, err
	}

	offences = append(offences, compare(words{"pipeline", steps, stateless}, words{"statemachines", states, nil})...)
	if len(functions)+len(events)+len(logical) == 0 {
		return offences, nil
	}
	offences = append(offences, compare(words{"functions", functions, frontDoors}, words{"pipeline", steps, nil})...)
	offences = append(offences, compare(words{"functions", functions, nil}, words{"events", events, nil})...)
	return append(offences, compare(words{"functions", functions, nil}, words{"template.yaml", logical, nil})...), nil
}

// compare finds the words that stand in one of two places only.
func compare(a, b words) []string {
	var offences []string
	for _, pair := range [][2]words{{a, b}, {b, a}} {
		here, there := pair[0], pair[1]
		for _, w := range here.words {
			if !slices.Contains(there.words, w) && !slices.Contains(here.alone, w) {
				offences = append(offences, fmt.Sprintf("%s has %s, %s has not", here.place, w, there.place))
			}
		}
	}
	return offences
}

// stepsOf gives the types of pipeline with a method Run(ctx, XInput), and complains of those in a file of another name.
func stepsOf(t *Tree) (steps, offences []string) {
	p := t.Package("internal/pipeline")
	if p == nil {
		return nil, nil
	}
	for _, f := range p.Files {
		for _, d := range f.Syntax.Decls {
			name := stepOf(d)
			if name == "" || f.IsTest {
				continue
			}
			steps = append(steps, name)
			if want := strings.ToLower(name) + ".go"; filepath.Base(f.Path) != want {
				offences = append(offences, fmt.Sprintf("%s: step %s belongs into %s", t.place(d), name, want))
			}
		}
	}
	return steps, offences
}

func stepOf(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok || f.Recv == nil || f.Name.Name != "Run" || len(f.Type.Params.List) != 2 {
		return ""
	}
	receiver := baseOf(f.Recv.List[0].Type)
	input, ok := f.Type.Params.List[1].Type.(*ast.Ident)
	if !ok || receiver == nil || input.Name != receiver.Name+"Input" {
		return ""
	}
	return receiver.Name
}

// machine is as much of a definition as is needed to find its tasks.
type machine struct {
	States map[string]struct {
		Type, Resource string
		ItemProcessor  machine
		Branches       []machine
	}
}

var functionARN = regexp.MustCompile(`^\$\{(\w+)FunctionArn\}$`)

// statesOf gives the words that tasks call, and complains of tasks with a name of their own.
func statesOf(root string) (found, offences []string, err error) {
	files, err := filepath.Glob(filepath.Join(root, "statemachines", "*.asl.json"))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range files {
		definition, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		var m machine
		if err := json.Unmarshal(definition, &m); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		m.tasks(func(state, resource string) {
			word := functionARN.FindStringSubmatch(resource)
			if word == nil || !strings.HasPrefix(state, word[1]) {
				offences = append(offences, fmt.Sprintf("statemachines/%s: task %s calls %s", filepath.Base(name), state, resource))
				return
			}
			found = append(found, word[1])
		})
	}
	slices.Sort(found)
	slices.Sort(offences)
	return slices.Compact(found), offences, nil
}

func (m machine) tasks(yield func(state, resource string)) {
	for name, s := range m.States {
		if s.Type == "Task" {
			yield(name, s.Resource)
		}
		for _, inner := range append(s.Branches, s.ItemProcessor) {
			inner.tasks(yield)
		}
	}
}

// foldersOf gives the names of the folders in dir as words: import is Import.
func foldersOf(dir string) []string {
	entries, _ := os.ReadDir(dir) // a place that does not exist holds no words
	var found []string
	for _, e := range entries {
		if e.IsDir() {
			found = append(found, strings.ToUpper(e.Name()[:1])+e.Name()[1:])
		}
	}
	return found
}

var logicalID = regexp.MustCompile(`(?m)^  ([A-Z]\w*)Function:\s*$`)

// logicalIDs gives the words of the template's functions.
func logicalIDs(template string) ([]string, error) {
	text, err := os.ReadFile(template)
	if os.IsNotExist(err) {
		return nil, nil
	}
	var found []string
	for _, match := range logicalID.FindAllSubmatch(text, -1) {
		found = append(found, string(match[1]))
	}
	return found, err
}
