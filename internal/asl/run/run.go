package run

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"time"

	"landfall/internal/asl"
)

// Task is what a Task state calls. It is given the state's whole effective input, must not change it, and
// returns the whole result. It must return soon after its context is done. A panic in it becomes an error
// called [Panicked].
type Task func(ctx context.Context, input json.RawMessage) (json.RawMessage, error)

// Config is what a Runner needs. Only Tasks and what the machines make use of must be set.
type Config struct {
	// Tasks holds the tasks by the Resource of their states, as it is written in the definition.
	Tasks map[string]Task

	// ReadItems yields the items of the manifest at key, in order. It is read once per run of a distributed
	// map, no faster than children can be started, and left early when one fails. An error ends it and the
	// map in States.ItemReaderFailed.
	ReadItems func(ctx context.Context, bucket, key string) iter.Seq2[json.RawMessage, error]

	// ErrorName gives a task's error the name ErrorEquals is matched against, such as "Migrate.Conflict".
	// If nil, every error is called [Unknown].
	ErrorName func(error) string

	// Journal keeps positions. If nil, nothing is kept and nothing can be resumed.
	Journal Journal

	// Sleep waits between retries and in Wait states; it returns early, with the context's error, when the
	// context is done. If nil, it waits in real time.
	Sleep func(ctx context.Context, d time.Duration) error

	// Jitter draws from [0, n], for retriers with JitterStrategy FULL. If nil, it draws evenly.
	Jitter func(n time.Duration) time.Duration

	// MaxConcurrency bounds the children of one distributed map that run at once, whatever the definition
	// permits. Zero means one per processor.
	MaxConcurrency int

	// Observe, if set, is told every transition before it happens, and again when it is repeated after a
	// resumption. It is called from many goroutines.
	Observe func(Transition)
}

// Transition is one edge that an execution takes.
type Transition struct {
	Execution string

	// Path names the scope and the iteration: "" for the machine itself, "Waves/0/Components/2/Units/17" for
	// the 18th item of a map inside the third iteration of another, and so on.
	Path string

	// To is the state that is entered, or "" when the scope has ended.
	asl.Edge
}

// Runner runs executions. It may run many at once.
type Runner struct {
	config Config
}

// New returns a Runner.
func New(c Config) *Runner {
	if c.ErrorName == nil {
		c.ErrorName = func(error) string { return Unknown }
	}
	if c.Journal == nil {
		c.Journal = forgetful{}
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Jitter == nil {
		c.Jitter = func(n time.Duration) time.Duration { return rand.N(n + 1) }
	}
	if c.MaxConcurrency <= 0 {
		c.MaxConcurrency = runtime.GOMAXPROCS(0)
	}
	if c.Observe == nil {
		c.Observe = func(Transition) {}
	}
	return &Runner{c}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run runs the machine from its first state to its end and returns the output. execution is the name the
// journal knows it by: a position of that name is replaced, so a caller that wants to go on where a process
// was killed calls Resume.
func (r *Runner) Run(ctx context.Context, m *asl.Machine, execution string, input json.RawMessage) (json.RawMessage, error) {
	return r.Resume(ctx, m, Position{
		Execution: execution,
		Machine:   m.Name,
		State:     m.StartAt,
		Input:     input,
		Started:   time.Now(),
	})
}

// Resume runs an execution from the state at its position, which runs again from its beginning, to the end
// and returns the output. Time the process was down counts against the machine's time-out.
func (r *Runner) Resume(ctx context.Context, m *asl.Machine, p Position) (json.RawMessage, error) {
	if err := r.accepts(m, p); err != nil {
		return nil, fmt.Errorf("running %q: %w", p.Execution, err)
	}
	deadline := p.Started.Add(time.Duration(m.TimeoutSeconds) * time.Second)
	timeout := &Failure{Name: asl.Timeout, Cause: "the execution took longer than its TimeoutSeconds"}
	within, cancel := context.WithDeadlineCause(ctx, deadline, timeout)
	defer cancel()

	x := &execution{Config: r.config, position: p, events: new(events)}
	output, err := x.scope(within, &m.Scope, "", asl.Edge{To: p.State}, p.Input)
	if _, failed := asFailure(err); err == nil || failed {
		// The execution has ended: also when the process is shutting down, its position must go.
		if err := r.config.Journal.Delete(context.WithoutCancel(ctx), p.Execution); err != nil {
			return nil, fmt.Errorf("forgetting the position of %q: %w", p.Execution, err)
		}
	}
	return output, err
}

// accepts refuses what would only be found out hours later: a position from another machine, a missing task.
func (r *Runner) accepts(m *asl.Machine, p Position) error {
	if p.Machine != m.Name || m.States[p.State] == nil {
		return fmt.Errorf("machine %q has no state %q of machine %q", m.Name, p.State, p.Machine)
	}
	for at, state := range m.All() {
		if state.Type == asl.Task && r.config.Tasks[state.Resource] == nil {
			return fmt.Errorf("state %s: no task for %s", at, state.Resource)
		}
		if state.Distributed() && r.config.ReadItems == nil {
			return fmt.Errorf("state %s: no reader for its manifest", at)
		}
	}
	return nil
}
