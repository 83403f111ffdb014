package pipeline_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// unreliable makes jobs run as an unreliable world does: steps end after any batch, die before or after any effect, and are
// delivered several times in any order within their wave.
type unreliable struct {
	*world
	rapid *rapid.T
}

func newUnreliable(w *world, r *rapid.T) *unreliable {
	u := &unreliable{w, r}
	maybe := func(what string) error {
		if rapid.IntRange(0, 7).Draw(r, what) == 0 {
			return migrate.Errorf(migrate.Unavailable, "working", "gone")
		}
		return nil
	}
	w.store.beforeCheckpoint = func(migrate.Unit) error { return maybe("dies before the checkpoint") }
	w.target.before = func(migrate.Batch) error { return maybe("dies before the target") }
	w.target.after = func(migrate.Batch) error { return maybe("loses the target's answer") }
	w.late = func() bool { return rapid.Bool().Draw(r, "late") }
	return u
}

// job runs a whole job; some units are delivered once more after they were done, some at the same time as another wave of
// their own is under way. It is settled twice.
func (u *unreliable) job(t migrate.JobType) migrate.Job {
	u.t.Helper()
	u.limits.UnitSize = rapid.SampledFrom([]int64{1, 3, 1000}).Draw(u.rapid, "unit size")
	u.target.batchSize = rapid.IntRange(1, 5).Draw(u.rapid, "batch size")
	r := u.begin(t)
	if rapid.Bool().Draw(u.rapid, "planned twice") {
		r.plan()
	}
	for from := 0; from < len(r.units); {
		to := from
		for to < len(r.units) && r.units[to].Wave == r.units[from].Wave {
			to++
		}
		u.wave(r, slices.Clone(r.units[from:to]))
		from = to
	}
	u.balance()
	r.settle()
	u.balance()
	return r.settle()
}

// wave works units of one wave off, a step at a time, in any order.
func (u *unreliable) wave(r *running, units []pipeline.UnitState) {
	u.t.Helper()
	run := u.unitRun(r.state.JobType)
	left := slices.Clone(units)
	if n := len(units); rapid.Bool().Draw(u.rapid, "delivered twice") {
		left = append(left, units[rapid.IntRange(0, n-1).Draw(u.rapid, "which")])
	}
	for len(left) > 0 {
		i := rapid.IntRange(0, len(left)-1).Draw(u.rapid, "unit")
		out, err := run(u.ctx, left[i])
		switch {
		case err != nil && migrate.CodeOf(err) != migrate.Unavailable:
			u.t.Fatalf("%s of %+v: %v", r.state.JobType, left[i].UnitKey, err)
		case err == nil && out.Done:
			left = slices.Delete(left, i, i+1)
		}
		u.balance()
	}
}

// related are the members of staged records by which they refer and must be unique.
type related struct {
	AgreementNumber string
	Relations       []struct{ To string }
	Applicants      []struct{ CounterpartyReferenceID string }
}

// expectFaults says the slow way what validation has to find: references to nobody, and numbers used twice.
func expectFaults(e expectation) []string {
	var want []string
	numbers := map[string]int{}
	each := func(name migrate.ComponentName, f func(id string, r related)) {
		for key, staged := range e.entities[name] {
			var r related
			var seq, offset int64
			fmt.Sscanf(staged, "%d@%d", &seq, &offset)
			body := staged[len(fmt.Sprintf("%d@%d ", seq, offset)):]
			if err := json.Unmarshal([]byte(body), &r); err != nil {
				panic(err)
			}
			f(key[len(key)-36:], r)
		}
	}
	each(solutions, func(_ string, r related) { numbers[r.AgreementNumber]++ })
	each(counterparties, func(id string, r related) {
		for _, to := range r.Relations {
			if _, ok := e.entities[counterparties]["counterparties/"+to.To]; !ok {
				want = append(want, id+" relations[0].to REFERENCE_NOT_FOUND")
			}
		}
	})
	each(solutions, func(id string, r related) {
		if numbers[r.AgreementNumber] > 1 {
			want = append(want, id+" agreementNumber AGREEMENT_NUMBER_NOT_UNIQUE")
		}
		if _, ok := e.entities[counterparties]["counterparties/"+r.Applicants[0].CounterpartyReferenceID]; !ok {
			want = append(want, id+" applicants[0].counterpartyReferenceId REFERENCE_NOT_FOUND")
		}
	})
	slices.Sort(want)
	return want
}

