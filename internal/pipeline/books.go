package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Bookkeeper adds up the books of a migration.
type Bookkeeper struct {
	Store   Store
	Catalog *catalog.Catalog
	Now     func() time.Time
}

// dropPage is how many drops are read at once.
const dropPage = 500

// Books gives the equations of every scope as they stand, with the checks of the latest counts job. They hold at every
// moment: during loads, imports and after a crash.
func (b *Bookkeeper) Books(ctx context.Context, t migrate.TenantID, m migrate.Migration) (migrate.Books, error) {
	books := migrate.Books{Migration: m.ID, AsOf: b.Now(), Components: []migrate.ComponentBooks{},
		Drops: []migrate.DropBooks{}, Differences: []migrate.Difference{}, Totals: []migrate.ControlTotal{}}
	tallies, err := talliesOf(ctx, b.Store, b.Catalog, t, m)
	if err != nil {
		return books, err
	}
	imports, err := importNumbers(ctx, b.Store, t, m)
	if err != nil {
		return books, err
	}
	var whole account
	for _, c := range m.Components {
		a := b.componentAccount(c, tallies[c.Name], imports[c.Name])
		whole = whole.plus(a)
		books.Components = append(books.Components, migrate.ComponentBooks{Component: c.Name, BookScope: a.scope()})
	}
	books.Whole = whole.scope()
	if err := b.addDrops(ctx, t, m, &books, tallies, imports); err != nil {
		return books, err
	}
	if err := b.addChecks(ctx, t, m, &books); err != nil {
		return books, err
	}
	books.Close()
	return books, nil
}

// account is one scope's numbers.
type account struct {
	lines, generated, rejected, duplicates, staged       int64
	imported, failed, inDoubt, pending, deleted, missing int64
}

func (a account) plus(o account) account {
	return account{
		a.lines + o.lines, a.generated + o.generated, a.rejected + o.rejected, a.duplicates + o.duplicates, a.staged + o.staged,
		a.imported + o.imported, a.failed + o.failed, a.inDoubt + o.inDoubt, a.pending + o.pending, a.deleted + o.deleted,
		a.missing + o.missing,
	}
}

func (a account) scope() migrate.BookScope {
	return migrate.BookScope{Equations: []migrate.Equation{
		migrate.NewEquation("intake", map[string]int64{"lines": a.lines, "generated": a.generated},
			map[string]int64{"rejected": a.rejected, "duplicates": a.duplicates, "staged": a.staged}),
		migrate.NewEquation("outcome", map[string]int64{"staged": a.staged}, map[string]int64{"imported": a.imported,
			"failed": a.failed, "inDoubt": a.inDoubt, "pending": a.pending, "deleted": a.deleted}),
	}}
}

// intake fills in what the ledger says.
func intake(tally migrate.Tally) account {
	return account{lines: tally.Lines, rejected: tally.Rejected, duplicates: tally.Outcomes.Duplicates(),
		staged: tally.Outcomes.New, deleted: tally.Deleted}
}

// componentAccount adds the import's numbers. Once an import has gone through everything that is staged now, what is
// pending is what it saw waiting, so that an entity which it missed leaves the books open; before, it is the rest.
func (b *Bookkeeper) componentAccount(c migrate.Component, tally migrate.Tally, p migrate.Progress) account {
	a := intake(tally)
	if component, ok := b.Catalog.Component(c.Name); ok && component.Generated {
		a.generated, a.staged = p.Entities, p.Entities
	}
	a.imported, a.failed, a.inDoubt = p.Imported, p.Failed, p.InDoubt
	ended := c.Import.Status == migrate.ImportCompleted && c.Import.Revision == tally.Revision
	if ended {
		a.pending = p.Waiting
	} else {
		a.pending = max(a.staged-a.imported-a.failed-a.inDoubt-a.deleted, 0)
	}
	return a
}

