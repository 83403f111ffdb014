package migrate

import (
	"context"
	"time"
)

// Issue is a staged entity with something wrong: faulty data, or an entity that could not be imported.
type Issue struct {
	Component  ComponentName  `json:"component"`
	Collection CollectionName `json:"collection"`
	ID         ReferenceID    `json:"id"`
	Status     StagingStatus  `json:"status"` // ValidationFailure, or TechnicalFailure (not checked, not imported, in doubt)
	Source     Source         `json:"source"` // where the staged content came from
	Faults     []Fault        `json:"faults"`
}

// IssueCursor is a place between two issues.
type IssueCursor struct {
	Component  ComponentName
	ID         ReferenceID
	Collection CollectionName
}

// Claim says that an entity holds a value that must be unique among all entities.
type Claim struct {
	Rule       FaultCode      `json:"rule"`
	Key        string         `json:"key"` // the value, in a canonical form
	Component  ComponentName  `json:"component"`
	Collection CollectionName `json:"collection"`
	ID         ReferenceID    `json:"id"`
	Field      string         `json:"field"`
	Message    string         `json:"message"`
	Source     Source         `json:"source"`
}

// Executions keeps the positions of running state machines, so that a killed process resumes each at the state it was
// in. They belong to the service, not to a tenant.
type Executions interface {
	PutExecution(ctx context.Context, e Execution) error
	DeleteExecution(ctx context.Context, name string) error
	ListExecutions(ctx context.Context) ([]Execution, error)
}

// Execution is the position of one running state machine.
type Execution struct {
	Name    string    `json:"name"`    // unique among running ones; derived from a job or drop
	Machine string    `json:"machine"` // stage, validate, import, counts or migration
	State   string    `json:"state"`   // the state entered last
	Input   []byte    `json:"input"`   // that state's input
	Started time.Time `json:"started"`
}

// Machines starts state machines.
type Machines interface {
	// Start begins an execution of the machine with the input, which is encoded as JSON. Starting a name that is running
	// already changes nothing.
	Start(ctx context.Context, machine, name string, input any) error
}
