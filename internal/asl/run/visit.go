package run

import (
	"context"
	"encoding/json"

	"landfall/internal/asl"
)

// visit is one stay in one state.
type visit struct {
	*execution
	*asl.State
	name string
	path string // of the scope
}

// run returns the state's output and the edge by which it is left.
func (v *visit) run(ctx context.Context, input json.RawMessage) (json.RawMessage, asl.Edge, error) {
	if v.Type == asl.Choice {
		return v.choose(input)
	}
	output, err := v.persist(ctx, input)
	if f, failed := asFailure(err); failed && stopped(ctx) == nil {
		return v.caught(f, input)
	}
	return output, asl.Edge{From: v.name, To: v.Next}, err
}

// caught hands a failure to the first catcher that matches; without one the failure leaves the scope.
func (v *visit) caught(f *Failure, input json.RawMessage) (json.RawMessage, asl.Edge, error) {
	for i := range v.Catch {
		c := &v.Catch[i]
		if asl.Matches(c.ErrorEquals, f.Name) {
			output, err := put(input, c.ResultPath, f.output())
			return output, asl.Edge{From: v.name, To: c.Next, Label: c.String()}, err
		}
	}
	if v.Type == asl.Fail {
		v.Observe(Transition{v.position.Execution, v.path, asl.Edge{From: v.name}})
	}
	return nil, asl.Edge{}, f
}

// attempt does the state's work once: from its raw input to its output.
func (v *visit) attempt(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	effective, err := get(input, v.InputPath)
	if err != nil {
		return nil, err
	}
	if len(v.Parameters) > 0 {
		if effective, err = fill(v.Parameters, effective); err != nil {
			return nil, err
		}
	}
	result, err := v.result(ctx, effective)
	if err != nil {
		return nil, err
	}
	output, err := put(input, v.ResultPath, result)
	if err != nil {
		return nil, err
	}
	return get(output, v.OutputPath)
}

// result is what each type of state does.
func (v *visit) result(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	switch v.Type {
	case asl.Task:
		return v.task(ctx, input)
	case asl.Map:
		return v.iterate(ctx, input)
	case asl.Parallel:
		return v.branch(ctx, input)
	case asl.Wait:
		return input, v.wait(ctx, input)
	case asl.Fail:
		return nil, &Failure{Name: v.Error, Cause: v.Cause}
	case asl.Pass:
		if len(v.Result) > 0 {
			return v.Result, nil
		}
	}
	return input, nil // Pass, Succeed
}
