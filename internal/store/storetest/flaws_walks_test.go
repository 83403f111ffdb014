package storetest_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"landfall/internal/migrate"
)

// skips loses the first entity after a cursor.
type skips struct{ store }

func (s skips) WalkBucket(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, q migrate.BucketQuery, yield func(*migrate.Entity) error) error {
	first := !q.After.IsZero()
	return s.store.WalkBucket(ctx, t, m, q, func(e *migrate.Entity) error {
		if first {
			first = false
			return nil
		}
		return yield(e)
	})
}

// repeats gives every thousandth entity twice.
type repeats struct{ store }

func (s repeats) WalkBucket(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, q migrate.BucketQuery, yield func(*migrate.Entity) error) error {
	n := 0
	return s.store.WalkBucket(ctx, t, m, q, func(e *migrate.Entity) error {
		if n++; n%1000 == 0 {
			if err := yield(e); err != nil {
				return err
			}
		}
		return yield(e)
	})
}

type walksAll struct{ store }

func (s walksAll) WalkBucket(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, q migrate.BucketQuery, yield func(*migrate.Entity) error) error {
	q.Collections, q.KeysOnly = nil, false
	return s.store.WalkBucket(ctx, t, m, q, yield)
}

// backwards walks everything from its end.
type backwards struct{ store }

func (s backwards) WalkBucket(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, q migrate.BucketQuery, yield func(*migrate.Entity) error) error {
	var all []migrate.Entity
	err := s.store.WalkBucket(ctx, t, m, q, func(e *migrate.Entity) error {
		c := *e
		c.Body = bytes.Clone(e.Body)
		all = append(all, c)
		return nil
	})
	return reversed(all, err, func(e migrate.Entity) error { return yield(&e) })
}

func (s backwards) WalkClaims(ctx context.Context, t migrate.TenantID, job migrate.JobID, yield func(migrate.Claim) error) error {
	var all []migrate.Claim
	err := s.store.WalkClaims(ctx, t, job, func(c migrate.Claim) error { all = append(all, c); return nil })
	return reversed(all, err, yield)
}

func (s backwards) ListUnits(ctx context.Context, t migrate.TenantID, job migrate.JobID) ([]migrate.Unit, error) {
	all, err := s.store.ListUnits(ctx, t, job)
	slices.Reverse(all)
	return all, err
}

func reversed[T any](all []T, err error, yield func(T) error) error {
	for _, v := range slices.Backward(all) {
		if err == nil {
			err = yield(v)
		}
	}
	return err
}

type unitsForget struct{ store }

func (s unitsForget) CreateUnits(ctx context.Context, t migrate.TenantID, job migrate.JobID, units []migrate.Unit) error {
	for _, u := range units {
		if now, err := s.store.GetUnit(ctx, t, job, u.UnitKey); err == nil {
			now.Progress = u.Progress
			s.store.Checkpoint(ctx, t, "01022093-33e2-4bfe-9907-000000000001", 1, now, migrate.Findings{})
		}
	}
	return s.store.CreateUnits(ctx, t, job, units)
}

type blindCheckpoint struct{ store }

func (s blindCheckpoint) Checkpoint(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, epoch int64, u migrate.Unit,
	f migrate.Findings) (migrate.Unit, error) {
	if now, err := s.store.GetUnit(ctx, t, u.Job, u.UnitKey); err == nil {
		u.Seq = now.Seq
	}
	return s.store.Checkpoint(ctx, t, m, epoch, u, f)
}

// appends keeps an issue again each time it is put.
type appends struct{ store }

func (s *appends) WalkIssues(ctx context.Context, t migrate.TenantID, job migrate.JobID, after migrate.IssueCursor, yield func(migrate.Issue) error) error {
	return s.store.WalkIssues(ctx, t, job, after, func(i migrate.Issue) error {
		if err := yield(i); err != nil {
			return err
		}
		return yield(i)
	})
}

// unnamed writes each entry as a segment of its own.
type unnamed struct {
	store
	n atomic.Int64
}

func (s *unnamed) AppendLog(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, _ string, entries []migrate.LogEntry) error {
	for _, e := range entries {
		if err := s.store.AppendLog(ctx, t, m, fmt.Sprint(s.n.Add(1)), []migrate.LogEntry{e}); err != nil {
			return err
		}
	}
	return nil
}

// inMotion follows the log's end, and lets its clock jump.
type inMotion struct{ store }

func (s inMotion) WalkLog(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, from int64, yield func(int64, migrate.LogEntry) error) error {
	for range 3 {
		err := s.store.WalkLog(ctx, t, m, from, func(i int64, e migrate.LogEntry) error {
			from = i + 1
			e.Timestamp = e.Timestamp.Add(-time.Duration(i) * time.Second)
			return yield(i, e)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type forEver struct{ store }

func (s forEver) DeleteExecution(context.Context, string) error { return nil }

const acme = migrate.TenantID("acme")

type readsAll struct{ store }

func (s readsAll) GetEntity(ctx context.Context, _ migrate.TenantID, m migrate.MigrationID, k migrate.EntityKey) (migrate.Entity, error) {
	return s.store.GetEntity(ctx, acme, m, k)
}

type writesAll struct{ store }

func (s writesAll) PutIssues(ctx context.Context, _ migrate.TenantID, job migrate.JobID, issues []migrate.Issue) error {
	return s.store.PutIssues(ctx, acme, job, issues)
}

func (s writesAll) CreateDrop(ctx context.Context, _ migrate.TenantID, d migrate.Drop) (migrate.Drop, bool, error) {
	return s.store.CreateDrop(ctx, acme, d)
}
