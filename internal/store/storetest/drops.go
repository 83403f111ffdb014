package storetest

import (
	"fmt"

	"landfall/internal/migrate"
)

var drops = []Case{
	{"Drops/CreateTwice", createDropTwice},
	{"Drops/RefusedState", createDropRefused},
	{"Drops/AdvanceLost", advanceDropLost},
	{"Drops/IllegalTransition", illegalTransition},
	{"Drops/OpenDropsIsRight", openDrops},
	{"Drops/ListResumes", listDrops},
	{"Drops/NotShared", dropNotShared},
	{"Drops/FiftyGetFiftySeqs", fiftyDrops},
}

func createDropTwice(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, created, err := e.CreateDrop(e.ctx, acme, newDrop(m.ID, 1))
	if err != nil || !created || d.Seq == 0 {
		return fmt.Errorf("CreateDrop = seq %d, %v, %v; want a new one", d.Seq, created, err)
	}
	changed := newDrop(m.ID, 1)
	changed.Size = 99
	again, created, err := e.CreateDrop(e.ctx, acme, changed)
	if err != nil || created {
		return fmt.Errorf("CreateDrop of a known id = %v, %v; want the stored drop", created, err)
	}
	next, err := e.drop(m, 2)
	if err := first(err, e.same("the drop", again, d)); err != nil {
		return err
	}
	if next.Seq <= d.Seq {
		return fmt.Errorf("the second drop's seq is %d, the first's %d", next.Seq, d.Seq)
	}
	now, err := e.GetMigration(e.ctx, acme, m.ID)
	if now.RowVersion == m.RowVersion || now.OpenDrops != 2 {
		return fmt.Errorf("the migration has version %d (was %d) and %d open drops", now.RowVersion, m.RowVersion, now.OpenDrops)
	}
	return err
}

func createDropRefused(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	if _, err := e.drop(m, 1); err != nil {
		return err
	}
	for _, to := range []struct {
		change  func(*migrate.Migration)
		problem string
	}{
		{func(m *migrate.Migration) { m.Job, m.JobType = jobID(1), migrate.Import }, migrate.ProblemImportRunning},
		{func(m *migrate.Migration) { m.Job, m.JobType, m.Activity = "", "", migrate.Completed }, migrate.ProblemCompleted},
	} {
		row, err := e.GetMigration(e.ctx, acme, m.ID)
		if err != nil {
			return err
		}
		to.change(&row)
		if _, err := e.AdvanceMigration(e.ctx, acme, row, nil); err != nil {
			return err
		}
		_, err = e.drop(m, 2)
		if err := refused("a new drop", err, migrate.WrongState, to.problem); err != nil {
			return err
		}
		if _, created, err := e.CreateDrop(e.ctx, acme, newDrop(m.ID, 1)); err != nil || created {
			return fmt.Errorf("a drop that is there already: %v, %v", created, err)
		}
	}
	_, err = e.GetDrop(e.ctx, acme, dropID(2))
	if err := refused("the refused drop", err, migrate.NotFound, migrate.ProblemDropNotFound); err != nil {
		return err
	}
	_, _, err = e.CreateDrop(e.ctx, acme, newDrop(migrationID(7), 3))
	return refused("a drop of no migration", err, migrate.NotFound, "")
}

func advanceDropLost(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	mine, theirs := d, d
	mine.Chunks, theirs.Chunks = 3, 4
	stored, err := e.AdvanceDrop(e.ctx, acme, mine)
	if err != nil {
		return err
	}
	_, err = e.AdvanceDrop(e.ctx, acme, theirs)
	if err := refused("advancing a drop that moved", err, migrate.Conflict, ""); err != nil {
		return err
	}
	got, err := e.GetDrop(e.ctx, acme, d.ID)
	mine.RowVersion = got.RowVersion
	return first(err, e.same("the drop", got, stored), e.same("the drop", got, mine))
}

