package migrate_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

func equation(left, right int64) migrate.Equation {
	return migrate.NewEquation("intake", map[string]int64{"lines": left}, map[string]int64{"staged": right - 1, "rejected": 1})
}

func TestNewEquation(t *testing.T) {
	t.Parallel()
	e := migrate.NewEquation("x", map[string]int64{"a": 3, "b": 4}, map[string]int64{"c": 7})
	if e.LeftTotal != 7 || e.RightTotal != 7 || !e.Balanced {
		t.Errorf("%+v", e)
	}
	if equation(7, 8).Balanced {
		t.Error("7 = 8 balances")
	}
}

func TestBooks_Close(t *testing.T) {
	t.Parallel()
	good, bad := migrate.BookScope{Equations: []migrate.Equation{equation(7, 7)}}, migrate.BookScope{Equations: []migrate.Equation{equation(7, 7), equation(7, 8)}}
	for _, c := range []struct {
		name     string
		books    migrate.Books
		balanced bool
		found    []migrate.Difference
	}{
		{"nothing", migrate.Books{}, true, nil},
		{"all well", migrate.Books{Whole: good, Components: []migrate.ComponentBooks{{"A", good}}, Drops: []migrate.DropBooks{{"d", good}}}, true, nil},
		{"the migration", migrate.Books{Whole: bad}, false, []migrate.Difference{{Scope: "migration", Name: "intake", Expected: "7", Found: "8"}}},
		{"a component", migrate.Books{Whole: good, Components: []migrate.ComponentBooks{{"A", good}, {"B", bad}}}, false,
			[]migrate.Difference{{Scope: "component", Name: "intake", Component: "B", Expected: "7", Found: "8"}}},
		{"a drop", migrate.Books{Drops: []migrate.DropBooks{{"d", bad}}}, false,
			[]migrate.Difference{{Scope: "drop", Name: "intake", Drop: "d", Expected: "7", Found: "8"}}},
		{"a check alone", migrate.Books{Checks: []migrate.BookCheck{{"a", true}, {"b", false}}}, false, nil},
		{"a difference named before", migrate.Books{Differences: []migrate.Difference{{Name: "contentHash"}}}, false, []migrate.Difference{{Name: "contentHash"}}},
	} {
		c.books.Close()
		if diff := cmp.Diff(c.found, c.books.Differences); diff != "" || c.books.Balanced != c.balanced || c.books.Truncated {
			t.Errorf("%s: balanced %v, differences (-want +got):\n%s", c.name, c.books.Balanced, diff)
		}
	}
	var many migrate.Books
	for i := range migrate.MaxDifferences + 1 {
		many.Drops = append(many.Drops, migrate.DropBooks{Drop: migrate.DropID(fmt.Sprint(i)), BookScope: bad})
	}
	many.Close()
	if len(many.Differences) != migrate.MaxDifferences || !many.Truncated || many.Balanced {
		t.Errorf("%d differences, truncated %v", len(many.Differences), many.Truncated)
	}
}

// drawTally draws one with every number different from zero now and then.
func drawTally(t *rapid.T) migrate.Tally {
	n := func() int64 { return rapid.Int64Range(0, 9).Draw(t, "n") }
	return migrate.Tally{Lines: n(), BlankLines: n(), Newlines: n(), Rejected: n(), Bytes: n(), Deleted: n(), Revision: n(),
		Outcomes: migrate.Outcomes{New: n(), Replaced: n(), Superseded: n(), Replayed: n()}, HashSum: drawSum(t, "sum")}
}

func TestTally_Plus(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawTally(t), drawTally(t), drawTally(t)
		if a.Plus(b) != b.Plus(a) || a.Plus(b).Plus(c) != a.Plus(b.Plus(c)) || a.Plus(migrate.Tally{}) != a {
			t.Fatal("tallies of parts do not add up to that of the whole")
		}
		if sum := a.Plus(b); sum.Staged() != a.Staged()+b.Staged() || sum.Outcomes.Accepted() != a.Outcomes.Accepted()+b.Outcomes.Accepted() ||
			sum.Outcomes.Accepted() != sum.Outcomes.New+sum.Outcomes.Duplicates() || sum.Bytes != a.Bytes+b.Bytes || sum.Revision != a.Revision+b.Revision ||
			sum.Lines != a.Lines+b.Lines || sum.BlankLines != a.BlankLines+b.BlankLines || sum.Newlines != a.Newlines+b.Newlines ||
			sum.Rejected != a.Rejected+b.Rejected || sum.Deleted != a.Deleted+b.Deleted {
			t.Fatalf("%+v plus %+v is %+v", a, b, sum)
		}
	})
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	var o migrate.Outcomes
	for i, outcome := range []migrate.Outcome{migrate.New, migrate.Replaced, migrate.Superseded, migrate.Replayed} {
		for range i + 1 {
			o.Count(outcome)
		}
		text, err := outcome.MarshalText()
		var back migrate.Outcome
		if err != nil || back.UnmarshalText(text) != nil || back != outcome {
			t.Errorf("%s is read as %s (%v)", text, back, err)
		}
	}
	if want := (migrate.Outcomes{New: 1, Replaced: 2, Superseded: 3, Replayed: 4}); o != want || o.Accepted() != 10 || o.Duplicates() != 9 {
		t.Errorf("outcomes %+v, want %+v", o, want)
	}
	if err := new(migrate.Outcome).UnmarshalText([]byte("lost")); migrate.CodeOf(err) != migrate.Invalid {
		t.Errorf("lost is an outcome: %v", err)
	}
}

// TestProgress_Share adds shares in any order and finds each under its drop, in order.
func TestProgress_Share(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p, other migrate.Progress
		want := map[uint32]int64{}
		for _, seq := range rapid.SliceOf(rapid.Uint32Range(0, 12)).Draw(t, "drops") {
			target := &p
			if rapid.Bool().Draw(t, "other") {
				target = &other
			}
			share := target.Share(seq)
			share.Entities, share.Imported, share.Failed, share.InDoubt = share.Entities+1, share.Imported+1, share.Failed+1, share.InDoubt+1
			want[seq]++
		}
		p.Add(other)
		got := map[uint32]int64{}
		for i, s := range p.Drops {
			if i > 0 && p.Drops[i-1].Seq >= s.Seq {
				t.Fatalf("shares are out of order: %+v", p.Drops)
			}
			if s.Imported != s.Entities || s.Failed != s.Entities || s.InDoubt != s.Entities {
				t.Fatalf("share %+v", s)
			}
			got[s.Seq] = s.Entities
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("shares (-want +got):\n%s", diff)
		}
	})
}

func TestSortFaults(t *testing.T) {
	t.Parallel()
	var many []migrate.Fault
	for i := range 300 {
		many = append(many, migrate.Fault{Field: fmt.Sprintf("f%03d", 299-i/2), Code: "C", Message: fmt.Sprint(i)})
	}
	got := migrate.SortFaults(many)
	if len(got) != migrate.MaxFaults || got[0].Field != "f150" || got[99].Field != "f249" {
		t.Errorf("%d faults from %+v to %+v, want 100 in order, each once", len(got), got[0], got[len(got)-1])
	}
	two := migrate.SortFaults([]migrate.Fault{{Field: "b", Code: "A"}, {Field: "a", Code: "B"}, {Field: "a", Code: "A", Message: "first"}, {Field: "a", Code: "A", Message: "second"}})
	if diff := cmp.Diff([]migrate.Fault{{"a", "A", "first"}, {"a", "B", ""}, {"b", "A", ""}}, two); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}
