package embedded

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// A walk reads a page of the index, then the bodies run by run, each run being contiguous, and gives them away in key
// order. These bound a page, and with it the memory of a walk.
const (
	walkRows  = 16 << 10
	walkBytes = 8 << 20
)

// WalkBucket is that of migrate.Staging.
func (s *Store) WalkBucket(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, q migrate.BucketQuery,
	yield func(*migrate.Entity) error) error {
	w, ok := s.walks.Get().(*walk)
	if !ok {
		w = new(walk)
	}
	defer s.walks.Put(w)
	w.index, w.bodies = indexKey(t, m, q.Component).u16(q.Bucket), bodiesKey(t, m, q.Component)
	w.bucket, w.keysOnly = q.Bucket, q.KeysOnly
	for _, at := range w.spans(q) {
		if err := s.walk(ctx, w, at, yield); err != nil {
			return err
		}
	}
	return nil
}

// walk is a walk of one bucket. Its buffers serve page after page, and walk after walk.
type walk struct {
	index, bodies key // where the bucket's index and the component's bodies begin
	bucket        int
	keysOnly      bool

	entities []walked
	byRun    []placeInRun
	data     []byte
	scratch  key
}

// placeInRun stands for an entity where entities are sorted by run and key.
type placeInRun struct {
	run   migrate.Source
	index int
}

// walked is one entity of a page.
type walked struct {
	staged
	collection migrate.CollectionName
	id         migrate.ReferenceID
	body       int // where it lies in the page's data
}

// spans gives the ranges of the index to walk: one, or one per collection that was asked for.
func (w *walk) spans(q migrate.BucketQuery) []span {
	after := func(s span) span {
		if q.After.IsZero() {
			return s
		}
		return s.after(slices.Clone(w.index).str(string(q.After.Collection)).id(q.After.ID))
	}
	if len(q.Collections) == 0 {
		return []span{after(under(w.index))}
	}
	names := slices.Compact(slices.Sorted(slices.Values(q.Collections)))
	var spans []span
	for _, c := range names {
		if s := after(under(slices.Clone(w.index).str(string(c)))); bytes.Compare(s.from, s.to) < 0 {
			spans = append(spans, s)
		}
	}
	return spans
}

func (s *Store) walk(ctx context.Context, w *walk, at span, yield func(*migrate.Entity) error) error {
	for more := true; more; {
		err := s.view(ctx, func(db pebble.Reader) (err error) {
			if more, err = w.readIndex(db, at); err == nil && !w.keysOnly {
				err = w.readBodies(db)
			}
			return err
		})
		if err != nil {
			return s.wrap("walking a bucket", err)
		}
		if err := w.yield(ctx, yield); err != nil {
			return err
		}
		if n := len(w.entities); more {
			at = at.after(w.key(w.index, &w.entities[n-1]))
		}
	}
	return nil
}

// key gives an entity's key; it is valid until the next call.
func (w *walk) key(prefix key, e *walked) key {
	w.scratch = append(w.scratch[:0], prefix...).str(string(e.collection)).id(e.id)
	return w.scratch
}

func (w *walk) yield(ctx context.Context, yield func(*migrate.Entity) error) error {
	var out migrate.Entity
	for i := range w.entities {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := &w.entities[i]
		out = migrate.Entity{Collection: e.collection, ID: e.id, Bucket: w.bucket}
		e.fill(&out)
		if w.keysOnly {
			out.Hash = migrate.ContentHash{}
		} else {
			out.Body = w.data[e.body : e.body+e.size : e.body+e.size]
		}
		if err := yield(&out); err != nil {
			return err
		}
	}
	return nil
}

// readIndex reads a page of the index and reports whether there is more.
func (w *walk) readIndex(db pebble.Reader, at span) (more bool, err error) {
	w.entities = w.entities[:0]
	size := 0
	err = iterate(db, at, func(it *pebble.Iterator) error {
		for more = it.First(); more && len(w.entities) < walkRows && size < walkBytes; more = it.Next() {
			v, err := it.ValueAndErr()
			if err != nil {
				return err
			}
			e, err := w.parse(it.Key(), v)
			if err != nil {
				return err
			}
			if e.body = size; !w.keysOnly {
				size += e.size
			}
			w.entities = append(w.entities, e)
		}
		return it.Error()
	})
	w.data = slices.Grow(w.data[:0], size)[:size]
	return more, err
}

func (w *walk) parse(k, v []byte) (walked, error) {
	row, err := parseStaged(v)
	e := walked{staged: row}
	rest := k[len(w.index):]
	if n := len(w.entities); n > 0 { // most often the collection is that of the row before
		last := &w.entities[n-1]
		if f := parseKey(rest); len(rest) == len(last.collection)+18 && string(rest[:len(last.collection)]) == string(last.collection) {
			f.rest = rest[len(rest)-16:]
			e.collection, e.id = last.collection, f.id()
			return e, err
		}
	}
	var ok bool
	if e.collection, e.id, ok = parseEntity(rest); !ok {
		err = errRow
	}
	return e, err
}

// readBodies fills the page's data.
func (w *walk) readBodies(db pebble.Reader) error {
	w.byRun = w.byRun[:0]
	for i := range w.entities {
		w.byRun = append(w.byRun, placeInRun{w.entities[i].run(), i})
	}
	slices.SortFunc(w.byRun, func(a, b placeInRun) int {
		return cmp.Or(a.run.Compare(b.run), a.index-b.index)
	})
	return iterate(db, under(w.bodies), func(it *pebble.Iterator) error {
		var run key
		for n, p := range w.byRun {
			if n == 0 || p.run != w.byRun[n-1].run {
				run = slices.Clone(w.bodies).source(p.run).u16(w.bucket)
			}
			e := &w.entities[p.index]
			if err := w.readBody(it, w.key(run, e), e); err != nil {
				return err
			}
		}
		return nil
	})
}

// readBody reads one body. Bodies of a run lie next to each other, but for those that were replaced since.
func (w *walk) readBody(it *pebble.Iterator, k key, e *walked) error {
	found := it.Valid() && it.Next() && bytes.Equal(it.Key(), k)
	if !found {
		found = it.SeekGE(k) && bytes.Equal(it.Key(), k)
	}
	if err := it.Error(); err != nil {
		return err
	}
	if !found {
		return errRow
	}
	v, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	if len(v) != e.size {
		return errRow
	}
	copy(w.data[e.body:], v)
	return nil
}
