package run

import (
	"context"
	"encoding/json"
	"time"
)

// Position is where an execution is: enough to go on in another process.
type Position struct {
	Execution string          `json:"execution"`
	Machine   string          `json:"machine"`
	State     string          `json:"state"`
	Input     json.RawMessage `json:"input"`
	Started   time.Time       `json:"started"`
}

// Journal keeps the position of running executions, so that a process that was killed resumes each of them at
// the state it was in. It is used by many executions at once, but by one goroutine per execution.
type Journal interface {
	// Put replaces the position of p.Execution. It is durable when Put returns. The position is not changed
	// afterwards and may be kept.
	Put(ctx context.Context, p Position) error

	// Delete forgets the position of an execution; that there is none is no error.
	Delete(ctx context.Context, execution string) error

	// List returns all positions, in any order.
	List(ctx context.Context) ([]Position, error)
}

// forgetful is the Journal of a Runner without one.
type forgetful struct{}

func (forgetful) Put(context.Context, Position) error      { return nil }
func (forgetful) Delete(context.Context, string) error     { return nil }
func (forgetful) List(context.Context) ([]Position, error) { return nil, nil }
