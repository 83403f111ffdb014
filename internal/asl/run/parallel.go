package run

import (
	"context"
	"encoding/json"

	"landfall/internal/asl"
)

// branch is a Parallel: every branch runs at once on the same input.
func (v *visit) branch(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	results := results{keep: v.ResultPath != asl.Discard}
	inputs := func(yield func(json.RawMessage, error) bool) {
		for range v.Branches {
			if !yield(input, nil) {
				return
			}
		}
	}
	err := forEach(ctx, len(v.Branches), inputs, func(ctx context.Context, i int, input json.RawMessage) error {
		scope := &v.Branches[i]
		output, err := v.scope(ctx, scope, v.inner(i), asl.Edge{To: scope.StartAt}, input)
		results.add(i, output)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results.array()
}
