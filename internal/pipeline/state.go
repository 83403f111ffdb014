package pipeline

import (
	"landfall/internal/migrate"
)

// MachineState is the small state that the tasks of every machine take whole and give back whole: ids, cursors and
// booleans. Lists that grow with the data live in manifests.
type MachineState struct {
	Tenant    migrate.TenantID    `json:"tenant"`
	Migration migrate.MigrationID `json:"migration"`
	Epoch     int64               `json:"epoch"`
	Run       string              `json:"run"` // names the execution; a hands-off run derives its job ids from it

	Drop    migrate.DropID  `json:"drop"`
	Job     migrate.JobID   `json:"job"`
	JobType migrate.JobType `json:"jobType"`

	Manifest
	Components []Manifest `json:"components"`
	Waves      []Wave     `json:"waves"`

	Valid    bool        `json:"valid"`    // the validation passed
	Imported bool        `json:"imported"` // everything is in the target
	Done     bool        `json:"done"`
	Error    *StateError `json:"error,omitempty"` // put there by a Catch
}

// Manifest says where a list of work lies that a map goes through: one JSON array of ChunkState or UnitState.
type Manifest struct {
	Bucket         string `json:"bucket"`
	Manifest       string `json:"manifest"`
	MaxConcurrency int    `json:"maxConcurrency"`
}

// Wave holds the manifests of components that may be imported at the same time.
type Wave struct {
	Components []Manifest `json:"components"`
}

// StateError is what a state machine's Catch leaves of an error.
type StateError struct {
	Error string `json:"Error"`
	Cause string `json:"Cause"`
}

// ChunkState is the work of Stage: what is left of one chunk.
type ChunkState struct {
	Tenant    migrate.TenantID    `json:"tenant"`
	Migration migrate.MigrationID `json:"migration"`
	Epoch     int64               `json:"epoch"`
	Drop      migrate.DropID      `json:"drop"`
	From      int64               `json:"from"`
	To        int64               `json:"to"`
	Done      bool                `json:"done"`
	Error     *StateError         `json:"error,omitempty"`
}

// UnitState is the work of Validate, Import and Count: one unit of a job.
type UnitState struct {
	Tenant    migrate.TenantID    `json:"tenant"`
	Migration migrate.MigrationID `json:"migration"`
	Epoch     int64               `json:"epoch"`
	Job       migrate.JobID       `json:"job"`
	migrate.UnitKey
	Done  bool        `json:"done"`
	Error *StateError `json:"error,omitempty"`
}

// Names of the state machines.
const (
	MachineStage     = "stage"
	MachineValidate  = "validate"
	MachineImport    = "import"
	MachineCounts    = "counts"
	MachineMigration = "migration"
)

// MachineOf gives the machine that runs jobs of a type.
func MachineOf(t migrate.JobType) string {
	switch t {
	case migrate.ValidateStaging:
		return MachineValidate
	case migrate.Import:
		return MachineImport
	default:
		return MachineCounts
	}
}

// Store is what the steps keep their rows in.
type Store interface {
	migrate.Migrations
	migrate.Drops
	migrate.Staging
	migrate.Jobs
	migrate.Log
}

// EndOfDrop is the end of a drop whose length is known only when it has been read: a compressed object.
const EndOfDrop = int64(1)<<62 - 1
