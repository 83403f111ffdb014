package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"sync"
	"time"

	"landfall/internal/asl"
	"landfall/internal/asl/run"
	"landfall/internal/migrate"
	"landfall/statemachines"
)

// machines runs the shipped state machines in process and keeps their positions, so that it can go on after a kill.
type machines struct {
	definitions map[string]*asl.Machine
	runner      *run.Runner
	journal     run.Journal
	logger      *slog.Logger
	now         func() time.Time
	abandoned   func(context.Context, run.Position) // settles what a failed execution was about

	ctx     context.Context // ends when the service closes; positions stay
	mu      sync.Mutex
	running map[string]running
	closed  bool
	wait    sync.WaitGroup
}

// running is an execution under way.
type running struct {
	machine string
	done    chan struct{} // closed when it has ended, or the service closes
}

// newMachines reads the shipped definitions. Positions are kept in the service's store; tasks are called by their
// resource as it is written in the definitions.
func newMachines(ctx context.Context, s *Service, tasks map[string]run.Task) (*machines, error) {
	m := &machines{definitions: map[string]*asl.Machine{}, logger: s.Logger, now: s.Now, abandoned: s.settleAbandoned,
		ctx: ctx, running: map[string]running{}, journal: journal{s.Store}}
	for _, name := range []string{"stage", "validate", "import", "counts", "migration"} {
		file := name + ".asl.json"
		data, err := statemachines.FS.ReadFile(file)
		if err != nil {
			return nil, migrate.Wrap(migrate.Internal, "reading a state machine", err)
		}
		if m.definitions[name], err = asl.Parse(file, data); err != nil {
			return nil, migrate.Wrap(migrate.Internal, "parsing a state machine", err)
		}
	}
	m.runner = run.New(run.Config{
		Tasks: tasks, Journal: m.journal, MaxConcurrency: s.Workers,
		ReadItems: func(ctx context.Context, _, key string) iter.Seq2[json.RawMessage, error] {
			return manifestItems(ctx, s.Blobs, key)
		},
		ErrorName: func(err error) string { return migrate.ClassOf(migrate.CodeOf(err)).ASLName },
	})
	return m, nil
}

// manifestItems yields the elements of a manifest one by one.
func manifestItems(ctx context.Context, blobs migrate.Blobs, key string) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		r, err := openNewest(ctx, blobs, key)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		run.Items(r)(yield)
	}
}

func openNewest(ctx context.Context, blobs migrate.Blobs, key string) (io.ReadCloser, error) {
	object, err := blobs.HeadObject(ctx, key)
	if err != nil {
		return nil, err
	}
	return blobs.GetObject(ctx, key, object.Version, 0, -1)
}

// Start begins an execution; its position is durable when Start returns. A name that runs already is left alone.
func (m *machines) Start(ctx context.Context, machine, name string, input any) error {
	definition, ok := m.definitions[machine]
	if !ok {
		return migrate.Errorf(migrate.Internal, "starting a state machine", "no machine %q", machine)
	}
	encoded, err := json.Marshal(input)
	if err != nil {
		return migrate.Wrap(migrate.Internal, "encoding the input of a state machine", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.running[name]; ok {
		return nil
	}
	p := run.Position{Execution: name, Machine: machine, State: definition.StartAt, Input: encoded, Started: m.now()}
	if err := m.journal.Put(ctx, p); err != nil {
		return err
	}
	m.launch(definition, p)
	return nil
}

// launch runs an execution from its position. The caller holds mu.
func (m *machines) launch(definition *asl.Machine, p run.Position) {
	if m.closed {
		return
	}
	done := make(chan struct{})
	m.running[p.Execution] = running{p.Machine, done}
	m.wait.Add(1)
	go func() {
		defer m.wait.Done()
		_, err := m.runner.Resume(m.ctx, definition, p)
		var failure *run.Failure
		if errors.As(err, &failure) {
			m.logger.Error("a state machine failed", "machine", p.Machine, "execution", p.Execution, "error", err)
			m.abandoned(m.ctx, p)
		} else if err != nil && m.ctx.Err() == nil {
			m.logger.Error("a state machine stopped and will be resumed", "machine", p.Machine, "execution", p.Execution, "error", err)
		}
		m.mu.Lock()
		delete(m.running, p.Execution)
		m.mu.Unlock()
		close(done)
	}()
}

// resume goes on with every execution that the last process left.
func (m *machines) resume(ctx context.Context) (int, error) {
	positions, err := m.journal.List(ctx)
	if err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range positions {
		definition, ok := m.definitions[p.Machine]
		if !ok || definition.States[p.State] == nil {
			return 0, migrate.Errorf(migrate.Invalid, "resuming a state machine",
				"this program's machine %q has no state %q: it was left by another version", p.Machine, p.State)
		}
		m.launch(definition, p)
	}
	return len(positions), nil
}

// ended gives a channel that is closed when the execution is not running any more.
func (m *machines) ended(name string) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.running[name]; ok {
		return r.done
	}
	done := make(chan struct{})
	close(done)
	return done
}

// first gives the name of an execution of the machine that runs, if there is one.
func (m *machines) first(machine string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, r := range m.running {
		if r.machine == machine {
			return name, true
		}
	}
	return "", false
}

// stop starts nothing any more and waits for what runs to notice that its context has ended.
func (m *machines) stop() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.wait.Wait()
}

// journal keeps positions as executions of the store.
type journal struct{ executions migrate.Executions }

func (j journal) Put(ctx context.Context, p run.Position) error {
	return j.executions.PutExecution(ctx, migrate.Execution{Name: p.Execution, Machine: p.Machine, State: p.State, Input: p.Input, Started: p.Started})
}

func (j journal) Delete(ctx context.Context, name string) error {
	return j.executions.DeleteExecution(ctx, name)
}

func (j journal) List(ctx context.Context) ([]run.Position, error) {
	list, err := j.executions.ListExecutions(ctx)
	var positions []run.Position
	for _, e := range list {
		positions = append(positions, run.Position{Execution: e.Name, Machine: e.Machine, State: e.State, Input: e.Input, Started: e.Started})
	}
	return positions, err
}

// task makes a step callable by a state machine. A slot of the gate is held while it runs, so that however many
// machines and maps are open, no more steps work at once than the machine has workers.
func task[In, Out any](logger *slog.Logger, gate chan struct{}, step func(context.Context, In) (Out, error)) run.Task {
	return func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, migrate.Wrap(migrate.Invalid, "decoding a task's input", err)
		}
		if gate != nil {
			select {
			case gate <- struct{}{}:
				defer func() { <-gate }()
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		out, err := step(ctx, in)
		if err != nil {
			if ctx.Err() == nil {
				logger.Warn("a step failed", "error", err)
			}
			return nil, err
		}
		encoded, err := json.Marshal(out)
		if err != nil {
			return nil, migrate.Wrap(migrate.Internal, fmt.Sprintf("encoding the output %T", out), err)
		}
		return encoded, nil
	}
}
