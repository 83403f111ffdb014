package storetest

import (
	"errors"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

var jobs = []Case{
	{"Jobs/OneOfFiftyStarts", oneOfFiftyStarts},
	{"Jobs/ListNewestFirst", listJobs},
	{"Jobs/NotShared", jobNotShared},
	{"Jobs/UnitsCreatedTwice", unitsCreatedTwice},
	{"Jobs/UnitsInOrder", unitsInOrder},
	{"Jobs/CheckpointLost", checkpointLost},
	{"Jobs/CheckpointEpoch", checkpointEpoch},
	{"Jobs/CheckpointNotShared", checkpointNotShared},
}

func newJob(m migrate.MigrationID, n int) migrate.Job {
	return migrate.Job{ID: jobID(n), Migration: m, Type: migrate.ValidateStaging, State: migrate.JobInProgress, Epoch: 1,
		Revisions: map[migrate.ComponentName]int64{people: 3}, Components: []migrate.ComponentName{people}, StartedAt: at(n)}
}

// start starts the n-th job of a migration, as it was read.
func (e *env) start(m migrate.Migration, n int) error {
	job := newJob(m.ID, n)
	m = m.Clone()
	m.Job, m.JobType = job.ID, job.Type
	_, err := e.AdvanceMigration(e.ctx, acme, m, &job)
	return err
}

func oneOfFiftyStarts(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	won, err := race(50, func(i int) error { return e.start(m, i) }, func(err error) bool {
		return migrate.CodeOf(err) == migrate.Conflict
	})
	if err != nil || won != 1 {
		return fmt.Errorf("%d of 50 simultaneous starts succeeded (%v), want 1", won, err)
	}
	all, total, err := e.ListJobs(e.ctx, acme, m.ID, 0, 100)
	now := must(e.GetMigration(e.ctx, acme, m.ID))
	if err == nil && (total != 1 || len(all) != 1 || now.Job != all[0].ID) {
		err = fmt.Errorf("%d jobs are stored, want the one that runs", total)
	}
	return err
}

func listJobs(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	var whole []migrate.Job
	for n := 1; n <= 5; n++ {
		if err := e.start(must(e.GetMigration(e.ctx, acme, m.ID)), n); err != nil {
			return err
		}
		j, err := e.GetJob(e.ctx, acme, jobID(n))
		if err != nil {
			return err
		}
		whole = slices.Insert(whole, 0, j)
	}
	err = paged(e, "jobs", whole, func(offset, limit int) ([]migrate.Job, int, error) {
		return e.ListJobs(e.ctx, acme, m.ID, offset, limit)
	})
	none, total, err2 := e.ListJobs(e.ctx, acme, migrationID(9), 0, 10)
	if len(none) != 0 || total != 0 {
		err2 = fmt.Errorf("an unknown migration has %d jobs", total)
	}
	return first(err, err2)
}

func jobNotShared(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	job := newJob(m.ID, 1)
	job.Result.Counts = []migrate.CountTable{{Type: "as it was", Headers: []string{"h"}, StagedRows: [][]string{{"1"}}, ImportedRows: [][]string{{"1"}}}}
	if _, err := e.AdvanceMigration(e.ctx, acme, m, &job); err != nil {
		return err
	}
	job.Revisions[people], job.Result.Counts[0].Type = 99, "changed"
	for range 2 {
		got, err := e.GetJob(e.ctx, acme, job.ID)
		if err != nil {
			return err
		}
		if got.Revisions[people] != 3 || got.Result.Counts[0].Type != "as it was" {
			return errors.New("the stored job shares memory with its callers")
		}
		got.Revisions[people], got.Result.Counts[0].Type = 99, "changed"
	}
	return nil
}

func newUnit(wave int, c migrate.ComponentName, bucket int) migrate.Unit {
	return migrate.Unit{UnitKey: migrate.UnitKey{Wave: wave, Component: c, FirstBucket: bucket}, Job: jobID(1),
		LastBucket: bucket + 1, Collections: []migrate.CollectionName{folk}, Progress: migrate.Progress{Bucket: bucket}}
}

// unit makes a migration and a unit of its job 1.
func (e *env) unit() (m migrate.Migration, u migrate.Unit, err error) {
	if m, err = e.migration(1); err != nil {
		return m, u, err
	}
	if err := e.start(m, 1); err != nil {
		return m, u, err
	}
	if err := e.CreateUnits(e.ctx, acme, jobID(1), []migrate.Unit{newUnit(0, people, 0)}); err != nil {
		return m, u, err
	}
	u, err = e.GetUnit(e.ctx, acme, jobID(1), newUnit(0, people, 0).UnitKey)
	return m, u, err
}

func unitsCreatedTwice(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	if err := e.same("the unit", u, newUnit(0, people, 0)); err != nil {
		return err
	}
	u.Progress.Entities = 5
	u, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, u, migrate.Findings{})
	if err != nil {
		return err
	}
	if err := e.CreateUnits(e.ctx, acme, jobID(1), []migrate.Unit{newUnit(0, people, 0), newUnit(0, people, 2)}); err != nil {
		return err
	}
	units, err := e.ListUnits(e.ctx, acme, jobID(1))
	return first(err, e.same("the units", units, []migrate.Unit{u, newUnit(0, people, 2)}))
}

