package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Count counts one unit twice: what is staged, and what the target gives back. It adds up the catalog's groups and the
// hashes of the contents on both sides, and where they differ it names the entities.
//
// It changes nothing but its progress. It dies anywhere: a retry goes on from the last checkpoint with absolute sums.
type Count struct {
	Store     Store
	Target    migrate.Target
	Catalog   *catalog.Catalog
	OutOfTime func() bool
}

// CountInput and CountOutput are the unit.
type (
	CountInput  = UnitState
	CountOutput = UnitState
)

// countBatch is how many entities are counted between two looks at the clock.
const countBatch = 1000

// Run counts what is left of the unit's staged side, or as much as there is time for, then its live side at once.
func (s *Count) Run(ctx context.Context, in CountInput) (CountOutput, error) {
	w, unit, err := openUnit(ctx, s.Store, s.Catalog, in, countBatch)
	if err != nil || unit.Progress.Done {
		in.Done = err == nil
		return in, err
	}
	sides, err := openSides(s.Catalog, unit.Progress.Tables)
	if err != nil {
		return in, err
	}
	checkpoint := func() error {
		var err error
		if unit.Progress.Tables, err = sides.encode(); err != nil {
			return err
		}
		unit, err = s.Store.Checkpoint(ctx, in.Tenant, in.Migration, in.Epoch, unit, migrate.Findings{})
		return err
	}
	err = w.walk(ctx, &unit, func(batch []migrate.Entity) (bool, error) {
		for _, e := range batch {
			if err := sides.countStaged(&unit, e); err != nil {
				return false, err
			}
		}
		if !s.OutOfTime() {
			return true, nil
		}
		return false, checkpoint()
	})
	if err != nil || !unit.Progress.Done {
		return in, err
	}
	if err := s.countLive(ctx, w, &unit, sides); err != nil {
		return in, err
	}
	if err := s.compare(ctx, w, &unit); err != nil {
		return in, err
	}
	in.Done = true
	return in, checkpoint()
}

// tables are the catalog's groups, counted on both sides. They are kept in a unit's progress as JSON.
type tables struct {
	Staged   *catalog.Tally `json:"staged"`
	Imported *catalog.Tally `json:"imported"`
}

func readTables(encoded []byte) (tables, error) {
	t := tables{&catalog.Tally{}, &catalog.Tally{}}
	if len(encoded) == 0 {
		return t, nil
	}
	return t, migrate.Wrap(migrate.Internal, "reading counts", json.Unmarshal(encoded, &t))
}

// merge adds the groups of another part.
func (t tables) merge(o tables) error {
	if err := t.Staged.Merge(o.Staged); err != nil {
		return err
	}
	return t.Imported.Merge(o.Imported)
}

// sides counts on top of what was counted before.
type sides struct {
	before           tables
	staged, imported *catalog.Tallier
}

func openSides(c *catalog.Catalog, encoded []byte) (*sides, error) {
	before, err := readTables(encoded)
	return &sides{before, c.NewTallier(), c.NewTallier()}, err
}

func (s *sides) encode() ([]byte, error) {
	sum := tables{&catalog.Tally{}, &catalog.Tally{}}
	for _, part := range []tables{s.before, {s.staged.Tally(), s.imported.Tally()}} {
		if err := sum.merge(part); err != nil {
			return nil, err
		}
	}
	return json.Marshal(sum)
}

func (s *sides) countStaged(u *migrate.Unit, e migrate.Entity) error {
	p := &u.Progress
	p.Entities++
	p.StagedSum = p.StagedSum.Add(e.Hash)
	p.FirstSum = p.FirstSum.Add(e.FirstHash)
	p.Share(e.First.Seq).Entities++
	return s.staged.Add(u.Component, e.Collection, e.Body)
}

func (s *sides) countLive(u *migrate.Unit, e migrate.LiveEntity) error {
	u.Progress.Live++
	u.Progress.LiveSum = u.Progress.LiveSum.Add(migrate.HashContent(e.Body))
	return s.imported.Add(u.Component, e.Collection, e.Body)
}

func (s *Count) liveQuery(w *walker, u *migrate.Unit) migrate.LiveQuery {
	return migrate.LiveQuery{Migration: w.migration.ID, Component: u.Component, Collections: u.Collections,
		Buckets: w.migration.Buckets, FirstBucket: u.FirstBucket, LastBucket: u.LastBucket}
}

func (s *Count) countLive(ctx context.Context, w *walker, u *migrate.Unit, sides *sides) error {
	return s.Target.WalkLive(ctx, w.tenant, s.liveQuery(w, u), func(e migrate.LiveEntity) error {
		return sides.countLive(u, e)
	})
}

// compare names the entities whose two sides differ. Equal numbers and equal sums of hashes need no second look. A
// generated component is compared as a whole, by settle: what is generated from a unit lies in other buckets.
func (s *Count) compare(ctx context.Context, w *walker, u *migrate.Unit) error {
	p := &u.Progress
	if component, ok := s.Catalog.Component(u.Component); !ok || component.Generated {
		return nil
	}
	if p.Entities == p.Live && p.StagedSum == p.LiveSum {
		return nil
	}
	staged := map[migrate.EntityKey]migrate.ContentHash{}
	again := migrate.Unit{UnitKey: u.UnitKey, LastBucket: u.LastBucket, Collections: u.Collections}
	err := w.walk(ctx, &again, func(batch []migrate.Entity) (bool, error) {
		for _, e := range batch {
			staged[migrate.EntityKey{Collection: e.Collection, ID: e.ID}] = e.Hash
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	differ := func(id migrate.ReferenceID, expected, found string) {
		if len(p.Differences) < migrate.MaxDifferences {
			p.Differences = append(p.Differences, migrate.Difference{Scope: "component", Name: "contentHash",
				Component: u.Component, ID: id.String(), Expected: expected, Found: found})
		}
	}
	err = s.Target.WalkLive(ctx, w.tenant, s.liveQuery(w, u), func(e migrate.LiveEntity) error {
		key := migrate.EntityKey{Collection: e.Collection, ID: e.ID}
		hash := migrate.HashContent(e.Body)
		switch want, ok := staged[key]; {
		case !ok:
			differ(e.ID, "once in staging", "not staged, or twice in the target")
		case want != hash:
			differ(e.ID, want.String(), hash.String())
		}
		delete(staged, key)
		return nil
	})
	for _, key := range slices.SortedFunc(maps.Keys(staged), compareKeys) {
		differ(key.ID, staged[key].String(), "not in the target")
	}
	return err
}

// compareKeys orders the entities of one component.
func compareKeys(a, b migrate.EntityKey) int {
	return cmp.Or(cmp.Compare(a.Collection, b.Collection), bytes.Compare(a.ID[:], b.ID[:]))
}
