package pipeline_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

// wave says when a collection may be written.
var wave = map[migrate.CollectionName]int{
	"counterparties": 0, "agreements": 1, "collateral-objects": 1,
	"collaterals": 2, "additional-repayments": 2, "debit-mandates": 2, "transactions": 2,
	"payment-administrations": 3,
}

func TestImport_WavesInOrder(t *testing.T) {
	t.Parallel()
	w := setup(t, everything...)
	w.stagePortfolio(4)
	w.run(migrate.ValidateStaging)
	w.run(migrate.Import)
	last := 0
	seen := map[migrate.CollectionName]int{}
	for _, b := range w.target.batches {
		for _, e := range b.Entities {
			seen[e.Collection]++
			if wave[e.Collection] < last {
				t.Fatalf("%s was written after wave %d", e.Collection, last)
			}
			last = wave[e.Collection]
		}
	}
	if len(seen) != len(wave) {
		t.Errorf("written were %v, want every collection", seen)
	}
	if s := w.status(); s.Activity != migrate.Completed || s.ImportStatus != migrate.ImportCompleted || s.Staged != s.Imported || s.Staged != 4*7+4*3 {
		t.Errorf("the status is %+v, want everything imported", s)
	}
	w.balance()
}

// TestImport_Administrate compares the generated entities with their sources.
func TestImport_Administrate(t *testing.T) {
	t.Parallel()
	want := map[string]int{}
	add := func(component, entityType string, kind byte, n int, rest string) {
		name := entityType + "/" + id(kind, n)
		want[fmt.Sprintf(`{"referenceId":"%s","source":{"component":"%s","entityType":"%s","referenceId":"%s"},"agreementReferenceId":"%s"%s}`,
			administrationID(name), component, entityType, id(kind, n), id(kindAgreement, n), rest)]++
	}
	for n := range 3 {
		add("FinancingSolutions", "Agreement", kindAgreement, n, fmt.Sprintf(`,"date":"2020-01-01","amount":{"amount":%d.50,"currency":"EUR"}`, n+1))
		add("FinancingExecutions", "AdditionalRepayment", kindRepayment, n, `,"date":"2026-04-01"`)
		add("FinancingExecutions", "DebitMandate", kindMandate, n, "")
	}
	for range 2 { // the same on every run
		w := setup(t, everything...)
		w.limits.UnitSize = 1
		w.target.batchSize = 2
		w.stagePortfolio(3)
		w.run(migrate.ValidateStaging)
		w.run(migrate.Import)
		if diff := cmp.Diff(want, w.live(administrate)); diff != "" {
			t.Errorf("live data (-want +got):\n%s", diff)
		}
	}
}

// TestImport_ResumesAtEveryBatch ends each step after one batch; some die before their checkpoint or lose the target's
// answer.
func TestImport_ResumesAtEveryBatch(t *testing.T) {
	t.Parallel()
	w := setup(t, everything...)
	w.stagePortfolio(5)
	w.run(migrate.ValidateStaging)
	w.target.batchSize = 2
	w.late = func() bool { return true }
	calls := 0
	every := func(n int) error {
		if calls++; calls%n == 0 {
			return migrate.Errorf(migrate.Unavailable, "importing", "gone")
		}
		return nil
	}
	w.store.beforeCheckpoint = func(migrate.Unit) error { return every(3) }
	w.target.before = func(migrate.Batch) error { return every(5) }
	w.target.after = func(migrate.Batch) error { return every(7) }
	r := w.begin(migrate.Import)
	r.work()
	w.store.beforeCheckpoint = nil
	job := r.settle()
	if job.State != migrate.JobCompleted || len(job.Result.Causes) != 0 || job.Result.Imported != 5*7+5*3 {
		t.Errorf("the job is %s, %+v, want 50 imported", job.State, job.Result)
	}
	for _, name := range everything {
		for body, times := range w.live(name) {
			if times != 1 {
				t.Errorf("%s is in the target %d times", body, times)
			}
		}
	}
	if n := len(w.target.batches); n < 26 {
		t.Errorf("%d batches were sent, want at least 26", n)
	}
	w.balance()
}