func unitsInOrder(e *env) error {
	if _, _, err := e.unit(); err != nil {
		return err
	}
	want := []migrate.Unit{newUnit(0, people, 0)}
	for wave := range 11 {
		for _, c := range []migrate.ComponentName{people, loans} {
			for bucket := 2; bucket < 300; bucket += 99 {
				want = append(want, newUnit(wave, c, bucket))
			}
		}
	}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	if err := e.CreateUnits(e.ctx, acme, jobID(1), shuffled); err != nil {
		return err
	}
	got, err := e.ListUnits(e.ctx, acme, jobID(1))
	if err := first(err, e.same("the units", got, want)); err != nil {
		return err
	}
	_, err = e.GetUnit(e.ctx, acme, jobID(1), migrate.UnitKey{Wave: 3, Component: people, FirstBucket: 1})
	return refused("an unknown unit", err, migrate.NotFound, "")
}

func checkpointLost(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	mine, theirs := u, u
	mine.Progress = migrate.Progress{Bucket: 1, After: migrate.Cursor{Collection: folk, ID: refID(7)}, Entities: 70, Faulty: 2,
		StagedSum: migrate.HashSum{1}, Drops: []migrate.DropShare{{Seq: 1, Entities: 70}}, Tables: []byte("tables")}
	theirs.Progress = migrate.Progress{Bucket: 1, Entities: 60}
	stored, err := e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, mine, migrate.Findings{})
	if err != nil {
		return err
	}
	_, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, theirs, migrate.Findings{})
	if err := refused("a checkpoint of a unit that moved", err, migrate.Conflict, ""); err != nil {
		return err
	}
	mine.Seq = u.Seq + 1
	got, err := e.GetUnit(e.ctx, acme, jobID(1), u.UnitKey)
	if err := first(err, e.same("the unit", got, mine), e.same("what Checkpoint gave", stored, mine)); err != nil {
		return err
	}
	theirs.FirstBucket = 77
	_, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, theirs, migrate.Findings{})
	return refused("a checkpoint of no unit", err, migrate.NotFound, "")
}

func checkpointEpoch(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	if err := e.cancel(m.ID); err != nil {
		return err
	}
	u.Progress.Entities = 9
	_, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, u, migrate.Findings{})
	if err := refused("a checkpoint after the epoch moved", err, migrate.WrongState, migrate.ProblemCancelled); err != nil {
		return err
	}
	got, err := e.GetUnit(e.ctx, acme, jobID(1), u.UnitKey)
	return first(err, e.same("the unit", got, newUnit(0, people, 0)))
}

func checkpointNotShared(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	u.Progress.Drops, u.Progress.Tables = []migrate.DropShare{{Seq: 1}}, []byte("as it was")
	stored, err := e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, u, migrate.Findings{})
	if err != nil {
		return err
	}
	u.Progress.Drops[0].Seq, u.Progress.Tables[0] = 9, 'X'
	want := migrate.Progress{Drops: []migrate.DropShare{{Seq: 1}}, Tables: []byte("as it was")}
	if err := e.same("what Checkpoint gave", stored.Progress, want); err != nil {
		return err
	}
	stored.Progress.Drops[0].Seq = 9
	got, err := e.GetUnit(e.ctx, acme, jobID(1), u.UnitKey)
	return first(err, e.same("the unit", got.Progress, want))
}
