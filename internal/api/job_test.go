package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/api"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// idle starts machines that never move, so that jobs stay as they begin.
type idle struct{}

func (idle) Start(context.Context, string, string, any) error { return nil }

func withIdleMachines(c *api.Config) {
	l := *c.Lifecycle
	l.Machines = idle{}
	c.Lifecycle = &l
}

func TestJob_IsShownWhileItRuns(t *testing.T) {
	t.Parallel()
	s := open(t, withIdleMachines)
	m := s.create("FinancingSolutions", "Counterparties")
	start := assistance + "/migrations/" + m + "/jobs/validate-staging"
	id := decode[string](t, s.want(s.do("PUT", start, ""), 200).text)
	running := s.want(s.get(assistance+"/jobs/"+id), 202)
	sameJSON(t, running.text, `{"referenceId":"`+id+`","componentsCompleted":[]}`)
	if got := running.Header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After = %q, want 1", got)
	}
	if p := s.wantProblem(s.do("PUT", start, ""), 422, "job-running"); p["jobReferenceId"] != id {
		t.Errorf("jobReferenceId = %v, want %s", p["jobReferenceId"], id)
	}
	unit := func(c migrate.ComponentName, bucket int, done bool) migrate.Unit {
		return migrate.Unit{Job: migrate.JobID(id), UnitKey: migrate.UnitKey{Component: c, FirstBucket: bucket},
			Progress: migrate.Progress{Done: done, Entities: 5, Faults: 2}}
	}
	units := []migrate.Unit{unit("Counterparties", 0, true), unit("Counterparties", 128, false), unit("FinancingSolutions", 0, true)}
	if err := s.Store.CreateUnits(t.Context(), migrate.LocalTenant, migrate.JobID(id), units); err != nil {
		t.Fatal(err)
	}
	sameJSON(t, s.get(assistance+"/jobs/"+id).text, `{"referenceId":"`+id+`","componentsCompleted":["FinancingSolutions"]}`)
	list := decode[struct{ Items []map[string]any }](t, s.get(assistance+"/migrations/"+m+"/jobs").text)
	delete(list.Items[0], "startedAt")
	want := map[string]any{"referenceId": id, "jobType": "ValidateStaging", "status": "InProgress", "endedAt": nil,
		"componentsCompleted": []any{"FinancingSolutions"}, "numberOfErrors": 6.0,
		"progress": map[string]any{"entitiesDone": 15.0, "entitiesTotal": 15.0}}
	if diff := cmp.Diff(want, list.Items[0]); diff != "" {
		t.Errorf("listed job (-want +got):\n%s", diff)
	}
}

// TestJobErrors_AreCut validates more faulty entities than a result names.
func TestJobErrors_AreCut(t *testing.T) {
	t.Parallel()
	s := open(t)
	m := s.create("Counterparties")
	const faulty = 10_003
	var records []string
	for n := faulty; n > 0; n-- {
		records = append(records, fmt.Sprintf(`{"referenceId":%q,"type":"organisation","name":"N","addresses":[{"countryCode":"QQ"}]}`, idOf(n)))
	}
	s.load(s.peoplePath(m), records...)
	_, text := s.run(m, "validate-staging")
	result := decode[api.ValidationResult](t, text)
	if len(result.Errors) != 10_000 || !result.Truncated || result.Total != faulty || result.IsValid {
		t.Errorf("%d errors, truncated %v, of %d", len(result.Errors), result.Truncated, result.Total)
	}
	first := result.Errors[0]
	if first.ID.String() != idOf(1) || first.Code != "COUNTRY_NOT_CONFIGURED" || first.Field != "addresses[0].countryCode" {
		t.Errorf("first error = %+v", first)
	}
	if !slices.IsSortedFunc(result.Errors, func(a, b api.JobError) int { return slices.Compare(a.ID[:], b.ID[:]) }) {
		t.Error("errors are not in the order of reference ids")
	}
}

// found is what a validation found, and nothing else of a store.
type found struct {
	pipeline.Store
	issues []migrate.Issue
}

