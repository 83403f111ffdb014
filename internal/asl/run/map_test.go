package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"landfall/internal/asl/run"
)

// inline and distributed are a map state A over $.items, or a manifest, whose child is one task C.
func inline(members string) string {
	return fmt.Sprintf(`"A":{"Type":"Map","ItemsPath":"$.items","End":true%s,"ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},
		"StartAt":"C","States":{"C":{"Type":"Task","Resource":"${E}","TimeoutSeconds":10,"End":true}}}}`, members)
}

func distributed(members string) string {
	return fmt.Sprintf(`"A":{"Type":"Map","End":true%s,
		"ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket.$":"$.bucket","Key.$":"$.manifest"}},
		"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
		"StartAt":"C","States":{"C":{"Type":"Task","Resource":"${E}","TimeoutSeconds":10,"End":true}}}}`, members)
}

// runMap runs a machine whose manifest, whatever its place, is manifest.
func runMap(t *testing.T, states, input, manifest string, e run.Task) string {
	t.Helper()
	config := newWorld(nil).config()
	config.Tasks = map[string]run.Task{"${E}": e}
	config.MaxConcurrency = 4
	config.ReadItems = func(context.Context, string, string) iter.Seq2[json.RawMessage, error] {
		return run.Items(strings.NewReader(manifest))
	}
	output, err := run.New(config).Run(t.Context(), machine(t, states), "e1", json.RawMessage(input))
	var failure *run.Failure
	if errors.As(err, &failure) {
		return failure.Name
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(output)
}

func TestMap(t *testing.T) {
	t.Parallel()
	const place = `{"bucket":"b","manifest":"m"}`
	many := func(n int) string { return "[" + strings.Repeat(`{"Return":"{}"},`, n-1) + `{"Return":"{}"}]` }
	succeedB := `,"B":{"Type":"Succeed","OutputPath":"$.error.Error"}`
	tests := map[string]struct{ states, input, manifest, want string }{
		"Inline/InOrder":          {inline(""), `{"items":[1,2,3]}`, "", `[1,2,3]`},
		"Inline/None":             {inline(""), `{"items":[]}`, "", `[]`},
		"Inline/ResultPath":       {inline(`,"ResultPath":"$.r"`), `{"items":[1]}`, "", `{"items":[1],"r":[1]}`},
		"Inline/ResultPathNull":   {inline(`,"ResultPath":null`), `{"items":[1]}`, "", `{"items":[1]}`},
		"Inline/NotAnArray":       {inline(catchB) + succeedB, `{"items":{}}`, "", "States.Runtime"},
		"Inline/Null":             {inline(""), `{"items":null}`, "", "States.Runtime"},
		"Inline/ChildFails":       {inline(catchB) + succeedB, `{"items":[1,{"Fail":"X"},3]}`, "", `"X"`},
		"Inline/ChildPanics":      {inline(catchB) + succeedB, `{"items":[{"Panic":true}]}`, "", `"` + run.Panicked + `"`},
		"Inline/WrongConcurrency": {inline(`,"MaxConcurrencyPath":"$.n"`), `{"items":[],"n":-1}`, "", "States.Runtime"},
		"Inline/NoConcurrency":    {inline(`,"MaxConcurrencyPath":"$.n"`), `{"items":[]}`, "", "States.Runtime"},
		"Distributed/InOrder":     {distributed(""), place, `[{"a":1},{"b":2}]`, `[{"a":1},{"b":2}]`},
		"Distributed/None":        {distributed(""), place, `[]`, `[]`},
		"Distributed/ChildFails":  {distributed(catchB) + succeedB, place, `[1,{"Fail":"X"}]`, `"States.ExceedToleratedFailureThreshold"`},
		"Distributed/ChildHuge":   {distributed(catchB) + succeedB, place, `[{"Huge":262145}]`, `"States.ExceedToleratedFailureThreshold"`},
		"Distributed/Unreadable":  {distributed(catchB) + succeedB, place, `[1,`, `"States.ItemReaderFailed"`},
		"Distributed/NotAnArray":  {distributed(catchB) + succeedB, place, `{}`, `"States.ItemReaderFailed"`},
		"Distributed/TwoArrays":   {distributed(catchB) + succeedB, place, `[] []`, `"States.ItemReaderFailed"`},
		"Distributed/NoPlace":     {distributed(catchB) + succeedB, `{"bucket":"b"}`, `[]`, "States.Runtime"},
		"Distributed/ManyResults": {distributed(`,"ResultPath":null`), place, many(80_000), place},
		"Distributed/TooMany":     {distributed(`,"ResultPath":null`), place, many(90_000), "States.DataLimitExceeded"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := runMap(t, test.states, test.input, test.manifest, echo); got != test.want {
				t.Errorf("got %.300s, want %.300s", got, test.want)
			}
		})
	}
}

// MaxConcurrency of the definition holds in both modes; that of the Config holds down a distributed map, the
// service's limit an inline one.
func TestMap_Concurrency(t *testing.T) {
	t.Parallel()
	items := "[" + strings.Repeat("1,", 99) + "1]"
	input := `{"bucket":"b","manifest":"m","n":3,"items":` + items + `}`
	for name, test := range map[string]struct {
		states string
		want   int64
	}{
		"Inline/One":            {inline(`,"MaxConcurrency":1`), 1},
		"Inline/Path":           {inline(`,"MaxConcurrencyPath":"$.n"`), 3},
		"Inline/AsMany":         {inline(``), 40},
		"Distributed/Path":      {distributed(`,"MaxConcurrencyPath":"$.n"`), 3},
		"Distributed/AsMany":    {distributed(``), 4},
		"Distributed/HeldDown":  {distributed(`,"MaxConcurrency":1000`), 4},
		"Distributed/ZeroBound": {distributed(`,"MaxConcurrency":0`), 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var running, most atomic.Int64
				runMap(t, test.states, input, items, func(_ context.Context, in json.RawMessage) (json.RawMessage, error) {
					if n := running.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(time.Second)
					running.Add(-1)
					return in, nil
				})
				if most.Load() != test.want {
					t.Errorf("%d at once, want %d", most.Load(), test.want)
				}
			})
		})
	}
}

// When a child fails, the others are cancelled and no more are started: the manifest is not read to its end.
func TestMap_FailureCancels(t *testing.T) {
	t.Parallel()
	config := newWorld(nil).config()
	var cancelled atomic.Int64
	var waiting sync.WaitGroup
	waiting.Add(2)
	config.MaxConcurrency = 3
	config.Tasks = map[string]run.Task{"${E}": func(ctx context.Context, in json.RawMessage) (json.RawMessage, error) {
		if string(in) == "2" {
			waiting.Wait()
			return nil, code("X")
		}
		waiting.Done()
		<-ctx.Done()
		cancelled.Add(1)
		return nil, ctx.Err()
	}}
	config.ReadItems = func(context.Context, string, string) iter.Seq2[json.RawMessage, error] {
		return func(yield func(json.RawMessage, error) bool) {
			for i := 0; yield(json.RawMessage(fmt.Sprint(i)), nil); i++ {
			}
		}
	}
	_, err := run.New(config).Run(t.Context(), machine(t, distributed("")), "e1", json.RawMessage(`{"bucket":"b","manifest":"m"}`))
	if !errors.Is(err, code("X")) || cancelled.Load() != 2 {
		t.Errorf("Run = %v with %d cancelled, want the error X and 2", err, cancelled.Load())
	}
}
