package run_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/asl/run"
)

// TestRetry gives a task a list of errors and expects the waits between its attempts, and how it ends.
func TestRetry(t *testing.T) {
	t.Parallel()
	const s = time.Second
	tests := map[string]struct {
		retry  string
		errors []string
		sleeps []time.Duration
		want   string
	}{
		"Defaults":        {`{"ErrorEquals":["X"]}`, []string{"X", "X", "X", "X"}, []time.Duration{s, 2 * s, 4 * s}, "X"},
		"SucceedsLast":    {`{"ErrorEquals":["X"]}`, []string{"X", "X", "X"}, []time.Duration{s, 2 * s, 4 * s}, ""},
		"Never":           {`{"ErrorEquals":["X"],"MaxAttempts":0},{"ErrorEquals":["States.ALL"]}`, []string{"X"}, nil, "X"},
		"Cap":             {`{"ErrorEquals":["X"],"IntervalSeconds":2,"BackoffRate":3,"MaxDelaySeconds":10}`, []string{"X", "X", "X"}, []time.Duration{2 * s, 6 * s, 10 * s}, ""},
		"Jitter":          {`{"ErrorEquals":["X"],"JitterStrategy":"FULL","IntervalSeconds":4}`, []string{"X", "X"}, []time.Duration{1 * s, 2 * s}, ""},
		"FlatRate":        {`{"ErrorEquals":["X"],"BackoffRate":1,"IntervalSeconds":60,"MaxAttempts":60}`, []string{"X", "X"}, []time.Duration{60 * s, 60 * s}, ""},
		"CountedEach":     {`{"ErrorEquals":["X"],"MaxAttempts":1},{"ErrorEquals":["Y"],"MaxAttempts":2}`, []string{"X", "Y", "Y", "X"}, []time.Duration{s, s, 2 * s}, "X"},
		"FirstMatches":    {`{"ErrorEquals":["States.TaskFailed"],"MaxAttempts":1},{"ErrorEquals":["X"],"MaxAttempts":9}`, []string{"X", "X"}, []time.Duration{s}, "X"},
		"NoneMatches":     {`{"ErrorEquals":["Y"]}`, []string{"X"}, nil, "X"},
		"All":             {`{"ErrorEquals":["States.ALL"],"IntervalSeconds":5,"MaxAttempts":2}`, []string{"panic", "X"}, []time.Duration{5 * s, 10 * s}, ""},
		"LongestInterval": {`{"ErrorEquals":["X"],"IntervalSeconds":99999999,"BackoffRate":1e9}`, []string{"X", "X", "X"}, []time.Duration{99999999 * s, 4611686018 * s, 4611686018 * s}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(nil)
			config := w.config()
			config.Jitter = func(n time.Duration) time.Duration { return n / 4 }
			left := test.errors
			config.Tasks = map[string]run.Task{"${E}": func(context.Context, json.RawMessage) (json.RawMessage, error) {
				if len(left) == 0 {
					return nil, nil
				}
				name := left[0]
				left = left[1:]
				if name == "panic" {
					panic(name)
				}
				return nil, code(name)
			}}
			_, err := run.New(config).Run(t.Context(), machine(t, task(`,"Retry":[`+test.retry+`]`)), "e1", json.RawMessage(`{}`))
			if got := ending(err); got != test.want {
				t.Errorf("ended in %q, want %q", got, test.want)
			}
			if diff := cmp.Diff(test.sleeps, w.sleeps); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

func ending(err error) string {
	if err == nil {
		return ""
	}
	return errorName(err)
}

// A wait between two attempts ends when the process shuts down, and nothing is caught.
func TestRetry_ShutDown(t *testing.T) {
	t.Parallel()
	ctx, kill := context.WithCancel(t.Context())
	config := newWorld(nil).config()
	config.Tasks = map[string]run.Task{"${E}": echo}
	config.Sleep = func(ctx context.Context, _ time.Duration) error { kill(); return ctx.Err() }
	m := machine(t, task(`,"Retry":[{"ErrorEquals":["States.ALL"]}]`+catchB)+`,"B":{"Type":"Succeed"}`)
	if _, err := run.New(config).Run(ctx, m, "e1", json.RawMessage(`{"Fail":"X"}`)); err != context.Canceled {
		t.Errorf("Run = %v, want context.Canceled", err)
	}
}
