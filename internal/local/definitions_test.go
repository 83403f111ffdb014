package local_test

import (
	"testing"

	"landfall/internal/asl"
	"landfall/internal/migrate"
	"landfall/statemachines"
)

// The shipped definitions match error names that the code table has, and never retry what it calls permanent.
func TestDefinitions_MatchTheCodeTable(t *testing.T) {
	t.Parallel()
	codes := asl.Codes{}
	for _, c := range migrate.Codes() {
		switch class := migrate.ClassOf(c); {
		case class.ASLName == "":
		case class.Retry:
			codes.Transient = append(codes.Transient, class.ASLName)
		default:
			codes.Permanent = append(codes.Permanent, class.ASLName)
		}
	}
	for _, name := range []string{"stage", "validate", "import", "counts", "migration"} {
		file := name + ".asl.json"
		data, err := statemachines.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := asl.Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range asl.Check(m, codes) {
			t.Error(p)
		}
	}
}
