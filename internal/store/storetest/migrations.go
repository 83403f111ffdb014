package storetest

import (
	"errors"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

var migrations = []Case{
	{"Migrations/CreateTwice", createMigrationTwice},
	{"Migrations/OneOfFiftyCreates", oneOfFiftyMigrations},
	{"Migrations/GetAndCurrent", getMigrations},
	{"Migrations/AdvanceLost", advanceMigrationLost},
	{"Migrations/EndMakesRoom", endMakesRoom},
	{"Migrations/ListNewestFirst", listMigrations},
	{"Migrations/NotShared", migrationNotShared},
	{"Migrations/AdvanceWithJob", advanceWithJob},
}

func createMigrationTwice(e *env) error {
	if _, err := e.migration(1); err != nil {
		return err
	}
	for _, n := range []int{1, 2} {
		err := e.CreateMigration(e.ctx, acme, newMigration(n))
		if err := refused("a second active migration", err, migrate.WrongState, migrate.ProblemAlreadyActive); err != nil {
			return err
		}
		var problem *migrate.Error
		if errors.As(err, &problem); problem.Members["migrationReferenceId"] != migrationID(1) {
			return fmt.Errorf("members are %v, want the active migration's id", problem.Members)
		}
	}
	_, err := e.GetMigration(e.ctx, acme, migrationID(2))
	return refused("the refused migration", err, migrate.NotFound, migrate.ProblemMigrationNotFound)
}

func oneOfFiftyMigrations(e *env) error {
	won, err := race(50, func(i int) error { return e.CreateMigration(e.ctx, acme, newMigration(i)) }, func(err error) bool {
		return errors.Is(err, &migrate.Error{Code: migrate.WrongState, Problem: migrate.ProblemAlreadyActive})
	})
	if err != nil || won != 1 {
		return fmt.Errorf("%d of 50 simultaneous creates succeeded (%v), want 1", won, err)
	}
	_, total, err := e.ListMigrations(e.ctx, acme, "", 0, 100)
	if err == nil && total != 1 {
		err = fmt.Errorf("%d migrations are stored, want 1", total)
	}
	return err
}

func getMigrations(e *env) error {
	_, err := e.CurrentMigration(e.ctx, acme)
	if err := refused("no migration", err, migrate.NotFound, migrate.ProblemNoActiveMigration); err != nil {
		return err
	}
	_, err = e.GetMigration(e.ctx, acme, "no-uuid")
	if err := refused("an unknown migration", err, migrate.NotFound, migrate.ProblemMigrationNotFound); err != nil {
		return err
	}
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	want := newMigration(1)
	want.RowVersion = m.RowVersion
	if err := e.same("the migration", m, want); err != nil {
		return err
	}
	current, err := e.CurrentMigration(e.ctx, acme)
	return first(err, e.same("the current migration", current, m))
}

func advanceMigrationLost(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	mine, theirs := m.Clone(), m.Clone()
	mine.Components[0].Validation.Revision = 7
	theirs.Components[0].Validation.Revision = 8
	stored, err := e.AdvanceMigration(e.ctx, acme, mine, nil)
	if err != nil {
		return err
	}
	if stored.RowVersion == m.RowVersion {
		return errors.New("advancing did not move the row version")
	}
	_, err = e.AdvanceMigration(e.ctx, acme, theirs, nil)
	if err := refused("advancing a row that moved", err, migrate.Conflict, ""); err != nil {
		return err
	}
	got, err := e.GetMigration(e.ctx, acme, m.ID)
	mine.RowVersion = stored.RowVersion
	return first(err, e.same("the row", got, stored), e.same("the row", got, mine))
}

func endMakesRoom(e *env) error {
	if _, err := e.migration(1); err != nil {
		return err
	}
	if err := e.cancel(migrationID(1)); err != nil {
		return err
	}
	_, err := e.CurrentMigration(e.ctx, acme)
	if err := refused("after the end", err, migrate.NotFound, migrate.ProblemNoActiveMigration); err != nil {
		return err
	}
	if _, err := e.migration(2); err != nil {
		return err
	}
	current, err := e.CurrentMigration(e.ctx, acme)
	return first(err, e.same("the current migration", current.ID, migrationID(2)))
}

func listMigrations(e *env) error {
	var whole []migrate.Migration
	for n := 1; n <= 5; n++ {
		if _, err := e.migration(n); err != nil {
			return err
		}
		if n < 5 {
			if err := e.cancel(migrationID(n)); err != nil {
				return err
			}
		}
		m, err := e.GetMigration(e.ctx, acme, migrationID(n))
		if err != nil {
			return err
		}
		whole = slices.Insert(whole, 0, m)
	}
	list := func(a migrate.Activity) func(int, int) ([]migrate.Migration, int, error) {
		return func(offset, limit int) ([]migrate.Migration, int, error) {
			return e.ListMigrations(e.ctx, acme, a, offset, limit)
		}
	}
	return first(
		paged(e, "all migrations", whole, list("")),
		paged(e, "cancelled migrations", whole[1:], list(migrate.Cancelled)),
		paged(e, "active migrations", whole[:1], list(migrate.Active)),
		paged(e, "completed migrations", nil, list(migrate.Completed)),
	)
}

func migrationNotShared(e *env) error {
	m := newMigration(1)
	if err := e.CreateMigration(e.ctx, acme, m); err != nil {
		return err
	}
	m.Components[0].Name = "changed"
	got, err := e.GetMigration(e.ctx, acme, m.ID)
	if err != nil {
		return err
	}
	got.Components[1].Name = "changed"
	stored, err := e.AdvanceMigration(e.ctx, acme, must(e.GetMigration(e.ctx, acme, m.ID)), nil)
	if err != nil {
		return err
	}
	want := stored.Clone()
	stored.Components[0].Name = "changed"
	again, err := e.GetMigration(e.ctx, acme, m.ID)
	if again.Components[0].Name != people || again.Components[1].Name != loans {
		return fmt.Errorf("the stored row shares memory with its callers: %v", again.ComponentNames())
	}
	return first(err, e.same("the row", again, want))
}

// must is for calls that were shown to work a line before.
func must[T any](v T, _ error) T { return v }

func advanceWithJob(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	next, job := m.Clone(), newJob(m.ID, 1)
	next.Job, next.JobType = job.ID, job.Type
	next, err = e.AdvanceMigration(e.ctx, acme, next, &job)
	if err != nil {
		return err
	}
	stored, err := e.GetJob(e.ctx, acme, job.ID)
	job.RowVersion = stored.RowVersion
	if err := first(err, e.same("the job", stored, job)); err != nil {
		return err
	}
	old, ended := next.Clone(), stored
	ended.State, ended.EndedAt = migrate.JobCompleted, at(9)
	next.Job, next.JobType = "", ""
	if next, err = e.AdvanceMigration(e.ctx, acme, next, &ended); err != nil {
		return err
	}
	for what, call := range map[string]func() error{
		"a migration that moved": func() error { _, err := e.AdvanceMigration(e.ctx, acme, old, new(newJob(m.ID, 2))); return err },
		"a job that moved":       func() error { _, err := e.AdvanceMigration(e.ctx, acme, next, &stored); return err },
	} {
		if err := refused(what, call(), migrate.Conflict, ""); err != nil {
			return err
		}
	}
	_, err = e.GetJob(e.ctx, acme, jobID(2))
	if err := refused("the job of a lost advance", err, migrate.NotFound, migrate.ProblemJobNotFound); err != nil {
		return err
	}
	got, err := e.GetMigration(e.ctx, acme, m.ID)
	return first(err, e.same("the migration", got, next))
}
