package file_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
	"landfall/internal/target/file"
)

// mustImport imports for the local tenant and gives the results.
func mustImport(t *testing.T, target *file.Target, entities ...migrate.Entity) []migrate.ImportResult {
	t.Helper()
	outcomes, err := target.ImportBatch(t.Context(), migrate.LocalTenant, batchOf(benchMigration, entities))
	if err != nil {
		t.Fatal(err)
	}
	var results []migrate.ImportResult
	for _, o := range outcomes {
		results = append(results, o.Result)
	}
	return results
}

// withBody gives e another body.
func withBody(e migrate.Entity, body string) migrate.Entity {
	e.Body, e.Hash = []byte(body), migrate.HashContent([]byte(body))
	return e
}

func (s *system) paths(t *testing.T) []string {
	t.Helper()
	found, err := s.read()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(found)) {
		paths = append(paths, strings.TrimPrefix(path, s.dir+"/"))
	}
	return paths
}

func TestOpen_SaysWhoHoldsTheFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := mustOpen(t, dir)
	_, err := file.Open(dir)
	if migrate.CodeOf(err) != migrate.WrongState || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("Open of an open folder: %v, want code WrongState and this process's id", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := mustOpen(t, dir)
	second.Close()
	_, err = second.ImportBatch(t.Context(), migrate.LocalTenant, batchOf(benchMigration, portfolio(1)))
	if migrate.CodeOf(err) != migrate.Unavailable {
		t.Errorf("ImportBatch after Close: %v, want code Unavailable", err)
	}
}

func TestOpen_NamesAPathThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Open(path); migrate.CodeOf(err) != migrate.Unavailable || !strings.Contains(err.Error(), path) {
		t.Errorf("Open of a file: %v, want code Unavailable and the path", err)
	}
}

func TestCheckTarget_FindsThatTheFolderIsGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "live")
	target := mustOpen(t, dir)
	defer target.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := target.CheckTarget(t.Context()); migrate.CodeOf(err) != migrate.Unavailable {
		t.Errorf("CheckTarget: %v, want code Unavailable", err)
	}
}

// TestImportBatch_Layout imports, changes contents, and looks at the folder: parts and nothing else.
func TestImportBatch_Layout(t *testing.T) {
	t.Parallel()
	s := mustOpenSystem(t, nil)
	entities := portfolio(200)
	for _, tenant := range []migrate.TenantID{migrate.LocalTenant, "bank"} {
		for range 2 {
			if _, err := s.opened.ImportBatch(t.Context(), tenant, batchOf(benchMigration, entities)); err != nil {
				t.Fatal(err)
			}
			for i, e := range entities {
				entities[i] = withBody(e, strings.Replace(string(e.Body), "x", "y", 1))
			}
		}
	}
	part := regexp.MustCompile(`^(bank@/)?Counterparties/counterparties/` + string(benchMigration) + `/part-0(0\d|1[0-5])\.jsonl$`)
	paths := s.paths(t)
	for _, path := range paths {
		if !part.MatchString(path) {
			t.Errorf("there is a file %s", path)
		}
	}
	if len(paths) != 32 {
		t.Errorf("there are %d parts, want 16 of each tenant", len(paths))
	}
}

func TestImportBatch_RefusesWhatIsNoLine(t *testing.T) {
	t.Parallel()
	s := mustOpenSystem(t, nil)
	p := portfolio(5)
	got := mustImport(t, s.opened, p[0], withBody(p[1], strings.Replace(string(p[1].Body), ",", ",\n", 1)), withBody(p[2], `{"n":1}`),
		withBody(p[3], string(p[4].Body)), withBody(p[4], ""))
	want := []migrate.ImportResult{migrate.ResultImported, migrate.ResultFailed, migrate.ResultFailed, migrate.ResultFailed, migrate.ResultFailed}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if live := liveBodies(t, s.opened); len(live) != 1 {
		t.Errorf("%d entities are live, want 1", len(live))
	}
}

