package pipeline_test

import (
	"context"
	"sync"

	"landfall/internal/migrate"
	"landfall/internal/store/embedded"
	"landfall/internal/target/file"
)

// faultyStore is the real store with hooks before its effects. A hook that returns an error stands for a process that
// died there: nothing of the effect happens.
type faultyStore struct {
	*embedded.Store
	beforeCommit     func(ref migrate.ChunkRef, to int64) error
	beforeAdd        func(migrate.StagedRecord) error
	beforeCheckpoint func(migrate.Unit) error
	afterCheckpoint  func()
	beforeAdvance    func(*migrate.Job) error
	beforeLog        func(segment string) error
	beforeDrop       func(migrate.Drop) error
}

func (s *faultyStore) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.Store.BeginChunk(ctx, t, ref)
	if err != nil {
		return nil, err
	}
	return &faultyWriter{w, s, ref}, nil
}

type faultyWriter struct {
	migrate.ChunkWriter
	store *faultyStore
	ref   migrate.ChunkRef
}

func (w *faultyWriter) Add(r migrate.StagedRecord) error {
	if f := w.store.beforeAdd; f != nil {
		if err := f(r); err != nil {
			return err
		}
	}
	return w.ChunkWriter.Add(r)
}

func (w *faultyWriter) Commit(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
	if f := w.store.beforeCommit; f != nil {
		if err := f(w.ref, to); err != nil {
			return migrate.LedgerRow{}, err
		}
	}
	return w.ChunkWriter.Commit(ctx, to, read)
}

func (s *faultyStore) Checkpoint(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, epoch int64, u migrate.Unit,
	f migrate.Findings) (migrate.Unit, error) {
	if s.beforeCheckpoint != nil {
		if err := s.beforeCheckpoint(u); err != nil {
			return migrate.Unit{}, err
		}
	}
	stored, err := s.Store.Checkpoint(ctx, t, m, epoch, u, f)
	if err == nil && s.afterCheckpoint != nil {
		s.afterCheckpoint()
	}
	return stored, err
}

func (s *faultyStore) AdvanceMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration, job *migrate.Job) (migrate.Migration, error) {
	if s.beforeAdvance != nil {
		if err := s.beforeAdvance(job); err != nil {
			return migrate.Migration{}, err
		}
	}
	return s.Store.AdvanceMigration(ctx, t, m, job)
}

func (s *faultyStore) AdvanceDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) (migrate.Drop, error) {
	if s.beforeDrop != nil {
		if err := s.beforeDrop(d); err != nil {
			return migrate.Drop{}, err
		}
	}
	return s.Store.AdvanceDrop(ctx, t, d)
}

func (s *faultyStore) AppendLog(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, segment string, entries []migrate.LogEntry) error {
	if s.beforeLog != nil {
		if err := s.beforeLog(segment); err != nil {
			return err
		}
	}
	return s.Store.AppendLog(ctx, t, m, segment, entries)
}

// faultyTarget is the real target, which remembers what it was sent and may refuse some of it.
type faultyTarget struct {
	*file.Target
	batchSize int                                                // 0: as the target says
	refuse    func(migrate.Entity) (migrate.ImportOutcome, bool) // an outcome instead of writing
	before    func(migrate.Batch) error
	after     func(migrate.Batch) error // an error although the batch was written: the answer is lost

	mu      sync.Mutex
	batches []migrate.Batch // in the order of their writes; without bodies
}

func (f *faultyTarget) Describe() migrate.TargetDescription {
	d := f.Target.Describe()
	if f.batchSize > 0 {
		d.BatchSize = f.batchSize
	}
	return d
}

func (f *faultyTarget) ImportBatch(ctx context.Context, t migrate.TenantID, b migrate.Batch) ([]migrate.ImportOutcome, error) {
	if f.before != nil {
		if err := f.before(b); err != nil {
			return nil, err
		}
	}
	f.remember(b)
	outcomes, err := f.write(ctx, t, b)
	if err == nil && f.after != nil {
		err = f.after(b)
	}
	return outcomes, err
}

// write sends what is not refused.
func (f *faultyTarget) write(ctx context.Context, t migrate.TenantID, b migrate.Batch) ([]migrate.ImportOutcome, error) {
	outcomes := make([]migrate.ImportOutcome, len(b.Entities))
	var places []int
	var taken []migrate.Entity
	for i, e := range b.Entities {
		if f.refuse != nil {
			if o, refused := f.refuse(e); refused {
				outcomes[i] = o
				continue
			}
		}
		places, taken = append(places, i), append(taken, e)
	}
	b.Entities = taken
	written, err := f.Target.ImportBatch(ctx, t, b)
	for i, o := range written {
		outcomes[places[i]] = o
	}
	return outcomes, err
}

func (f *faultyTarget) remember(b migrate.Batch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	entities := make([]migrate.Entity, len(b.Entities))
	for i, e := range b.Entities {
		entities[i] = migrate.Entity{Collection: e.Collection, ID: e.ID, Hash: e.Hash}
	}
	b.Entities = entities
	f.batches = append(f.batches, b)
}