func (b *Bookkeeper) addDrops(ctx context.Context, t migrate.TenantID, m migrate.Migration, books *migrate.Books,
	tallies map[migrate.ComponentName]migrate.Tally, imports map[migrate.ComponentName]migrate.Progress) error {
	tiled := true
	sums := map[migrate.ComponentName]migrate.Tally{}
	err := b.eachDrop(ctx, t, m.ID, func(d migrate.Drop) error {
		tally, err := b.Store.DropTally(ctx, t, m.ID, d.ID)
		if err != nil {
			return err
		}
		sums[d.Component] = sums[d.Component].Plus(tally)
		books.Drops = append(books.Drops, migrate.DropBooks{Drop: d.ID, BookScope: b.dropAccount(m, d, tally, tallies, imports).scope()})
		if d.State == migrate.DropFailed {
			tiled = false
			books.Differences = append(books.Differences, migrate.Difference{Scope: "drop", Name: CheckTiles, Drop: d.ID,
				Component: d.Component, Expected: "every byte in one ledger row", Found: d.Problem.Detail})
		}
		return nil
	})
	if err != nil {
		return err
	}
	later, err := b.Store.ComponentTallies(ctx, t, m.ID)
	for _, name := range m.ComponentNames() {
		if sum := sums[name]; !within(tallies[name], sum, later[name]) {
			tiled = false
			books.Differences = append(books.Differences, migrate.Difference{Scope: "component", Name: CheckTiles, Component: name,
				Expected: fmt.Sprintf("%d lines", tallies[name].Lines), Found: fmt.Sprintf("%d lines over its drops", sum.Lines)})
		}
	}
	books.Checks = append(books.Checks, migrate.BookCheck{Name: CheckTiles, Balanced: tiled})
	return err
}

// within reports whether a sum over drops lies between what the component amounted to before and after they were
// summed. Tallies only grow, so while nothing is staged it has to be equal, and a load under way does not show as a
// difference.
func within(before, sum, after migrate.Tally) bool {
	between := func(a, b, c int64) bool { return a <= b && b <= c }
	return between(before.Lines, sum.Lines, after.Lines) && between(before.Rejected, sum.Rejected, after.Rejected) &&
		between(before.Outcomes.New, sum.Outcomes.New, after.Outcomes.New) &&
		between(before.Outcomes.Duplicates(), sum.Outcomes.Duplicates(), after.Outcomes.Duplicates())
}

// eachDrop calls f with every drop of a migration, by Seq.
func (b *Bookkeeper) eachDrop(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, f func(migrate.Drop) error) error {
	after := uint32(0)
	for {
		page, err := b.Store.ListDrops(ctx, t, m, after, dropPage)
		if err != nil {
			return err
		}
		for _, d := range page {
			if err := f(d); err != nil {
				return err
			}
			after = d.Seq
		}
		if len(page) < dropPage {
			return nil
		}
	}
}

// dropAccount shares the import's numbers out to the drops that created the entities.
func (b *Bookkeeper) dropAccount(m migrate.Migration, d migrate.Drop, tally migrate.Tally,
	tallies map[migrate.ComponentName]migrate.Tally, imports map[migrate.ComponentName]migrate.Progress) account {
	a := intake(tally)
	share := shareOf(imports[d.Component].Drops, d.Seq)
	a.imported, a.failed, a.inDoubt = share.Imported, share.Failed, share.InDoubt
	c, ok := m.Component(d.Component)
	if ok && c.Import.Status == migrate.ImportCompleted && c.Import.Revision == tallies[d.Component].Revision {
		return a
	}
	a.pending = max(a.staged-a.imported-a.failed-a.inDoubt-a.deleted, 0)
	return a
}

// shareOf gives a drop's share, which is zero for one that created nothing. It leaves the list, which scopes share, alone.
func shareOf(shares []migrate.DropShare, seq uint32) migrate.DropShare {
	i, found := slices.BinarySearchFunc(shares, seq, func(s migrate.DropShare, seq uint32) int { return cmp.Compare(s.Seq, seq) })
	if !found {
		return migrate.DropShare{}
	}
	return shares[i]
}

// addChecks takes over what the latest finished counts job proved from rows.
func (b *Bookkeeper) addChecks(ctx context.Context, t migrate.TenantID, m migrate.Migration, books *migrate.Books) error {
	for offset := 0; ; {
		jobs, total, err := b.Store.ListJobs(ctx, t, m.ID, offset, 100)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if j.Type == migrate.Counts && j.State == migrate.JobCompleted {
				books.Checks = append(books.Checks, j.Result.Checks...)
				books.Differences = append(books.Differences, j.Result.Differences...)
				books.Totals = append(books.Totals, j.Result.Totals...)
				return nil
			}
		}
		if offset += len(jobs); len(jobs) == 0 || offset >= total {
			return nil
		}
	}
}
