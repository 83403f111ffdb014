package migrate

import (
	"context"
	"time"
)

// JobType says what a job does.
type JobType string

// The job types.
const (
	ValidateStaging JobType = "ValidateStaging"
	Import          JobType = "Import"
	Counts          JobType = "Counts"
)

// JobState is how far a job has come.
type JobState string

// The states of a job. Every state but the first is final.
const (
	JobInProgress       JobState = "InProgress"
	JobCompleted        JobState = "Completed" // the run ended and every entity is accounted for
	JobWasCancelled     JobState = "Cancelled"
	JobTechnicalFailure JobState = "TechnicalFailure" // the books differ, or the run could not finish
)

// Job is one run over the staged data of a migration. At most one runs per migration.
type Job struct {
	ID         JobID                   `json:"id"`
	Migration  MigrationID             `json:"migration"`
	Type       JobType                 `json:"type"`
	State      JobState                `json:"state"`
	Epoch      int64                   `json:"epoch"`     // of the migration when it began
	Revisions  map[ComponentName]int64 `json:"revisions"` // of each component when it began
	Components []ComponentName         `json:"components"`
	StartedAt  time.Time               `json:"startedAt"`
	EndedAt    time.Time               `json:"endedAt,omitzero"`
	Result     JobResult               `json:"result"`
	RowVersion int64                   `json:"rowVersion"`
}

// JobResult is what is kept of a job when it ends. Faulty entities are issues, not part of it.
type JobResult struct {
	Valid    bool           `json:"valid,omitempty"`    // validation: every component passed
	Staged   int64          `json:"staged,omitempty"`   // import: the migration's numbers at the end
	Imported int64          `json:"imported,omitempty"` //
	Causes   []JobCause     `json:"causes,omitempty"`   // what kept the job from its aim, by component
	Counts   []CountTable   `json:"counts,omitempty"`   // counts: the tables, in the catalog's order
	Faulty   int64          `json:"faulty,omitempty"`   // validation: number of faults found
	Totals   []ControlTotal `json:"totals,omitempty"`   // counts: sums of the catalog, staged beside imported

	Checks      []BookCheck  `json:"checks,omitempty"`      // what was proved from rows when it settled
	Differences []Difference `json:"differences,omitempty"` // what did not agree, by name
}

// JobCause is one reason, of one component, why a job did not reach its aim.
type JobCause struct {
	Component ComponentName `json:"component"`
	Code      FaultCode     `json:"code"`
	Message   string        `json:"message"` // "12 entities failed due to target timeout"
}

// CountTable shows one category's rows, staged beside imported. Both sides have the same keys in the same order.
type CountTable struct {
	Type         string     `json:"type"`
	Headers      []string   `json:"headers"`
	StagedRows   [][]string `json:"stagedRows"`
	ImportedRows [][]string `json:"importedRows"`
}

// ControlTotal is an exact sum declared by the catalog, staged beside imported.
type ControlTotal struct {
	Component ComponentName `json:"component"`
	Name      string        `json:"name"`
	Key       string        `json:"key"` // currency
	Staged    string        `json:"staged"`
	Imported  string        `json:"imported"`
}

// Jobs keeps jobs, their units and what units find.
type Jobs interface {
	// GetJob fails with NotFound (problem job-not-found).
	GetJob(ctx context.Context, t TenantID, id JobID) (Job, error)

	// ListJobs gives a page of a migration's jobs, newest first, and the total.
	ListJobs(ctx context.Context, t TenantID, m MigrationID, offset, limit int) ([]Job, int, error)

	// CreateUnits stores the units of a job that are not there yet; those that are keep their progress.
	CreateUnits(ctx context.Context, t TenantID, job JobID, units []Unit) error

	// ListUnits gives all units of a job, by Wave, Component and FirstBucket.
	ListUnits(ctx context.Context, t TenantID, job JobID) ([]Unit, error)

	// GetUnit gives one unit by its key; NotFound.
	GetUnit(ctx context.Context, t TenantID, job JobID, key UnitKey) (Unit, error)

	// Checkpoint replaces a unit's progress by an absolute one if nobody moved it since it was read (Unit.Seq; Conflict
	// otherwise) and the migration's epoch is still epoch (WrongState, migration-cancelled). Findings are put first:
	// they are keyed by entity, so that repeating them changes nothing. It returns the unit as stored.
	Checkpoint(ctx context.Context, t TenantID, m MigrationID, epoch int64, u Unit, f Findings) (Unit, error)

	// WalkIssues gives the issues of a job after the cursor, ordered by component, reference id and collection.
	WalkIssues(ctx context.Context, t TenantID, job JobID, after IssueCursor, yield func(Issue) error) error

	// GetIssue gives the issue of one entity; NotFound.
	GetIssue(ctx context.Context, t TenantID, job JobID, key EntityKey) (Issue, error)

	// PutIssues stores issues of a job outside any unit (by settle); repeating them changes nothing.
	PutIssues(ctx context.Context, t TenantID, job JobID, issues []Issue) error

	// WalkClaims gives the claims of a job, equal keys of one rule next to each other, by entity among equals.
	WalkClaims(ctx context.Context, t TenantID, job JobID, yield func(Claim) error) error
}
