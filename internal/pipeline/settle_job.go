package pipeline

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"landfall/internal/migrate"
)

// jobOfRun derives the id of the job that a hands-off run begins for a phase, so that planning the phase again finds it.
func jobOfRun(run string, t migrate.JobType) migrate.JobID {
	return migrate.JobID(uuid.NewSHA1(runNamespace, []byte(run+"\n"+string(t))).String())
}

// jobToSettle finds the job of the phase, also when planning failed before the state named it. A phase that began no job
// has nothing to settle.
func (s *Settle) jobToSettle(ctx context.Context, in SettleInput) (migrate.Job, bool, error) {
	for _, id := range []migrate.JobID{in.Job, jobOfRun(in.Run, in.JobType)} {
		if id == "" {
			continue
		}
		job, err := s.Store.GetJob(ctx, in.Tenant, id)
		if err == nil && job.Type == in.JobType {
			return job, true, nil
		}
		if err != nil && migrate.CodeOf(err) != migrate.NotFound {
			return job, false, err
		}
	}
	return migrate.Job{}, false, nil
}

// settlement is what there is to know about a job that ends.
type settlement struct {
	migration migrate.Migration
	job       migrate.Job
	units     []migrate.Unit
	tallies   map[migrate.ComponentName]migrate.Tally
	sums      map[migrate.ComponentName]migrate.Progress
	undone    map[migrate.ComponentName]bool // has a unit that did not end
	verdicts  []migrate.Verdict
	log       []migrate.LogEntry
}

func (s *Settle) settleJob(ctx context.Context, in SettleInput) (migrate.Job, error) {
	job, found, err := s.jobToSettle(ctx, in)
	if err != nil || !found {
		return job, err
	}
	for range attempts {
		st, err := s.gather(ctx, in, job)
		if err != nil {
			return job, err
		}
		if err := s.decide(ctx, in, st); err != nil {
			return job, err
		}
		if job.State != migrate.JobInProgress {
			// Ended before: at most the log was not told. Its segments are written once.
			return job, s.tell(ctx, in, st)
		}
		switch err := s.close(ctx, in, st); migrate.CodeOf(err) {
		case "":
			return st.job, s.tell(ctx, in, st)
		case migrate.Conflict:
		default:
			return job, err
		}
	}
	return job, migrate.Errorf(migrate.Conflict, "settling a job", "the migration kept changing")
}

func (s *Settle) gather(ctx context.Context, in SettleInput, job migrate.Job) (*settlement, error) {
	m, err := s.Store.GetMigration(ctx, in.Tenant, in.Migration)
	if err != nil {
		return nil, err
	}
	units, err := s.Store.ListUnits(ctx, in.Tenant, job.ID)
	if err != nil {
		return nil, err
	}
	tallies, err := talliesOf(ctx, s.Store, s.Catalog, in.Tenant, m)
	if err != nil {
		return nil, err
	}
	st := &settlement{migration: m, job: job, units: units, tallies: tallies,
		sums: map[migrate.ComponentName]migrate.Progress{}, undone: map[migrate.ComponentName]bool{}}
	for _, u := range units {
		sum := st.sums[u.Component]
		sum.Add(u.Progress)
		st.sums[u.Component] = sum
		if !u.Progress.Done {
			st.undone[u.Component] = true
		}
	}
	if in.Error != nil && len(units) == 0 {
		for _, name := range job.Components {
			st.undone[name] = true
		}
	}
	return st, nil
}

// decide sets the job's end state, result and verdicts.
func (s *Settle) decide(ctx context.Context, in SettleInput, st *settlement) error {
	st.job.State, st.job.EndedAt, st.job.Result = migrate.JobCompleted, s.Now(), migrate.JobResult{}
	if st.migration.Epoch != st.job.Epoch {
		s.decideCancelled(st)
		return s.addTotals(ctx, in.Tenant, st)
	}
	switch st.job.Type {
	case migrate.ValidateStaging:
		return s.decideValidation(ctx, in.Tenant, st)
	case migrate.Import:
		return s.decideImport(ctx, in.Tenant, st)
	default:
		return s.decideCounts(st)
	}
}

func (s *Settle) decideCancelled(st *settlement) {
	st.job.State = migrate.JobWasCancelled
	for _, name := range st.job.Components {
		if st.undone[name] || len(st.units) == 0 {
			st.blame(name, migrate.JobCancelled, "the migration was cancelled before this component was done")
		}
		s.tellEnd(st, name, "the migration was cancelled after %d entities", st.sums[name].Entities)
	}
}

func (st *settlement) blame(c migrate.ComponentName, code migrate.FaultCode, message string) {
	st.job.Result.Causes = append(st.job.Result.Causes, migrate.JobCause{Component: c, Code: code, Message: message})
}

func (st *settlement) judge(c migrate.ComponentName, e migrate.Event) {
	st.verdicts = append(st.verdicts, migrate.Verdict{Component: c, Event: e})
}

