// Package storetest is the suite that every store passes. Its cases are data: a name, and a function that returns an
// error, so that a wrong store can be shown to fail them. They speak only the contracts of package migrate.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

// Store is all that a store has to be.
type Store interface {
	migrate.Migrations
	migrate.Drops
	migrate.Staging
	migrate.Jobs
	migrate.Log
	migrate.Executions
}

// Harness makes stores of the kind under test.
type Harness struct {
	Traits Traits
	// New makes a place for a store, with nothing in it. Places know nothing of each other.
	New func() (Place, error)
}

// Place keeps one store.
type Place interface {
	// Open opens the store; what the store before it had acknowledged is there. The one before is closed.
	Open() (Store, error)
	Close() error
}

// Traits says in what stores may differ.
type Traits struct {
	TimePrecision time.Duration // of stored times; 0 keeps them exactly
	// Atomic says that a part becomes visible by its commit only, so that outcomes follow from the order of commits. A
	// store that writes entities before that still has to give the same credits and the same winners.
	Atomic bool
}

// Case is one rule and its test.
type Case struct {
	Name string
	run  func(*env) error
}

// Cases lists the suite. Names begin with the concern.
func Cases() []Case {
	var all []Case
	for _, concern := range [][]Case{
		migrations, drops, staging, credits, ledger, walks, jobs, findings, logs, executions, tenants, contexts, reopening,
	} {
		all = append(all, concern...)
	}
	return all
}

// Check runs the case on a new store and says what is wrong with it.
func (c Case) Check(h Harness) error { return h.with(c.run) }

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if err := c.Check(h); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("Credits/AnyHistory", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(r *rapid.T) {
			steps := histories.Draw(r, "steps")
			if err := h.with(func(e *env) error { return e.checkHistory(steps) }); err != nil {
				r.Fatal(err)
			}
		})
	})
}

func (h Harness) with(run func(*env) error) error {
	place, err := h.New()
	if err != nil {
		return fmt.Errorf("making a place: %w", err)
	}
	defer place.Close()
	e := &env{place: place, traits: h.Traits, ctx: context.Background()}
	if err := e.open(); err != nil {
		return err
	}
	return run(e)
}
