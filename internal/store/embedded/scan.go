package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"
)

// scanBytes is how much a scan reads before it gives any of it away.
const scanBytes = 256 << 10

// span is a range of keys, from the first to before the last.
type span struct{ from, to key }

// under is the span of all keys that begin with prefix.
func under(prefix key) span { return span{prefix, prefix.end()} }

// since is the part of the span from k on.
func (s span) since(k key) span {
	if bytes.Compare(k, s.from) > 0 {
		s.from = k
	}
	return s
}

// after is the part of the span after k.
func (s span) after(k key) span { return s.since(append(slices.Clone(k), 0)) }

// page holds copies of rows, so that nothing is open while they are given away: who takes them may take their time.
type page struct {
	rows []row
	data []byte
}

type row struct{ key, value []byte }

func (p *page) add(k, v []byte) {
	n := len(p.data)
	p.data = append(append(p.data, k...), v...)
	p.rows = append(p.rows, row{p.data[n : n+len(k) : n+len(k)], p.data[n+len(k) : len(p.data) : len(p.data)]})
}

// scan yields the rows of a span, page by page. Rows that come while it runs may be seen or not. Keys and values are
// valid until yield returns.
func (s *Store) scan(ctx context.Context, at span, yield func(k key, v []byte) error) error {
	var p page
	for {
		more, err := s.readPage(ctx, at, &p)
		if err != nil {
			return s.wrap("reading rows", err)
		}
		for _, r := range p.rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := yield(r.key, r.value); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		at = at.after(p.rows[len(p.rows)-1].key)
	}
}

func (s *Store) readPage(ctx context.Context, at span, p *page) (more bool, err error) {
	p.rows, p.data = p.rows[:0], make([]byte, 0, min(cap(p.data)+4<<10, scanBytes))
	err = s.view(ctx, func(db pebble.Reader) error {
		return iterate(db, at, func(it *pebble.Iterator) error {
			for more = it.First(); more && len(p.data) < scanBytes; more = it.Next() {
				v, err := it.ValueAndErr()
				if err != nil {
					return err
				}
				p.add(it.Key(), v)
			}
			return nil
		})
	})
	return more, err
}

// view reads at one moment. It must not be nested, nor call anyone who may wait.
func (s *Store) view(ctx context.Context, f func(pebble.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	release, err := s.use()
	if err != nil {
		return err
	}
	defer release()
	snapshot := s.db.NewSnapshot()
	defer snapshot.Close()
	return f(snapshot)
}

// iterate lends an iterator over the span.
func iterate(db pebble.Reader, at span, f func(*pebble.Iterator) error) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: at.from, UpperBound: at.to})
	if err != nil {
		return err
	}
	err = f(it)
	if closed := it.Close(); err == nil {
		err = closed
	}
	return err
}

// get reads one JSON row and reports whether it is there.
func (s *Store) get(ctx context.Context, op string, k key, row any) (found bool, err error) {
	err = s.view(ctx, func(db pebble.Reader) error {
		found, err = getJSON(db, k, row)
		return err
	})
	return found, s.wrap(op, err)
}

func getJSON(db pebble.Reader, k key, row any) (bool, error) {
	return getRaw(db, k, func(v []byte) error { return json.Unmarshal(v, row) })
}

// getRaw lends f the value of a row, if it is there.
func getRaw(db pebble.Reader, k key, f func([]byte) error) (bool, error) {
	v, closer, err := db.Get(k)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer closer.Close()
	return true, f(v)
}

// scanJSON yields the JSON rows of a span.
func scanJSON[T any](ctx context.Context, s *Store, at span, yield func(T) error) error {
	return s.scan(ctx, at, func(_ key, v []byte) error {
		var row T
		if err := json.Unmarshal(v, &row); err != nil {
			return s.wrap("reading rows", errRow)
		}
		return yield(row)
	})
}

func unmarshalValue(it *pebble.Iterator, row any) error {
	v, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	return json.Unmarshal(v, row)
}
