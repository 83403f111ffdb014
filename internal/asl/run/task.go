package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"landfall/internal/asl"
)

// task calls the state's task once, within its time-out.
func (v *visit) task(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	if err := v.events.add(eventsOfAttempt); err != nil {
		return nil, err
	}
	if _, err := limited(input); err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, time.Duration(v.TimeoutSeconds)*time.Second)
	defer cancel()
	result, err := call(within, v.Tasks[v.Resource], input)
	switch {
	case errors.Is(within.Err(), context.DeadlineExceeded):
		// Also if it has succeeded in the end: the service would no longer be listening.
		return nil, &Failure{asl.Timeout, fmt.Sprintf("the task took longer than %d s", v.TimeoutSeconds), err}
	case err != nil:
		return nil, v.failure(err)
	case len(result) == 0:
		return json.RawMessage("null"), nil
	case !json.Valid(result):
		return nil, failf(Unknown, "the task returned something other than JSON")
	}
	return limited(result)
}

// failure gives a task's error its name.
func (x *execution) failure(err error) *Failure {
	var p *panicked
	if errors.As(err, &p) {
		return &Failure{Panicked, p.Error(), p}
	}
	return &Failure{x.ErrorName(err), err.Error(), err}
}

// panicked is a task's panic.
type panicked struct {
	value any
	stack []byte
}

// Error names the value and the stack, cut to what the service takes as a cause.
func (p *panicked) Error() string {
	const most = 32 << 10
	text := fmt.Sprintf("panic: %v\n%s", p.value, p.stack)
	return text[:min(len(text), most)]
}

// call turns a panic of the task into an error: a bug in one step must not end the executions beside it.
func call(ctx context.Context, t Task, input json.RawMessage) (result json.RawMessage, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{v, debug.Stack()}
		}
	}()
	return t(ctx, input)
}
