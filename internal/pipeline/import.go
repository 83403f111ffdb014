package pipeline

import (
	"context"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Import writes the entities of one unit to the target.
//
// It dies after the target took a batch and before the checkpoint: a retry sends the batch again, and the target, which
// is an upsert for ids of this migration, answers already. Staged data is fixed while an import runs, so a retry sends
// the same. Entity rows are not touched; an entity that failed has an issue.
type Import struct {
	Store     Store
	Target    migrate.Target
	Catalog   *catalog.Catalog
	OutOfTime func() bool
}

// ImportInput and ImportOutput are the unit.
type (
	ImportInput  = UnitState
	ImportOutput = UnitState
)

// Run imports what is left of the unit, or as much as there is time for.
func (s *Import) Run(ctx context.Context, in ImportInput) (ImportOutput, error) {
	w, unit, err := openUnit(ctx, s.Store, s.Catalog, in, s.Target.Describe().BatchSize)
	if err != nil || unit.Progress.Done {
		in.Done = err == nil
		return in, err
	}
	i := &importing{step: s, walker: w, in: in, unit: unit}
	if i.missing, err = s.notImported(ctx, w, unit.Component); err != nil {
		return in, err
	}
	err = w.walk(ctx, &i.unit, func(batch []migrate.Entity) (bool, error) {
		findings, err := i.send(ctx, batch)
		if err != nil {
			return false, err
		}
		return !s.OutOfTime(), i.checkpoint(ctx, findings)
	})
	if err == nil && i.unit.Progress.Done {
		err = i.checkpoint(ctx, migrate.Findings{})
	}
	in.Done = err == nil && i.unit.Progress.Done
	return in, err
}

// importing is the work on one unit.
type importing struct {
	step    *Import
	walker  *walker
	in      ImportInput
	unit    migrate.Unit
	missing map[migrate.EntityKey]bool // see notImported
}

func (i *importing) checkpoint(ctx context.Context, f migrate.Findings) (err error) {
	i.unit, err = i.step.Store.Checkpoint(ctx, i.in.Tenant, i.in.Migration, i.in.Epoch, i.unit, f)
	return err
}

// send writes one batch, once the epoch has been looked at, and adds its outcomes to the unit's progress.
func (i *importing) send(ctx context.Context, batch []migrate.Entity) (found migrate.Findings, err error) {
	m, err := i.step.Store.GetMigration(ctx, i.in.Tenant, i.in.Migration)
	if err != nil {
		return found, err
	}
	if m.Epoch != i.in.Epoch {
		return found, migrate.WrongStateError(migrate.ProblemCancelled, "The migration is cancelled.", nil)
	}
	ready := i.walker.ready(&i.unit, batch, i.missing)
	if len(ready) == 0 {
		return found, nil
	}
	outcomes, err := i.step.Target.ImportBatch(ctx, i.in.Tenant, migrate.Batch{Migration: i.in.Migration, Job: i.in.Job,
		Component: i.unit.Component, Unit: i.unit.UnitKey, Buckets: m.Buckets, Entities: ready})
	if err != nil {
		return found, err
	}
	if len(outcomes) != len(ready) {
		return found, migrate.Errorf(migrate.Internal, "importing a batch", "%d outcomes for %d entities", len(outcomes), len(ready))
	}
	for n, o := range outcomes {
		if issue := record(&i.unit, ready[n], o); issue != nil {
			found.Issues = append(found.Issues, *issue)
		}
	}
	return found, nil
}

// ready gives the entities of the batch that can be sent: all of them, but for generated ones whose source is not in
// the target.
func (w *walker) ready(u *migrate.Unit, batch []migrate.Entity, missing map[migrate.EntityKey]bool) []migrate.Entity {
	if missing == nil {
		return batch
	}
	var ready []migrate.Entity
	for i, e := range batch {
		if missing[w.origins[i]] || missing[migrate.EntityKey{Component: w.origins[i].Component}] {
			u.Progress.Entities++
			u.Progress.Waiting++
			continue
		}
		ready = append(ready, e)
	}
	return ready
}

// record adds one outcome to the progress and gives the issue of an entity that is not in the target.
func record(u *migrate.Unit, e migrate.Entity, o migrate.ImportOutcome) *migrate.Issue {
	p := &u.Progress
	share := p.Share(e.First.Seq)
	p.Entities++
	share.Entities++
	switch o.Result {
	case migrate.ResultImported, migrate.ResultAlready:
		p.Imported++
		share.Imported++
		return nil
	case migrate.ResultInDoubt:
		p.InDoubt++
		share.InDoubt++
	default:
		p.Failed++
		share.Failed++
	}
	code := o.Code
	if code == "" {
		code = migrate.ImportFailed
	}
	return &migrate.Issue{Component: u.Component, Collection: e.Collection, ID: e.ID, Status: migrate.StagingTechnicalFailure,
		Source: e.Source, Faults: []migrate.Fault{{Code: code, Message: o.Cause}}}
}

// notImported gives, for a generated component, the entities that its sources' imports left out; a key without an id
// stands for a whole component whose import is not done. For other components it is nil.
func (s *Import) notImported(ctx context.Context, w *walker, name migrate.ComponentName) (map[migrate.EntityKey]bool, error) {
	component, ok := s.Catalog.Component(name)
	if !ok || !component.Generated {
		return nil, nil
	}
	missing := map[migrate.EntityKey]bool{}
	for _, source := range component.Sources() {
		c, takesPart := w.migration.Component(source)
		if !takesPart {
			continue
		}
		if err := s.leftOut(ctx, w.tenant, *c, missing); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

func (s *Import) leftOut(ctx context.Context, t migrate.TenantID, c migrate.Component, missing map[migrate.EntityKey]bool) error {
	units, err := s.Store.ListUnits(ctx, t, c.Import.Job)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u.Component == c.Name && !u.Progress.Done {
			missing[migrate.EntityKey{Component: c.Name}] = true
		}
	}
	return s.Store.WalkIssues(ctx, t, c.Import.Job, migrate.IssueCursor{}, func(i migrate.Issue) error {
		if i.Component == c.Name {
			missing[migrate.EntityKey{Component: c.Name, Collection: i.Collection, ID: i.ID}] = true
		}
		return nil
	})
}
