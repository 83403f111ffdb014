package migrate_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"landfall/internal/migrate"
)

var update = flag.Bool("update", false, "rewrite the generated files")

// drawing is where the transition tables are drawn.
const drawing = "../../docs/states.md"

// The states and events in the order in which they are drawn.
var (
	stagingStatuses = []migrate.StagingStatus{migrate.StagingPending, migrate.StagingInProgress, migrate.StagingValidationFailure,
		migrate.StagingTechnicalFailure, migrate.StagingCompleted}
	importStatuses = []migrate.ImportStatus{migrate.ImportPending, migrate.ImportInProgress, migrate.ImportTechnicalFailure, migrate.ImportCompleted}
	dropStates     = []migrate.DropState{migrate.DropRegistered, migrate.DropInProgress, migrate.DropSettled, migrate.DropInterrupted,
		migrate.DropFailed, migrate.DropRefused}
	events = []migrate.Event{migrate.ValidationStarts, migrate.ValidationPasses, migrate.ValidationFindsBad, migrate.CheckUnfinished,
		migrate.DataChanged, migrate.ImportStarts, migrate.AllImported, migrate.NotAllImported, migrate.CancelRequested}
)

// TestDrawing_IsCurrent draws the transition tables and compares them with the committed drawing.
func TestDrawing_IsCurrent(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# States\n\nGenerated from the tables of `internal/migrate` by its tests (flag `-update`); do not edit.\n" +
		"An event that is not drawn at a state leaves it.\n")
	drawStatus(&b, "The staging status of a component", stagingStatuses, migrate.StagingTransitions,
		"\"Staged data changed\" is not stored but derived: a verdict holds for the revision it was reached at. A passed\n"+
			"validation lapses with a change in any component of the migration, because references cross components; while a\n"+
			"validation runs its component stays `InProgress`.\n")
	drawStatus(&b, "The import status of a component", importStatuses, migrate.ImportTransitions,
		"\"Staged data changed\" is derived here too, from the component's own revision.\n")
	drawDrops(&b)
	drawActivity(&b)
	if *update {
		if err := os.WriteFile(drawing, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(drawing)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != b.String() {
		t.Errorf("%s is out of date: run the tests of this package with -update", drawing)
	}
}

func drawStatus[S ~string](b *strings.Builder, title string, states []S, table map[S]map[migrate.Event]S, note string) {
	fmt.Fprintf(b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n  [*] --> %s\n", title, states[0])
	for _, from := range states {
		for _, e := range events {
			if to, ok := table[from][e]; ok {
				fmt.Fprintf(b, "  %s --> %s : %s\n", from, to, e)
			}
		}
	}
	fmt.Fprintf(b, "```\n\n%s\n| from |", note)
	columns := slices.DeleteFunc(slices.Clone(events), func(e migrate.Event) bool {
		return !slices.ContainsFunc(states, func(s S) bool { _, ok := table[s][e]; return ok })
	})
	for _, e := range columns {
		fmt.Fprintf(b, " %s |", e)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(columns)) + "\n")
	for _, from := range states {
		fmt.Fprintf(b, "| `%s` |", from)
		for _, e := range columns {
			if to, ok := table[from][e]; ok {
				fmt.Fprintf(b, " `%s` |", to)
			} else {
				b.WriteString("  |")
			}
		}
		b.WriteString("\n")
	}
}

func drawDrops(b *strings.Builder) {
	b.WriteString("\n## A drop\n\nAn open drop, marked +, keeps an import from starting. A refused drop is refused from the beginning.\n\n" +
		"```mermaid\nstateDiagram-v2\n")
	for _, s := range dropStates {
		if s.IsOpen() {
			fmt.Fprintf(b, "  state \"%s +\" as %s\n", s, s)
		}
	}
	b.WriteString("  [*] --> Registered : an object is announced\n  [*] --> InProgress : a load begins\n  [*] --> Refused\n")
	for _, from := range dropStates {
		for _, to := range dropStates {
			if from != to && from.CanBecome(to) {
				fmt.Fprintf(b, "  %s --> %s\n", from, to)
			}
		}
	}
	b.WriteString("```\n")
}

// drawActivity draws what the migration's own methods do.
func drawActivity(b *strings.Builder) {
	b.WriteString("\n## The activity of a migration\n\n```mermaid\nstateDiagram-v2\n  [*] --> Active : create\n")
	for _, a := range []migrate.Activity{migrate.Active, migrate.Completed, migrate.Cancelled} {
		m := newMigration("Counterparties")
		m.Activity = a
		if next, err := m.Cancel(now); err == nil && next.Activity != a {
			fmt.Fprintf(b, "  %s --> %s : cancel\n", a, next.Activity)
		}
		m.Components[0].Import = migrate.ImportVerdict{Status: migrate.ImportInProgress, Job: "j"}
		next := m.EndJob(migrate.Job{ID: "j", Type: migrate.Import}, []migrate.Verdict{{Component: "Counterparties", Event: migrate.AllImported}}, now)
		if next.Activity != a {
			fmt.Fprintf(b, "  %s --> %s : the last import status becomes Completed\n", a, next.Activity)
		}
	}
	b.WriteString("```\n")
}

// TestTransitions_KnowTheirStates finds a state, or an event, that the tables use and the drawing does not know.
func TestTransitions_KnowTheirStates(t *testing.T) {
	t.Parallel()
	checkTable(t, stagingStatuses, migrate.StagingTransitions)
	checkTable(t, importStatuses, migrate.ImportTransitions)
	for _, s := range dropStates {
		if !s.CanBecome(s) {
			t.Errorf("%s cannot stay", s)
		}
	}
}

func checkTable[S ~string](t *testing.T, states []S, table map[S]map[migrate.Event]S) {
	t.Helper()
	for from, row := range table {
		for e, to := range row {
			if !slices.Contains(states, from) || !slices.Contains(states, to) || !slices.Contains(events, e) || from == to {
				t.Errorf("%s --> %s : %s is not drawn", from, to, e)
			}
		}
	}
	for _, s := range states {
		if len(table[s]) == 0 {
			t.Errorf("nothing leaves %s", s)
		}
	}
}
