package run

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"sync"

	"landfall/internal/asl"
)

// forEach calls do for every item, at most limit at once, and returns the first error when all have returned.
// An error cancels the others and starts no more.
func forEach(ctx context.Context, limit int, items iter.Seq2[json.RawMessage, error],
	do func(ctx context.Context, i int, item json.RawMessage) error) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		running sync.WaitGroup
		once    sync.Once
		first   error
	)
	fail := func(err error) { once.Do(func() { first = err; cancel() }) }
	slots := make(chan struct{}, limit)
	i := 0
	for item, err := range items {
		if err != nil {
			fail(&Failure{asl.ItemReaderFailed, err.Error(), err})
			break
		}
		slots <- struct{}{} // waits even when cancelled: those that run are waited for below anyway
		if within.Err() != nil {
			break
		}
		index := i
		running.Go(func() {
			defer func() { <-slots }()
			if err := do(within, index, item); err != nil {
				fail(err)
			}
		})
		i++
	}
	running.Wait()
	if first == nil {
		first = ctx.Err() // there may be items that were not started
	}
	return first
}

// Items yields the elements of the JSON array that r holds, one at a time and without reading ahead: the
// manifest of a distributed map. Text after the array is an error.
func Items(r io.Reader) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		d := json.NewDecoder(r)
		if err := expect(d, json.Delim('[')); err != nil {
			yield(nil, err)
			return
		}
		for d.More() {
			var item json.RawMessage
			err := d.Decode(&item)
			if !yield(item, err) || err != nil {
				return
			}
		}
		if err := expect(d, json.Delim(']')); err != nil {
			yield(nil, err)
		} else if d.More() {
			yield(nil, errNotArray)
		}
	}
}

var errNotArray = errors.New("the manifest is not one JSON array")

func expect(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if err == nil && token != want {
		return errNotArray
	}
	return err
}
