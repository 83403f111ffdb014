// Package targettest is the conformance suite of targets: what [migrate.Target] promises, as cases that any driver
// passes unchanged. Cases are data and return errors, so that a broken driver can be shown to fail.
package targettest

import (
	"context"
	"slices"
	"testing"

	"landfall/internal/migrate"
)

// System is live data with a target over it. Each case begins with an empty one.
type System interface {
	Target() migrate.Target

	// Reopen makes a new target over the same live data, as a process does that is started again.
	Reopen() error
}

// Crasher is a System that shows each state a kill can leave.
type Crasher interface {
	System

	// Mark says that what happens to the live data from now on is the import that is killed.
	Mark() error

	// Crash puts the live data into the n-th of the states that a kill between Mark and the first Crash could have left,
	// and reopens the target. It is false when there are no more.
	Crash(n int) (bool, error)
}

// Traits say what a target cannot do.
type Traits struct {
	NoCrashes    bool // the system is no Crasher
	NoMigrations bool // an id has one owner, so two migrations cannot write the same one
	NoWriters    bool // LookUp does not know who wrote an entity
	MaxBody      int  // bytes of a body at most; 0: no limit below 1 MiB
}

// Case is one promise. Run says how it is broken.
type Case struct {
	Name  string
	Needs func(Traits) bool // nil: every target has to pass
	Run   func(ctx context.Context, s System, traits Traits) error
}

// Cases gives the whole suite.
func Cases() []Case {
	return slices.Concat(importCases, walkCases, lookUpCases, tenantCases, crashCases)
}

// Run runs the cases that the traits do not rule out; open gives an empty system each time.
func Run(t *testing.T, traits Traits, open func(t *testing.T) System) {
	for _, c := range Cases() {
		if c.Needs != nil && !c.Needs(traits) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if err := c.Run(t.Context(), open(t), traits); err != nil {
				t.Error(err)
			}
		})
	}
}
