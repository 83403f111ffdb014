package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Validate checks the staged entities of one unit: the catalog's rules, references to staged or live entities, and
// that live data does not hold the id already. Values that must be unique are claimed; Settle finds the repeated ones.
//
// It changes no record. It dies anywhere: findings are keyed by entity and job, so a retry from the last checkpoint
// writes the same rows again.
type Validate struct {
	Store     Store
	Target    migrate.Target
	Catalog   *catalog.Catalog
	OutOfTime func() bool
}

// ValidateInput and ValidateOutput are the unit.
type (
	ValidateInput  = UnitState
	ValidateOutput = UnitState
)

// validateBatch is how many entities are checked between two looks at the clock, and how many entities' references are
// looked up together, in key order: the more, the fewer blocks of the index are read twice. With 500 a million
// counterparties took four times as long.
const validateBatch = 10_000

// Run checks what is left of the unit, or as much as there is time for.
func (s *Validate) Run(ctx context.Context, in ValidateInput) (ValidateOutput, error) {
	w, unit, err := openUnit(ctx, s.Store, s.Catalog, in, validateBatch)
	if err != nil || unit.Progress.Done {
		in.Done = err == nil
		return in, err
	}
	job, err := s.Store.GetJob(ctx, in.Tenant, in.Job)
	if err != nil {
		return in, err
	}
	v := &validation{step: s, walker: w, today: job.StartedAt, inspectors: map[migrate.CollectionName]*catalog.Inspector{}}
	err = w.walk(ctx, &unit, func(batch []migrate.Entity) (bool, error) {
		if err := v.check(ctx, &unit, batch); err != nil {
			return false, err
		}
		return !s.OutOfTime(), v.checkpoint(ctx, in, &unit)
	})
	if err == nil && unit.Progress.Done {
		err = v.checkpoint(ctx, in, &unit)
	}
	in.Done = unit.Progress.Done
	return in, err
}

// openUnit reads the unit and its migration, for walking it.
func openUnit(ctx context.Context, store Store, c *catalog.Catalog, in UnitState, batch int) (*walker, migrate.Unit, error) {
	unit, err := store.GetUnit(ctx, in.Tenant, in.Job, in.UnitKey)
	if err != nil {
		return nil, unit, err
	}
	m, err := store.GetMigration(ctx, in.Tenant, in.Migration)
	if err != nil {
		return nil, unit, err
	}
	if m.Epoch != in.Epoch {
		return nil, unit, migrate.WrongStateError(migrate.ProblemCancelled, "The migration is cancelled.", nil)
	}
	return &walker{store: store, catalog: c, tenant: in.Tenant, migration: m, batchSize: batch}, unit, nil
}

// validation is the work on one unit.
type validation struct {
	step       *Validate
	walker     *walker
	today      time.Time
	inspectors map[migrate.CollectionName]*catalog.Inspector
	findings   migrate.Findings
	suspects   []suspect
	mentions   []mention
}

// suspect is an entity of the batch with its faults so far.
type suspect struct {
	entity *migrate.Entity
	faults []migrate.Fault
}

// mention is one place where an entity of the batch refers to another.
type mention struct {
	key     migrate.EntityKey
	bucket  int
	entity  int // index of the suspect
	field   string
	message string
}

// compare orders mentions as the store orders entities.
func (m mention) compare(o mention) int {
	return cmp.Or(cmp.Compare(m.key.Component, o.key.Component), cmp.Compare(m.bucket, o.bucket),
		cmp.Compare(m.key.Collection, o.key.Collection), bytes.Compare(m.key.ID[:], o.key.ID[:]))
}

func (v *validation) check(ctx context.Context, u *migrate.Unit, batch []migrate.Entity) error {
	v.suspects, v.mentions = v.suspects[:0], v.mentions[:0]
	for i := range batch {
		if err := v.inspect(u.Component, i, &batch[i]); err != nil {
			return err
		}
	}
	if err := v.lookUpReferences(ctx); err != nil {
		return err
	}
	if err := v.lookUpLive(ctx, u.Component); err != nil {
		return err
	}
	for _, s := range v.suspects {
		u.Progress.Entities++
		if len(s.faults) == 0 {
			continue
		}
		faults := migrate.SortFaults(s.faults)
		u.Progress.Faulty++
		u.Progress.Faults += int64(len(faults))
		v.findings.Issues = append(v.findings.Issues, migrate.Issue{
			Component: u.Component, Collection: s.entity.Collection, ID: s.entity.ID,
			Status: migrate.StagingValidationFailure, Source: s.entity.Source, Faults: faults,
		})
	}
	return nil
}

