package migrate

import (
	"time"
)

// Problems are the stable codes of wrong states that clients decide by (CONTRACT 1.6).
const (
	ProblemCancelled          = "migration-cancelled"
	ProblemCompleted          = "migration-completed"
	ProblemAlreadyActive      = "migration-already-active"
	ProblemComponentMissing   = "component-not-in-migration"
	ProblemJobRunning         = "job-running"
	ProblemImportRunning      = "import-running"
	ProblemDropsNotSettled    = "drops-not-settled"
	ProblemStagingIncomplete  = "staging-not-completed"
	ProblemImportIncomplete   = "import-not-completed"
	ProblemMigrationNotFound  = "migration-not-found"
	ProblemNoActiveMigration  = "no-active-migration"
	ProblemJobNotFound        = "job-not-found"
	ProblemDropNotFound       = "drop-not-found"
	ProblemEntityNotFound     = "entity-not-found"
	ProblemCollectionNotFound = "collection-not-found"
)

// WrongStateError makes the error of a right request in the wrong state.
func WrongStateError(problem, detail string, members map[string]any) *Error {
	return &Error{Code: WrongState, Op: "checking the migration's state", Problem: problem, Detail: detail, Members: members}
}

// AllowsLoad says whether records of the component may be staged now.
func (m *Migration) AllowsLoad(component ComponentName) error {
	if _, ok := m.Component(component); !ok {
		return WrongStateError(ProblemComponentMissing, "The component takes no part in this migration.",
			map[string]any{"component": component})
	}
	return m.AllowsDrop()
}

// AllowsDrop says whether the migration takes drops now: it is active and no import runs.
func (m *Migration) AllowsDrop() error {
	if err := m.mustBeActive(); err != nil {
		return err
	}
	if m.JobType == Import {
		return WrongStateError(ProblemImportRunning, "Staged data is fixed while an import runs.",
			map[string]any{"jobReferenceId": m.Job})
	}
	return nil
}

func (m *Migration) mustBeActive() error {
	switch m.Activity {
	case Cancelled:
		return WrongStateError(ProblemCancelled, "The migration is cancelled.", nil)
	case Completed:
		return WrongStateError(ProblemCompleted, "The migration is completed.", nil)
	}
	return nil
}

// allowsJob says whether a job of the type may start (CONTRACT 2.3), given the migration's status.
func (m *Migration) allowsJob(t JobType, s Status) error {
	if t != Counts || m.Activity == Cancelled {
		if err := m.mustBeActive(); err != nil {
			return err
		}
	}
	if m.Job != "" {
		return WrongStateError(ProblemJobRunning, "A job of this migration is running.",
			map[string]any{"jobReferenceId": m.Job, "jobType": m.JobType})
	}
	switch t {
	case Import:
		return m.allowsImport(s)
	case Counts:
		return missing(ProblemImportIncomplete, "Counts need a complete import.", s,
			func(c ComponentStatus) bool { return c.ImportStatus == ImportCompleted })
	}
	return nil
}

func (m *Migration) allowsImport(s Status) error {
	if m.OpenDrops > 0 {
		return WrongStateError(ProblemDropsNotSettled, "Drops or loads are still being staged.", nil)
	}
	return missing(ProblemStagingIncomplete, "Every component has to be validated at what is staged now.", s,
		func(c ComponentStatus) bool { return c.StagingStatus == StagingCompleted })
}

func missing(problem, detail string, s Status, ok func(ComponentStatus) bool) error {
	var names []ComponentName
	for _, c := range s.Components {
		if !ok(c) {
			names = append(names, c.Component)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return WrongStateError(problem, detail, map[string]any{"components": names})
}

// StartJob gives the migration and the job as they are when a job of the type has begun, or WrongState. Stored
// together under the row version that m was read at, of simultaneous starts exactly one succeeds.
func (m Migration) StartJob(t JobType, id JobID, tallies map[ComponentName]Tally, now time.Time) (Migration, Job, error) {
	s := StatusOf(m, tallies, nil)
	if err := m.allowsJob(t, s); err != nil {
		return m, Job{}, err
	}
	next := m.Clone()
	next.Job, next.JobType = id, t
	job := Job{ID: id, Migration: m.ID, Type: t, State: JobInProgress, Epoch: m.Epoch, StartedAt: now,
		Revisions: map[ComponentName]int64{}}
	for i := range next.Components {
		c := &next.Components[i]
		job.Revisions[c.Name] = tallies[c.Name].Revision
		switch t {
		case ValidateStaging:
			c.Validation.Status = c.Validation.Status.after(ValidationStarts)
			c.Validation.Job = id
		case Import:
			if s.Components[i].ImportStatus == ImportCompleted {
				continue
			}
			c.Import.Status = s.Components[i].ImportStatus.after(ImportStarts)
			c.Import.Job, c.Import.Revision = id, tallies[c.Name].Revision
		}
		job.Components = append(job.Components, c.Name)
	}
	return next, job, nil
}

// Verdict is what a job that ended says of one component.
type Verdict struct {
	Component ComponentName
	Event     Event // ValidationPasses, ValidationFindsBad, CheckUnfinished, AllImported, NotAllImported
}

// EndJob gives the migration as it is when the job has ended with the verdicts. A migration whose last import status
// becomes Completed is completed. A cancelled migration keeps the statuses that the cancel gave it.
func (m Migration) EndJob(job Job, verdicts []Verdict, now time.Time) Migration {
	next := m.Clone()
	if next.Job == job.ID {
		next.Job, next.JobType = "", ""
	}
	if next.Activity == Cancelled {
		return next
	}
	var total int64
	for _, r := range job.Revisions {
		total += r
	}
	for _, v := range verdicts {
		c, ok := next.Component(v.Component)
		switch {
		case !ok:
		case job.Type == ValidateStaging && c.Validation.Job == job.ID:
			c.Validation.Status = c.Validation.Status.after(v.Event)
			c.Validation.Revision, c.Validation.TotalRevision = job.Revisions[c.Name], total
		case job.Type == Import && c.Import.Job == job.ID:
			c.Import.Status = c.Import.Status.after(v.Event)
		}
	}
	if job.Type == Import && next.Activity == Active && next.allImported() {
		next.Activity, next.EndedAt = Completed, now
	}
	return next
}

func (m *Migration) allImported() bool {
	for _, c := range m.Components {
		if c.Import.Status != ImportCompleted {
			return false
		}
	}
	return true
}

// Cancel gives the migration as it is when it has been cancelled for good: its epoch raised, so that no commit of work
// handed out before is taken any more. Cancelling again changes nothing; a completed migration cannot be cancelled.
func (m Migration) Cancel(now time.Time) (Migration, error) {
	if m.Activity == Completed {
		return m, WrongStateError(ProblemCompleted, "The migration is completed.", nil)
	}
	next := m.Clone()
	if m.Activity == Cancelled {
		return next, nil
	}
	next.Activity, next.EndedAt, next.Epoch = Cancelled, now, m.Epoch+1
	for i := range next.Components {
		c := &next.Components[i]
		if c.Validation.Status == StagingInProgress {
			c.Validation = ValidationVerdict{Status: c.Validation.Status.after(CancelRequested), Job: c.Validation.Job}
		}
		c.Import.Status = c.Import.Status.after(CancelRequested)
	}
	return next, nil
}