func TestImport_SomeFail(t *testing.T) {
	t.Parallel()
	w := setup(t, everything...)
	w.stagePortfolio(4)
	w.run(migrate.ValidateStaging)
	w.target.refuse = func(e migrate.Entity) (migrate.ImportOutcome, bool) {
		switch e.ID {
		case refID(kindPerson, 0), refID(kindPerson, 3):
			return migrate.ImportOutcome{Result: migrate.ResultFailed, Cause: "target timeout"}, true
		case refID(kindPerson, 1):
			return migrate.ImportOutcome{Result: migrate.ResultFailed, Code: "NO_ROOM"}, true
		case refID(kindAgreement, 2):
			return migrate.ImportOutcome{Result: migrate.ResultInDoubt, Cause: "no answer"}, true
		}
		return migrate.ImportOutcome{}, false
	}
	job := w.run(migrate.Import)
	want := []migrate.JobCause{
		{Component: administrate, Code: migrate.ImportFailed, Message: "1 entities wait for others that failed"},
		{Component: solutions, Code: migrate.ImportFailed, Message: "1 entities failed due to no answer"},
		{Component: counterparties, Code: migrate.ImportFailed, Message: "2 entities failed due to target timeout"},
		{Component: counterparties, Code: migrate.ImportFailed, Message: "1 entities failed due to NO_ROOM"},
	}
	if diff := cmp.Diff(want, job.Result.Causes); diff != "" || job.State != migrate.JobCompleted {
		t.Errorf("the job is %s, causes (-want +got):\n%s", job.State, diff)
	}
	for name, status := range map[migrate.ComponentName]migrate.ImportStatus{
		counterparties: migrate.ImportTechnicalFailure, solutions: migrate.ImportTechnicalFailure, administrate: migrate.ImportTechnicalFailure,
		collaterals: migrate.ImportCompleted, executions: migrate.ImportCompleted,
	} {
		if got := w.component(name).ImportStatus; got != status {
			t.Errorf("%s is %s, want %s", name, got, status)
		}
	}
	issues := w.issues(job.ID)
	if len(issues) != 4 || issues[0].Component != counterparties || issues[0].Faults[0] != (migrate.Fault{Code: migrate.ImportFailed, Message: "target timeout"}) ||
		issues[0].Status != migrate.StagingTechnicalFailure {
		t.Errorf("issues %+v, want those of the four entities", issues)
	}
	books := w.balance()
	outcome := books.Whole.Equations[1]
	if diff := cmp.Diff(map[string]int64{"imported": 40 - 5, "failed": 3, "inDoubt": 1, "pending": 1, "deleted": 0}, outcome.Right); diff != "" {
		t.Errorf("the outcome equation (-want +got):\n%s", diff)
	}
	if m := w.row(); m.Activity != migrate.Active {
		t.Errorf("the migration is %s, want Active", m.Activity)
	}

	// A new import takes the rest, and only what has a rest.
	w.target.refuse, w.target.batches = nil, nil
	job = w.run(migrate.Import)
	if len(job.Result.Causes) != 0 || job.Result.Imported != 40 || w.row().Activity != migrate.Completed {
		t.Errorf("the second import is %+v, the migration %s", job.Result, w.row().Activity)
	}
	if !slices.Equal(slices.Sorted(slices.Values(job.Components)), []migrate.ComponentName{administrate, counterparties, solutions}) {
		t.Errorf("the second import took %v", job.Components)
	}
	for _, b := range w.target.batches {
		if b.Component == collaterals || b.Component == executions {
			t.Errorf("%s was complete and is sent again", b.Component)
		}
	}
	w.balance()
}

func TestImport_CancelledInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		late             bool // each batch is sent by a step of its own
		afterItsProgress bool // the cancel comes between the progress of a batch and the next batch
	}{{false, false}, {false, true}, {true, false}, {true, true}} {
		w := setup(t, counterparties, solutions, administrate)
		w.stageFile("Counterparties", "counterparties", person(1, ""), person(2, ""), person(3, ""), person(4, ""))
		w.stageFile("FinancingSolutions", "agreements", agreement(1, 1, ""))
		w.run(migrate.ValidateStaging)
		w.target.batchSize = 1
		w.late = func() bool { return c.late }
		written := 0
		cancel := func() {
			if written == 2 {
				w.check("cancelling", w.lifecycle.Cancel(t.Context(), w.tenant, w.migration.ID))
			}
		}
		w.target.after = func(migrate.Batch) error {
			if written++; !c.afterItsProgress {
				cancel()
			}
			return nil
		}
		if c.afterItsProgress {
			w.store.afterCheckpoint = cancel
		}
		r := w.begin(migrate.Import)
		r.work()
		if written != 2 {
			t.Errorf("%d batches were sent, want none after the one under way", written)
		}
		job := r.settle()
		causes := map[migrate.ComponentName]migrate.FaultCode{}
		for _, c := range job.Result.Causes {
			causes[c.Component] = c.Code
		}
		if want := map[migrate.ComponentName]migrate.FaultCode{counterparties: migrate.JobCancelled, solutions: migrate.JobCancelled,
			administrate: migrate.JobCancelled}; job.State != migrate.JobWasCancelled || !maps.Equal(causes, want) {
			t.Errorf("the job is %s because of %v, want Cancelled, %v", job.State, causes, want)
		}
		if m := w.row(); m.Job != "" || m.Activity != migrate.Cancelled || w.status().ImportStatus != migrate.ImportTechnicalFailure {
			t.Errorf("the migration is %s with job %q, its import %s", m.Activity, m.Job, w.status().ImportStatus)
		}
		if n := len(w.live(counterparties)); n != 2 {
			t.Errorf("%d entities are live, want 2", n)
		}
		w.balance()
	}
}

