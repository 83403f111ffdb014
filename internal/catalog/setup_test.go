package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"landfall/catalogs"
	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// today is the day on which the example records are validated.
var today = time.Date(2026, 3, 7, 23, 59, 59, 0, time.UTC)

func lendingFS() fs.FS {
	f, err := fs.Sub(catalogs.FS, "lending")
	if err != nil {
		panic(err)
	}
	return f
}

func openLending(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(lendingFS())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// collections gives every collection of a catalog.
func collections(c *catalog.Catalog) []*catalog.Collection {
	var list []*catalog.Collection
	for _, p := range c.Components {
		list = append(list, p.Collections...)
	}
	return list
}

func collection(t testing.TB, c *catalog.Catalog, name migrate.CollectionName) *catalog.Collection {
	t.Helper()
	for _, n := range collections(c) {
		if n.Name == name {
			return n
		}
	}
	t.Fatalf("no collection %q", name)
	return nil
}

// example gives a collection's example record, which has every field, with a merge patch (RFC 7396) applied.
func example(t testing.TB, name migrate.CollectionName, patch string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "lending", string(name)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	record, changes := parse(t, text), parse(t, []byte(patch))
	out, err := json.Marshal(merge(record, changes))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parse(t testing.TB, text []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func merge(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	t = maps.Clone(t)
	for k, v := range p {
		if v == nil {
			delete(t, k)
		} else {
			t[k] = merge(t[k], v)
		}
	}
	return t
}

// at gives faults as "field CODE".
func at(faults []migrate.Fault) []string {
	list := []string{}
	for _, f := range faults {
		list = append(list, fmt.Sprintf("%s %s", f.Field, f.Code))
	}
	slices.Sort(list)
	return list
}
