package migrate

import (
	"strconv"
	"time"
)

// Books are the equations that show that nothing was lost, in every scope. Their JSON is that of CONTRACT 10.3.
type Books struct {
	Migration  MigrationID      `json:"migrationReferenceId"`
	AsOf       time.Time        `json:"asOf"`
	Balanced   bool             `json:"isBalanced"`
	Whole      BookScope        `json:"migration"`
	Components []ComponentBooks `json:"components"`
	Drops      []DropBooks      `json:"drops"`
	Checks     []BookCheck      `json:"checks"` // made from rows whenever a drop or job settles
	// Differences names each mismatch; at most MaxDifferences, then Truncated.
	Differences []Difference   `json:"differences"`
	Truncated   bool           `json:"differencesTruncated,omitempty"`
	Totals      []ControlTotal `json:"controlTotals"`
}

// MaxDifferences is how many differences the books name.
const MaxDifferences = 1000

// BookScope holds the equations of one scope.
type BookScope struct {
	Equations []Equation `json:"equations"`
}

// ComponentBooks are the books of a component.
type ComponentBooks struct {
	Component ComponentName `json:"component"`
	BookScope
}

// DropBooks are the books of a drop.
type DropBooks struct {
	Drop DropID `json:"dropId"`
	BookScope
}

// Equation is one line of the books: the terms on the left add up to those on the right.
type Equation struct {
	Name       string           `json:"name"`
	Left       map[string]int64 `json:"left"`
	Right      map[string]int64 `json:"right"`
	LeftTotal  int64            `json:"leftTotal"`
	RightTotal int64            `json:"rightTotal"`
	Balanced   bool             `json:"isBalanced"`
}

// NewEquation adds up both sides.
func NewEquation(name string, left, right map[string]int64) Equation {
	e := Equation{Name: name, Left: left, Right: right}
	for _, n := range left {
		e.LeftTotal += n
	}
	for _, n := range right {
		e.RightTotal += n
	}
	e.Balanced = e.LeftTotal == e.RightTotal
	return e
}

// BookCheck is a proof made from rows, not from counters.
type BookCheck struct {
	Name     string `json:"name"`
	Balanced bool   `json:"isBalanced"`
}

// Difference is one mismatch, by name.
type Difference struct {
	Scope     string        `json:"scope"` // migration, component, drop
	Name      string        `json:"name"`  // of the equation or check
	Drop      DropID        `json:"dropId,omitempty"`
	Component ComponentName `json:"component,omitempty"`
	ID        string        `json:"referenceId,omitempty"`
	Expected  string        `json:"expected"`
	Found     string        `json:"found"`
}

// Close names every equation that does not add up as a difference and decides whether the books balance.
func (b *Books) Close() {
	for _, e := range b.Whole.Equations {
		b.note(e, Difference{Scope: "migration"})
	}
	for _, c := range b.Components {
		for _, e := range c.Equations {
			b.note(e, Difference{Scope: "component", Component: c.Component})
		}
	}
	for _, d := range b.Drops {
		for _, e := range d.Equations {
			b.note(e, Difference{Scope: "drop", Drop: d.Drop})
		}
	}
	b.Balanced = len(b.Differences) == 0
	for _, c := range b.Checks {
		b.Balanced = b.Balanced && c.Balanced
	}
	if len(b.Differences) > MaxDifferences {
		b.Differences, b.Truncated = b.Differences[:MaxDifferences], true
	}
}

func (b *Books) note(e Equation, d Difference) {
	if e.Balanced {
		return
	}
	d.Name = e.Name
	d.Expected, d.Found = strconv.FormatInt(e.LeftTotal, 10), strconv.FormatInt(e.RightTotal, 10)
	b.Differences = append(b.Differences, d)
}
