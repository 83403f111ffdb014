package run

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"

	"landfall/internal/asl"
)

// execution is one run of a machine, or of a distributed map's child.
type execution struct {
	Config
	position Position // of the execution that is journalled
	events   *events
}

// scope runs a scope from the state its first edge leads to until it ends, and returns its output. path names
// the scope as in Transition.
func (x *execution) scope(ctx context.Context, s *asl.Scope, path string, e asl.Edge, data json.RawMessage) (json.RawMessage, error) {
	for {
		if err := x.take(ctx, path, e, data); err != nil {
			return nil, err
		}
		if e.To == "" {
			return data, nil
		}
		v := visit{x, s.States[e.To], e.To, path}
		var err error
		if data, e, err = v.run(ctx, data); err != nil {
			// When the work has been stopped, whatever failed failed because of it or will fail again.
			return nil, cmp.Or(stopped(ctx), err)
		}
	}
}

// take records an edge before the state it leads to is entered.
func (x *execution) take(ctx context.Context, path string, e asl.Edge, data json.RawMessage) error {
	if _, err := limited(data); err != nil {
		return err
	}
	if path == "" && e.To != "" {
		// What has been done is kept even if the process is shutting down meanwhile.
		if err := x.journal(context.WithoutCancel(ctx), e.To, data); err != nil {
			return err
		}
	}
	x.Observe(Transition{x.position.Execution, path, e})
	if e.To == "" {
		return nil
	}
	return cmp.Or(stopped(ctx), x.events.add(eventsOfState))
}

func (x *execution) journal(ctx context.Context, state string, input json.RawMessage) error {
	p := x.position
	p.State, p.Input = state, input
	if err := x.Journal.Put(ctx, p); err != nil {
		return fmt.Errorf("keeping the position of %q: %w", p.Execution, err)
	}
	return nil
}

// child returns an execution with a history of its own, for one item of a distributed map.
func (x *execution) child() *execution {
	c := *x
	c.events = new(events)
	return &c
}

// events counts the history of an execution as the service does, so that a loop that could not end there does
// not end well here.
type events struct{ n atomic.Int64 }

const (
	eventsOfState     = 2 // entered, exited
	eventsOfAttempt   = 3 // scheduled, started, and succeeded, failed or timed out
	eventsOfIteration = 2 // started, and succeeded or failed
)

func (e *events) add(n int64) error {
	if e.n.Add(n) > asl.MaxEvents {
		return failf(asl.Runtime, "the execution reached the maximum number of history events (%d)", asl.MaxEvents)
	}
	return nil
}
