package local_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"landfall/internal/local"
	"landfall/internal/migrate"
)

func TestOpen_HoldsTheFolder(t *testing.T) {
	t.Parallel()
	f := setup(t)
	s := f.mustOpen(t)
	_, err := f.open(t.Context())
	var e *migrate.Error
	want := fmt.Sprintf("it is in use by process %d; stop that one, or choose another folder with --data", os.Getpid())
	if !errors.As(err, &e) || e.Code != migrate.Unavailable || e.Detail != want {
		t.Errorf("opening a folder that is held: %v, want Unavailable: %s", err, want)
	}
	mustClose(t, s)
	mustClose(t, s) // closing again is harmless
	mustClose(t, f.mustOpen(t))
}

// A lock that names nobody, because its process died while it wrote it, is nobody's.
func TestOpen_TakesAFolderThatNobodyHolds(t *testing.T) {
	t.Parallel()
	for _, left := range []string{"", "nonsense", "1\n", "999999999\n"} {
		f := setup(t)
		write(t, filepath.Join(f.path, "LOCK"), left)
		s := f.mustOpen(t)
		if text, err := os.ReadFile(filepath.Join(f.path, "LOCK")); err != nil || string(text) != fmt.Sprintln(os.Getpid()) {
			t.Errorf("after %q the lock says %q, %v; want this process", left, text, err)
		}
		mustClose(t, s)
	}
}

func TestOpen_RefusesANewerFormat(t *testing.T) {
	t.Parallel()
	f := setup(t)
	mustClose(t, f.mustOpen(t))
	path := filepath.Join(f.path, "store", "FORMAT.json")
	present, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const newer = `{"format":99,"program":"landfall 9.9"}`
	write(t, path, newer)
	_, err = f.open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "has format 99, written by landfall 9.9; this program reads format 1") {
		t.Errorf("opening a folder of a newer format: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != newer {
		t.Errorf("the refused folder says now that it is %s", text)
	}
	write(t, path, string(present))
	mustClose(t, f.mustOpen(t)) // and nothing holds it
}

// TestClose_WhileBusy closes the service in every phase of a migration, and opens it again: it goes on by itself, and in
// the end everything is there once.
func TestClose_WhileBusy(t *testing.T) {
	t.Parallel()
	f, files := setup(t), portfolio(t, 4000)
	s := f.mustOpen(t)
	m := mustCreate(t, s, lendingComponents...)
	for key, path := range files {
		if _, err := s.Offer(t.Context(), migrate.LocalTenant, string(m.ID)+"/"+key, path); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, s) // while it stages
	s = f.mustOpen(t)
	for _, d := range drops(t, s, m) {
		await(t, "staging "+d.Key, s.Ended(string(d.ID)))
	}
	if open := row(t, s, m).OpenDrops; open != 0 {
		t.Fatalf("%d drops are open after their machines have ended", open)
	}
	if _, err := s.RunMigration(t.Context(), migrate.LocalTenant, m); err != nil {
		t.Fatal(err)
	}
	for jobs := 1; jobs <= 3; jobs++ {
		eventually(t, fmt.Sprintf("%d jobs", jobs), func() bool { return jobsOf(t, s, m) >= jobs })
		mustClose(t, s)
		s = f.mustOpen(t)
	}
	if done, running := s.MigrationRuns(); running {
		await(t, "the migration", done)
	}
	if n := jobsOf(t, s, m); n != 3 || row(t, s, m).Activity != migrate.Completed {
		t.Errorf("the migration is %s with %d jobs, want Completed with 3", row(t, s, m).Activity, n)
	}
	wantBooks(t, s, m, 4000)
	if list, err := s.Store.ListExecutions(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%d executions are left of what has ended, %v", len(list), err)
	}
}

func jobsOf(t *testing.T, s *local.Service, m migrate.Migration) int {
	t.Helper()
	_, n, err := s.Store.ListJobs(t.Context(), migrate.LocalTenant, m.ID, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// RunMigration begins nothing while a migration runs.
func TestRunMigration_Once(t *testing.T) {
	t.Parallel()
	f := setup(t)
	s := f.mustOpen(t)
	m := mustCreate(t, s, lendingComponents...)
	mustOffer(t, s, m, portfolio(t, 2000))
	var runs []<-chan struct{}
	for range 3 {
		done, err := s.RunMigration(t.Context(), migrate.LocalTenant, m)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, done)
	}
	for _, done := range runs {
		await(t, "the migration", done)
	}
	if n := jobsOf(t, s, m); n != 3 {
		t.Errorf("%d jobs, want 3", n)
	}
	wantBooks(t, s, m, 2000)
}
