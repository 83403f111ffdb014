package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"landfall/internal/asl"
	"landfall/internal/asl/run"
	"landfall/statemachines"
)

// machineNames are the machines that are shipped.
var machineNames = []string{"stage", "validate", "import", "counts", "migration"}

func shipped(t *testing.T, name string) *asl.Machine {
	t.Helper()
	data, err := statemachines.FS.ReadFile(name + ".asl.json")
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, name+".asl.json", string(data))
}

func mustParse(t *testing.T, file, text string) *asl.Machine {
	t.Helper()
	m, err := asl.Parse(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// code is an error with a name.
type code string

func (c code) Error() string { return "it happened" }

func errorName(err error) string {
	var c code
	if errors.As(err, &c) {
		return string(c)
	}
	return run.Unknown
}

// world is everything around a runner: tasks that behave as they are told, manifests, a clock that does not
// tick and a memory of what was done.
type world struct {
	// outcomes says what each call of a task comes to, in order; then all goes well. The keys are "Plan" and
	// "Settle", with "/" and the jobType if there is one, "Stage/x1" for the chunk x1, "Manifest" alike.
	outcomes map[string][]string
	// before, if set, is told the key of each call that is about to be made.
	before func(key string)

	mu      sync.Mutex
	calls   []string
	sleeps  []time.Duration
	visited map[string][]asl.Edge
	memory  map[string]run.Position
}

func newWorld(outcomes map[string][]string) *world {
	return &world{outcomes: maps.Clone(outcomes), visited: map[string][]asl.Edge{}, memory: map[string]run.Position{}}
}

func (w *world) config() run.Config {
	tasks := map[string]run.Task{}
	for _, name := range []string{"Plan", "Stage", "Validate", "Import", "Count", "Settle"} {
		tasks["${"+name+"FunctionArn}"] = func(ctx context.Context, in json.RawMessage) (json.RawMessage, error) {
			return w.task(ctx, name, in)
		}
	}
	return run.Config{Tasks: tasks, ReadItems: w.manifest, ErrorName: errorName, Journal: w, Sleep: w.sleep, Observe: w.observe}
}

// next records a call and returns what it comes to.
func (w *world) next(key string) string {
	if w.before != nil {
		w.before(key)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, key)
	list := w.outcomes[key]
	if len(list) == 0 {
		return "ok"
	}
	w.outcomes[key] = list[1:]
	return list[0]
}

func (w *world) task(ctx context.Context, name string, input json.RawMessage) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var state map[string]any
	if err := json.Unmarshal(input, &state); err != nil {
		return nil, err
	}
	outcome := w.next(key(name, state))
	switch {
	case strings.HasPrefix(outcome, "Migrate."), strings.HasPrefix(outcome, "Lambda."):
		return nil, code(outcome)
	case outcome == "panic":
		panic("out of luck")
	}
	switch name {
	case "Plan":
		plan(state, outcome == "one component")
	case "Settle":
		state["valid"], state["imported"] = outcome != "not valid", outcome != "not imported"
	default:
		state["done"] = outcome != "later"
	}
	return json.Marshal(state)
}

func key(name string, state map[string]any) string {
	for _, member := range []string{"id", "jobType"} {
		if v, ok := state[member].(string); ok {
			return name + "/" + v
		}
	}
	return name
}

func plan(state map[string]any, alone bool) {
	job, _ := state["jobType"].(string)
	component := func(name string) any {
		return map[string]any{"bucket": job, "manifest": name, "maxConcurrency": 2}
	}
	components := []any{component("x"), component("y")}
	waves := []any{map[string]any{"components": components}, map[string]any{"components": []any{component("z")}}}
	if alone {
		components = components[:1]
		waves = []any{map[string]any{"components": components}}
	}
	maps.Copy(state, map[string]any{
		"bucket": job, "manifest": "x", "maxConcurrency": 0, "components": components, "waves": waves,
	})
}

// manifest holds two items per component: x1 and x2 for x.
func (w *world) manifest(_ context.Context, bucket, name string) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		if outcome := w.next(key("Manifest", map[string]any{"id": bucket})); outcome != "ok" {
			yield(nil, errors.New(outcome))
			return
		}
		for i := range 2 {
			if !yield(json.RawMessage(fmt.Sprintf(`{"id":"%s%d"}`, name, i+1)), nil) {
				return
			}
		}
	}
}

func (w *world) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sleeps = append(w.sleeps, d)
	return ctx.Err()
}

func (w *world) observe(t run.Transition) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.visited[t.Path] = append(w.visited[t.Path], t.Edge)
}

// states returns the states entered in the scope at path.
func (w *world) states(path string) []string {
	var names []string
	for _, e := range w.visited[path] {
		if e.To != "" {
			names = append(names, e.To)
		}
	}
	return names
}

// transcript writes the states entered, one line per scope, in the order of their paths.
func (w *world) transcript() string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(w.visited)) {
		fmt.Fprintf(&b, "%s: %s\n", path, strings.Join(w.states(path), " "))
	}
	return b.String()
}

func (w *world) Put(_ context.Context, p run.Position) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.memory[p.Execution] = p
	return nil
}

func (w *world) Delete(_ context.Context, execution string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.memory, execution)
	return nil
}

func (w *world) List(context.Context) ([]run.Position, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Values(w.memory)), nil
}
