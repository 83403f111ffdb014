package pipeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

func TestRegister_Run(t *testing.T) {
	t.Parallel()
	t.Run("AnObjectTwiceIsOneDrop", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		first := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n")
		again := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n")
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("announced again it is another drop (-first +again):\n%s", diff)
		}
		if m := w.row(); m.OpenDrops != 1 || m.NextSeq != 2 {
			t.Errorf("there are %d open drops and the next is %d, want 1 and 2", m.OpenDrops, m.NextSeq)
		}
		if want := []string{"stage " + string(first.ID), "stage " + string(first.ID)}; !slices.Equal(w.machines.started, want) {
			t.Errorf("started %v, want %v: whoever dies before the start announces again", w.machines.started, want)
		}
	})
	t.Run("OtherContentIsAnotherDrop", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		first := w.offer("Counterparties/counterparties/a.jsonl", "{}\n")
		second := w.offer("Counterparties/counterparties/a.jsonl", "[]\n")
		if first.ID == second.ID || second.Seq != first.Seq+1 {
			t.Errorf("drops %s (%d) and %s (%d), want two in order", first.ID, first.Seq, second.ID, second.Seq)
		}
	})
	t.Run("ASettledDropIsNotStartedAgain", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.stageAll(w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"))
		started := len(w.machines.started)
		if d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"); d.State != migrate.DropSettled || len(w.machines.started) != started {
			t.Errorf("announced again it is %s and started %v", d.State, w.machines.started[started:])
		}
	})
	t.Run("NotWhileAnImportRuns", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.run(migrate.ValidateStaging)
		w.begin(migrate.Import)
		key := w.key("Counterparties/counterparties/a.jsonl")
		_, err := w.site.blobs.PutObject(t.Context(), pipeline.BlobKey(w.tenant, key), strings.NewReader("{}"))
		w.check("putting an object", err)
		_, err = w.register().Run(t.Context(), pipeline.RegisterInput{Tenant: w.tenant, Key: key})
		wantProblem(t, err, migrate.WrongState, migrate.ProblemImportRunning)
	})
}

func TestRegister_Refuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rest, problem string }{
		{"Nobody/counterparties/a.jsonl", "unknown-component"},
		{"Counterparties/nothing/a.jsonl", "unknown-collection"},
		{"Counterparties/agreements/a.jsonl", "unknown-collection"},
		{"Administrate/payment-administrations/a.jsonl", "unknown-collection"},
		{"Collaterals/collaterals/a.jsonl", "component-not-in-migration"},
		{"Counterparties/counterparties/a.csv", "unknown-format"},
		{"Counterparties/counterparties/a.json", "unknown-format"},
		{"Counterparties/counterparties/jsonl", "unknown-format"},
		{"Counterparties/counterparties/a.jsonl.bz2", "unknown-format"},
		{"Counterparties/counterparties/a.gz", "unknown-format"},
	} {
		t.Run(c.rest, func(t *testing.T) {
			t.Parallel()
			w := setup(t, counterparties, administrate)
			d := w.offer(c.rest, "x")
			if d.State != migrate.DropRefused || d.Problem == nil || d.Problem.Code != c.problem || d.SettledAt.IsZero() {
				t.Fatalf("the drop is %s, %+v, want Refused, %s", d.State, d.Problem, c.problem)
			}
			if m := w.row(); m.OpenDrops != 0 || len(w.machines.started) != 0 {
				t.Errorf("%d drops are open and %v started, want none", m.OpenDrops, w.machines.started)
			}
			w.balance()
		})
	}
}

func TestRegister_Fails(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	for _, c := range []struct {
		key  string
		code migrate.Code
	}{
		{"", migrate.Invalid},
		{w.key("Counterparties/counterparties"), migrate.Invalid},
		{w.key("Counterparties/counterparties/../a.jsonl"), migrate.Invalid},
		{w.key("Counterparties/counterparties/.a.jsonl"), migrate.Invalid},
		{w.key("Counterparties/counterparties/a.jsonl.part"), migrate.Invalid},
		{w.key("Counterparties/counterparties/deeper/.a.jsonl"), migrate.Invalid},
		{w.key("Counterparties/counterparties/absent.jsonl"), migrate.NotFound},
		{"00000000-0000-4000-8000-0000000000ff/Counterparties/counterparties/a.jsonl", migrate.NotFound},
	} {
		if _, err := w.register().Run(t.Context(), pipeline.RegisterInput{Tenant: w.tenant, Key: c.key}); migrate.CodeOf(err) != c.code {
			t.Errorf("registering %q: %v, want code %s", c.key, err, c.code)
		}
	}
	other := pipeline.RegisterInput{Tenant: "somebody-else", Key: w.key("Counterparties/counterparties/a.jsonl")}
	if _, err := w.register().Run(t.Context(), other); migrate.CodeOf(err) != migrate.NotFound {
		t.Errorf("registering for another tenant: %v, want NotFound", err)
	}
}

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, format, encoding string
		ok                     bool
	}{
		{"a.jsonl", "jsonl", "identity", true},
		{"a.json-seq", "json-seq", "identity", true},
		{"a.b.jsonl.gz", "jsonl", "gzip", true},
		{"a.json-seq.zst", "json-seq", "zstd", true},
		{"a.json", "json", "identity", false},
		{"a.JSONL", "JSONL", "identity", false},
		{"a", "", "identity", false},
		{"a.gz", "", "gzip", false},
		{"a.jsonl.gz.gz", "gz", "gzip", false},
	} {
		if format, encoding, ok := pipeline.FormatOf(c.name); format != c.format || encoding != c.encoding || ok != c.ok {
			t.Errorf("FormatOf(%q) = %q, %q, %v, want %q, %q, %v", c.name, format, encoding, ok, c.format, c.encoding, c.ok)
		}
	}
}

// wantProblem fails unless err has the code and the problem.
func wantProblem(t *testing.T, err error, code migrate.Code, problem string) {
	t.Helper()
	if !errors.Is(err, &migrate.Error{Code: code, Problem: problem}) {
		t.Errorf("the error is %v, want %s, %s", err, code, problem)
	}
}