func TestImportBatch_OneEntityTwiceInABatch(t *testing.T) {
	t.Parallel()
	s := mustOpenSystem(t, nil)
	one := portfolio(1)[0]
	two := withBody(one, strings.Replace(string(one.Body), "x", "y", 1))
	got := mustImport(t, s.opened, one, one, two, one, two)
	imported, already := migrate.ResultImported, migrate.ResultAlready
	if diff := cmp.Diff([]migrate.ImportResult{imported, already, imported, imported, imported}, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	for range 2 {
		if live := liveBodies(t, s.opened); len(live) != 1 || live[one.ID] != string(two.Body) {
			t.Errorf("live data is %v, want one entity, as it was last", live)
		}
		if err := s.Reopen(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestImportBatch_RefusesNamesThatAreNoFolders(t *testing.T) {
	t.Parallel()
	s := mustOpenSystem(t, nil)
	for _, name := range []string{"", ".", "..", ".hidden", "a/b", "../a", `a\b`, "bank@", "a\x00"} {
		for i, change := range []func(*migrate.Batch){
			func(b *migrate.Batch) { b.Component = migrate.ComponentName(name) },
			func(b *migrate.Batch) { b.Migration = migrate.MigrationID(name) },
			func(b *migrate.Batch) { b.Entities[0].Collection = migrate.CollectionName(name) },
		} {
			batch := batchOf(benchMigration, portfolio(1))
			change(&batch)
			if _, err := s.opened.ImportBatch(t.Context(), migrate.LocalTenant, batch); migrate.CodeOf(err) != migrate.Invalid {
				t.Errorf("ImportBatch with %q as name %d: %v, want code Invalid", name, i, err)
			}
		}
	}
	if paths := s.paths(t); len(paths) != 0 {
		t.Errorf("there are files %q", paths)
	}
}

// TestTarget_NamesDamage writes into a part what no process leaves there.
func TestTarget_NamesDamage(t *testing.T) {
	t.Parallel()
	e := portfolio(1)[0]
	line := string(e.Body) + "\n"
	for name, damage := range map[string]struct {
		content string
		offset  int
		isRead  bool // by walks and look-ups, which keep no index
	}{
		"no JSON":           {line + "no JSON\n" + line, len(line), false},
		"an empty line":     {"\n" + line, 0, false},
		"a torn line kept":  {line + line[:20] + "\n", len(line), false},
		"zeros":             {line + strings.Repeat("\x00", 100) + "\n", len(line), false},
		"the line again":    {line + line, len(line), true},
		"torn, then others": {`{"n":1,"referenceId":` + "\n" + line, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mustOpenSystem(t, nil)
			mustImport(t, s.opened, e)
			path := filepath.Join(s.dir, s.paths(t)[0])
			if err := os.WriteFile(path, []byte(damage.content), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := s.Reopen(); err != nil {
				t.Fatal(err)
			}
			_, importErr := s.opened.ImportBatch(t.Context(), migrate.LocalTenant, batchOf(benchMigration, []migrate.Entity{e}))
			wantDamage(t, importErr, path, damage.offset)
			if damage.isRead {
				return
			}
			wantDamage(t, s.opened.WalkLive(t.Context(), migrate.LocalTenant, whole(benchMigration),
				func(migrate.LiveEntity) error { return nil }), path, damage.offset)
			_, err := s.opened.LookUp(t.Context(), migrate.LocalTenant, []migrate.EntityKey{{
				Component: "Counterparties", Collection: e.Collection, ID: e.ID}})
			wantDamage(t, err, path, damage.offset)
		})
	}
}

func wantDamage(t *testing.T, err error, path string, offset int) {
	t.Helper()
	if want := fmt.Sprintf("%s, byte %d:", path, offset); migrate.CodeOf(err) != migrate.Internal || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want code Internal and %q", err, want)
	}
}

// TestTarget_ForgetsParts imports with limits that keep hardly a part open.
func TestTarget_ForgetsParts(t *testing.T) {
	t.Parallel()
	for _, l := range [][3]int{{1, 1, 0}, {3, 1, 1 << 20}, {64, 2, 10}} {
		s := mustOpenSystem(t, nil)
		s.opened.Limit(l[0], l[1], l[2])
		entities := portfolio(300)
		for n, want := range []migrate.ImportResult{migrate.ResultImported, migrate.ResultAlready} {
			for i, got := range mustImport(t, s.opened, entities...) {
				if got != want {
					t.Fatalf("limits %v, time %d: entity %d is %q, want %q", l, n, i, got, want)
				}
			}
			if kept := s.opened.OpenParts(); kept > min(l[0], max(l[1], l[2])) && kept > l[1] {
				t.Errorf("limits %v: %d parts are kept", l, kept)
			}
		}
		if live := liveBodies(t, s.opened); len(live) != len(entities) {
			t.Errorf("limits %v: %d entities are live, want %d", l, len(live), len(entities))
		}
	}
}

// TestWalkLive_AnyNumberOfBuckets walks every range of two ends: each entity lies in the ranges that hold its bucket.
func TestWalkLive_AnyNumberOfBuckets(t *testing.T) {
	t.Parallel()
	s := mustOpenSystem(t, nil)
	entities := portfolio(150)
	mustImport(t, s.opened, entities...)
	for _, buckets := range []int{1, 2, 4, 8, 16, 32, 64} {
		for first := range buckets {
			for last := first; last < buckets; last += 1 + buckets/8 {
				q := migrate.LiveQuery{Migration: benchMigration, Component: "Counterparties", Buckets: buckets, FirstBucket: first, LastBucket: last}
				var got, want []string
				if err := s.opened.WalkLive(t.Context(), migrate.LocalTenant, q, func(e migrate.LiveEntity) error {
					got = append(got, e.ID.String())
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				for _, e := range entities {
					if b := migrate.BucketOf(e.ID, buckets); first <= b && b <= last {
						want = append(want, e.ID.String())
					}
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("buckets %d to %d of %d: %d entities, want %d", first, last, buckets, len(got), len(want))
				}
			}
		}
	}
}

// TestTarget_IgnoresATornEnd: until the batch is sent again, readers do not see what nobody was told of.
func TestTarget_IgnoresATornEnd(t *testing.T) {
	t.Parallel()
	s := mustOpenSystem(t, nil)
	p := portfolio(1)
	mustImport(t, s.opened, p...)
	path := filepath.Join(s.dir, s.paths(t)[0])
	torn := bytes.Clone(p[0].Body) // whole but for its LF
	if err := os.WriteFile(path, append(append(p[0].Body, '\n'), torn...), 0o644); err != nil {
		t.Fatal(err)
	}
	if live := liveBodies(t, s.opened); len(live) != 1 {
		t.Errorf("%d entities are live, want 1", len(live))
	}
}
