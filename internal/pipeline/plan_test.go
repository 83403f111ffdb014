package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

func TestPlan_Drop(t *testing.T) {
	t.Parallel()
	t.Run("ChunksTileTheDrop", func(t *testing.T) {
		t.Parallel()
		for _, size := range []int64{0, 1, 9, 10, 11, 100} {
			w := setup(t, counterparties)
			w.limits.ChunkBytes = 10
			d := w.offer("Counterparties/counterparties/a.jsonl", fmt.Sprintf("%*s", size, ""))
			at := int64(0)
			for _, c := range w.planned(d) {
				if c.From != at || c.To <= c.From || c.To-c.From > 10 || c.Drop != d.ID || c.Epoch != 1 {
					t.Errorf("of %d bytes, after %d: chunk %+v", size, at, c)
				}
				at = c.To
			}
			if at != size || w.drop(d.ID).State != migrate.DropInProgress || int64(w.drop(d.ID).Chunks) != (size+9)/10 {
				t.Errorf("of %d bytes the chunks cover %d, the drop is %+v", size, at, w.drop(d.ID))
			}
		}
	})
	t.Run("AgainGivesTheSame", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.limits.ChunkBytes = 100
		d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"+person(2, "")+"\n")
		first := w.planned(d)
		w.stageChunk(first[0])
		w.limits.ChunkBytes = 70 // another program, with other limits, resumes
		if diff := cmp.Diff(first, w.planned(d)); diff != "" {
			t.Errorf("planned again (-first +again):\n%s", diff)
		}
		if got := w.stageAll(d); got.State != migrate.DropSettled || got.Chunks != len(first) {
			t.Errorf("the drop is %s with %d chunks, want Settled with %d", got.State, got.Chunks, len(first))
		}
		w.balance()
	})
	t.Run("ACompressedDropIsOneChunk", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.limits.ChunkBytes = 1
		chunks := w.planned(w.offer("Counterparties/counterparties/a.jsonl.gz", "whatever"))
		if len(chunks) != 1 || chunks[0].From != 0 || chunks[0].To != pipeline.EndOfDrop {
			t.Errorf("chunks %+v, want one to the end", chunks)
		}
	})
}

// TestPlan_ChunkBytes pins the size of chunks for what workers there are.
func TestPlan_ChunkBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		workers int
		chunks  int64
	}{{1, 2}, {2, 3}} {
		w := setup(t, counterparties)
		w.limits = pipeline.DefaultLimits(c.workers)
		d := migrate.Drop{ID: "00000000-0000-4000-8000-0000000000aa", Migration: w.migration.ID, Component: counterparties,
			Collection: "counterparties", Origin: migrate.OriginObject, Size: 17 << 20 * c.chunks / 2, Encoding: "identity",
			State: migrate.DropRegistered}
		d, _, err := w.store.CreateDrop(t.Context(), w.tenant, d)
		w.check("creating a drop", err)
		if got := int64(len(w.planned(d))); got != (d.Size+8<<20-1)/(8<<20) {
			t.Errorf("%d bytes for %d workers are %d chunks, want pieces of 8 MiB", d.Size, c.workers, got)
		}
	}
}

func TestPlan_Job(t *testing.T) {
	t.Parallel()
	t.Run("UnitsTileTheBucketsOfEveryComponent", func(t *testing.T) {
		t.Parallel()
		w := setup(t, everything...)
		w.stagePortfolio(3)
		for _, jt := range []migrate.JobType{migrate.ValidateStaging, migrate.Import, migrate.Counts} {
			r := w.begin(jt)
			next := map[string]int{}
			units, err := w.store.ListUnits(t.Context(), w.tenant, r.state.Job)
			w.check("listing units", err)
			for _, u := range units {
				place := fmt.Sprint(u.Wave, u.Component)
				if u.FirstBucket != next[place] {
					t.Errorf("%s: unit %+v begins at %d, want %d", jt, u.UnitKey, u.FirstBucket, next[place])
				}
				next[place] = u.LastBucket + 1
			}
			for place, end := range next {
				if end != migrate.DefaultBuckets {
					t.Errorf("%s: the units of %s end at %d", jt, place, end)
				}
			}
			if len(r.units) != len(units) {
				t.Errorf("%s: %d units are in manifests, want %d", jt, len(r.units), len(units))
			}
			r.work()
			r.settle()
		}
	})
	t.Run("AgainKeepsTheProgress", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.stageFile("Counterparties", "counterparties", person(1, ""), person(2, ""))
		r := w.begin(migrate.ValidateStaging)
		r.work()
		before, err := w.store.ListUnits(t.Context(), w.tenant, r.state.Job)
		w.check("listing units", err)
		state := r.state
		r.plan()
		after, err := w.store.ListUnits(t.Context(), w.tenant, r.state.Job)
		w.check("listing units", err)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("planning again changed units (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(state, r.state); diff != "" {
			t.Errorf("planning again changed the state (-before +after):\n%s", diff)
		}
	})
	t.Run("AgainWithOtherLimitsKeepsTheUnits", func(t *testing.T) {
		t.Parallel()
		w := setup(t, everything...)
		w.stagePortfolio(3)
		r := w.begin(migrate.ValidateStaging)
		before, err := w.store.ListUnits(t.Context(), w.tenant, r.state.Job)
		w.check("listing units", err)
		w.limits.UnitSize = 1
		r.plan()
		after, err := w.store.ListUnits(t.Context(), w.tenant, r.state.Job)
		w.check("listing units", err)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("planning again changed units (-before +after):\n%s", diff)
		}
	})
	t.Run("AHandsOffRunBeginsItsJobOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		in := pipeline.MachineState{Tenant: w.tenant, Migration: w.migration.ID, Epoch: 1, Run: "run-1", JobType: migrate.ValidateStaging}
		first, err := w.plan().Run(t.Context(), in)
		w.check("planning", err)
		again, err := w.plan().Run(t.Context(), in)
		w.check("planning again", err)
		if first.Job == "" || first.Job != again.Job {
			t.Errorf("jobs %q and %q, want one", first.Job, again.Job)
		}
		_, total, err := w.store.ListJobs(t.Context(), w.tenant, w.migration.ID, 0, 10)
		w.check("listing jobs", err)
		if total != 1 {
			t.Errorf("%d jobs began, want 1", total)
		}
		_, err = w.settle.Run(t.Context(), in) // the plan failed after it had begun the job: the state does not name it
		w.check("settling", err)
		if m := w.row(); m.Job != "" {
			t.Errorf("job %s still runs", m.Job)
		}
	})
}
