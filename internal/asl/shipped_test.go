package asl_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"landfall/internal/asl"
	"landfall/statemachines"
)

func TestShipped_AllFilesAreNamed(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(statemachines.FS, "*")
	if err != nil || len(files) != len(machineNames) {
		t.Errorf("the folder holds %v, %v; want the machines %v", files, err, machineNames)
	}
}

func TestShipped_CheckClean(t *testing.T) {
	t.Parallel()
	for _, name := range machineNames {
		for _, p := range asl.Check(mustParse(t, name, read(t, name)), codes) {
			t.Error(p)
		}
	}
}

// Every task of every machine is retried by the same list, and waits as long as its function may run.
func TestShipped_TasksAlike(t *testing.T) {
	t.Parallel()
	retry := mustParse(t, "stage", read(t, "stage")).States["Plan"].Retry
	for _, name := range machineNames {
		for at, s := range mustParse(t, name, read(t, name)).All() {
			if s.Type != asl.Task {
				continue
			}
			if diff := cmp.Diff(retry, s.Retry); diff != "" {
				t.Errorf("%s: %s: Retry differs from that of stage's Plan:\n%s", name, at, diff)
			}
			want := 930
			if s.Resource == "${PlanFunctionArn}" {
				want = 330
			}
			if s.TimeoutSeconds != want {
				t.Errorf("%s: %s: TimeoutSeconds %d, want %d", name, at, s.TimeoutSeconds, want)
			}
		}
	}
}

// The machine migration repeats the states of three others: the nesting of executions is outside the
// permitted subset. The copies must be the originals but for their names and for where they go after Settle.
func TestShipped_MigrationRepeats(t *testing.T) {
	t.Parallel()
	migration := mustParse(t, "migration", read(t, "migration"))
	for step, original := range map[string]string{"Validate": "validate", "Import": "import", "Count": "counts"} {
		m := mustParse(t, original, read(t, original))
		rename(&m.Scope, step)
		for name, want := range m.States {
			got := migration.States[name]
			ignore := cmpopts.IgnoreUnexported(asl.State{})
			if strings.HasPrefix(name, "Settle") {
				ignore = cmp.Options{ignore, cmpopts.IgnoreFields(asl.State{}, "Next", "End", "Comment")}
			}
			if name == "Unsettled" {
				ignore = cmp.Options{ignore, cmpopts.IgnoreFields(asl.State{}, "Comment")}
			}
			if diff := cmp.Diff(want, got, ignore); diff != "" {
				t.Errorf("%s is not the copy of %s's (-original +copy):\n%s", name, original, diff)
			}
		}
	}
}

// rename gives the states of a scope the names they have in migration.
func rename(s *asl.Scope, step string) {
	renamed := map[string]*asl.State{}
	for name, state := range s.States {
		state.Next, state.Default = newName(state.Next, step), newName(state.Default, step)
		for i := range state.Choices {
			state.Choices[i].Next = newName(state.Choices[i].Next, step)
		}
		for i := range state.Catch {
			state.Catch[i].Next = newName(state.Catch[i].Next, step)
		}
		for _, inner := range state.Scopes() {
			rename(inner, step)
		}
		renamed[newName(name, step)] = state
	}
	s.StartAt, s.States = newName(s.StartAt, step), renamed
}

// newName is PlanImport for Plan, ImportUnits for Units; what a state is for comes first.
func newName(name, step string) string {
	switch name {
	case "", "Unsettled", step:
		return name
	case "Plan", "Settle":
		return name + step
	default:
		return step + name
	}
}

// TestDocumentation keeps docs/statemachines.md current.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# State machines\n\nGenerated from `statemachines/*.asl.json` by the tests of `internal/asl` (flag `-update`); do not edit.\n" +
		"A box is a map; what is drawn inside it happens for each of its items.\n")
	for _, name := range machineNames {
		m := mustParse(t, name, read(t, name))
		b.WriteString("\n## " + name + "\n\n" + m.Comment + "\n\n```mermaid\n" + asl.Mermaid(m) + "```\n")
	}
	compareGolden(t, "../../docs/statemachines.md", b.String())
}