// TestMigration_AnyHistory takes random entities the whole way through an unreliable world: always the same faults, then,
// when these are corrected, always the same live data, and books that balance after every step.
func TestMigration_AnyHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r, t.Context(), s, administrate, solutions, counterparties)
		small := rapid.IntRange(0, 5)
		var people, agreements []string
		for range rapid.IntRange(0, 5).Draw(r, "people") {
			n := small.Draw(r, "person")
			people = append(people, person(n, fmt.Sprintf(`,"relations":[{"to":"%s","type":"isParentOf"}]`, id(kindPerson, (n+1+small.Draw(r, "to"))%7))))
		}
		for range rapid.IntRange(0, 5).Draw(r, "agreements") {
			agreements = append(agreements, agreement(small.Draw(r, "agreement"), small.Draw(r, "applicant"),
				fmt.Sprintf(`,"agreementNumber":"N-%d"`, small.Draw(r, "number"))))
		}
		drops := []offered{}
		add := func(component, collection string, lines []string) {
			var content []byte
			for _, l := range lines {
				content = append(content, l+"\n"...)
			}
			drops = append(drops, offered{component, collection, "jsonl", content, uint32(len(drops) + 1)})
			w.stageFile(component, collection, lines...)
		}
		add("FinancingSolutions", "agreements", agreements)
		add("Counterparties", "counterparties", people)
		u := newUnreliable(w, r)

		job := u.job(migrate.ValidateStaging)
		want := expectFaults(expect(drops, 1<<20))
		var got []string
		for _, i := range w.issues(job.ID) {
			for _, f := range i.Faults {
				if f.Code != "RELATION_TO_SELF" {
					got = append(got, i.ID.String()+" "+f.Field+" "+string(f.Code))
				}
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("faults (-want +got):\n%s", diff)
		}

		// Later drops put everything right: everybody there, every number unique.
		people, agreements = nil, nil
		for n := range 7 {
			people = append(people, person(n, ""))
			agreements = append(agreements, agreement(n, n, fmt.Sprintf(`,"agreementNumber":"M-%d"`, n)))
		}
		add("Counterparties", "counterparties", people)
		add("FinancingSolutions", "agreements", agreements[:6])
		if job := u.job(migrate.ValidateStaging); !job.Result.Valid {
			r.Fatalf("corrected, the data is %+v: %v", job.Result, w.found(job))
		}
		if job := u.job(migrate.Import); job.State != migrate.JobCompleted || job.Result.Imported != 7+6+6 || w.row().Activity != migrate.Completed {
			r.Fatalf("the import is %s, %+v, the migration %s", job.State, job.Result, w.row().Activity)
		}
		for _, name := range []migrate.ComponentName{counterparties, solutions} {
			bodies := map[string]int{}
			for _, e := range w.staged(name) {
				bodies[string(e.Body)]++
			}
			if diff := cmp.Diff(bodies, w.live(name)); diff != "" {
				r.Fatalf("%s: live data (-staged +live):\n%s", name, diff)
			}
		}
		if job := u.job(migrate.Counts); job.State != migrate.JobCompleted || len(job.Result.Differences) != 0 ||
			len(w.live(administrate)) != 6 {
			r.Fatalf("the counts are %s, %+v, generated are %d", job.State, job.Result, len(w.live(administrate)))
		}
	})
}
