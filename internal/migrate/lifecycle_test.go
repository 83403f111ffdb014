package migrate_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

var now = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

const (
	a = migrate.ComponentName("A")
	b = migrate.ComponentName("B")
)

func newMigration(components ...migrate.ComponentName) migrate.Migration {
	return migrate.NewMigration("9d022093-33e2-4bfe-9907-35d0a4bfa725", components, now)
}

// at gives tallies with these revisions.
func at(revisions map[migrate.ComponentName]int64) map[migrate.ComponentName]migrate.Tally {
	tallies := map[migrate.ComponentName]migrate.Tally{}
	for name, r := range revisions {
		tallies[name] = migrate.Tally{Revision: r, Outcomes: migrate.Outcomes{New: 10 * r}}
	}
	return tallies
}

var untouched = at(map[migrate.ComponentName]int64{a: 1, b: 1})

// start and end make steps of which the test knows that they are allowed.
func start(t *testing.T, m migrate.Migration, jt migrate.JobType) (migrate.Migration, migrate.Job) {
	t.Helper()
	next, job, err := m.StartJob(jt, "j-"+migrate.JobID(jt), untouched, now)
	if err != nil {
		t.Fatalf("starting %s: %v", jt, err)
	}
	return next, job
}

func all(e migrate.Event) []migrate.Verdict {
	return []migrate.Verdict{{Component: a, Event: e}, {Component: b, Event: e}}
}

func run(t *testing.T, m migrate.Migration, jt migrate.JobType, verdicts ...migrate.Verdict) migrate.Migration {
	t.Helper()
	next, job := start(t, m, jt)
	return next.EndJob(job, verdicts, now)
}

// validated and imported are migrations that have come so far.
func validated(t *testing.T) migrate.Migration {
	return run(t, newMigration(a, b), migrate.ValidateStaging, all(migrate.ValidationPasses)...)
}

func statuses(m migrate.Migration, tallies map[migrate.ComponentName]migrate.Tally) []string {
	var list []string
	for _, c := range migrate.StatusOf(m, tallies, nil).Components {
		list = append(list, string(c.StagingStatus)+" "+string(c.ImportStatus))
	}
	return list
}

// TestStagingStatus has a case for each row of CONTRACT 2.2.
func TestStagingStatus(t *testing.T) {
	t.Parallel()
	changedA, changedB := at(map[migrate.ComponentName]int64{a: 2, b: 1}), at(map[migrate.ComponentName]int64{a: 1, b: 2})
	ended := func(verdict migrate.Event) func(*testing.T) migrate.Migration {
		return func(t *testing.T) migrate.Migration {
			return run(t, newMigration(a, b), migrate.ValidateStaging, migrate.Verdict{Component: a, Event: verdict},
				migrate.Verdict{Component: b, Event: migrate.ValidationPasses})
		}
	}
	for _, c := range []struct {
		name string
		make func(*testing.T) migrate.Migration
		at   map[migrate.ComponentName]migrate.Tally
		a, b migrate.StagingStatus
	}{
		{"created", func(*testing.T) migrate.Migration { return newMigration(a, b) }, nil, migrate.StagingPending, migrate.StagingPending},
		{"loading leaves Pending", func(*testing.T) migrate.Migration { return newMigration(a, b) }, changedA, migrate.StagingPending, migrate.StagingPending},
		{"validation starts", func(t *testing.T) migrate.Migration {
			m, _ := start(t, newMigration(a, b), migrate.ValidateStaging)
			return m
		}, untouched, migrate.StagingInProgress, migrate.StagingInProgress},
		{"it stays InProgress whatever is loaded", func(t *testing.T) migrate.Migration {
			m, _ := start(t, newMigration(a, b), migrate.ValidateStaging)
			return m
		}, changedA, migrate.StagingInProgress, migrate.StagingInProgress},
		{"validation starts again after every end", func(t *testing.T) migrate.Migration {
			m := ended(migrate.ValidationFindsBad)(t)
			m, _ = start(t, m, migrate.ValidateStaging)
			return m
		}, untouched, migrate.StagingInProgress, migrate.StagingInProgress},
		{"ends without issues", ended(migrate.ValidationPasses), untouched, migrate.StagingCompleted, migrate.StagingCompleted},
		{"ends with issues", ended(migrate.ValidationFindsBad), untouched, migrate.StagingValidationFailure, migrate.StagingCompleted},
		{"check not finished", ended(migrate.CheckUnfinished), untouched, migrate.StagingTechnicalFailure, migrate.StagingCompleted},
		{"changed meanwhile", ended(migrate.DataChanged), changedA, migrate.StagingPending, migrate.StagingPending},
		{"changed meanwhile, nobody noticed", ended(migrate.ValidationPasses), changedA, migrate.StagingPending, migrate.StagingPending},
		{"cancelled", func(t *testing.T) migrate.Migration {
			m, job := start(t, newMigration(a, b), migrate.ValidateStaging)
			m, err := m.Cancel(now)
			if err != nil {
				t.Fatal(err)
			}
			return m.EndJob(job, all(migrate.ValidationPasses), now)
		}, untouched, migrate.StagingPending, migrate.StagingPending},
		{"a record accepted after issues", ended(migrate.ValidationFindsBad), changedA, migrate.StagingPending, migrate.StagingPending},
		{"a record accepted after a failure", ended(migrate.CheckUnfinished), changedA, migrate.StagingPending, migrate.StagingPending},
		{"a record accepted in the other component", ended(migrate.ValidationPasses), changedB, migrate.StagingPending, migrate.StagingPending},
		{"issues outlast a change in the other component", ended(migrate.ValidationFindsBad), changedB, migrate.StagingValidationFailure, migrate.StagingPending},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := migrate.StatusOf(c.make(t), c.at, nil).Components
			if got[0].StagingStatus != c.a || got[1].StagingStatus != c.b {
				t.Errorf("staging statuses %s and %s, want %s and %s", got[0].StagingStatus, got[1].StagingStatus, c.a, c.b)
			}
		})
	}
}

