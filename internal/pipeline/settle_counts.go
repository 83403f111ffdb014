package pipeline

import (
	"fmt"

	"landfall/internal/migrate"
)

// Names of the checks that are made from rows (CONTRACT 10.3).
const (
	CheckTiles   = "chunksTileDrops"
	CheckRecount = "entitiesRecounted"
	CheckContent = "contentHash"
	CheckTotals  = "controlTotals"
)

// decideCounts adds the units' tables up and proves, from the rows that the units walked, what the ledger says.
func (s *Settle) decideCounts(st *settlement) error {
	whole, err := readTables(nil)
	if err != nil {
		return err
	}
	for _, u := range st.units {
		part, err := readTables(u.Progress.Tables)
		if err != nil {
			return err
		}
		if err := whole.merge(part); err != nil {
			return err
		}
		st.job.Result.Differences = append(st.job.Result.Differences, u.Progress.Differences...)
	}
	unfinished := false
	for _, name := range st.job.Components {
		sum := st.sums[name]
		if st.undone[name] {
			unfinished = true
			st.blame(name, migrate.RunFailed, "not every part of the component was counted")
		}
		s.tellEnd(st, name, "%d entities staged, %d in the target", sum.Entities, sum.Live)
	}
	if unfinished {
		st.job.State = migrate.JobTechnicalFailure
		return nil
	}
	st.job.Result.Counts = s.Catalog.CountTables(st.job.Components, whole.Staged, whole.Imported)
	st.job.Result.Totals = s.Catalog.ControlTotals(st.job.Components, whole.Staged, whole.Imported)
	s.check(st)
	return nil
}

// check compares the walked rows with the ledger, and the target with the walked rows.
func (s *Settle) check(st *settlement) {
	r := &st.job.Result
	before := len(r.Differences)
	differ := func(c migrate.ComponentName, check, expected, found string) {
		r.Differences = append(r.Differences, migrate.Difference{Scope: "component", Name: check, Component: c,
			Expected: expected, Found: found})
	}
	recount, content := true, before == 0
	for _, name := range st.job.Components {
		sum, tally := st.sums[name], st.tallies[name]
		generated := false
		if c, ok := s.Catalog.Component(name); ok {
			generated = c.Generated
		}
		if !generated && sum.Entities != tally.Staged() {
			recount = false
			differ(name, CheckRecount, fmt.Sprint(tally.Staged()), fmt.Sprint(sum.Entities))
		}
		if !generated && sum.FirstSum != tally.HashSum {
			content = false
			differ(name, CheckContent, "the sum of the ledger", "another sum over the staged entities")
		}
		if sum.Live != sum.Entities || sum.LiveSum != sum.StagedSum {
			content = false
			differ(name, CheckContent, fmt.Sprintf("%d staged", sum.Entities), fmt.Sprintf("%d in the target, or other contents", sum.Live))
		}
	}
	totals := true
	for _, t := range r.Totals {
		if t.Staged != t.Imported {
			totals = false
			differ(t.Component, CheckTotals, t.Staged, t.Imported)
		}
	}
	r.Differences = r.Differences[:min(len(r.Differences), migrate.MaxDifferences)]
	r.Checks = []migrate.BookCheck{{Name: CheckRecount, Balanced: recount}, {Name: CheckContent, Balanced: content},
		{Name: CheckTotals, Balanced: totals}}
}