// What came after a complete import of its source is generated too, when the source is imported again.
func TestImport_AdministrateFollowsItsSources(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, solutions, administrate)
	w.stageFile("Counterparties", "counterparties", person(1, ""))
	w.stageFile("FinancingSolutions", "agreements", agreement(1, 1, ""))
	w.run(migrate.ValidateStaging)
	w.target.refuse = func(e migrate.Entity) (migrate.ImportOutcome, bool) {
		return migrate.ImportOutcome{Result: migrate.ResultFailed}, e.ID == refID(kindPerson, 1)
	}
	w.run(migrate.Import) // leaves the migration active, and its other components complete
	if got := w.component(administrate).ImportStatus; got != migrate.ImportCompleted {
		t.Fatalf("what is generated is %s, want Completed", got)
	}
	w.stageFile("FinancingSolutions", "agreements", agreement(2, 1, ""))
	if got := w.component(administrate).ImportStatus; got != migrate.ImportPending {
		t.Errorf("after its source changed, what is generated is %s, want Pending", got)
	}
	w.target.refuse = nil
	w.run(migrate.ValidateStaging)
	w.run(migrate.Import)
	if n := len(w.live(administrate)); n != 2 || w.row().Activity != migrate.Completed {
		t.Errorf("%d entities are generated, want 2; the migration is %s", n, w.row().Activity)
	}
	w.balance()
}

func TestImport_UnitGivenUp(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, solutions, administrate)
	w.stageFile("Counterparties", "counterparties", person(1, ""))
	w.stageFile("FinancingSolutions", "agreements", agreement(1, 1, ""))
	w.run(migrate.ValidateStaging)
	w.target.before = func(b migrate.Batch) error {
		if b.Component == solutions {
			return migrate.Errorf(migrate.Internal, "importing", "broken")
		}
		return nil
	}
	job := w.run(migrate.Import)
	if job.State != migrate.JobTechnicalFailure || !slices.ContainsFunc(job.Result.Causes, func(c migrate.JobCause) bool {
		return c.Component == solutions && c.Code == migrate.RunFailed
	}) {
		t.Errorf("the job is %s, %+v, want TechnicalFailure, RUN_FAILED", job.State, job.Result.Causes)
	}
	if n := len(w.live(administrate)); n != 0 {
		t.Errorf("%d entities are generated from a source that is not imported", n)
	}
	w.balance()
	w.target.before = nil
	w.run(migrate.Import)
	if w.row().Activity != migrate.Completed || len(w.live(administrate)) != 1 {
		t.Errorf("after another import the migration is %s, %d are generated", w.row().Activity, len(w.live(administrate)))
	}
}

// idsInOneBucket gives numbers of entities of a kind that all lie in bucket 0.
func idsInOneBucket(kind byte, count int) []int {
	var list []int
	for n := 0; len(list) < count; n++ {
		if migrate.BucketOf(refID(kind, n), migrate.DefaultBuckets) == 0 {
			list = append(list, n)
		}
	}
	return list
}

// TestImport_ResumesWithinABucket ends each step after one of many entities of one bucket, of one collection or of the
// several that others are generated from.
func TestImport_ResumesWithinABucket(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, solutions, executions, administrate)
	const count = 4
	var agreements, repayments, mandates []string
	people := idsInOneBucket(kindPerson, count)
	signed := idsInOneBucket(kindAgreement, count)
	for i := range count {
		w.stageFile("Counterparties", "counterparties", person(people[i], ""))
		agreements = append(agreements, agreement(signed[i], people[i], ""))
		repayments = append(repayments, repayment(idsInOneBucket(kindRepayment, count)[i], signed[i]))
		mandates = append(mandates, mandate(idsInOneBucket(kindMandate, count)[i], signed[i]))
	}
	w.stageFile("FinancingSolutions", "agreements", agreements...)
	w.stageFile("FinancingExecutions", "additional-repayments", repayments...)
	w.stageFile("FinancingExecutions", "debit-mandates", mandates...)
	w.run(migrate.ValidateStaging)
	w.target.batchSize = 1
	w.late = func() bool { return true }
	if job := w.run(migrate.Import); job.State != migrate.JobCompleted || job.Result.Imported != 7*count || len(w.target.batches) != 7*count {
		t.Errorf("the job is %s, %+v, after %d batches of one entity, want %d", job.State, job.Result, len(w.target.batches), 7*count)
	}
	w.balance()
}
