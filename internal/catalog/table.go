package catalog

import (
	"maps"
	"slices"
	"strconv"

	"github.com/cockroachdb/apd/v3"

	"landfall/internal/migrate"
)

// CountTables shows what was staged beside what was imported: the catalog's counts in their order, those that concern
// a component only if it takes part. Both sides of a table have the same keys in ascending order; what one side lacks is
// "0" there, what both lack is left out, and a group without a value is "(none)".
func (c *Catalog) CountTables(components []migrate.ComponentName, staged, imported *Tally) []migrate.CountTable {
	var tables []migrate.CountTable
	for _, k := range c.counts {
		if !k.takesPart(components) {
			continue
		}
		t := migrate.CountTable{Type: k.name, Headers: k.headers, StagedRows: [][]string{}, ImportedRows: [][]string{}}
		for key, names := range keysOf(k, staged, imported) {
			t.StagedRows = append(t.StagedRows, staged.cells(k, key, names))
			t.ImportedRows = append(t.ImportedRows, imported.cells(k, key, names))
		}
		tables = append(tables, t)
	}
	return tables
}

// ControlTotals shows the catalog's control totals in their order, by key; what is 0 on both sides is left out.
func (c *Catalog) ControlTotals(components []migrate.ComponentName, staged, imported *Tally) []migrate.ControlTotal {
	var totals []migrate.ControlTotal
	for _, k := range c.totals {
		if !k.takesPart(components) {
			continue
		}
		for key, names := range keysOf(k, staged, imported) {
			t := migrate.ControlTotal{Component: k.of.Component, Name: k.name, Key: names[0],
				Staged: staged.sum(k, key, 0), Imported: imported.sum(k, key, 0)}
			if t.Staged != "0" || t.Imported != "0" {
				totals = append(totals, t)
			}
		}
	}
	return totals
}

// keysOf yields the keys that either side has, ascending, with the values they stand for.
func keysOf(k *count, a, b *Tally) func(yield func(string, []string) bool) {
	names := map[string][]string{}
	for _, t := range []*Tally{a, b} {
		for key, r := range t.tables[k.name] {
			names[key] = r.Key
		}
	}
	keys := slices.SortedFunc(maps.Keys(names), func(x, y string) int { return slices.Compare(names[x], names[y]) })
	return func(yield func(string, []string) bool) {
		for _, key := range keys {
			if !yield(key, names[key]) {
				return
			}
		}
	}
}

func (t *Tally) cells(k *count, key string, names []string) []string {
	cells := slices.Clone(names)
	n := int64(0)
	if r := t.tables[k.name][key]; r != nil {
		n = r.Count
	}
	cells = append(cells, strconv.FormatInt(n, 10))
	for i := range k.sums {
		cells = append(cells, t.sum(k, key, i))
	}
	return cells
}

func (t *Tally) sum(k *count, key string, i int) string {
	if r := t.tables[k.name][key]; r != nil && i < len(r.Sums) {
		return plain(r.Sums[i])
	}
	return plain(new(apd.Decimal))
}

// joinKey makes one string of the values of a row; different values make different strings.
func joinKey(values []string) string {
	var b []byte
	for _, v := range values {
		b = appendKeyPart(b, v)
	}
	return string(b)
}

func appendKeyPart(b []byte, v string) []byte {
	return append(append(strconv.AppendInt(b, int64(len(v)), 10), ':'), v...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
