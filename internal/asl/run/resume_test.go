package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/asl/run"
)

// TestRunner_Resume stops every shipped machine as it enters each of its top-level states, resumes it in
// another runner, and expects the output and the states of an undisturbed execution, none of them twice.
func TestRunner_Resume(t *testing.T) {
	t.Parallel()
	for _, name := range machineNames {
		m := shipped(t, name)
		whole := newWorld(nil)
		want, err := run.New(whole.config()).Run(t.Context(), m, "e1", []byte(`{"tenant":"t"}`))
		if err != nil {
			t.Fatal(err)
		}
		for k, state := range whole.states("") {
			t.Run(fmt.Sprintf("%s/%s", name, state), func(t *testing.T) {
				t.Parallel()
				before := newWorld(nil)
				ctx, kill := context.WithCancel(t.Context())
				config := before.config()
				config.Observe = func(tr run.Transition) {
					if tr.Path == "" && tr.To == state {
						kill()
						return
					}
					before.observe(tr)
				}
				if _, err := run.New(config).Run(ctx, m, "e1", []byte(`{"tenant":"t"}`)); !errors.Is(err, context.Canceled) {
					t.Fatalf("Run = %v, want context.Canceled", err)
				}
				position := before.memory["e1"]
				if position.State != state {
					t.Fatalf("the position is at %q, want %q", position.State, state)
				}
				after := newWorld(nil)
				got, err := run.New(after.config()).Resume(t.Context(), m, position)
				if err != nil || string(got) != string(want) {
					t.Errorf("Resume = %s, %v, want %s", got, err, want)
				}
				if diff := cmp.Diff(whole.states("")[k:], after.states("")); diff != "" {
					t.Errorf("states after resuming (-want +got):\n%s", diff)
				}
				calls := slices.Sorted(slices.Values(slices.Concat(before.calls, after.calls)))
				if diff := cmp.Diff(slices.Sorted(slices.Values(whole.calls)), calls); diff != "" {
					t.Errorf("tasks called in all (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A map that was stopped half way runs all its children again: they are idempotent and keep their progress.
func TestRunner_Resume_InsideMap(t *testing.T) {
	t.Parallel()
	m := shipped(t, "import")
	ctx, kill := context.WithCancel(t.Context())
	before := newWorld(nil)
	before.before = func(key string) {
		if key == "Import/z2" {
			kill()
		}
	}
	if _, err := run.New(before.config()).Run(ctx, m, "e1", []byte(`{}`)); !errors.Is(err, context.Canceled) {
		t.Fatalf("Run = %v, want context.Canceled", err)
	}
	if slices.Contains(before.states(""), "Settle") {
		t.Error("a catcher ran although the process was only shutting down")
	}
	after := newWorld(nil)
	if _, err := run.New(after.config()).Resume(t.Context(), m, before.memory["e1"]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Waves", "Settle"}, after.states("")); diff != "" {
		t.Errorf("states after resuming (-want +got):\n%s", diff)
	}
	for _, key := range []string{"Import/x1", "Import/y2", "Import/z2"} {
		if !slices.Contains(after.calls, key) {
			t.Errorf("%s was not called again", key)
		}
	}
}

// When the process shuts down, what a task returns decides nothing any more: no retry, no catcher, no success
// of a map that has not started all its children. The position stays.
func TestRunner_Run_ShutDown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		states string
		fails  error
	}{
		"TaskFails":   {task(`,"Retry":[{"ErrorEquals":["States.ALL"]}]`+catchB) + `,"B":{"Type":"Succeed"}`, code("X")},
		"ItemFails":   {inline(catchB) + `,"B":{"Type":"Succeed"}`, code("X")},
		"ItemsRemain": {inline(`,"MaxConcurrency":1`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, kill := context.WithCancel(t.Context())
			w := newWorld(nil)
			config := w.config()
			config.Tasks = map[string]run.Task{"${E}": func(_ context.Context, in json.RawMessage) (json.RawMessage, error) {
				kill()
				return in, test.fails
			}}
			_, err := run.New(config).Run(ctx, machine(t, test.states), "e1", json.RawMessage(`{"items":[1,2,3]}`))
			if err != context.Canceled || w.memory["e1"].State != "A" || len(w.sleeps) != 0 {
				t.Errorf("Run = %v at %q after %d retries, want context.Canceled at A without", err, w.memory["e1"].State, len(w.sleeps))
			}
		})
	}
}

// An execution whose last state ends while the process shuts down has ended.
func TestRunner_Run_EndsWhileShuttingDown(t *testing.T) {
	t.Parallel()
	ctx, kill := context.WithCancel(t.Context())
	w := newWorld(nil)
	config := w.config()
	config.Tasks = map[string]run.Task{"${E}": func(context.Context, json.RawMessage) (json.RawMessage, error) {
		kill()
		return json.RawMessage(`7`), nil
	}}
	output, err := run.New(config).Run(ctx, machine(t, task("")), "e1", json.RawMessage(`{}`))
	if string(output) != "7" || err != nil || len(w.memory) != 0 {
		t.Errorf("Run = %s, %v with %d positions left, want 7 and none", output, err, len(w.memory))
	}
}

// brokenJournal cannot be written.
type brokenJournal struct{ run.Journal }

func (brokenJournal) Put(context.Context, run.Position) error { return errors.New("disk full") }

func TestRunner_Run_JournalBroken(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	config := w.config()
	config.Journal = brokenJournal{w}
	_, err := run.New(config).Run(t.Context(), shipped(t, "stage"), "e1", []byte(`{}`))
	var failure *run.Failure
	if err == nil || errors.As(err, &failure) {
		t.Errorf("Run = %v, want an error that is not a Failure", err)
	}
	if len(w.calls) != 0 {
		t.Errorf("tasks were called before the position was kept: %v", w.calls)
	}
}

func TestRunner_Resume_Refuses(t *testing.T) {
	t.Parallel()
	m := shipped(t, "stage")
	for name, position := range map[string]run.Position{
		"UnknownState": {Machine: "stage", State: "Gone"},
		"OtherMachine": {Machine: "import", State: "Plan"},
	} {
		if _, err := run.New(newWorld(nil).config()).Resume(t.Context(), m, position); err == nil {
			t.Errorf("%s: Resume succeeded", name)
		}
	}
	config := newWorld(nil).config()
	delete(config.Tasks, "${SettleFunctionArn}")
	if _, err := run.New(config).Run(t.Context(), m, "e1", nil); err == nil {
		t.Error("Run without a task for Settle succeeded")
	}
	config.ReadItems = nil
	if _, err := run.New(config).Run(t.Context(), m, "e1", nil); err == nil {
		t.Error("Run without a reader for the manifest succeeded")
	}
}
