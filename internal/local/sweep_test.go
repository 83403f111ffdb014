package local_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"landfall/internal/local"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
	"landfall/internal/records"
)

// dead starts no machine: the process dies between storing a row and starting what works on it.
type dead struct{}

var errDied = errors.New("the process died")

func (dead) Start(context.Context, string, string, any) error { return errDied }

func wantDied(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, errDied) {
		t.Fatalf("it should have died, but %v", err)
	}
}

func TestSweep_StartsStoredDrops(t *testing.T) {
	t.Parallel()
	f, files := setup(t), portfolio(t, 500)
	s := f.mustOpen(t)
	m := mustCreate(t, s, lendingComponents...)
	s.Register.Machines = dead{}
	for key, path := range files {
		_, err := s.Offer(t.Context(), migrate.LocalTenant, string(m.ID)+"/"+key, path)
		wantDied(t, err)
	}
	mustClose(t, s)

	s = f.mustOpen(t)
	list := drops(t, s, m)
	if len(list) != len(files) {
		t.Fatalf("%d drops were stored, want %d", len(list), len(files))
	}
	var staged int64
	for _, d := range list {
		await(t, "staging "+d.Key, s.Ended(string(d.ID)))
		tally, err := s.Store.DropTally(t.Context(), migrate.LocalTenant, m.ID, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		staged += tally.Outcomes.New
	}
	if open := row(t, s, m).OpenDrops; open != 0 || staged != 500 {
		t.Errorf("%d drops are open and %d entities staged, want none and 500", open, staged)
	}
}

func TestSweep_StartsStoredJobs(t *testing.T) {
	t.Parallel()
	f := setup(t)
	s := f.mustOpen(t)
	m := mustCreate(t, s, lendingComponents...)
	mustOffer(t, s, m, portfolio(t, 500))
	for _, jt := range []migrate.JobType{migrate.ValidateStaging, migrate.Import, migrate.Counts} {
		s.Lifecycle.Machines = dead{}
		job, err := s.Lifecycle.StartJob(t.Context(), migrate.LocalTenant, m.ID, jt)
		wantDied(t, err)
		if got := row(t, s, m).Job; got != job.ID {
			t.Fatalf("the job that runs is %q, want %q", got, job.ID)
		}
		mustClose(t, s)
		s = f.mustOpen(t)
		await(t, string(jt), s.Ended(string(job.ID)))
		if job, err = s.Store.GetJob(t.Context(), migrate.LocalTenant, job.ID); err != nil || job.State != migrate.JobCompleted {
			t.Fatalf("the job %s is %s, %v; want Completed", jt, job.State, err)
		}
	}
	wantBooks(t, s, m, 500)
}

// A load whose client went with the process is closed: what was answered counts, and nothing waits for it.
func TestSweep_ClosesLoads(t *testing.T) {
	t.Parallel()
	f := setup(t)
	s := f.mustOpen(t)
	m := mustCreate(t, s, "Counterparties")
	in := pipeline.LoadInput{Tenant: migrate.LocalTenant, Migration: m.ID, Component: "Counterparties",
		Collection: "counterparties", Format: records.JSONLines, Encoding: "identity"}
	loading, err := s.Load.Begin(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)

	s = f.mustOpen(t)
	if d := drops(t, s, m)[0]; d.ID != loading.Drop().ID || d.State != migrate.DropInterrupted {
		t.Errorf("the load is %s, want Interrupted", d.State)
	}
	if loading, err = s.Load.Begin(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	err = loading.Run(t.Context(), strings.NewReader(clientA+"\n"), func([]pipeline.LoadResult) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	runToEnd(t, s, m)
	wantBooks(t, s, m, 1)
}

// A sweep leaves alone what runs, and what is over.
func TestSweep_IsHarmless(t *testing.T) {
	t.Parallel()
	f := setup(t)
	s := f.mustOpen(t)
	m := mustCreate(t, s, lendingComponents...)
	mustOffer(t, s, m, portfolio(t, 2000))
	done, err := s.RunMigration(t.Context(), migrate.LocalTenant, m)
	if err != nil {
		t.Fatal(err)
	}
	for running := true; running; {
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, running = s.MigrationRuns()
	}
	await(t, "the migration", done)
	if n := jobsOf(t, s, m); n != 3 {
		t.Errorf("%d jobs, want 3", n)
	}
	wantBooks(t, s, m, 2000)
}

func runToEnd(t *testing.T, s *local.Service, m migrate.Migration) {
	t.Helper()
	done, err := s.RunMigration(t.Context(), migrate.LocalTenant, m)
	if err != nil {
		t.Fatal(err)
	}
	await(t, "the migration", done)
}
