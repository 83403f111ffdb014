package storetest_test

import (
	"context"
	"slices"

	"landfall/internal/migrate"
)

type manyActive struct{ store }

func (s manyActive) CreateMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration) error {
	err := s.store.CreateMigration(ctx, t, m)
	if migrate.CodeOf(err) == migrate.WrongState {
		err = nil
	}
	return err
}

// neverEnds answers with the last migration, active or not.
type neverEnds struct {
	store
	last migrate.MigrationID
}

func (s *neverEnds) CreateMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration) error {
	s.last = m.ID
	return s.store.CreateMigration(ctx, t, m)
}

func (s *neverEnds) CurrentMigration(ctx context.Context, t migrate.TenantID) (migrate.Migration, error) {
	return s.store.GetMigration(ctx, t, s.last)
}

type blindAdvance struct{ store }

func (s blindAdvance) AdvanceMigration(ctx context.Context, t migrate.TenantID, m migrate.Migration, job *migrate.Job) (migrate.Migration, error) {
	for {
		now, err := s.store.GetMigration(ctx, t, m.ID)
		if err != nil {
			return now, err
		}
		m.RowVersion = now.RowVersion
		now, err = s.store.AdvanceMigration(ctx, t, m, job)
		if migrate.CodeOf(err) != migrate.Conflict || job == nil {
			return now, err
		}
		if stored, err := s.store.GetJob(ctx, t, job.ID); err == nil {
			job.RowVersion = stored.RowVersion
		}
	}
}

type oldestFirst struct{ store }

func (s oldestFirst) ListMigrations(ctx context.Context, t migrate.TenantID, a migrate.Activity, offset, limit int) ([]migrate.Migration, int, error) {
	page, total, err := s.store.ListMigrations(ctx, t, a, offset, limit)
	slices.Reverse(page)
	return page, total, err
}

func (s oldestFirst) ListJobs(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, offset, limit int) ([]migrate.Job, int, error) {
	page, total, err := s.store.ListJobs(ctx, t, m, offset, limit)
	slices.Reverse(page)
	return page, total, err
}

// sharing gives out the very rows it keeps, and keeps what it is given.
type sharing struct {
	store
	migration migrate.Migration
	job       migrate.Job
}

func (s *sharing) GetMigration(ctx context.Context, t migrate.TenantID, id migrate.MigrationID) (m migrate.Migration, err error) {
	if s.migration.ID == "" {
		s.migration, err = s.store.GetMigration(ctx, t, id)
	}
	return s.migration, err
}

func (s *sharing) CreateDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) (migrate.Drop, bool, error) {
	stored, created, err := s.store.CreateDrop(ctx, t, d)
	stored.Problem = d.Problem
	return stored, created, err
}

func (s *sharing) GetJob(ctx context.Context, t migrate.TenantID, id migrate.JobID) (j migrate.Job, err error) {
	if s.job.ID == "" {
		s.job, err = s.store.GetJob(ctx, t, id)
	}
	return s.job, err
}

func (s *sharing) Checkpoint(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, epoch int64, u migrate.Unit,
	f migrate.Findings) (migrate.Unit, error) {
	stored, err := s.store.Checkpoint(ctx, t, m, epoch, u, f)
	stored.Progress = u.Progress
	return stored, err
}

func (s *sharing) BeginChunk(ctx context.Context, t migrate.TenantID, ref migrate.ChunkRef) (migrate.ChunkWriter, error) {
	w, err := s.store.BeginChunk(ctx, t, ref)
	var late []func() error
	broken := &writer{ChunkWriter: w}
	broken.add = func(r migrate.StagedRecord) error {
		late = append(late, func() error { return w.Add(r) })
		return nil
	}
	broken.reject = func(r migrate.Rejection) error {
		late = append(late, func() error { return w.Reject(r) })
		return nil
	}
	broken.commit = func(ctx context.Context, to int64, read migrate.PartRead) (migrate.LedgerRow, error) {
		for _, call := range late {
			if err := call(); err != nil {
				return migrate.LedgerRow{}, err
			}
		}
		return w.Commit(ctx, to, read)
	}
	return broken, err
}

type createsAgain struct{ store }

func (s createsAgain) CreateDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) (migrate.Drop, bool, error) {
	s.store.CreateDrop(ctx, t, d)
	d.Seq, d.RowVersion = 1, 1
	return d, true, nil
}

func (s createsAgain) ListDrops(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, after uint32, limit int) ([]migrate.Drop, error) {
	page, err := s.store.ListDrops(ctx, t, m, after, limit)
	for i := range page {
		page[i].Seq = 1
	}
	return page, err
}

// blindDrops replaces any drop by any, and counts none.
type blindDrops struct{ store }

func (s blindDrops) AdvanceDrop(ctx context.Context, t migrate.TenantID, d migrate.Drop) (migrate.Drop, error) {
	now, err := s.store.GetDrop(ctx, t, d.ID)
	if err != nil {
		return now, err
	}
	d.RowVersion = now.RowVersion
	stored, err := s.store.AdvanceDrop(ctx, t, d)
	if migrate.CodeOf(err) == migrate.Internal {
		return d, nil
	}
	return stored, err
}

func (s blindDrops) GetMigration(ctx context.Context, t migrate.TenantID, id migrate.MigrationID) (migrate.Migration, error) {
	m, err := s.store.GetMigration(ctx, t, id)
	m.OpenDrops = 0
	return m, err
}

// inclusive begins where it should go on.
type inclusive struct{ store }

func (s inclusive) ListDrops(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, after uint32, limit int) ([]migrate.Drop, error) {
	return s.store.ListDrops(ctx, t, m, max(after, 1)-1, limit)
}

func (s inclusive) WalkIssues(ctx context.Context, t migrate.TenantID, job migrate.JobID, _ migrate.IssueCursor,
	yield func(migrate.Issue) error) error {
	return s.store.WalkIssues(ctx, t, job, migrate.IssueCursor{}, yield)
}

func (s inclusive) WalkLog(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, from int64,
	yield func(int64, migrate.LogEntry) error) error {
	return s.store.WalkLog(ctx, t, m, from-1, yield)
}

func (s inclusive) WalkLedger(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64,
	yield func(migrate.LedgerRow) error) error {
	return s.store.WalkLedger(ctx, t, m, d, max(from, 1)-1, yield)
}

// losesPages keeps no rejections and no duplicates, sums everything under one name, and finds rows that are not there.
type losesPages struct{ store }

func (s losesPages) WalkDuplicates(context.Context, migrate.TenantID, migrate.MigrationID, migrate.DropID, int64, func(migrate.Duplicate) error) error {
	return nil
}

func (s losesPages) ComponentTallies(ctx context.Context, t migrate.TenantID, m migrate.MigrationID) (map[migrate.ComponentName]migrate.Tally, error) {
	tallies, err := s.store.ComponentTallies(ctx, t, m)
	var sum migrate.Tally
	for _, tally := range tallies {
		sum = sum.Plus(tally)
	}
	return map[migrate.ComponentName]migrate.Tally{"Counterparties": sum}, err
}

func (s losesPages) GetLedgerRow(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64) (migrate.LedgerRow, error) {
	row, _ := s.store.GetLedgerRow(ctx, t, m, d, from)
	return row, nil
}
