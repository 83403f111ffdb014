package run_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/asl"
	"landfall/internal/asl/run"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// scenario is a way through a machine.
type scenario struct {
	machine, name string
	outcomes      map[string][]string
}

// phase is a stretch from a plan to its settle.
type phase struct{ suffix, step string }

func phases(machine string) []phase {
	switch machine {
	case "migration":
		return []phase{{"/ValidateStaging", "Validate"}, {"/Import", "Import"}, {"/Counts", "Count"}}
	case "counts":
		return []phase{{"", "Count"}}
	default:
		return []phase{{"", strings.ToUpper(machine[:1]) + machine[1:]}}
	}
}

func scenarios() []scenario {
	var all []scenario
	add := func(machine, name, key string, outcomes ...string) {
		all = append(all, scenario{machine, strings.TrimSpace(name), map[string][]string{key: outcomes}})
	}
	also := func(key string, outcomes ...string) { all[len(all)-1].outcomes[key] = outcomes }
	for _, m := range machineNames {
		add(m, "happy", "")
		for _, p := range phases(m) {
			of := " " + strings.TrimPrefix(p.suffix, "/")
			manifest := "Manifest/" + strings.TrimPrefix(p.suffix, "/")
			add(m, "out of time twice"+of, p.step+"/x1", "later", "later")
			add(m, "throttled, then well"+of, p.step+"/x1", "Migrate.Throttled", "Migrate.Throttled")
			add(m, "crashed, then well"+of, p.step+"/x1", "panic")
			add(m, "one given up"+of, p.step+"/x1", "Migrate.Internal")
			add(m, "plan refused"+of, "Plan"+p.suffix, "Migrate.WrongState")
			add(m, "manifest gone"+of, manifest, "gone")
			also("Plan"+p.suffix, "one component") // two would race for who fails first
			add(m, "settle fails"+of, "Settle"+p.suffix, "Migrate.Internal")
		}
	}
	add("migration", "not valid", "Settle/ValidateStaging", "not valid")
	add("migration", "not imported", "Settle/Import", "not imported")
	return all
}

// TestShippedMachines walks every scenario, compares the states visited with the golden file, and fails while
// an edge of a shipped machine has never been taken.
func TestShippedMachines(t *testing.T) {
	t.Parallel()
	all := scenarios()
	transcripts := make([]string, len(all))
	worlds := make([]*world, len(all))
	t.Run("walk", func(t *testing.T) {
		for i, s := range all {
			worlds[i] = newWorld(s.outcomes)
			t.Run(s.machine+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				transcripts[i] = walk(t, s, worlds[i])
			})
		}
	})
	compareGolden(t, "testdata/walks.golden", strings.Join(transcripts, "\n"))
	for _, name := range machineNames {
		var walked []*world
		for i, s := range all {
			if s.machine == name {
				walked = append(walked, worlds[i])
			}
		}
		for _, e := range untaken(shipped(t, name), walked) {
			t.Errorf("%s: no scenario takes the edge %q -> %q %s", name, e.From, e.To, e.Label)
		}
	}
}

func walk(t *testing.T, s scenario, w *world) string {
	t.Helper()
	_, err := run.New(w.config()).Run(t.Context(), shipped(t, s.machine), "e1", []byte(`{"tenant":"t"}`))
	ending := "succeeded"
	if err != nil {
		ending = "failed: " + err.Error()
	}
	if len(w.memory) != 0 {
		t.Errorf("the journal still holds %v", w.memory)
	}
	return fmt.Sprintf("# %s: %s\n%s=> %s\n", s.machine, s.name, w.transcript(), ending)
}

// untaken returns the edges of a machine that none of the worlds has seen.
func untaken(m *asl.Machine, worlds []*world) []asl.Edge {
	taken := map[asl.Edge]bool{}
	for _, w := range worlds {
		for _, e := range slices.Concat(slices.Collect(maps.Values(w.visited))...) {
			taken[e] = true
		}
	}
	var missing []asl.Edge
	for _, scope := range m.Scopes() {
		for _, e := range scope.Edges() {
			if !taken[e] {
				missing = append(missing, e)
			}
		}
	}
	return missing
}

// TestUntaken shows that the test above can fail: without the scenario in which settle fails, its way out is
// missing.
func TestUntaken(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	walk(t, scenario{"counts", "happy", nil}, w)
	want := []asl.Edge{
		{From: "Plan", To: "Settle", Label: "on States.ALL"},
		{From: "Units", To: "Settle", Label: "on States.ALL"},
		{From: "Settle", To: "Unsettled", Label: "on States.ALL"},
		{From: "Unsettled"},
		{From: "Count", To: "GivenUp", Label: "on States.ALL"},
		{From: "Done?", To: "Count", Label: "otherwise"},
		{From: "GivenUp"},
	}
	got := untaken(shipped(t, "counts"), []*world{w})
	less := func(a, b asl.Edge) int { return strings.Compare(a.From+a.To, b.From+b.To) }
	slices.SortFunc(got, less)
	slices.SortFunc(want, less)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("untaken (-want +got):\n%s", diff)
	}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not current, rerun with -update if the change is meant (-want +got):\n%s", file, diff)
	}
}
