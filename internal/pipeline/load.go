package pipeline

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/records"
)

// Load stages a body that arrives over HTTP, record by record, and answers each record when it is durable.
//
// Every load is a drop of its own. A body that breaks off leaves what was answered staged and the drop Interrupted; at
// most one batch may be staged without an answer. No transaction spans a load.
type Load struct {
	Store   Store
	Catalog *catalog.Catalog
	Settle  *Settle
	Limits  Limits
	Now     func() time.Time
	NewID   func() string
}

// LoadInput says where a body belongs.
type LoadInput struct {
	Tenant     migrate.TenantID
	Migration  migrate.MigrationID
	Component  migrate.ComponentName
	Collection migrate.CollectionName
	Format     records.Format
	Encoding   string // of the body: identity, gzip, zstd
	Strict     bool   // refuse members that the schema does not know
}

// LoadResult is the answer for one record. A result without faults says that the record is durably staged.
type LoadResult struct {
	ID     migrate.ReferenceID // zero if none could be read
	Faults []migrate.Fault
}

// Loading is one load under way.
type Loading struct {
	load  *Load
	in    LoadInput
	drop  migrate.Drop
	epoch int64

	checker *catalog.Checker
	part    *stager
	results []LoadResult
	since   time.Time // when the oldest unanswered record was taken
	emit    func([]LoadResult) error
	stopped bool // the migration was cancelled: nothing is staged any more
}

// Begin registers the load as a drop. It fails with WrongState if the migration takes no records now.
func (s *Load) Begin(ctx context.Context, in LoadInput) (*Loading, error) {
	collection, ok := s.Catalog.Collection(in.Component, in.Collection)
	if !ok || collection.Generate != nil {
		return nil, migrate.Errorf(migrate.NotFound, "beginning a load", "the catalog has no such collection to load")
	}
	m, err := s.Store.GetMigration(ctx, in.Tenant, in.Migration)
	if err != nil {
		return nil, err
	}
	if err := m.AllowsLoad(in.Component); err != nil {
		return nil, err
	}
	drop, _, err := s.Store.CreateDrop(ctx, in.Tenant, migrate.Drop{
		ID: migrate.DropID(s.NewID()), Migration: in.Migration, Component: in.Component, Collection: in.Collection,
		Origin: migrate.OriginRequest, Format: in.Format.String(), Encoding: in.Encoding,
		State: migrate.DropInProgress, RegisteredAt: s.Now(),
	})
	if err != nil {
		return nil, err
	}
	return &Loading{load: s, in: in, drop: drop, epoch: m.Epoch, checker: collection.NewChecker()}, nil
}

// Drop gives the load's drop.
func (l *Loading) Drop() migrate.Drop { return l.drop }

// Run stages what body gives and hands the results to emit, in the order of the records, in batches: each as soon as it
// is durable. It settles the drop before it returns. An error of body leaves the drop Interrupted.
func (l *Loading) Run(ctx context.Context, body io.Reader, emit func([]LoadResult) error) error {
	l.emit = emit
	patient := newPatientReader(body, l.flushLate(ctx))
	defer patient.stop()
	l.part = &stager{
		store: l.load.Store, tenant: l.in.Tenant, checker: l.checker, strict: l.in.Strict,
		scanner: records.NewScanner(patient, 0, math.MaxInt64, records.Options{
			Format: l.in.Format, MaxRecord: l.load.Limits.MaxRecord, BufferSize: 64 << 10,
		}),
		ref: migrate.ChunkRef{
			Migration: l.in.Migration, Component: l.in.Component, Collection: l.in.Collection, Drop: l.drop.ID,
			Seq: l.drop.Seq, Epoch: l.epoch, Buckets: migrate.DefaultBuckets,
		},
	}
	defer l.part.abort()
	readErr := l.read(ctx)
	// The client may be gone: what is staged is accounted for all the same.
	settled := l.settle(context.WithoutCancel(ctx), readErr)
	return errors.Join(readErr, settled)
}

// read takes records until the body ends.
func (l *Loading) read(ctx context.Context) error {
	for {
		v, err := l.part.next(ctx)
		if errors.Is(err, io.EOF) {
			return l.flush(ctx)
		}
		if err != nil {
			return errors.Join(err, l.flush(context.WithoutCancel(ctx)))
		}
		if len(l.results) == 0 {
			l.since = l.load.Now()
		}
		l.results = append(l.results, LoadResult{v.id, slices.Clone(v.faults)})
		if len(l.results) >= l.load.Limits.BatchCount || l.part.bytes >= l.load.Limits.BatchBytes {
			if err := l.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// flush commits the batch and answers it. After a cancel every further record is answered so, and staged no more.
func (l *Loading) flush(ctx context.Context) error {
	if l.part.pos > l.part.ref.From && !l.stopped { // the end of the body may be blank lines alone
		_, err := l.part.commit(ctx, l.part.pos)
		var e *migrate.Error
		if errors.As(err, &e) && e.Problem == migrate.ProblemCancelled {
			l.stopped, err = true, nil
		}
		if err != nil {
			return err
		}
	}
	if l.stopped {
		l.part.abort()
		for i := range l.results {
			l.results[i].Faults = []migrate.Fault{{Code: migrate.MigrationIsCancelled}}
		}
	}
	if len(l.results) == 0 {
		return nil
	}
	err := l.emit(l.results)
	l.results = l.results[:0]
	return err
}

// flushLate answers what waits when the body pauses, BatchWait after the oldest unanswered record.
func (l *Loading) flushLate(ctx context.Context) patience {
	return patience{
		left: func() (time.Duration, bool) {
			if len(l.results) == 0 {
				return 0, false
			}
			return l.load.Limits.BatchWait - l.load.Now().Sub(l.since), true
		},
		spent: func() error { return l.flush(ctx) },
	}
}

func (l *Loading) settle(ctx context.Context, readErr error) error {
	state := migrate.DropSettled
	if readErr != nil {
		state = migrate.DropInterrupted
	}
	_, err := l.load.Settle.settleDrop(ctx, l.in.Tenant, l.drop.ID, l.part.ref.From, state)
	return err
}
