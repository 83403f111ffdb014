package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

func TestSettle_Drop(t *testing.T) {
	t.Parallel()
	t.Run("AChunkThatWasNeverCommitted", func(t *testing.T) {
		t.Parallel()
		for _, missing := range []int{0, 1, 2} {
			w := setup(t, counterparties)
			w.limits.ChunkBytes = int64(len(person(1, ""))) + 1
			d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"+person(2, "")+"\n"+person(3, "")+"\n")
			chunks := w.planned(d)
			for i, chunk := range chunks {
				if i != missing {
					w.stageChunk(chunk)
				}
			}
			got := w.settled(d)
			want := fmt.Sprintf("staged up to byte %d:", chunks[missing].From)
			if got.State != migrate.DropFailed || got.Problem.Code != "not-finished" || !strings.HasPrefix(got.Problem.Detail, want) {
				t.Fatalf("without chunk %d the drop is %s, %+v", missing, got.State, got.Problem)
			}
			if !got.SettledAt.IsZero() || w.row().OpenDrops != 1 {
				t.Errorf("a drop that is not finished settled at %v, %d are open", got.SettledAt, w.row().OpenDrops)
			}
			if books := w.book(); books.Balanced {
				t.Error("the books balance although a chunk is missing")
			}
			w.run(migrate.ValidateStaging)
			_, err := w.lifecycle.StartJob(t.Context(), w.tenant, w.migration.ID, migrate.Import)
			wantProblem(t, err, migrate.WrongState, migrate.ProblemDropsNotSettled)
			w.stageAll(w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"+person(2, "")+"\n"+person(3, "")+"\n"))
			if w.row().OpenDrops != 0 || len(w.staged(counterparties)) != 3 {
				t.Errorf("announced again, %d drops are open, %d entities staged", w.row().OpenDrops, len(w.staged(counterparties)))
			}
			w.balance()
		}
	})
	t.Run("TellsOnceHoweverOftenItRuns", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		d := w.offer("Counterparties/counterparties/a.jsonl", nasty())
		for _, chunk := range w.planned(d) {
			w.stageChunk(chunk)
		}
		deaths := w.dieBeforeEach(func() error {
			_, err := w.settle.Run(t.Context(), w.dropState(d))
			return err
		})
		if deaths != 3 {
			t.Errorf("it had %d effects to die before, want 3: a row's rejections, the drop's end, its state", deaths)
		}
		w.settled(d)
		w.settled(d)
		line := int64(len(person(1, ""))) + 2
		want := []string{
			"INFO Counterparties Migration [" + string(w.migration.ID) + "] has been created",
			fmt.Sprintf("WARN Counterparties Invalid counterparty: INVALID_JSON, line 3, byte %d of drop [%s]", line, d.ID),
			fmt.Sprintf("WARN Counterparties Invalid counterparty: INVALID_TYPE, line 6, byte %d of drop [%s]",
				strings.Index(nasty(), "\n[]")+1, d.ID),
			fmt.Sprintf("INFO Counterparties Drop [%s] of counterparties: 5 lines, 2 rejected, 1 duplicates, 2 staged", d.ID),
		}
		if diff := cmp.Diff(want, w.log()); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
	t.Run("ManyRejections", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.limits.PartRejects = 600 // more than a page of the log
		const bad = 1501
		d := w.stageAll(w.offer("Counterparties/counterparties/a.jsonl", strings.Repeat("{\n\n", bad)))
		var want []string
		for i := range bad {
			want = append(want, fmt.Sprintf("line %d, byte %d of drop [%s]", 2*i+1, 3*i, d.ID))
		}
		w.settled(d)
		w.wantWarnings(want)
	})
}

func TestSettle_Job(t *testing.T) {
	t.Parallel()
	t.Run("TwiceIsOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t, everything...)
		w.stagePortfolio(2)
		for _, jt := range []migrate.JobType{migrate.ValidateStaging, migrate.Import, migrate.Counts} {
			r := w.begin(jt)
			r.work()
			first := r.settle()
			log := w.log()
			state := r.state
			if diff := cmp.Diff(first, r.settle()); diff != "" {
				t.Errorf("%s settled twice (-first +second):\n%s", jt, diff)
			}
			if diff := cmp.Diff(state, r.state); diff != "" {
				t.Errorf("%s: the second settle gives another state (-first +second):\n%s", jt, diff)
			}
			if diff := cmp.Diff(log, w.log()); diff != "" {
				t.Errorf("%s: the second settle wrote to the log (-first +second):\n%s", jt, diff)
			}
		}
	})
	t.Run("DiesBeforeAnyOfItsEffects", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.stageFile("Counterparties", "counterparties", person(1, ""), person(2, ""))
		w.run(migrate.ValidateStaging)
		w.target.refuse = func(e migrate.Entity) (migrate.ImportOutcome, bool) {
			return migrate.ImportOutcome{Result: migrate.ResultFailed, Cause: "no"}, e.ID == refID(kindPerson, 1)
		}
		r := w.begin(migrate.Import)
		r.work()
		deaths := w.dieBeforeEach(func() error {
			_, err := w.settle.Run(t.Context(), r.state)
			return err
		})
		if deaths != 3 {
			t.Errorf("it had %d effects to die before, want 3: the job, its end in the log, its failures", deaths)
		}
		ended := 0
		for _, line := range w.log() {
			if strings.Contains(line, "has ended") && strings.Contains(line, "Import") {
				ended++
			}
		}
		failed := slices.ContainsFunc(w.log(), func(l string) bool { return l == "ERROR Counterparties Import failed: IMPORT_FAILED" })
		if ended != 1 || !failed {
			t.Errorf("the end is told %d times, the failure %v:\n%s", ended, failed, strings.Join(w.log(), "\n"))
		}
	})
	t.Run("LosesACompareAndSet", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.stageFile("Counterparties", "counterparties", person(1, ""))
		r := w.begin(migrate.ValidateStaging)
		r.work()
		raced := false
		w.store.beforeAdvance = func(*migrate.Job) error {
			if !raced {
				raced = true
				w.stageFile("Counterparties", "counterparties", person(2, "")) // moves the migration's row, and the data
			}
			return nil
		}
		job := r.settle()
		if got := w.component(counterparties).StagingStatus; job.State != migrate.JobCompleted || job.Result.Valid || got != migrate.StagingPending {
			t.Errorf("the job is %s, valid %v, the component %s; want it to see the change", job.State, job.Result.Valid, got)
		}
	})
}

// dieBeforeEach runs a step again and again. It dies before each of its effects once.
func (w *world) dieBeforeEach(run func() error) (deaths int) {
	w.t.Helper()
	died := map[string]bool{}
	die := func(effect string) error {
		if died[effect] {
			return nil
		}
		died[effect] = true
		return errDied
	}
	w.store.beforeLog = die
	w.store.beforeDrop = func(migrate.Drop) error { return die("the drop's row") }
	w.store.beforeAdvance = func(*migrate.Job) error { return die("the migration's row") }
	defer func() { w.store.beforeLog, w.store.beforeDrop, w.store.beforeAdvance = nil, nil, nil }()
	for range patience {
		if err := run(); !errors.Is(err, errDied) {
			w.check("running to the end", err)
			return len(died)
		}
	}
	w.t.Fatalf("it never ends")
	return 0
}