func illegalTransition(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d, err := e.drop(m, 1)
	if err != nil {
		return err
	}
	bad := d
	bad.State = migrate.DropRefused
	_, err = e.AdvanceDrop(e.ctx, acme, bad)
	if err := refused("InProgress to Refused", err, migrate.Internal, ""); err != nil {
		return err
	}
	bad = newDrop(m.ID, 9)
	_, err = e.AdvanceDrop(e.ctx, acme, bad)
	return refused("a drop that is not there", err, migrate.NotFound, migrate.ProblemDropNotFound)
}

func openDrops(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	refusedDrop := newDrop(m.ID, 2)
	refusedDrop.State = migrate.DropRefused
	if d, _, err := e.CreateDrop(e.ctx, acme, refusedDrop); err != nil || d.Seq == 0 {
		return fmt.Errorf("a refused drop: seq %d, %v", d.Seq, err)
	}
	d, err := e.drop(m, 1)
	for _, step := range []struct {
		to   migrate.DropState
		open int
	}{{migrate.DropInProgress, 1}, {migrate.DropFailed, 1}, {migrate.DropInProgress, 1}, {migrate.DropSettled, 0}} {
		if err != nil {
			return err
		}
		before := must(e.GetMigration(e.ctx, acme, m.ID))
		d.State = step.to
		if d, err = e.AdvanceDrop(e.ctx, acme, d); err != nil {
			return err
		}
		now, err := e.GetMigration(e.ctx, acme, m.ID)
		if err != nil || now.OpenDrops != step.open {
			return fmt.Errorf("after %s %d drops are open, want %d (%v)", step.to, now.OpenDrops, step.open, err)
		}
		if before.OpenDrops != now.OpenDrops && before.RowVersion == now.RowVersion {
			return fmt.Errorf("after %s the migration's row version did not move", step.to)
		}
	}
	return err
}

func listDrops(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	var whole []migrate.Drop
	for n := 1; n <= 7; n++ {
		d, err := e.drop(m, 8-n)
		if err != nil {
			return err
		}
		whole = append(whole, d)
	}
	for i := 0; i <= len(whole); i++ {
		after := uint32(0)
		if i > 0 {
			after = whole[i-1].Seq
		}
		for limit := 1; limit <= len(whole); limit++ {
			page, err := e.ListDrops(e.ctx, acme, m.ID, after, limit)
			want := whole[i:min(i+limit, len(whole))]
			if err := first(err, e.same("drops", append([]migrate.Drop{}, page...), append([]migrate.Drop{}, want...))); err != nil {
				return err
			}
		}
	}
	return nil
}

func dropNotShared(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	d := newDrop(m.ID, 1)
	d.Problem = &migrate.DropProblem{Code: "unknown-format", Detail: "as it was"}
	stored, _, err := e.CreateDrop(e.ctx, acme, d)
	if err != nil {
		return err
	}
	if d.Problem.Detail = "changed"; stored.Problem.Detail != "as it was" {
		return fmt.Errorf("the returned drop shares memory with the passed one")
	}
	stored.Problem.Detail = "changed"
	got, err := e.GetDrop(e.ctx, acme, d.ID)
	if err == nil && got.Problem.Detail != "as it was" {
		err = fmt.Errorf("the stored drop shares memory with its callers")
	}
	return err
}

func fiftyDrops(e *env) error {
	m, err := e.migration(1)
	if err != nil {
		return err
	}
	won, err := race(50, func(i int) error { _, err := e.drop(m, i); return err }, func(error) bool { return false })
	if err != nil || won != 50 {
		return fmt.Errorf("%d of 50 drops created: %v", won, err)
	}
	all, err := e.ListDrops(e.ctx, acme, m.ID, 0, 100)
	seqs := map[uint32]bool{}
	for _, d := range all {
		seqs[d.Seq] = true
	}
	now := must(e.GetMigration(e.ctx, acme, m.ID))
	if len(seqs) != 50 || now.OpenDrops != 50 {
		return fmt.Errorf("50 drops have %d seqs, %d are open", len(seqs), now.OpenDrops)
	}
	return err
}
