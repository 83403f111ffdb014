package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

var tenants = []Case{
	{"Tenants/OthersSeeNothing", othersSeeNothing},
	{"Tenants/OthersChangeNothing", othersChangeNothing},
	{"Tenants/SameIDs", sameIDs},
}

func othersSeeNothing(e *env) error {
	if err := e.world(); err != nil {
		return err
	}
	for _, c := range calls {
		if found, err := c.call(e.ctx, e.Store, acme); err != nil || !found {
			return fmt.Errorf("%s finds nothing of its own tenant: %v", c.name, err)
		}
		found, err := c.call(e.ctx, e.Store, other)
		if found || (err != nil && migrate.CodeOf(err) != migrate.NotFound) {
			return fmt.Errorf("%s as another tenant: found %v, %v; want nothing or NotFound", c.name, found, err)
		}
	}
	return nil
}

func othersChangeNothing(e *env) error {
	if err := e.world(); err != nil {
		return err
	}
	before, err := e.snapshot(acme)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.name == "CreateMigration" {
			continue // may succeed: it is the other tenant's own
		}
		if done, err := c.call(e.ctx, e.Store, other); done || (err != nil && migrate.CodeOf(err) != migrate.NotFound) {
			return fmt.Errorf("%s as another tenant: done %v, %v; want NotFound", c.name, done, err)
		}
		after, err := e.snapshot(acme)
		if err := first(err, e.same(c.name+" as another tenant: the world", after, before)); err != nil {
			return err
		}
	}
	return nil
}

// sameIDs gives two tenants the same ids for everything.
func sameIDs(e *env) error {
	if err := e.world(); err != nil {
		return err
	}
	before, err := e.snapshot(acme)
	if err != nil {
		return err
	}
	if err := e.CreateMigration(e.ctx, other, newMigration(1)); err != nil {
		return err
	}
	if _, created, err := e.CreateDrop(e.ctx, other, newDrop(migrationID(1), 1)); err != nil || !created {
		return fmt.Errorf("a drop id that another tenant has: created %v, %v", created, err)
	}
	for _, c := range changes {
		if !slices.Contains([]string{"CreateDrop", "BeginChunk", "AppendLog"}, c.name) {
			continue
		}
		if _, err := c.call(e.ctx, e.Store, other); err != nil {
			return fmt.Errorf("%s with ids that another tenant has: %w", c.name, err)
		}
	}
	tallies, err := e.ComponentTallies(e.ctx, other, migrationID(1))
	if err != nil || tallies[people].Staged() != 1 {
		return fmt.Errorf("the other tenant has %d entities (%v), want its own one", tallies[people].Staged(), err)
	}
	after, err := e.snapshot(acme)
	return first(err, e.same("the world", after, before))
}

var contexts = []Case{{"Contexts/CancelledHasNoEffect", cancelledHasNoEffect}}

func cancelledHasNoEffect(e *env) error {
	if err := e.world(); err != nil {
		return err
	}
	before, err := e.snapshot(acme)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	for _, c := range append(slices.Clone(calls), changes...) {
		if _, err := c.call(ctx, e.Store, acme); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s under a cancelled context gives %v, want the context's error", c.name, err)
		}
	}
	after, err := e.snapshot(acme)
	return first(err, e.same("the world", after, before))
}

var reopening = []Case{{"Reopening/KeepsEverything", keepsEverything}}

func keepsEverything(e *env) error {
	if err := e.world(); err != nil {
		return err
	}
	if err := e.PutExecution(e.ctx, migrate.Execution{Name: "n", Machine: "stage", State: "Plan", Input: []byte("{}")}); err != nil {
		return err
	}
	before, err := e.snapshot(acme)
	if err != nil {
		return err
	}
	for range 2 {
		if err := e.open(); err != nil {
			return err
		}
		after, err := e.snapshot(acme)
		if err := first(err, e.same("the reopened world", after, before)); err != nil {
			return err
		}
	}
	d := must(e.GetDrop(e.ctx, acme, dropID(1)))
	row, err := e.stage(refOf(newMigration(1), d, 600), 700, recordOf(1, 1, 600), recordOf(90, 1, 610))
	if err == nil && row.Tally.Outcomes != (migrate.Outcomes{New: 1, Replayed: 1}) {
		err = fmt.Errorf("staging after reopening: %+v, want one new and one replayed", row.Tally.Outcomes)
	}
	next, err2 := e.drop(newMigration(1), 40)
	if err2 == nil && next.Seq <= d.Seq {
		err2 = fmt.Errorf("the drop after reopening has seq %d", next.Seq)
	}
	return first(err, err2)
}
