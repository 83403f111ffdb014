package asl_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/asl"
	"landfall/statemachines"
)

var update = flag.Bool("update", false, "rewrite the generated files")

// machineNames are the machines that are shipped, in the order of the documentation.
var machineNames = []string{"stage", "validate", "import", "counts", "migration"}

// codes repeats the error names of package migrate, which this package must not import.
var codes = asl.Codes{
	Permanent: []string{"Migrate.Invalid", "Migrate.Denied", "Migrate.NotFound", "Migrate.TooLarge",
		"Migrate.WrongState", "Migrate.GivenUp", "Migrate.Internal"},
	Transient: []string{"Migrate.Conflict", "Migrate.Throttled", "Migrate.Unavailable", "Migrate.CircuitOpen"},
}

func read(t testing.TB, name string) string {
	t.Helper()
	data, err := statemachines.FS.ReadFile(name + ".asl.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mustParse(t testing.TB, name, text string) *asl.Machine {
	t.Helper()
	m, err := asl.Parse("statemachines/"+name+".asl.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
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
