package pipeline

import (
	"context"
	"fmt"
	"time"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// Lifecycle is what people ask of a migration: create it, start a job, cancel it, see how it stands.
type Lifecycle struct {
	Store    Store
	Machines migrate.Machines
	Catalog  *catalog.Catalog
	Now      func() time.Time
	NewID    func() string
}

// attempts is how often a compare-and-set is tried again before the caller gets Conflict: enough for hundreds of loads
// that register at the same moment.
const attempts = 100

// Create begins a migration of the components. origin names the folder that a local run takes its drops from.
func (s *Lifecycle) Create(ctx context.Context, t migrate.TenantID, components []migrate.ComponentName, origin string) (migrate.Migration, error) {
	m := migrate.NewMigration(migrate.MigrationID(s.NewID()), components, s.Now())
	m.Origin = origin
	if err := s.Store.CreateMigration(ctx, t, m); err != nil {
		return m, err
	}
	return m, tell(ctx, s.Store, t, m, s.Now(), event{"created", migrate.CreatedMigration,
		fmt.Sprintf("Migration [%s] has been created", m.ID)})
}

// Cancel ends an active migration for good. After it returns, no staged or imported data changes any more but for the
// batch that a worker may have sent already.
func (s *Lifecycle) Cancel(ctx context.Context, t migrate.TenantID, id migrate.MigrationID) error {
	err := retryConflict(func() error {
		m, err := s.Store.GetMigration(ctx, t, id)
		if err != nil {
			return err
		}
		next, err := m.Cancel(s.Now())
		if err != nil || m.Activity == migrate.Cancelled {
			return err
		}
		_, err = s.Store.AdvanceMigration(ctx, t, next, nil)
		return err
	})
	if err != nil {
		return err
	}
	m, err := s.Store.GetMigration(ctx, t, id)
	if err != nil {
		return err
	}
	return tell(ctx, s.Store, t, m, s.Now(), event{"cancelled", migrate.CancelledMigration,
		fmt.Sprintf("Migration [%s] has been cancelled", id)})
}

// StartJob begins a job and starts its machine, which is named after the job.
func (s *Lifecycle) StartJob(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, jt migrate.JobType) (migrate.Job, error) {
	job, err := s.BeginJob(ctx, t, m, jt, migrate.JobID(s.NewID()))
	if err != nil {
		return job, err
	}
	state := MachineState{Tenant: t, Migration: m, Epoch: job.Epoch, Run: string(job.ID), Job: job.ID, JobType: jt}
	return job, s.Machines.Start(ctx, MachineOf(jt), string(job.ID), state)
}

// BeginJob stores a job as begun. Of simultaneous calls at most one succeeds.
func (s *Lifecycle) BeginJob(ctx context.Context, t migrate.TenantID, id migrate.MigrationID, jt migrate.JobType, job migrate.JobID) (migrate.Job, error) {
	var begun migrate.Job
	err := retryConflict(func() error {
		m, err := s.Store.GetMigration(ctx, t, id)
		if err != nil {
			return err
		}
		tallies, err := talliesOf(ctx, s.Store, s.Catalog, t, m)
		if err != nil {
			return err
		}
		next, j, err := m.StartJob(jt, job, tallies, s.Now())
		if err != nil {
			return err
		}
		begun = j
		_, err = s.Store.AdvanceMigration(ctx, t, next, &begun)
		return err
	})
	if err != nil {
		return begun, err
	}
	m, err := s.Store.GetMigration(ctx, t, id)
	if err != nil {
		return begun, err
	}
	noun, action := jobWords(jt)
	return begun, tell(ctx, s.Store, t, m, s.Now(), event{"job/" + string(job) + "/start", action,
		fmt.Sprintf("%s for migration reference id [%s] and job [%s] has started", noun, id, job)})
}

// jobWords gives the noun and the log action of a job type.
func jobWords(t migrate.JobType) (string, migrate.Action) {
	switch t {
	case migrate.ValidateStaging:
		return "Validation", migrate.ValidatedEntities
	case migrate.Import:
		return "Import", migrate.ImportedEntities
	}
	return "Counts", migrate.CountedEntities
}

// event is something that happened to a whole migration.
type event struct {
	segment string // names it, so that a retry tells it once
	action  migrate.Action
	message string
}

// tell writes an event to the log: an entry for each component of the migration.
func tell(ctx context.Context, log migrate.Log, t migrate.TenantID, m migrate.Migration, now time.Time, e event) error {
	var entries []migrate.LogEntry
	for _, c := range m.Components {
		entries = append(entries, migrate.LogEntry{Component: c.Name, EntityReferenceIDs: []migrate.ReferenceID{},
			Action: e.action, Timestamp: now, Level: migrate.Info, Message: e.message})
	}
	return log.AppendLog(ctx, t, m.ID, e.segment, entries)
}

// Status tells how a migration stands.
func (s *Lifecycle) Status(ctx context.Context, t migrate.TenantID, m migrate.Migration) (migrate.Status, error) {
	tallies, err := talliesOf(ctx, s.Store, s.Catalog, t, m)
	if err != nil {
		return migrate.Status{}, err
	}
	imports, err := importNumbers(ctx, s.Store, t, m)
	if err != nil {
		return migrate.Status{}, err
	}
	imported := map[migrate.ComponentName]int64{}
	for name, n := range imports {
		imported[name] = n.Imported
		if c, ok := s.Catalog.Component(name); ok && c.Generated {
			tally := tallies[name]
			tally.Outcomes.New += n.Entities
			tallies[name] = tally
		}
	}
	return migrate.StatusOf(m, tallies, imported), nil
}

// talliesOf gives the tallies of a migration's components. What is generated changes when its sources do: the revision
// of a generated component is that of its sources, so that a verdict on it lapses with theirs.
func talliesOf(ctx context.Context, store migrate.Staging, c *catalog.Catalog, t migrate.TenantID, m migrate.Migration) (map[migrate.ComponentName]migrate.Tally, error) {
	tallies, err := store.ComponentTallies(ctx, t, m.ID)
	if err != nil {
		return nil, err
	}
	for _, name := range m.ComponentNames() {
		component, ok := c.Component(name)
		if !ok || !component.Generated {
			continue
		}
		tally := tallies[name]
		for _, source := range component.Sources() {
			if _, takesPart := m.Component(source); takesPart {
				tally.Revision += tallies[source].Revision
			}
		}
		tallies[name] = tally
	}
	return tallies, nil
}

// importNumbers sums, for each component, the units of the import job that worked on it last.
func importNumbers(ctx context.Context, store migrate.Jobs, t migrate.TenantID, m migrate.Migration) (map[migrate.ComponentName]migrate.Progress, error) {
	sums := map[migrate.ComponentName]migrate.Progress{}
	units := map[migrate.JobID][]migrate.Unit{}
	for _, c := range m.Components {
		job := c.Import.Job
		if job == "" {
			continue
		}
		if _, ok := units[job]; !ok {
			list, err := store.ListUnits(ctx, t, job)
			if err != nil {
				return nil, err
			}
			units[job] = list
		}
		var sum migrate.Progress
		for _, u := range units[job] {
			if u.Component == c.Name {
				sum.Add(u.Progress)
			}
		}
		sums[c.Name] = sum
	}
	return sums, nil
}

// retryConflict runs f again while it loses a compare-and-set.
func retryConflict(f func() error) error {
	var err error
	for range attempts {
		if err = f(); migrate.CodeOf(err) != migrate.Conflict {
			return err
		}
	}
	return err
}
