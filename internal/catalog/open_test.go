package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

func TestOpen_ListsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := catalog.Open(broken(t, checkCase{"two faults", "catalog.yaml", "label: box", "label: box\n        a: 1\n        b: 2"}))
	var problems *catalog.Error
	if !errors.As(err, &problems) {
		t.Fatalf("Open: %v, want a catalog.Error", err)
	}
	want := "catalog.yaml:29:9: unknown key \"a\"\ncatalog.yaml:30:9: unknown key \"b\""
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("Open (-want +got):\n%s", diff)
	}
}

// TestOpen_SlowSchema: a schema outside the subset of package shape is a note, and its records are checked all the same.
func TestOpen_SlowSchema(t *testing.T) {
	t.Parallel()
	c, err := catalog.Open(broken(t, checkCase{"slow", "box.schema.json", `"required"`, `"minProperties": 2, "required"`}))
	if err != nil {
		t.Fatal(err)
	}
	checker := collection(t, c, "boxes").NewChecker()
	const id = `{"referenceId":"f5eb4278-5015-454d-abca-bb0c4c6656ec"`
	if got := checker.Check([]byte(id+`,"x":1}`), false); len(got.Faults) > 0 || got.ID.IsZero() {
		t.Errorf("Check of a good record = %v", got)
	}
	if got := checker.Check([]byte(id+`}`), false); len(got.Faults) != 1 {
		t.Errorf("Check of a record with one member = %v, want one fault", got)
	}
}

// TestInspect_ReportsWhatARuleCannotDo: a rule that fails is its author's business, and no fault of the record.
func TestInspect_ReportsWhatARuleCannotDo(t *testing.T) {
	t.Parallel()
	c, err := catalog.Open(broken(t, checkCase{"bad rule", "catalog.yaml", "this.weight > 0", "yearsBefore(this.code, 1) < today"}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = collection(t, c, "things").NewInspector().Inspect([]byte(`{"code":"Q","weight":1}`), today)
	if migrate.CodeOf(err) != migrate.Invalid || !strings.Contains(err.Error(), "TOO_HEAVY") {
		t.Errorf("Inspect: %v", err)
	}
	if strings.Contains(err.Error(), "Q") {
		t.Errorf("Inspect: %v shows a value", err)
	}
}
