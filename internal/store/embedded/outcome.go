package embedded

import (
	"landfall/internal/migrate"
)

// resolve finds out what becomes of each record, counts it, and calls keep for each entity whose staged content is now
// that of a record of this part. Records come in key order, those of one id in order of their sources; each is
// compared with what the one before it left.
func (c *commit) resolve(f *finder, keep func(*record, *staged) error) error {
	m, seed := c.w.memory, collectionSeed(c.w.ref.Collection)
	for group := range m.groups {
		r := &m.records[group[0].index]
		h := hashID(&r.id, seed)
		now, found, err := f.find(c.index.of(r.bucket, &r.id), h)
		if err != nil {
			return err
		}
		if !found {
			f.add(h)
		}
		last := -1
		for _, p := range group {
			if c.stage(&m.records[p.index], &now, found || last >= 0) {
				last = p.index
			}
		}
		if last < 0 {
			continue
		}
		if err := keep(&m.records[last], &now); err != nil {
			return err
		}
	}
	return nil
}

// stage applies one record to what is staged of its id, if anything is, and reports whether it is staged now.
func (c *commit) stage(r *record, now *staged, found bool) bool {
	source := migrate.Source{Seq: c.w.ref.Seq, Offset: r.offset}
	tally := &c.entry.row.Tally
	if !found {
		*now = staged{source: source, first: source, hash: r.hash, firstHash: r.hash, from: c.w.ref.From}
		tally.Outcomes.New++
		tally.HashSum = tally.HashSum.Add(r.hash)
		return true
	}
	order, differs := source.Compare(now.source), r.hash != now.hash
	outcome := migrate.Replayed
	switch {
	case order < 0:
		outcome = migrate.Superseded
	case order > 0 && differs:
		outcome = migrate.Replaced
	}
	tally.Outcomes.Count(outcome)
	c.duplicates = append(c.duplicates, migrate.Duplicate{
		Offset: r.offset, Line: r.line, ID: r.id, Outcome: outcome, Other: now.source, Differs: differs,
	})
	if order > 0 {
		now.source, now.hash, now.from, now.shared = source, r.hash, c.w.ref.From, false
	}
	return order > 0
}