func (s *Settle) decideValidation(ctx context.Context, t migrate.TenantID, st *settlement) error {
	repeated, err := s.findRepeated(ctx, t, st.job.ID)
	if err != nil {
		return err
	}
	st.job.Result.Valid = true
	for _, name := range st.job.Components {
		sum := st.sums[name]
		faults := sum.Faults + repeated[name]
		st.job.Result.Faulty += faults
		event := migrate.ValidationPasses
		switch moved := st.tallies[name].Revision != st.job.Revisions[name]; {
		case st.undone[name]:
			event, st.job.State = migrate.CheckUnfinished, migrate.JobTechnicalFailure
			st.blame(name, migrate.CheckNotFinished, "the check was not finished after its retries")
		case moved:
			event = migrate.DataChanged
			st.blame(name, migrate.StagedDataChanged, "staged data changed while it was validated")
		case sum.Entities != st.tallies[name].Staged():
			event = migrate.CheckUnfinished
			st.blame(name, migrate.BooksDiffer, fmt.Sprintf("%d entities are booked as staged, %d were found",
				st.tallies[name].Staged(), sum.Entities))
		case faults > 0:
			event = migrate.ValidationFindsBad
		}
		st.job.Result.Valid = st.job.Result.Valid && event == migrate.ValidationPasses
		st.judge(name, event)
		s.tellEnd(st, name, "%d entities checked, %d faults", sum.Entities, faults)
	}
	return nil
}

// findRepeated turns claims of the same value into issues of every entity that makes them, and counts them.
func (s *Settle) findRepeated(ctx context.Context, t migrate.TenantID, job migrate.JobID) (map[migrate.ComponentName]int64, error) {
	counts := map[migrate.ComponentName]int64{}
	var first migrate.Claim
	var told bool
	report := func(c migrate.Claim) error {
		counts[c.Component]++
		return s.addFault(ctx, t, job, c)
	}
	err := s.Store.WalkClaims(ctx, t, job, func(c migrate.Claim) error {
		if c.Rule != first.Rule || c.Key != first.Key {
			first, told = c, false
			return nil
		}
		if !told {
			told = true
			if err := report(first); err != nil {
				return err
			}
		}
		return report(c)
	})
	return counts, err
}

// addFault adds the fault of a repeated value to its entity's issue. Doing so again changes nothing.
func (s *Settle) addFault(ctx context.Context, t migrate.TenantID, job migrate.JobID, c migrate.Claim) error {
	issue, err := s.Store.GetIssue(ctx, t, job, migrate.EntityKey{Component: c.Component, Collection: c.Collection, ID: c.ID})
	if migrate.CodeOf(err) == migrate.NotFound {
		issue = migrate.Issue{Component: c.Component, Collection: c.Collection, ID: c.ID,
			Status: migrate.StagingValidationFailure, Source: c.Source}
	} else if err != nil {
		return err
	}
	issue.Faults = migrate.SortFaults(append(issue.Faults, migrate.Fault{Field: c.Field, Code: c.Rule, Message: c.Message}))
	return s.Store.PutIssues(ctx, t, job, []migrate.Issue{issue})
}

func (s *Settle) decideImport(ctx context.Context, t migrate.TenantID, st *settlement) error {
	failures, err := s.failures(ctx, t, st.job.ID)
	if err != nil {
		return err
	}
	for _, name := range st.job.Components {
		sum, staged := st.sums[name], st.tallies[name].Staged()
		if c, ok := s.Catalog.Component(name); ok && c.Generated {
			staged = sum.Entities
		}
		for _, f := range failures[name] {
			st.blame(name, migrate.ImportFailed, fmt.Sprintf("%d entities failed due to %s", f.count, f.cause))
		}
		if sum.Waiting > 0 {
			st.blame(name, migrate.ImportFailed, fmt.Sprintf("%d entities wait for others that failed", sum.Waiting))
		}
		event := migrate.AllImported
		switch {
		case st.undone[name] || (len(st.units) == 0 && staged > 0):
			event, st.job.State = migrate.NotAllImported, migrate.JobTechnicalFailure
			st.blame(name, migrate.RunFailed, "not every part of the component was worked off")
		case sum.Entities != staged:
			event, st.job.State = migrate.NotAllImported, migrate.JobTechnicalFailure
			st.blame(name, migrate.BooksDiffer, fmt.Sprintf("%d entities are booked as staged, %d were found", staged, sum.Entities))
		case sum.Imported != staged || !s.sourcesDone(st, name):
			event = migrate.NotAllImported
		}
		st.judge(name, event)
		s.tellEnd(st, name, "%d of %d entities imported, %d failed", sum.Imported, staged, sum.Failed+sum.InDoubt)
	}
	return s.addTotals(ctx, t, st)
}

