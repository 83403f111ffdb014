package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

// found gives what a validation found: where each entity came from, and its faults.
func (w *world) found(job migrate.Job) []string {
	w.t.Helper()
	var list []string
	for _, i := range w.issues(job.ID) {
		for _, f := range i.Faults {
			list = append(list, fmt.Sprintf("%s/%s %s %d@%d: %s %s %q", i.Component, i.Collection, i.ID, i.Source.Seq, i.Source.Offset,
				f.Field, f.Code, f.Message))
		}
	}
	return list
}

// stageFaulty stages entities of which most have something wrong that only shows beside others.
func (w *world) stageFaulty() {
	w.t.Helper()
	var people, agreements, liens []string
	for i := range 8 {
		people = append(people, person(i, fmt.Sprintf(`,"relations":[{"to":"%s","type":"isParentOf"}]`, id(kindPerson, i+1))))
		agreements = append(agreements, agreement(i, i+4, fmt.Sprintf(`,"agreementNumber":"N-%d"`, i/2)))
		liens = append(liens, collateral(i, i, 0, i%3, i%2+1))
	}
	w.stageFile("Collaterals", "collaterals", liens...)
	w.stageFile("FinancingSolutions", "agreements", agreements...)
	w.stageFile("Counterparties", "counterparties", people...)
	w.stageFile("Collaterals", "collateral-objects", object(0, 0), object(1, 0))
}

// wantFaulty is what validation has to say of what stageFaulty stages.
func wantFaulty() []string {
	var want []string
	missing := func(component, kindOf string, kind byte, n int, source, field, label string) {
		want = append(want, fmt.Sprintf("%s/%s %s %s: %s REFERENCE_NOT_FOUND %q", component, kindOf, id(kind, n), source, field,
			"Referenced "+label+" does not exist in staging or live data"))
	}
	ranks := map[string]int{}
	for i := range 8 {
		ranks[fmt.Sprint(i%3, i%2)]++
	}
	for i := range 8 {
		source := fmt.Sprintf("1@%d", i*(len(collateral(0, 0, 0, 0, 1))+1))
		if i%3 == 2 {
			missing("Collaterals", "collaterals", kindCollateral, i, source, "registeredMortgageEntries[0].collateralObjectReferenceId", "collateral object")
		}
		if ranks[fmt.Sprint(i%3, i%2)] > 1 {
			want = append(want, fmt.Sprintf("Collaterals/collaterals %s %s: registeredMortgageEntries[0].rank RANK_NOT_UNIQUE %q",
				id(kindCollateral, i), source, "Rank is taken on this object"))
		}
	}
	var at int
	for i := range 8 {
		at = i * (len(person(0, fmt.Sprintf(`,"relations":[{"to":"%s","type":"isParentOf"}]`, id(kindPerson, 1)))) + 1)
		if i == 7 {
			missing("Counterparties", "counterparties", kindPerson, i, fmt.Sprintf("3@%d", at), "relations[0].to", "counterparty")
		}
	}
	for i := range 8 {
		at = i * (len(agreement(0, 0, `,"agreementNumber":"N-0"`)) + 1)
		want = append(want, fmt.Sprintf("FinancingSolutions/agreements %s 2@%d: agreementNumber AGREEMENT_NUMBER_NOT_UNIQUE %q",
			id(kindAgreement, i), at, "Agreement number is not unique"))
		if i >= 4 {
			missing("FinancingSolutions", "agreements", kindAgreement, i, fmt.Sprintf("2@%d", at), "applicants[0].counterpartyReferenceId", "counterparty")
		}
	}
	return want
}

// TestValidate_AnyUnits finds the same whatever the size of the units, also when each step ends after one batch and the
// program is planned anew in between.
func TestValidate_AnyUnits(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, collaterals, solutions)
	w.stageFaulty()
	for _, size := range []int64{1, 2, 1000} {
		for _, late := range []bool{false, true} {
			w.late = func() bool { return late }
			w.limits.UnitSize = size
			job := w.run(migrate.ValidateStaging)
			if diff := cmp.Diff(wantFaulty(), w.found(job)); diff != "" {
				t.Errorf("units of %d, late %v: faults (-want +got):\n%s", size, late, diff)
			}
			if job.State != migrate.JobCompleted || job.Result.Valid || job.Result.Faulty != int64(len(wantFaulty())) {
				t.Errorf("units of %d: the job is %s, %+v, want %d faults", size, job.State, job.Result, len(wantFaulty()))
			}
			for _, c := range w.status().Components {
				if c.StagingStatus != migrate.StagingValidationFailure {
					t.Errorf("%s is %s, want ValidationFailure", c.Component, c.StagingStatus)
				}
			}
			w.balance()
		}
	}
}