// inspect applies the rules that concern the entity alone and notes what it refers to and claims.
func (v *validation) inspect(component migrate.ComponentName, i int, e *migrate.Entity) error {
	inspector, err := v.inspector(component, e.Collection)
	if err != nil {
		return err
	}
	found, err := inspector.Inspect(e.Body, v.today)
	if err != nil {
		return migrate.Wrap(migrate.Internal, "inspecting a staged entity", err)
	}
	v.suspects = append(v.suspects, suspect{e, append([]migrate.Fault(nil), found.Faults...)})
	for _, r := range found.Mentions {
		key := migrate.EntityKey{Component: r.To.Component, Collection: r.To.Collection, ID: r.ID}
		v.mentions = append(v.mentions, mention{key, migrate.BucketOf(r.ID, v.walker.migration.Buckets), i, r.Field, r.Message})
	}
	for _, c := range found.Claims {
		v.findings.Claims = append(v.findings.Claims, migrate.Claim{
			Rule: c.Rule, Key: c.Key, Component: component, Collection: e.Collection, ID: e.ID,
			Field: c.Field, Message: c.Message, Source: e.Source,
		})
	}
	return nil
}

func (v *validation) inspector(component migrate.ComponentName, name migrate.CollectionName) (*catalog.Inspector, error) {
	if i, ok := v.inspectors[name]; ok {
		return i, nil
	}
	collection, ok := v.step.Catalog.Collection(component, name)
	if !ok {
		return nil, migrate.Errorf(migrate.Invalid, "validating a unit", "the catalog has no collection %s/%s", component, name)
	}
	v.inspectors[name] = collection.NewInspector()
	return v.inspectors[name], nil
}

// lookUpReferences finds which of the entities referred to are neither staged nor live. A component outside the
// migration counts with live data only: nothing of it is staged.
func (v *validation) lookUpReferences(ctx context.Context) error {
	slices.SortFunc(v.mentions, mention.compare)
	var keys, absent []migrate.EntityKey
	for _, m := range v.mentions {
		if len(keys) == 0 || keys[len(keys)-1] != m.key {
			keys = append(keys, m.key)
		}
	}
	err := inPages(keys, func(page []migrate.EntityKey) error {
		has, err := v.step.Store.HasEntities(ctx, v.walker.tenant, v.walker.migration.ID, page)
		for i := range has {
			if !has[i] {
				absent = append(absent, page[i])
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	missing := map[migrate.EntityKey]bool{}
	err = inPages(absent, func(page []migrate.EntityKey) error {
		live, err := v.step.Target.LookUp(ctx, v.walker.tenant, page)
		for i := range live {
			missing[page[i]] = !live[i].Found
		}
		return err
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	for _, m := range v.mentions {
		if missing[m.key] {
			s := &v.suspects[m.entity]
			s.faults = append(s.faults, migrate.Fault{Field: m.field, Code: migrate.ReferenceNotFound, Message: m.message})
		}
	}
	return nil
}

// lookUpLive finds entities whose id live data holds from elsewhere.
func (v *validation) lookUpLive(ctx context.Context, component migrate.ComponentName) error {
	keys := make([]migrate.EntityKey, len(v.suspects))
	for i, s := range v.suspects {
		keys[i] = migrate.EntityKey{Component: component, Collection: s.entity.Collection, ID: s.entity.ID}
	}
	at := 0
	return inPages(keys, func(page []migrate.EntityKey) error {
		live, err := v.step.Target.LookUp(ctx, v.walker.tenant, page)
		for i := range live {
			if live[i].Found && live[i].Migration != v.walker.migration.ID {
				s := &v.suspects[at+i]
				s.faults = append(s.faults, migrate.Fault{Field: "referenceId", Code: migrate.AlreadyLive, Message: "Reference id is live already"})
			}
		}
		at += len(page)
		return err
	})
}

// inPages calls f with at most 1,000 keys at a time.
func inPages(keys []migrate.EntityKey, f func([]migrate.EntityKey) error) error {
	for len(keys) > 0 {
		n := min(len(keys), 1000)
		if err := f(keys[:n]); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

func (v *validation) checkpoint(ctx context.Context, in UnitState, u *migrate.Unit) error {
	stored, err := v.step.Store.Checkpoint(ctx, in.Tenant, in.Migration, in.Epoch, *u, v.findings)
	v.findings = migrate.Findings{}
	*u = stored
	return err
}
