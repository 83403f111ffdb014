package local

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"landfall/internal/asl/run"
	"landfall/internal/blob/dir"
	"landfall/internal/catalog"
	"landfall/internal/durable"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
	"landfall/internal/store/embedded"
	"landfall/internal/target/file"
)

// Config says where a service keeps its things.
type Config struct {
	Data    string // data folder; created if absent
	Target  string // folder of the live data; "" is <Data>/live
	Catalog *catalog.Catalog
	Version string // of the program, for /healthz

	Limits  pipeline.Limits  // zero: DefaultLimits(Workers)
	Workers int              // steps that run at once; zero: one per processor
	Logger  *slog.Logger     // nil: silent
	Now     func() time.Time // nil: the clock
}

// Service is an open data folder with everything that works on it. One process holds a folder at a time.
type Service struct {
	Config
	Store     *embedded.Store
	Blobs     *dir.Bucket
	Live      *file.Target
	Lifecycle *pipeline.Lifecycle
	Register  *pipeline.Register
	Load      *pipeline.Load
	Settle    *pipeline.Settle
	Books     *pipeline.Bookkeeper

	lock     *flock.Flock
	machines *machines
	cancel   context.CancelFunc
	folder   *dropFolder
	once     sync.Once
	closing  error
}

// Open opens the data folder, or creates it, and resumes what the last process left. The folder must not be held by
// another process. Close gives it back.
func Open(ctx context.Context, c Config) (_ *Service, err error) {
	c = c.withDefaults()
	s := &Service{Config: c}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := makeFolder(c.Data); err != nil {
		return nil, err
	}
	if s.lock, err = lockFolder(c.Data); err != nil {
		return nil, err
	}
	options := embedded.Options{Clock: c.Now, Logger: c.Logger, Program: "landfall " + c.Version}
	if s.Store, err = embedded.Open(filepath.Join(c.Data, "store"), options); err != nil {
		return nil, err
	}
	if s.Blobs, err = dir.Open(filepath.Join(c.Data, "blobs")); err != nil {
		return nil, err
	}
	if s.Live, err = file.Open(c.Target); err != nil {
		return nil, err
	}
	if err := s.assemble(); err != nil {
		return nil, err
	}
	if _, err := s.machines.resume(ctx); err != nil {
		return nil, err
	}
	return s, s.Sweep(ctx)
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Limits == (pipeline.Limits{}) {
		c.Limits = pipeline.DefaultLimits(c.Workers)
	}
	if c.Target == "" {
		c.Target = filepath.Join(c.Data, "live")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = func() time.Time { return time.Now().UTC() }
	}
	return c
}

func makeFolder(path string) error {
	if err := durable.MakeFolder(path); err != nil {
		return migrate.Errorf(migrate.Unavailable, "creating the data folder "+path, "%v; choose another with --data", err)
	}
	return nil
}

// assemble builds the steps and the machines that call them.
func (s *Service) assemble() error {
	newID := uuid.NewString
	never := func() bool { return false }
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.Lifecycle = &pipeline.Lifecycle{Store: s.Store, Catalog: s.Catalog, Now: s.Now, NewID: newID}
	s.Settle = &pipeline.Settle{Store: s.Store, Catalog: s.Catalog, Now: s.Now}
	s.Books = &pipeline.Bookkeeper{Store: s.Store, Catalog: s.Catalog, Now: s.Now}
	s.Load = &pipeline.Load{Store: s.Store, Catalog: s.Catalog, Settle: s.Settle, Limits: s.Limits, Now: s.Now, NewID: newID}
	plan := &pipeline.Plan{Store: s.Store, Blobs: s.Blobs, Catalog: s.Catalog, Lifecycle: s.Lifecycle, Limits: s.Limits}
	stage := &pipeline.Stage{Store: s.Store, Blobs: s.Blobs, Catalog: s.Catalog, Limits: s.Limits, Buckets: migrate.DefaultBuckets, OutOfTime: never}
	validate := &pipeline.Validate{Store: s.Store, Target: s.Live, Catalog: s.Catalog, OutOfTime: never}
	imports := &pipeline.Import{Store: s.Store, Target: s.Live, Catalog: s.Catalog, OutOfTime: never}
	count := &pipeline.Count{Store: s.Store, Target: s.Live, Catalog: s.Catalog, OutOfTime: never}

	gate := make(chan struct{}, s.Workers)
	tasks := map[string]run.Task{
		"${PlanFunctionArn}":     task(s.Logger.With("step", "Plan"), nil, plan.Run),
		"${StageFunctionArn}":    task(s.Logger.With("step", "Stage"), gate, stage.Run),
		"${ValidateFunctionArn}": task(s.Logger.With("step", "Validate"), gate, validate.Run),
		"${ImportFunctionArn}":   task(s.Logger.With("step", "Import"), gate, imports.Run),
		"${CountFunctionArn}":    task(s.Logger.With("step", "Count"), gate, count.Run),
		"${SettleFunctionArn}":   task(s.Logger.With("step", "Settle"), nil, s.Settle.Run),
	}
	var err error
	if s.machines, err = newMachines(ctx, s, tasks); err != nil {
		return err
	}
	s.Lifecycle.Machines = s.machines
	s.Register = &pipeline.Register{Store: s.Store, Blobs: s.Blobs, Machines: s.machines, Catalog: s.Catalog, Now: s.Now}
	return nil
}

// RunMigration starts the hands-off machine (validate, import, counts) for the migration, unless one runs, and gives a
// channel that is closed when it has ended.
func (s *Service) RunMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration) (<-chan struct{}, error) {
	name, ok := s.machines.first(pipeline.MachineMigration)
	if !ok {
		name = "run-" + uuid.NewString()
		err := s.machines.Start(ctx, pipeline.MachineMigration, name, pipeline.MachineState{
			Tenant: t, Migration: m.ID, Epoch: m.Epoch, Run: name, Components: []pipeline.Manifest{}, Waves: []pipeline.Wave{}})
		if err != nil {
			return nil, err
		}
	}
	return s.machines.ended(name), nil
}

// MigrationRuns gives a channel that is closed when the hands-off machine has ended, or false if none runs.
func (s *Service) MigrationRuns() (<-chan struct{}, bool) {
	name, ok := s.machines.first(pipeline.MachineMigration)
	if !ok {
		return nil, false
	}
	return s.machines.ended(name), true
}

// Ended gives a channel that is closed when the machine of a drop or job is not running any more.
func (s *Service) Ended(name string) <-chan struct{} { return s.machines.ended(name) }

// Close stops the machines where they are, for the next Open to go on, and gives the folder back. It is harmless to
// call it again.
func (s *Service) Close() error {
	s.once.Do(func() {
		if s.folder != nil {
			s.folder.stop()
		}
		if s.cancel != nil {
			s.cancel()
		}
		if s.machines != nil {
			s.machines.stop()
		}
		var errs []error
		if s.Live != nil {
			errs = append(errs, s.Live.Close())
		}
		if s.Store != nil {
			errs = append(errs, s.Store.Close())
		}
		if s.lock != nil {
			errs = append(errs, s.lock.Unlock())
		}
		s.closing = errors.Join(errs...)
	})
	return s.closing
}