// TestValidate_DiesAtCheckpoints dies before each checkpoint, and after it before the answer.
func TestValidate_DiesAtCheckpoints(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, collaterals, solutions)
	w.stageFaulty()
	w.limits.UnitSize = 2
	w.late = func() bool { return true }
	r := w.begin(migrate.ValidateStaging)
	deaths := 0
	for _, u := range r.units {
		for done := false; !done; {
			alive := false
			w.store.beforeCheckpoint = func(migrate.Unit) error {
				if !alive {
					deaths++
					return errDied
				}
				return nil
			}
			if _, err := w.validate().Run(t.Context(), u); err == nil {
				t.Fatal("a step without a checkpoint ended well")
			}
			alive = true
			out, err := w.validate().Run(t.Context(), u) // u, not out: the cursor lives in the store
			w.check("validating", err)
			done = out.Done
		}
	}
	w.store.beforeCheckpoint = nil
	if deaths < len(r.units) {
		t.Errorf("%d deaths over %d units", deaths, len(r.units))
	}
	r.work() // every unit once more
	job := r.settle()
	if diff := cmp.Diff(wantFaulty(), w.found(job)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestValidate_LiveData(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := newWorld(t, t.Context(), s, counterparties)
	first.stageFile("Counterparties", "counterparties", person(1, ""), person(2, ""))
	first.run(migrate.ValidateStaging)
	if job := first.run(migrate.Import); job.Result.Imported != 2 {
		t.Fatalf("the first migration imported %+v", job.Result)
	}
	second := newWorld(t, t.Context(), s, counterparties, solutions)
	second.tenant, second.ids = first.tenant, first.ids
	var err error
	second.migration, err = second.lifecycle.Create(t.Context(), second.tenant, []migrate.ComponentName{counterparties, solutions}, "")
	second.check("creating a migration", err)
	second.stageFile("Counterparties", "counterparties", person(2, `,"firstName":"Other"`), person(3, ""))
	second.stageFile("FinancingSolutions", "agreements", agreement(1, 1, ""), agreement(2, 3, ""), agreement(3, 9, ""))
	job := second.run(migrate.ValidateStaging)
	want := []string{
		fmt.Sprintf("Counterparties/counterparties %s 1@0: referenceId ALREADY_LIVE %q", id(kindPerson, 2), "Reference id is live already"),
		fmt.Sprintf("FinancingSolutions/agreements %s 2@%d: applicants[0].counterpartyReferenceId REFERENCE_NOT_FOUND %q", id(kindAgreement, 3),
			2*(len(agreement(1, 1, ""))+1), "Referenced counterparty does not exist in staging or live data"),
	}
	if diff := cmp.Diff(want, second.found(job)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestValidate_DataChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		change  func(w *world)
		valid   bool
		changed migrate.StagingStatus // of Counterparties
		other   migrate.StagingStatus
	}{
		{"nothing", func(*world) {}, true, migrate.StagingCompleted, migrate.StagingCompleted},
		{"an entity more", func(w *world) { w.stageFile("Counterparties", "counterparties", person(7, "")) }, false, migrate.StagingPending, migrate.StagingPending},
		{"a replay", func(w *world) { w.stageFile("Counterparties", "counterparties", person(1, "")) }, false, migrate.StagingPending, migrate.StagingPending},
		{"a rejected record", func(w *world) { w.stageFile("Counterparties", "counterparties", "{") }, true, migrate.StagingCompleted, migrate.StagingCompleted},
	} {
		for _, when := range []string{"before the units", "after the units"} {
			t.Run(c.name+" "+when, func(t *testing.T) {
				t.Parallel()
				w := setup(t, counterparties, solutions)
				w.stageFile("Counterparties", "counterparties", person(1, ""))
				r := w.begin(migrate.ValidateStaging)
				if when == "before the units" {
					c.change(w)
				}
				r.work()
				if when == "after the units" {
					c.change(w)
				}
				job := r.settle()
				if job.Result.Valid != c.valid || w.component(counterparties).StagingStatus != c.changed || w.component(solutions).StagingStatus != c.other {
					t.Errorf("valid %v, %s and %s, want %v, %s and %s", job.Result.Valid, w.component(counterparties).StagingStatus,
						w.component(solutions).StagingStatus, c.valid, c.changed, c.other)
				}
				if changed := !c.valid; changed != (len(job.Result.Causes) == 1 && job.Result.Causes[0].Code == migrate.StagedDataChanged) {
					t.Errorf("causes %+v", job.Result.Causes)
				}
			})
		}
	}
}

func TestValidate_GivenUp(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, solutions)
	w.stageFile("Counterparties", "counterparties", person(1, ""))
	w.stageFile("FinancingSolutions", "agreements", agreement(1, 1, ""))
	r := w.begin(migrate.ValidateStaging)
	for _, u := range r.units {
		if u.Component != counterparties {
			r.workOn(u)
		}
	}
	job := r.settle()
	if job.Result.Valid || len(job.Result.Causes) != 1 || job.Result.Causes[0].Code != migrate.CheckNotFinished {
		t.Errorf("the result is %+v, want CHECK_NOT_FINISHED", job.Result)
	}
	if got := w.component(counterparties).StagingStatus; got != migrate.StagingTechnicalFailure {
		t.Errorf("what was not checked is %s, want TechnicalFailure", got)
	}
	if got := w.component(solutions).StagingStatus; got != migrate.StagingCompleted {
		t.Errorf("what was checked is %s, want Completed", got)
	}
	if job := w.run(migrate.ValidateStaging); !job.Result.Valid {
		t.Errorf("the next validation is %+v, want valid", job.Result)
	}
}

func TestValidate_NothingStaged(t *testing.T) {
	t.Parallel()
	w := setup(t, everything...)
	if job := w.run(migrate.ValidateStaging); !job.Result.Valid || w.status().StagingStatus != migrate.StagingCompleted {
		t.Errorf("without data the validation is %+v, the status %s", job.Result, w.status().StagingStatus)
	}
	warned := 0
	for _, line := range w.log() {
		if strings.HasPrefix(line, "WARN") && strings.HasSuffix(line, "nothing is staged") {
			warned++
		}
	}
	if warned != len(everything) {
		t.Errorf("%d components are warned of, want %d", warned, len(everything))
	}
}