func TestImportStatus(t *testing.T) {
	t.Parallel()
	changed := at(map[migrate.ComponentName]int64{a: 2, b: 1})
	half := func(t *testing.T) migrate.Migration {
		return run(t, validated(t), migrate.Import, migrate.Verdict{Component: a, Event: migrate.AllImported},
			migrate.Verdict{Component: b, Event: migrate.NotAllImported})
	}
	for _, c := range []struct {
		name string
		make func(*testing.T) migrate.Migration
		at   map[migrate.ComponentName]migrate.Tally
		want []string
	}{
		{"import starts", func(t *testing.T) migrate.Migration {
			m, _ := start(t, validated(t), migrate.Import)
			return m
		}, untouched, []string{"Completed InProgress", "Completed InProgress"}},
		{"one is in, one is not", half, untouched, []string{"Completed Completed", "Completed TechnicalFailure"}},
		{"it starts again: what is complete stays", func(t *testing.T) migrate.Migration {
			m, job := start(t, half(t), migrate.Import)
			if !slices.Equal(job.Components, []migrate.ComponentName{b}) {
				t.Errorf("the job works on %v, want B", job.Components)
			}
			return m
		}, untouched, []string{"Completed Completed", "Completed InProgress"}},
		{"cancelled", func(t *testing.T) migrate.Migration {
			m, job := start(t, validated(t), migrate.Import)
			m, err := m.Cancel(now)
			if err != nil {
				t.Fatal(err)
			}
			return m.EndJob(job, all(migrate.AllImported), now)
		}, untouched, []string{"Completed TechnicalFailure", "Completed TechnicalFailure"}},
		{"a record accepted in what is complete", half, changed, []string{"Pending Pending", "Pending TechnicalFailure"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, statuses(c.make(t), c.at)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEndJob(t *testing.T) {
	t.Parallel()
	t.Run("TheLastImportCompletesTheMigration", func(t *testing.T) {
		t.Parallel()
		m := run(t, validated(t), migrate.Import, all(migrate.AllImported)...)
		if m.Activity != migrate.Completed || !m.EndedAt.Equal(now) || m.Job != "" || m.JobType != "" {
			t.Errorf("the migration is %s, ended at %v, with job %q", m.Activity, m.EndedAt, m.Job)
		}
	})
	t.Run("ValidationNeverDoes", func(t *testing.T) {
		t.Parallel()
		if m := validated(t); m.Activity != migrate.Active || m.Job != "" {
			t.Errorf("the migration is %s with job %q", m.Activity, m.Job)
		}
	})
	t.Run("AVerdictOfAnOlderJobCountsNothing", func(t *testing.T) {
		t.Parallel()
		m, old := start(t, newMigration(a, b), migrate.ValidateStaging)
		m = m.EndJob(old, all(migrate.ValidationFindsBad), now)
		m, _, err := m.StartJob(migrate.ValidateStaging, "newer", untouched, now)
		if err != nil {
			t.Fatal(err)
		}
		m = m.EndJob(old, all(migrate.ValidationPasses), now)
		if m.Job != "newer" || m.Components[0].Validation.Status != migrate.StagingInProgress {
			t.Errorf("job %q runs, A is %s", m.Job, m.Components[0].Validation.Status)
		}
	})
	t.Run("AnUnknownComponentIsIgnored", func(t *testing.T) {
		t.Parallel()
		m, job := start(t, newMigration(a, b), migrate.ValidateStaging)
		m = m.EndJob(job, []migrate.Verdict{{Component: "C", Event: migrate.ValidationPasses}}, now)
		if len(m.Components) != 2 {
			t.Errorf("components %+v", m.Components)
		}
	})
}

func TestMethods_ShareNothing(t *testing.T) {
	t.Parallel()
	m := validated(t)
	before := m.Clone()
	started, job := start(t, m, migrate.Import)
	startedBefore := started.Clone()
	started.EndJob(job, all(migrate.AllImported), now)
	if _, err := started.Cancel(now); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, m); diff != "" {
		t.Errorf("starting a job changed its receiver:\n%s", diff)
	}
	if diff := cmp.Diff(startedBefore, started); diff != "" {
		t.Errorf("ending or cancelling changed its receiver:\n%s", diff)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	m := newMigration(a, b)
	cancelled, err := m.Cancel(now)
	if err != nil || cancelled.Activity != migrate.Cancelled || cancelled.Epoch != m.Epoch+1 || !cancelled.EndedAt.Equal(now) {
		t.Errorf("cancelled: %+v, %v", cancelled, err)
	}
	again, err := cancelled.Cancel(now.Add(time.Hour))
	if diff := cmp.Diff(cancelled, again); diff != "" || err != nil {
		t.Errorf("cancelled again: %v (-first +again):\n%s", err, diff)
	}
	m.Activity = migrate.Completed
	if _, err := m.Cancel(now); !errors.Is(err, &migrate.Error{Code: migrate.WrongState, Problem: migrate.ProblemCompleted}) {
		t.Errorf("cancelling a completed migration: %v", err)
	}
}

// TestAllows has a case for each cell of CONTRACT 2.3, and for each pair of problems the one that comes first.
func TestAllows(t *testing.T) {
	t.Parallel()
	imported := func(t *testing.T) migrate.Migration {
		return run(t, validated(t), migrate.Import, all(migrate.AllImported)...)
	}
	half := func(t *testing.T) migrate.Migration {
		return run(t, validated(t), migrate.Import, migrate.Verdict{Component: a, Event: migrate.AllImported},
			migrate.Verdict{Component: b, Event: migrate.NotAllImported})
	}
	cancel := func(make func(*testing.T) migrate.Migration) func(*testing.T) migrate.Migration {
		return func(t *testing.T) migrate.Migration {
			m, err := make(t).Cancel(now)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
	}
	with := func(make func(*testing.T) migrate.Migration, change func(*migrate.Migration)) func(*testing.T) migrate.Migration {
		return func(t *testing.T) migrate.Migration {
			m := make(t).Clone()
			change(&m)
			return m
		}
	}
	fresh := func(*testing.T) migrate.Migration { return newMigration(a, b) }
	running := func(jt migrate.JobType) func(m *migrate.Migration) {
		return func(m *migrate.Migration) { m.Job, m.JobType = "j", jt }
	}
	open := func(m *migrate.Migration) { m.OpenDrops = 1 }
	const ok = ""
	for _, c := range []struct {
		name                            string
		make                            func(*testing.T) migrate.Migration
		load, validate, imports, counts string
	}{
		{"created", fresh, ok, ok, migrate.ProblemStagingIncomplete, migrate.ProblemImportIncomplete},
		{"validated", validated, ok, ok, ok, migrate.ProblemImportIncomplete},
		{"half imported", half, ok, ok, ok, migrate.ProblemImportIncomplete},
		{"imported", imported, migrate.ProblemCompleted, migrate.ProblemCompleted, migrate.ProblemCompleted, ok},
		{"cancelled", cancel(validated), migrate.ProblemCancelled, migrate.ProblemCancelled, migrate.ProblemCancelled, migrate.ProblemCancelled},
		{"open drops", with(validated, open), ok, ok, migrate.ProblemDropsNotSettled, migrate.ProblemImportIncomplete},
		{"open drops, not validated", with(fresh, open), ok, ok, migrate.ProblemDropsNotSettled, migrate.ProblemImportIncomplete},
		{"a validation runs", with(validated, running(migrate.ValidateStaging)), ok, migrate.ProblemJobRunning, migrate.ProblemJobRunning, migrate.ProblemJobRunning},
		{"an import runs", with(validated, running(migrate.Import)), migrate.ProblemImportRunning, migrate.ProblemJobRunning, migrate.ProblemJobRunning, migrate.ProblemJobRunning},
		{"a job runs, drops are open", with(with(fresh, open), running(migrate.ValidateStaging)), ok, migrate.ProblemJobRunning, migrate.ProblemJobRunning, migrate.ProblemJobRunning},
		{"counts run after the end", with(imported, running(migrate.Counts)), migrate.ProblemCompleted, migrate.ProblemCompleted, migrate.ProblemCompleted, migrate.ProblemJobRunning},
		{"cancelled while an import runs", cancel(with(validated, running(migrate.Import))), migrate.ProblemCancelled, migrate.ProblemCancelled, migrate.ProblemCancelled, migrate.ProblemCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := c.make(t)
			want(t, "load", m.AllowsLoad(a), c.load)
			want(t, "load of what takes no part", m.AllowsLoad("C"), migrate.ProblemComponentMissing)
			want(t, "drop", m.AllowsDrop(), c.load)
			for jt, problem := range map[migrate.JobType]string{migrate.ValidateStaging: c.validate, migrate.Import: c.imports, migrate.Counts: c.counts} {
				_, _, err := m.StartJob(jt, "new", untouched, now)
				want(t, string(jt), err, problem)
			}
		})
	}
}

func want(t *testing.T, doing string, err error, problem string) {
	t.Helper()
	if problem == "" {
		if err != nil {
			t.Errorf("%s: %v, want it allowed", doing, err)
		}
		return
	}
	if !errors.Is(err, &migrate.Error{Code: migrate.WrongState, Problem: problem}) {
		t.Errorf("%s: %v, want %s", doing, err, problem)
	}
}

func TestStartJob_NamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	m := run(t, newMigration(a, b), migrate.ValidateStaging, migrate.Verdict{Component: a, Event: migrate.ValidationPasses},
		migrate.Verdict{Component: b, Event: migrate.ValidationFindsBad})
	_, _, err := m.StartJob(migrate.Import, "j", untouched, now)
	var e *migrate.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"components": []migrate.ComponentName{b}}, e.Members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// TestStatusOf_Aggregates has every pair of statuses (CONTRACT 2.4).
func TestStatusOf_Aggregates(t *testing.T) {
	t.Parallel()
	staging := []migrate.StagingStatus{migrate.StagingInProgress, migrate.StagingTechnicalFailure, migrate.StagingValidationFailure,
		migrate.StagingPending, migrate.StagingCompleted}
	imports := []migrate.ImportStatus{migrate.ImportInProgress, migrate.ImportTechnicalFailure, migrate.ImportPending, migrate.ImportCompleted}
	for i, first := range staging {
		for j, second := range staging {
			m := newMigration(a, b)
			m.Components[0].Validation.Status, m.Components[1].Validation.Status = first, second
			if got := migrate.StatusOf(m, nil, nil).StagingStatus; got != staging[min(i, j)] {
				t.Errorf("%s and %s are %s, want %s", first, second, got, staging[min(i, j)])
			}
		}
	}
	for i, first := range imports {
		for j, second := range imports {
			m := newMigration(a, b)
			m.Components[0].Import.Status, m.Components[1].Import.Status = first, second
			if got := migrate.StatusOf(m, nil, nil).ImportStatus; got != imports[min(i, j)] {
				t.Errorf("%s and %s are %s, want %s", first, second, got, imports[min(i, j)])
			}
		}
	}
	tallies := map[migrate.ComponentName]migrate.Tally{a: {Outcomes: migrate.Outcomes{New: 7, Replaced: 5}, Deleted: 2}, b: {Outcomes: migrate.Outcomes{New: 1}}}
	got := migrate.StatusOf(newMigration(a, b), tallies, map[migrate.ComponentName]int64{a: 4})
	if got.Staged != 6 || got.Imported != 4 || got.Components[0].Staged != 5 || got.Components[0].Imported != 4 {
		t.Errorf("numbers %+v, want 6 staged, 4 imported", got)
	}
}
