package embedded

import (
	"cmp"
	"context"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// commit is one attempt to commit a part. A small part writes to the batch that it shares with other changes; a large
// one brings tables.
type commit struct {
	w          *chunkWriter
	index      entityKeys
	bodies     entityKeys
	entry      ledgerEntry
	duplicates []migrate.Duplicate
	incoming   *incoming
	scratch    []byte
}

func newCommit(w *chunkWriter, to int64, read migrate.PartRead) *commit {
	w.memory.sort()
	c := &commit{w: w, entry: ledgerEntry{component: w.ref.Component}}
	c.entry.row = migrate.LedgerRow{Drop: w.ref.Drop, From: w.ref.From, To: to}
	c.entry.row.Tally = migrate.Tally{
		Lines: int64(len(w.memory.records)) + w.rejected, Rejected: w.rejected, Bytes: read.Bytes,
		BlankLines: read.BlankLines, Newlines: read.Newlines, Revision: int64(min(len(w.memory.records), 1)),
	}
	run := migrate.Source{Seq: w.ref.Seq, Offset: w.ref.From}
	if w.bytes < w.s.options.SmallPart {
		run = migrate.Source{}
	} else {
		c.incoming = &incoming{s: w.s}
	}
	c.index = newEntityKeys(indexKey(w.tenant, w.ref.Migration, w.ref.Component), w.ref.Collection)
	c.bodies = newEntityKeys(bodiesKey(w.tenant, w.ref.Migration, w.ref.Component).source(run), w.ref.Collection)
	return c
}

func (c *commit) ledgerKey() key {
	return dropLedgerKey(c.w.tenant, c.w.ref.Migration, c.w.ref.Drop).i64(c.w.ref.From)
}

// prepare does, outside the committer, what needs no look at what is staged: the table of the bodies of a large part.
// Its ids' last records are in it, whether or not they turn out to be superseded.
func (c *commit) prepare(ctx context.Context) error {
	if err := c.w.s.checkRoom(c.w.s.options.ReserveBytes); err != nil || c.incoming == nil {
		return err
	}
	if done, err := c.committed(ctx); err != nil || done {
		return err
	}
	t, err := c.incoming.table(c.w.s.runs)
	if err != nil {
		return err
	}
	m := c.w.memory
	for group := range m.groups {
		r := &m.records[group[len(group)-1].index]
		if err := t.Set(c.bodies.of(r.bucket, &r.id), r.body); err != nil {
			return err
		}
	}
	return t.finish()
}

// committed spares a retry the table. The committer looks again.
func (c *commit) committed(ctx context.Context) (done bool, err error) {
	err = c.w.s.view(ctx, func(db pebble.Reader) error {
		done, err = getRaw(db, c.ledgerKey(), func([]byte) error { return nil })
		return err
	})
	return done, err
}

// run is the commit itself, in the committer.
func (c *commit) run(t *tx) error {
	done, err := getRaw(t.batch, c.ledgerKey(), func(v []byte) error { return c.parse(v) })
	if err != nil || done {
		return err
	}
	if err := t.checkEpoch("committing a part", c.w.tenant, c.w.ref.Migration, c.w.ref.Epoch); err != nil {
		return err
	}
	f := &finder{tx: t, filter: c.filter(), component: under(c.index.buffer[:c.index.bucket])}
	defer f.close()
	if c.incoming == nil {
		return c.writeRows(t, f)
	}
	return c.writeTables(t, f)
}

// parse takes over the row of an earlier attempt.
func (c *commit) parse(v []byte) error {
	e, err := parseLedger(v)
	e.row.Drop, e.row.From = c.w.ref.Drop, c.w.ref.From
	c.entry = e
	return err
}

// writeRows commits a small part: everything goes to the batch.
func (c *commit) writeRows(t *tx, f *finder) error {
	rows := batchRows{t.batch}
	err := c.resolve(f, func(r *record, s *staged) error {
		s.shared = true
		if err := rows.Set(c.bodies.of(r.bucket, &r.id), r.body); err != nil {
			return err
		}
		return c.putIndex(rows, r, s)
	})
	if err != nil {
		return err
	}
	t.then(c.account)
	if err := c.putLedger(rows); err != nil {
		return err
	}
	return c.putPages(rows)
}

// putIndex writes the row of the index of a record that is staged now.
func (c *commit) putIndex(to rows, r *record, s *staged) error {
	s.size = len(r.body)
	c.scratch = appendStaged(c.scratch[:0], s)
	return to.Set(c.index.of(r.bucket, &r.id), c.scratch)
}

func (c *commit) putLedger(to rows) error {
	return to.Set(c.ledgerKey(), appendLedger(nil, &c.entry))
}

// putPages writes the pages in the order of their keys: duplicates, then rejections.
func (c *commit) putPages(to rows) error {
	slices.SortFunc(c.duplicates, func(a, b migrate.Duplicate) int { return cmp.Compare(a.Offset, b.Offset) })
	var duplicates pages
	for i := range c.duplicates {
		c.scratch = appendDuplicate(c.scratch[:0], &c.duplicates[i])
		duplicates.add(c.scratch)
	}
	ref := &c.w.ref
	if err := duplicates.write(to, pagesKey(c.w.tenant, ref.Migration, ref.Drop, ref.From, pageDuplicates)); err != nil {
		return err
	}
	return c.w.rejects.write(to, pagesKey(c.w.tenant, ref.Migration, ref.Drop, ref.From, pageRejections))
}

// account brings what is held in memory up to date with a part that has become durable.
func (c *commit) account() {
	ref := &c.w.ref
	c.w.s.sums.add(c.w.tenant, ref.Migration, ref.Drop, &c.entry)
}

// scope names the component among all.
func (c *commit) scope() string { return string(c.index.buffer[:c.index.bucket]) }

// filter gives the component's filter, if there is one; a large part makes one.
func (c *commit) filter() *filter {
	f := c.w.s.filters[c.scope()]
	if f == nil && c.incoming != nil {
		f = c.w.s.loadFilter(c.scope())
	}
	return f
}

func (c *commit) clean() {
	if c.incoming != nil {
		c.incoming.remove()
	}
}

// rows is what rows are written to: a batch, or a table that wants them in order.
type rows interface {
	Set(k, v []byte) error
}

type batchRows struct{ b *pebble.Batch }

func (r batchRows) Set(k, v []byte) error { return r.b.Set(k, v, nil) }
