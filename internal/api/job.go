package api

import (
	"slices"

	"landfall/internal/migrate"
)

// RunningJob is the answer while a job runs (CONTRACT 3.5).
type RunningJob struct {
	ID        migrate.JobID           `json:"referenceId"`
	Completed []migrate.ComponentName `json:"componentsCompleted"`
}

// ValidationResult is the result of a validation.
type ValidationResult struct {
	ID      migrate.JobID   `json:"referenceId"`
	Type    migrate.JobType `json:"jobType"`
	IsValid bool            `json:"isValid"`
	Errors  []JobError      `json:"errors"`
	// Truncated says that the list is cut, Total how long it would be; both are absent from a whole one.
	Truncated bool  `json:"errorsTruncated,omitempty"`
	Total     int64 `json:"numberOfErrors,omitempty"`
}

// ImportResult is the result of an import.
type ImportResult struct {
	ID       migrate.JobID    `json:"referenceId"`
	Type     migrate.JobType  `json:"jobType"`
	Status   migrate.JobState `json:"status"`
	Staged   int64            `json:"numberOfStagedEntities"`
	Imported int64            `json:"numberOfImportedEntities"`
	Errors   []JobCause       `json:"errors"`
}

// CountsResult is the result of counts. Errors is absent unless the job ended early.
type CountsResult struct {
	ID     migrate.JobID        `json:"referenceId"`
	Type   migrate.JobType      `json:"jobType"`
	Counts []migrate.CountTable `json:"counts"`
	Errors []JobCause           `json:"errors,omitzero"`
}

// JobCause is one reason, of one component, why a job did not reach its aim.
type JobCause struct {
	Component migrate.ComponentName `json:"component"`
	Message   string                `json:"message"`
}

// JobView shows the result of a job that has ended, in one of three shapes. errs is what [ReadJobErrors] gives.
func JobView(job migrate.Job, errs JobErrors) any {
	switch job.Type {
	case migrate.ValidateStaging:
		v := ValidationResult{ID: job.ID, Type: job.Type, IsValid: job.Result.Valid, Errors: append([]JobError{}, errs.List...)}
		if errs.Total > int64(len(errs.List)) {
			v.Truncated, v.Total = true, errs.Total
		}
		return v
	case migrate.Import:
		return ImportResult{ID: job.ID, Type: job.Type, Status: job.State, Staged: job.Result.Staged,
			Imported: job.Result.Imported, Errors: jobCauses(job)}
	}
	v := CountsResult{ID: job.ID, Type: job.Type, Counts: append([]migrate.CountTable{}, job.Result.Counts...)}
	if job.State != migrate.JobCompleted {
		v.Counts, v.Errors = []migrate.CountTable{}, jobCauses(job)
	}
	return v
}

func jobCauses(job migrate.Job) []JobCause {
	causes := []JobCause{}
	for _, c := range job.Result.Causes {
		causes = append(causes, JobCause{c.Component, string(c.Code) + ": " + c.Message})
	}
	return causes
}

// ListedJob is a job in a list (CONTRACT 10.1).
type ListedJob struct {
	ID        migrate.JobID           `json:"referenceId"`
	Type      migrate.JobType         `json:"jobType"`
	Status    migrate.JobState        `json:"status"`
	StartedAt Time                    `json:"startedAt"`
	EndedAt   *Time                   `json:"endedAt"`
	Completed []migrate.ComponentName `json:"componentsCompleted"`
	Errors    int64                   `json:"numberOfErrors"`
	Progress  JobProgress             `json:"progress"`
}

// JobProgress says how many entities a job has worked off, and of how many.
type JobProgress struct {
	Done  int64 `json:"entitiesDone"`
	Total int64 `json:"entitiesTotal"`
}

// ListedJobView shows a job in a list. staged is the number of entities staged in its components.
func ListedJobView(job migrate.Job, units []migrate.Unit, staged int64) ListedJob {
	var sum migrate.Progress
	for _, u := range units {
		sum.Add(u.Progress)
	}
	v := ListedJob{ID: job.ID, Type: job.Type, Status: job.State, StartedAt: Time(job.StartedAt), EndedAt: timeOrNull(job.EndedAt),
		Completed: CompletedComponents(job, units), Progress: JobProgress{sum.Entities, max(sum.Entities, staged)}}
	v.Errors = max(sum.Faults, job.Result.Faulty) + int64(len(job.Result.Causes))
	if job.State == migrate.JobCompleted {
		v.Progress.Total = sum.Entities
	}
	return v
}

// CompletedComponents names the components whose part of a job has ended, in the migration's order. One without anything
// staged has no units: its part has ended when the job is planned.
func CompletedComponents(job migrate.Job, units []migrate.Unit) []migrate.ComponentName {
	names := []migrate.ComponentName{}
	for _, name := range job.Components {
		open := slices.ContainsFunc(units, func(u migrate.Unit) bool { return u.Component == name && !u.Progress.Done })
		if !open && (len(units) > 0 || job.State != migrate.JobInProgress) {
			names = append(names, name)
		}
	}
	return names
}
