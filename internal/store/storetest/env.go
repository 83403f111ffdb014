package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

const (
	acme   = migrate.TenantID("acme")
	other  = migrate.TenantID("acme-2") // begins like the first
	people = migrate.ComponentName("Counterparties")
	loans  = migrate.ComponentName("Counterparties2") // begins like the first
	folk   = migrate.CollectionName("counterparties")

	buckets = 4
)

var epochStart = time.Date(2026, 3, 7, 22, 41, 9, 123456789, time.UTC)

// env is what a case works with.
type env struct {
	Store
	place  Place
	traits Traits
	ctx    context.Context
}

func (e *env) open() (err error) {
	if e.Store, err = e.place.Open(); err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	return nil
}

// uuid gives the n-th of a kind.
func uuid(kind byte, n int) string { return fmt.Sprintf("%02x022093-33e2-4bfe-9907-%012x", kind, n) }

func migrationID(n int) migrate.MigrationID { return migrate.MigrationID(uuid(1, n)) }
func jobID(n int) migrate.JobID             { return migrate.JobID(uuid(2, n)) }
func dropID(n int) migrate.DropID           { return migrate.DropID(uuid(3, n)) }

func refID(n int) (id migrate.ReferenceID) {
	id[0] = 0x80
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func at(seconds int) time.Time { return epochStart.Add(time.Duration(seconds) * time.Second) }

func newMigration(n int) migrate.Migration {
	m := migrate.NewMigration(migrationID(n), []migrate.ComponentName{people, loans}, at(n))
	m.Buckets = buckets
	return m
}

// migration creates the tenant's n-th migration.
func (e *env) migration(n int) (migrate.Migration, error) {
	if err := e.CreateMigration(e.ctx, acme, newMigration(n)); err != nil {
		return migrate.Migration{}, err
	}
	return e.GetMigration(e.ctx, acme, migrationID(n))
}

func newDrop(m migrate.MigrationID, n int) migrate.Drop {
	return migrate.Drop{ID: dropID(n), Migration: m, Component: people, Collection: folk, Origin: migrate.OriginRequest,
		Format: "jsonl", Encoding: "identity", State: migrate.DropInProgress, RegisteredAt: at(n)}
}

// drop registers the n-th drop.
func (e *env) drop(m migrate.Migration, n int) (migrate.Drop, error) {
	d, _, err := e.CreateDrop(e.ctx, acme, newDrop(m.ID, n))
	return d, err
}

func refOf(m migrate.Migration, d migrate.Drop, from int64) migrate.ChunkRef {
	return migrate.ChunkRef{Migration: m.ID, Component: d.Component, Collection: d.Collection, Drop: d.ID, Seq: d.Seq,
		From: from, Epoch: m.Epoch, Buckets: m.Buckets}
}

// recordOf makes a record of an id with some content.
func recordOf(id, content int, offset int64) migrate.StagedRecord {
	body := fmt.Appendf(nil, `{"referenceId":%q,"content":%d}`, refID(id), content)
	return migrate.StagedRecord{ID: refID(id), Hash: migrate.HashContent(body), Offset: offset, Line: offset / 10, Body: body}
}

// stage commits one part.
func (e *env) stage(ref migrate.ChunkRef, to int64, records ...migrate.StagedRecord) (migrate.LedgerRow, error) {
	w, err := e.BeginChunk(e.ctx, acme, ref)
	if err != nil {
		return migrate.LedgerRow{}, err
	}
	defer w.Abort()
	for _, r := range records {
		if err := w.Add(r); err != nil {
			return migrate.LedgerRow{}, err
		}
	}
	return w.Commit(e.ctx, to, migrate.PartRead{Bytes: to - ref.From, Newlines: int64(len(records))})
}

// staged makes a migration with a drop, and stages n entities of people: ids 1 to n.
func (e *env) staged(n int) (m migrate.Migration, d migrate.Drop, err error) {
	if m, err = e.migration(1); err != nil {
		return m, d, err
	}
	if d, err = e.drop(m, 1); err != nil {
		return m, d, err
	}
	var records []migrate.StagedRecord
	for i := 1; i <= n; i++ {
		records = append(records, recordOf(i, i, int64(i*10)))
	}
	_, err = e.stage(refOf(m, d, 0), int64(n*10+10), records...)
	return m, d, err
}

// cancel ends a migration.
func (e *env) cancel(m migrate.MigrationID) error {
	row, err := e.GetMigration(e.ctx, acme, m)
	if err != nil {
		return err
	}
	row.Activity, row.Epoch = migrate.Cancelled, row.Epoch+1
	_, err = e.AdvanceMigration(e.ctx, acme, row, nil)
	return err
}

// same compares what was got with what was wanted.
func (e *env) same(what string, got, want any) error {
	times := cmp.Comparer(func(a, b time.Time) bool {
		return a.Truncate(e.traits.TimePrecision).Equal(b.Truncate(e.traits.TimePrecision))
	})
	if diff := cmp.Diff(want, got, times); diff != "" {
		return fmt.Errorf("%s is not what it should be (-want +got):\n%s", what, diff)
	}
	return nil
}

// refused checks that err carries the code, and the problem if there is one.
func refused(what string, err error, code migrate.Code, problem string) error {
	if !errors.Is(err, &migrate.Error{Code: code, Problem: problem}) {
		return fmt.Errorf("%s: error is %v, want code %s %s", what, err, code, problem)
	}
	return nil
}

// collect gathers what a walk yields.
func collect[T any](walk func(yield func(T) error) error) (all []T, err error) {
	err = walk(func(v T) error {
		all = append(all, v)
		return nil
	})
	return all, err
}

var errCut = errors.New("cut")

// resumable checks that a walk, cut after every element and resumed from there, yields the same as one go.
func resumable[T any](e *env, what string, whole []T, resume func(after *T, yield func(T) error) error) error {
	var after *T
	for i := range whole {
		var got []T
		err := resume(after, func(v T) error {
			got = append(got, v)
			return errCut
		})
		if err != errCut || len(got) != 1 {
			return fmt.Errorf("%s resumed at %d: %d elements and error %v, want one and that of yield", what, i, len(got), err)
		}
		if err := e.same(fmt.Sprintf("%s resumed at %d", what, i), got[0], whole[i]); err != nil {
			return err
		}
		after = &whole[i]
	}
	err := resume(after, func(v T) error { return fmt.Errorf("%s: %v comes after the last", what, v) })
	return err
}

// paged checks that a list cut into pages of every size gives the same as one go.
func paged[T any](e *env, what string, whole []T, list func(offset, limit int) ([]T, int, error)) error {
	for size := 1; size <= len(whole)+1; size++ {
		for offset := 0; offset <= len(whole); offset++ {
			page, total, err := list(offset, size)
			if err != nil {
				return err
			}
			if total != len(whole) {
				return fmt.Errorf("%s: total is %d, want %d", what, total, len(whole))
			}
			want := whole[offset:min(offset+size, len(whole))]
			if err := e.same(fmt.Sprintf("%s from %d, %d at most", what, offset, size), append([]T{}, page...), append([]T{}, want...)); err != nil {
				return err
			}
		}
	}
	return nil
}

// race calls f n times at once and counts what it returned nil for; other errors must pass ok.
func race(n int, f func(i int) error, ok func(error) bool) (int, error) {
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- f(i) }()
	}
	won, wrong := 0, error(nil)
	for range n {
		if err := <-errs; err == nil {
			won++
		} else if !ok(err) {
			wrong = err
		}
	}
	return won, wrong
}

// first gives the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
