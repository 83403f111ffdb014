package run

import (
	"context"
	"encoding/json"
	"iter"
	"strconv"
	"sync"

	"landfall/internal/asl"
)

// iterate is a Map: it runs the item processor once per item. When one iteration fails the others are
// cancelled and the map fails; on no items it succeeds.
func (v *visit) iterate(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	limit, err := v.limit(input)
	if err != nil {
		return nil, err
	}
	items, err := v.items(ctx, input)
	if err != nil {
		return nil, err
	}
	results := results{keep: v.ResultPath != asl.Discard}
	err = forEach(ctx, limit, items, func(ctx context.Context, i int, item json.RawMessage) error {
		output, err := v.item(ctx, i, item)
		results.add(i, output)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results.array()
}

// item runs one iteration: in an execution of its own if the map is distributed, which then is what fails.
func (v *visit) item(ctx context.Context, i int, item json.RawMessage) (json.RawMessage, error) {
	x := v.execution
	if v.Distributed() {
		x = v.child()
	}
	if err := x.events.add(eventsOfIteration); err != nil {
		return nil, err
	}
	scope := &v.ItemProcessor.Scope
	output, err := x.scope(ctx, scope, v.inner(i), asl.Edge{To: scope.StartAt}, item)
	if f, failed := asFailure(err); failed && v.Distributed() {
		return nil, &Failure{asl.ExceedToleratedFailureThreshold, "item " + strconv.Itoa(i) + ": " + f.Error(), f}
	}
	return output, err
}

// inner is the path of the scope of iteration or branch i.
func (v *visit) inner(i int) string {
	path := v.name + "/" + strconv.Itoa(i)
	if v.path != "" {
		path = v.path + "/" + path
	}
	return path
}

// items yields the items of the map: an array in its input, or its manifest.
func (v *visit) items(ctx context.Context, input json.RawMessage) (iter.Seq2[json.RawMessage, error], error) {
	if !v.Distributed() {
		var list []json.RawMessage
		err := decode(input, v.ItemsPath, &list)
		return func(yield func(json.RawMessage, error) bool) {
			for _, item := range list {
				if !yield(item, nil) {
					return
				}
			}
		}, err
	}
	var bucket, key string
	if err := decode(input, v.ItemReader.Parameters.Bucket, &bucket); err != nil {
		return nil, err
	}
	if err := decode(input, v.ItemReader.Parameters.Key, &key); err != nil {
		return nil, err
	}
	return v.ReadItems(ctx, bucket, key), nil
}

// limit is the number of iterations that run at once.
func (v *visit) limit(input json.RawMessage) (int, error) {
	limit := v.State.MaxConcurrency
	if v.MaxConcurrencyPath != "" {
		if err := decode(input, v.MaxConcurrencyPath, &limit); err != nil {
			return 0, err
		}
		if limit < 0 {
			return 0, failf(asl.Runtime, "the path %s leads to a negative number", v.MaxConcurrencyPath)
		}
	}
	most := asl.MaxInline
	if v.Distributed() {
		most = v.Config.MaxConcurrency
	}
	if limit == 0 { // as many as possible
		return most, nil
	}
	return min(limit, most), nil
}

// results is the array of the outputs of iterations or branches. Its size is limited as on the service even
// if a ResultPath of null says that nobody will read it; then it is not kept.
type results struct {
	keep    bool
	mu      sync.Mutex
	size    int
	outputs map[int]json.RawMessage
}

func (r *results) add(i int, output json.RawMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.size += len(output) + len(",")
	if !r.keep || r.size > asl.MaxState {
		return
	}
	if r.outputs == nil {
		r.outputs = map[int]json.RawMessage{}
	}
	r.outputs[i] = output
}

func (r *results) array() (json.RawMessage, error) {
	if r.size+len("]") > asl.MaxState {
		return nil, failf(asl.DataLimitExceeded, "%d bytes of results, %d are permitted", r.size, asl.MaxState)
	}
	array := make([]json.RawMessage, len(r.outputs))
	for i, output := range r.outputs {
		array[i] = output
	}
	return encode(array), nil
}
