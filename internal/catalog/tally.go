package catalog

import (
	"encoding/json"

	"github.com/cockroachdb/apd/v3"

	"landfall/internal/migrate"
)

// Tally is what was counted so far, of any part of a migration. Tallies of parts add up to that of the whole, in any
// order. Its JSON form keeps every digit. The zero Tally is empty.
type Tally struct {
	tables map[string]map[string]*row // by count, then by key
}

// row is what was counted under one key.
type row struct {
	Key   []string       `json:"key"`
	Count int64          `json:"count"`
	Sums  []*apd.Decimal `json:"sums,omitempty"`
}

// Merge adds what o has counted to t. It leaves o as it is.
func (t *Tally) Merge(o *Tally) error {
	for name, rows := range o.tables {
		for key, r := range rows {
			if err := t.row(name, key, len(r.Sums), func() []string { return r.Key }).add(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *row) add(o *row) error {
	if len(r.Sums) != len(o.Sums) {
		return migrate.Errorf(migrate.Invalid, "adding up counts", "the counts come from another catalog")
	}
	r.Count += o.Count
	for i, s := range o.Sums {
		if _, err := exact.Add(r.Sums[i], r.Sums[i], s); err != nil {
			return migrate.Wrap(migrate.Invalid, "adding up counts", err)
		}
	}
	return nil
}

// row finds the row of a key, or makes it; names are the values the key stands for.
func (t *Tally) row(name, key string, sums int, names func() []string) *row {
	if r := t.tables[name][key]; r != nil {
		return r
	}
	r := &row{Key: names()}
	for range sums {
		r.Sums = append(r.Sums, new(apd.Decimal))
	}
	if t.tables == nil {
		t.tables = map[string]map[string]*row{}
	}
	if t.tables[name] == nil {
		t.tables[name] = map[string]*row{}
	}
	t.tables[name][key] = r
	return r
}

// MarshalJSON gives the rows of each count; equal tallies give equal bytes.
func (t *Tally) MarshalJSON() ([]byte, error) {
	out := map[string][]*row{}
	for name, rows := range t.tables {
		for _, key := range sortedKeys(rows) {
			out[name] = append(out[name], rows[key])
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON is the reverse of MarshalJSON.
func (t *Tally) UnmarshalJSON(b []byte) error {
	var in map[string][]*row
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*t = Tally{}
	for name, rows := range in {
		for _, r := range rows {
			if err := t.row(name, joinKey(r.Key), len(r.Sums), func() []string { return r.Key }).add(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Tallier counts records. It is for one goroutine.
type Tallier struct {
	byCollection map[Ref][]*count
	tally        Tally
	doc          document
	values       []string // scratch
	key          []byte
}

// NewTallier makes a tallier for records of any of the catalog's collections.
func (c *Catalog) NewTallier() *Tallier {
	t := &Tallier{byCollection: map[Ref][]*count{}}
	for _, p := range c.Components {
		for _, n := range p.Collections {
			for _, k := range append(c.counts[:len(c.counts):len(c.counts)], c.totals...) {
				if k.of == nil || k.of == n {
					ref := Ref{n.Component, n.Name}
					t.byCollection[ref] = append(t.byCollection[ref], k.bind(n))
				}
			}
		}
	}
	return t
}

// bind gives the count a collection of its own: that of every collection needs to know which one it is at.
func (c *count) bind(n *Collection) *count {
	bound := *c
	bound.of = n
	return &bound
}

// Add counts one record. It fails with Invalid if the record is no JSON object.
func (t *Tallier) Add(component migrate.ComponentName, collection migrate.CollectionName, record []byte) error {
	if err := t.doc.read(record); err != nil {
		return err
	}
	for _, c := range t.byCollection[Ref{component, collection}] {
		if err := t.walk(c, 0, c.list); err != nil {
			return err
		}
	}
	return nil
}

// Tally gives what was counted. It goes on counting with the next Add.
func (t *Tallier) Tally() *Tally { return &t.tally }

func (t *Tallier) walk(c *count, n int32, rest path) error {
	if len(rest) == 0 {
		return t.add(c, n)
	}
	if n = t.doc.find(n, rest[0].name); n == none {
		return nil
	}
	if !rest[0].each {
		return t.walk(c, n, rest[1:])
	}
	for e := t.doc.nodes[n].first; e != 0; e = t.doc.nodes[e].next {
		if err := t.walk(c, e, rest[1:]); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tallier) add(c *count, n int32) error {
	t.key, t.values = t.key[:0], t.values[:0]
	for _, g := range c.groups {
		v := t.group(c, g, n)
		t.values = append(t.values, v)
		t.key = appendKeyPart(t.key, v)
	}
	r := t.tally.tables[c.name][string(t.key)]
	if r == nil {
		r = t.tally.row(c.name, string(t.key), len(c.sums), func() []string { return append([]string{}, t.values...) })
	}
	r.Count++
	for i, s := range c.sums {
		v := t.doc.at(n, s.path)
		if v == none || t.doc.nodes[v].kind != 0 {
			continue
		}
		d, ok := parseDecimal(t.doc.text(v))
		if !ok {
			continue
		}
		if _, err := exact.Add(r.Sums[i], r.Sums[i], d); err != nil {
			return migrate.Wrap(migrate.Invalid, "adding up counts", err)
		}
	}
	return nil
}

// absentGroup is the group of what has no value.
const absentGroup = "(none)"

func (t *Tallier) group(c *count, g column, n int32) string {
	if g.entityType {
		return c.of.EntityType
	}
	v := t.doc.at(n, g.path)
	if v == none {
		return absentGroup
	}
	if t.doc.nodes[v].kind == '"' {
		return t.doc.str(v)
	}
	return string(t.doc.text(v))
}
