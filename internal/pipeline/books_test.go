package pipeline_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

// TestBooks_DropsWithoutEntities shares an import out to drops of which some created nothing.
func TestBooks_DropsWithoutEntities(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	var want []int64
	for i := range 15 {
		switch i % 3 {
		case 0:
			w.stageFile("Counterparties", "counterparties", person(i, ""), person(i+100, ""))
			want = append(want, 2)
		case 1:
			w.stageFile("Counterparties", "counterparties", person(i-1, "")) // a duplicate alone
			want = append(want, 0)
		default:
			w.stageFile("Counterparties", "counterparties", "{")
			want = append(want, 0)
		}
		w.balance()
	}
	w.run(migrate.ValidateStaging)
	w.balance()
	w.run(migrate.Import)
	books := w.balance()
	var got []int64
	for _, d := range books.Drops {
		got = append(got, d.Equations[1].Right["imported"])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imported by drop (-want +got):\n%s", diff)
	}
	w.run(migrate.Counts)
	w.balance()
}

// TestBooks_WhileStaging adds the books up again and again while workers stage; run with -race.
func TestBooks_WhileStaging(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	w.limits.ChunkBytes, w.limits.PartBytes = 500, 100
	var content string
	for i := range 300 {
		content += person(i%200, "") + "\n"
	}
	d := w.offer("Counterparties/counterparties/a.jsonl", content)
	step := w.stage()
	var workers sync.WaitGroup
	done := make(chan struct{})
	for _, chunk := range w.planned(d) {
		workers.Go(func() {
			if _, err := step.Run(t.Context(), chunk); err != nil {
				t.Errorf("staging: %v", err)
			}
		})
	}
	go func() { workers.Wait(); close(done) }()
	for n := 0; ; n++ {
		select {
		case <-done:
			w.settled(d)
			w.balance()
			return
		default:
			w.balance()
		}
	}
}

// TestBooks_NameWhatIsMissing shows that the books are no tautology: an entity that an import missed leaves them open.
func TestBooks_NameWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	w.stageFile("Counterparties", "counterparties", person(1, ""), person(2, ""))
	w.run(migrate.ValidateStaging)
	r := w.begin(migrate.Import)
	r.work()
	units, err := w.store.ListUnits(t.Context(), w.tenant, r.state.Job)
	w.check("listing units", err)
	u := units[0]
	u.Progress.Imported, u.Progress.Entities = 1, 1 // as if the walk had stepped over one
	_, err = w.store.Store.Checkpoint(t.Context(), w.tenant, w.migration.ID, 1, u, migrate.Findings{})
	w.check("checkpointing", err)
	job := r.settle()
	if job.State != migrate.JobTechnicalFailure || len(job.Result.Causes) != 1 || job.Result.Causes[0].Code != migrate.BooksDiffer {
		t.Errorf("the job is %s, %+v, want TechnicalFailure, BOOKS_DIFFER", job.State, job.Result.Causes)
	}
	if w.row().Activity != migrate.Active {
		t.Errorf("the migration is %s", w.row().Activity)
	}
}

// TestBooks_Scopes adds drops up to components and components to the migration.
func TestBooks_Scopes(t *testing.T) {
	t.Parallel()
	w := setup(t, everything...)
	w.stagePortfolio(2)
	w.stageFile("Counterparties", "counterparties", person(0, ""), person(9, ""), "{")
	w.run(migrate.ValidateStaging)
	w.run(migrate.Import)
	books := w.balance()
	sums := map[string]int64{}
	add := func(scope string, s migrate.BookScope) {
		for _, e := range s.Equations {
			for side, terms := range []map[string]int64{e.Left, e.Right} {
				for term, n := range terms {
					sums[fmt.Sprint(scope, " ", e.Name, " ", side, " ", term)] += n
				}
			}
		}
	}
	add("migration", books.Whole)
	for _, c := range books.Components {
		add("components", c.BookScope)
	}
	for _, d := range books.Drops {
		add("drops", d.BookScope)
	}
	for _, term := range []string{"intake 0 lines", "intake 1 rejected", "intake 1 duplicates", "intake 1 staged", "outcome 1 imported"} {
		generated := int64(0)
		if term == "intake 1 staged" || term == "outcome 1 imported" {
			generated = 6
		}
		if whole := sums["migration "+term]; whole == 0 || whole != sums["components "+term] || whole != sums["drops "+term]+generated {
			t.Errorf("%s: migration %d, components %d, drops %d (and %d generated)", term, whole, sums["components "+term], sums["drops "+term], generated)
		}
	}
}
