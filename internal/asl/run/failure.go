package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Names of errors that only happen here.
const (
	// Panicked is a task that panicked. On Lambda the process dies and the name is the panic's Go type; both
	// are caught by States.ALL alone.
	Panicked = "Runtime.Panic"

	// Unknown is the error of a task when Config has no ErrorName.
	Unknown = "Lambda.Unknown"
)

// Failure is how an execution, or a state of one, fails: what ErrorEquals is matched against and what a
// catcher places in the state.
type Failure struct {
	// Name is the error's name, such as "Migrate.Conflict" or "States.Timeout".
	Name string
	// Cause says more, for people.
	Cause string
	// Err is the task's error, nil if the failure was not one.
	Err error
}

// Error returns the name and the cause.
func (f *Failure) Error() string { return f.Name + ": " + f.Cause }

// Unwrap returns the task's error.
func (f *Failure) Unwrap() error { return f.Err }

func failf(name, format string, args ...any) *Failure {
	return &Failure{Name: name, Cause: fmt.Sprintf(format, args...)}
}

func asFailure(err error) (*Failure, bool) {
	var f *Failure
	return f, errors.As(err, &f)
}

// output is what a catcher is given.
func (f *Failure) output() json.RawMessage {
	return encode(struct{ Error, Cause string }{f.Name, f.Cause})
}

// stopped returns why nothing more may be done under ctx: a Failure if the execution timed out, the context's
// own error if the process is shutting down or a sibling failed, nil otherwise.
func stopped(ctx context.Context) error {
	if f, ok := asFailure(context.Cause(ctx)); ok {
		return f
	}
	return ctx.Err()
}