func (f found) WalkIssues(_ context.Context, _ migrate.TenantID, _ migrate.JobID, _ migrate.IssueCursor, yield func(migrate.Issue) error) error {
	for _, i := range f.issues {
		if err := yield(i); err != nil {
			return err
		}
	}
	return nil
}

func TestJobErrors_AreOrdered(t *testing.T) {
	t.Parallel()
	one, two := migrate.ReferenceID{1}, migrate.ReferenceID{2}
	fault := func(field string, code migrate.FaultCode) migrate.Fault {
		return migrate.Fault{Field: field, Code: code, Message: "m"}
	}
	store := found{issues: []migrate.Issue{
		{Component: "B", Collection: "x", ID: one, Faults: []migrate.Fault{fault("a", "K"), fault("c", "K")}},
		{Component: "B", Collection: "y", ID: one, Faults: []migrate.Fault{fault("a", "J"), fault("b", "K")}},
		{Component: "B", Collection: "x", ID: two, Faults: []migrate.Fault{fault("", "K")}},
		{Component: "D", Collection: "x", ID: one, Faults: []migrate.Fault{fault("", "K")}},
	}}
	job := migrate.Job{ID: "j", Type: migrate.ValidateStaging, Result: migrate.JobResult{Causes: []migrate.JobCause{
		{Component: "E", Code: migrate.CheckNotFinished}, {Component: "D", Code: migrate.JobCancelled},
		{Component: "A", Code: migrate.StagedDataChanged, Message: "changed"}}}}
	errs, err := api.ReadJobErrors(t.Context(), store, migrate.LocalTenant, job)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range errs.List {
		id := "null"
		if e.ID != nil {
			id = e.ID.String()[:2]
		}
		got = append(got, fmt.Sprint(e.Component, " ", id, " ", e.Field, " ", e.Code))
	}
	want := []string{"A null  STAGED_DATA_CHANGED", "B 01 a J", "B 01 a K", "B 01 b K", "B 01 c K", "B 02  K",
		"D null  JOB_CANCELLED", "D 01  K", "E null  CHECK_NOT_FINISHED"}
	if diff := cmp.Diff(want, got); diff != "" || errs.Total != 9 {
		t.Errorf("%d errors (-want +got):\n%s", errs.Total, diff)
	}
	first, _ := json.Marshal(errs.List[0])
	sameJSON(t, string(first), `{"component":"A","referenceId":null,"field":"","message":"changed","code":"STAGED_DATA_CHANGED"}`)
}

func TestJobView_HasThreeShapes(t *testing.T) {
	t.Parallel()
	cause := migrate.JobResult{Causes: []migrate.JobCause{{Component: "Collaterals", Code: migrate.ImportFailed, Message: "12 entities failed due to target timeout"}},
		Staged: 3, Imported: 2}
	const errors = `[{"component":"Collaterals","message":"IMPORT_FAILED: 12 entities failed due to target timeout"}]`
	for want, job := range map[string]migrate.Job{
		`{"referenceId":"j","jobType":"ValidateStaging","isValid":false,"errors":[]}`: {Type: migrate.ValidateStaging},
		`{"referenceId":"j","jobType":"Import","status":"Cancelled","numberOfStagedEntities":3,"numberOfImportedEntities":2,"errors":` + errors + `}`: {
			Type: migrate.Import, State: migrate.JobWasCancelled, Result: cause},
		`{"referenceId":"j","jobType":"Counts","counts":[]}`:                         {Type: migrate.Counts, State: migrate.JobCompleted},
		`{"referenceId":"j","jobType":"Counts","counts":[],"errors":` + errors + `}`: {Type: migrate.Counts, State: migrate.JobTechnicalFailure, Result: cause},
	} {
		job.ID = "j"
		got, err := json.Marshal(api.JobView(job, api.JobErrors{}))
		if err != nil {
			t.Fatal(err)
		}
		sameJSON(t, string(got), want)
	}
}
