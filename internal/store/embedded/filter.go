package embedded

import (
	"strings"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// filter tells which ids a component surely does not hold, so that new ids need no look-up. It is made, in the
// background, from what is staged when the first large part comes; until then every id may be held. The committer alone
// adds and asks.
type filter struct {
	recent layers                 // what came since
	before atomic.Pointer[layers] // what was there
}

// hashID hashes an id of the collection that has the seed.
func hashID(id *migrate.ReferenceID, seed uint64) uint64 { return xxhash.Sum64(id[:]) ^ seed }

func collectionSeed(c migrate.CollectionName) uint64 { return xxhash.Sum64String(string(c)) }

func (f *filter) mayHold(hash uint64) bool {
	before := f.before.Load()
	return before == nil || before.mayHold(hash) || f.recent.mayHold(hash)
}

// loadFilter begins a component's filter. It runs in the committer, for a change that begins a group: nothing waits in
// the batch, so what is not in the database now comes later, by finder.add.
func (s *Store) loadFilter(scope string) *filter {
	f, before := &filter{}, &layers{}
	s.filters[scope] = f
	if s.isEmpty(under(key(scope))) {
		f.before.Store(before)
		return f
	}
	s.readBehind(under(key(scope)), func(k key, _ []byte) error {
		c, id, ok := parseEntity(k[len(scope)+2:])
		if !ok {
			return errRow
		}
		before.add(hashID(&id, collectionSeed(c)))
		return nil
	}, func(err error) {
		if err == nil {
			f.before.Store(before)
		}
	})
	return f
}

// isEmpty spares the first load of a component the look-ups until a filter of nothing has been made.
func (s *Store) isEmpty(at span) bool {
	empty := false
	err := iterate(s.db, at, func(it *pebble.Iterator) error {
		empty = !it.First()
		return it.Error()
	})
	return err == nil && empty
}

// forgetFilters frees the filters of a migration that has ended. It runs in the committer.
func (s *Store) forgetFilters(t migrate.TenantID, m migrate.MigrationID) {
	for scope := range s.filters {
		if strings.HasPrefix(scope, string(newKey(t, kindIndex).migration(m))) {
			delete(s.filters, scope)
		}
	}
}

// readBehind reads a span as it is before the group of changes that is being made, in the background. Close ends it.
func (s *Store) readBehind(at span, row func(key, []byte) error, done func(error)) {
	snapshot := s.db.NewSnapshot()
	s.stopped.Go(func() {
		defer snapshot.Close()
		done(iterate(snapshot, at, func(it *pebble.Iterator) error { return s.readRows(it, row) }))
	})
}

func (s *Store) readRows(it *pebble.Iterator, row func(key, []byte) error) error {
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		if err := row(it.Key(), v); err != nil {
			return err
		}
		if s.stopping.Err() != nil {
			return errClosed
		}
	}
	return it.Error()
}

// layers is a Bloom filter that grows: each layer holds twice the ids of the one before. An id sets one bit in each of
// the eight words of one cache line; at 21 bits an id, about one stranger in ten thousand passes a layer.
type layers []*layer

type layer struct {
	lines [][8]uint64
	room  int
}

const (
	firstLayer  = 1 << 13 // lines
	idsPerLine  = 24
	layerGrowth = 2
)

func (l *layers) add(hash uint64) {
	if n := len(*l); n == 0 || (*l)[n-1].room == 0 {
		lines := firstLayer
		if n > 0 {
			lines = len((*l)[n-1].lines) * layerGrowth
		}
		*l = append(*l, &layer{make([][8]uint64, lines), lines * idsPerLine})
	}
	last := (*l)[len(*l)-1]
	last.room--
	line, bits := last.line(hash)
	for i := range line {
		line[i] |= 1 << (bits >> (6 * i) & 63)
	}
}

func (l layers) mayHold(hash uint64) bool {
	for _, layer := range l {
		if layer.mayHold(hash) {
			return true
		}
	}
	return false
}

func (l *layer) mayHold(hash uint64) bool {
	line, bits := l.line(hash)
	for i := range line {
		if line[i]&(1<<(bits>>(6*i)&63)) == 0 {
			return false
		}
	}
	return true
}

// line gives the cache line of a hash, by its upper half, and the bits to set in it, by a mix of all of it.
func (l *layer) line(hash uint64) (*[8]uint64, uint64) {
	n := (hash >> 32) * uint64(len(l.lines)) >> 32
	return &l.lines[n], hash * 0x9E3779B97F4A7C15 >> 16
}
