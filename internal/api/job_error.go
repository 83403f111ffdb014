package api

import (
	"cmp"
	"context"
	"slices"

	"landfall/internal/migrate"
)

// maxJobErrors is how many errors a job's result names.
const maxJobErrors = 10_000

// JobError is one fault of one entity, or with a null ID a reason why a component was not checked.
type JobError struct {
	Component migrate.ComponentName `json:"component"`
	ID        *migrate.ReferenceID  `json:"referenceId"`
	Field     string                `json:"field"`
	Message   string                `json:"message"`
	Code      migrate.FaultCode     `json:"code"`
}

// JobErrors are the errors of a validation, in the order of component, reference id, field and code. Those without an id
// are the first of their component. The list is cut at 10,000; Total counts all.
type JobErrors struct {
	List  []JobError
	Total int64

	causes []migrate.JobCause // of components not reached yet
	entity []JobError         // of the entity being read: its id may be in two collections
}

// ReadJobErrors reads what a validation found. Other jobs have no such list.
func ReadJobErrors(ctx context.Context, store migrate.Jobs, t migrate.TenantID, job migrate.Job) (JobErrors, error) {
	if job.Type != migrate.ValidateStaging {
		return JobErrors{}, nil
	}
	errs := JobErrors{causes: slices.Clone(job.Result.Causes)}
	slices.SortStableFunc(errs.causes, func(a, b migrate.JobCause) int { return cmp.Compare(a.Component, b.Component) })
	err := store.WalkIssues(ctx, t, job.ID, migrate.IssueCursor{}, func(i migrate.Issue) error {
		errs.addIssue(i)
		return nil
	})
	errs.endEntity()
	errs.addCauses(func(migrate.JobCause) bool { return true })
	return errs, err
}

func (e *JobErrors) addIssue(i migrate.Issue) {
	if len(e.entity) > 0 && (e.entity[0].Component != i.Component || *e.entity[0].ID != i.ID) {
		e.endEntity()
	}
	e.addCauses(func(c migrate.JobCause) bool { return c.Component <= i.Component })
	for _, f := range i.Faults {
		e.entity = append(e.entity, JobError{i.Component, &i.ID, f.Field, cmp.Or(f.Message, string(f.Code)), f.Code})
	}
}

func (e *JobErrors) endEntity() {
	slices.SortStableFunc(e.entity, func(a, b JobError) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Code, b.Code))
	})
	for _, one := range e.entity {
		e.add(one)
	}
	e.entity = e.entity[:0]
}

func (e *JobErrors) addCauses(due func(migrate.JobCause) bool) {
	for len(e.causes) > 0 && due(e.causes[0]) {
		c := e.causes[0]
		e.causes = e.causes[1:]
		e.add(JobError{Component: c.Component, Message: c.Message, Code: c.Code})
	}
}

func (e *JobErrors) add(one JobError) {
	if e.Total++; len(e.List) < maxJobErrors {
		e.List = append(e.List, one)
	}
}
