package generate_test

import (
	"bytes"
	"io/fs"
	"testing"
	"time"

	"landfall/catalogs"
	"landfall/internal/catalog"
	"landfall/internal/generate"
	"landfall/internal/migrate"
)

// TestWrite_PassesTheCatalog holds a portfolio against the lending catalog itself, strictly: each record at load and at
// validation, what they refer to, and what may occur once. The day after the portfolio's last is early enough.
func TestWrite_PassesTheCatalog(t *testing.T) {
	t.Parallel()
	today := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	lending := openLending(t)
	there := map[catalog.Ref]map[migrate.ReferenceID]bool{}
	var mentions []catalog.Mention
	claimed := map[string]bool{}
	for _, f := range write(t, t.TempDir(), generate.Options{Entities: 10_021, Seed: 3}) {
		c, ok := lending.Collection(f.Component, f.Collection)
		if !ok {
			t.Fatalf("the catalog has no %s/%s", f.Component, f.Collection)
		}
		ref := catalog.Ref{Component: f.Component, Collection: f.Collection}
		there[ref] = map[migrate.ReferenceID]bool{}
		checker, inspector := c.NewChecker(), c.NewInspector()
		for line := range bytes.Lines(read(t, f)) {
			loaded := checker.Check(line, true)
			found, err := inspector.Inspect(line, today)
			if err != nil || len(loaded.Faults)+len(found.Faults) > 0 {
				t.Errorf("%s: %v %v %v: %s", f.Collection, loaded.Faults, found.Faults, err, line)
			}
			there[ref][loaded.ID] = true
			mentions = append(mentions, found.Mentions...)
			for _, claim := range found.Claims {
				key := string(claim.Rule) + claim.Key
				if claimed[key] {
					t.Errorf("%s: %s is held twice: %s", f.Collection, claim.Field, line)
				}
				claimed[key] = true
			}
		}
	}
	for _, m := range mentions {
		if !there[m.To][m.ID] {
			t.Errorf("%s: %s", m.Field, m.Message)
		}
	}
	if len(mentions) == 0 || len(claimed) == 0 {
		t.Errorf("%d references and %d unique values: nothing was checked", len(mentions), len(claimed))
	}
}

func openLending(t *testing.T) *catalog.Catalog {
	t.Helper()
	files, err := fs.Sub(catalogs.FS, "lending")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