// sourcesDone reports whether everything a generated component is made from is imported, or is judged to be by this
// very settlement: components are judged in the migration's order, so it looks at the sums.
func (s *Settle) sourcesDone(st *settlement, name migrate.ComponentName) bool {
	c, ok := s.Catalog.Component(name)
	if !ok || !c.Generated {
		return true
	}
	for _, source := range c.Sources() {
		if _, takesPart := st.migration.Component(source); !takesPart {
			continue
		}
		current, _ := st.migration.Component(source)
		if current.Import.Job == st.job.ID && (st.undone[source] || st.sums[source].Imported != st.tallies[source].Staged()) {
			return false
		}
	}
	return true
}

type failure struct {
	cause string
	count int64
}

// failures counts the entities that an import left out, by component and cause.
func (s *Settle) failures(ctx context.Context, t migrate.TenantID, job migrate.JobID) (map[migrate.ComponentName][]failure, error) {
	byComponent := map[migrate.ComponentName][]failure{}
	err := s.Store.WalkIssues(ctx, t, job, migrate.IssueCursor{}, func(i migrate.Issue) error {
		cause := string(i.Faults[0].Code)
		if i.Faults[0].Message != "" {
			cause = i.Faults[0].Message
		}
		list := byComponent[i.Component]
		for j := range list {
			if list[j].cause == cause {
				list[j].count++
				return nil
			}
		}
		byComponent[i.Component] = append(list, failure{cause, 1})
		return nil
	})
	return byComponent, err
}

// addTotals sets the migration's numbers at the end of an import.
func (s *Settle) addTotals(ctx context.Context, t migrate.TenantID, st *settlement) error {
	if st.job.Type != migrate.Import {
		return nil
	}
	numbers := &Lifecycle{Store: s.Store, Catalog: s.Catalog, Now: s.Now}
	status, err := numbers.Status(ctx, t, st.migration)
	st.job.Result.Staged, st.job.Result.Imported = status.Staged, status.Imported
	return err
}

// tellEnd notes the end of the job for one component.
func (s *Settle) tellEnd(st *settlement, c migrate.ComponentName, format string, args ...any) {
	noun, action := jobWords(st.job.Type)
	level, message := migrate.Info, fmt.Sprintf(format, args...)
	switch {
	case st.job.State == migrate.JobWasCancelled:
		level = migrate.Warn
	case st.undone[c]:
		level, message = migrate.Failure, "not finished: "+message
	case st.sums[c].Entities == 0:
		level, message = migrate.Warn, "nothing is staged"
	}
	st.log = append(st.log, migrate.LogEntry{Component: c, EntityReferenceIDs: []migrate.ReferenceID{}, Action: action,
		Timestamp: s.Now(), Level: level, Message: fmt.Sprintf("%s job [%s] has ended: %s", noun, st.job.ID, message)})
}

// close stores the end of the job and what it means for the migration, in one transaction.
func (s *Settle) close(ctx context.Context, in SettleInput, st *settlement) error {
	next, err := s.Store.AdvanceMigration(ctx, in.Tenant, st.migration.EndJob(st.job, st.verdicts, s.Now()), &st.job)
	if err == nil {
		st.migration = next
	}
	return err
}

// tell writes the end of the job, and of the migration if this was it, to the log.
func (s *Settle) tell(ctx context.Context, in SettleInput, st *settlement) error {
	if len(st.log) > 0 {
		if err := s.Store.AppendLog(ctx, in.Tenant, in.Migration, "job/"+string(st.job.ID)+"/end", st.log); err != nil {
			return err
		}
	}
	if err := s.tellFailures(ctx, in, st); err != nil {
		return err
	}
	if st.migration.Activity != migrate.Completed || st.job.Type != migrate.Import {
		return nil
	}
	return tell(ctx, s.Store, in.Tenant, st.migration, s.Now(), event{"completed", migrate.CompletedMigration,
		fmt.Sprintf("Migration [%s] has been completed", st.migration.ID)})
}

// tellFailures writes a log entry for each entity that could not be imported.
func (s *Settle) tellFailures(ctx context.Context, in SettleInput, st *settlement) error {
	if st.job.Type != migrate.Import {
		return nil
	}
	var page []migrate.LogEntry
	pages := 0
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		err := s.Store.AppendLog(ctx, in.Tenant, in.Migration, fmt.Sprintf("job/%s/failures/%d", st.job.ID, pages), page)
		page, pages = page[:0], pages+1
		return err
	}
	err := s.Store.WalkIssues(ctx, in.Tenant, st.job.ID, migrate.IssueCursor{}, func(i migrate.Issue) error {
		page = append(page, migrate.LogEntry{Component: i.Component, EntityReferenceIDs: []migrate.ReferenceID{i.ID},
			Action: migrate.ImportedEntities, Timestamp: s.Now(), Level: migrate.Failure,
			Message: "Import failed: " + DescribeFaults(i.Faults)})
		if len(page) < logPage {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
