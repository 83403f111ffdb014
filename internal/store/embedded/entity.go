package embedded

import (
	"bytes"
	"context"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// maxKeys is how many entities one call asks for at most.
const maxKeys = 1000

// GetEntity is that of migrate.Staging.
func (s *Store) GetEntity(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, k migrate.EntityKey) (
	e migrate.Entity, err error) {
	const op = "getting an entity"
	buckets, err := s.bucketsOf(ctx, op, t, m)
	if err != nil {
		return e, err
	}
	e.Collection, e.ID, e.Bucket = k.Collection, k.ID, migrate.BucketOf(k.ID, buckets)
	err = s.view(ctx, func(db pebble.Reader) error {
		var row staged
		at := newEntityKeys(indexKey(t, m, k.Component), k.Collection).of(e.Bucket, &k.ID)
		found, err := getRaw(db, at, func(v []byte) error {
			row, err = parseStaged(v)
			return err
		})
		if err == nil && !found {
			return notFound(op, migrate.ProblemEntityNotFound, "entity")
		} else if err != nil {
			return err
		}
		row.fill(&e)
		at = newEntityKeys(bodiesKey(t, m, k.Component).source(row.run()), k.Collection).of(e.Bucket, &k.ID)
		found, err = getRaw(db, at, func(v []byte) error {
			e.Body = bytes.Clone(v)
			return nil
		})
		if err == nil && !found {
			err = errRow
		}
		return err
	})
	if err != nil {
		return migrate.Entity{}, s.wrap(op, err)
	}
	return e, nil
}

// fill says of an entity what the index knows.
func (s *staged) fill(e *migrate.Entity) {
	e.Hash, e.Source, e.First, e.FirstHash = s.hash, s.source, s.first, s.firstHash
}

// HasEntities is that of migrate.Staging. The keys are looked up in order, so that near ones share a block.
func (s *Store) HasEntities(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, keys []migrate.EntityKey) ([]bool, error) {
	const op = "looking entities up"
	if len(keys) > maxKeys {
		return nil, migrate.Errorf(migrate.TooLarge, op, "more than %d keys", maxKeys)
	}
	buckets, err := s.bucketsOf(ctx, op, t, m)
	if err != nil {
		return nil, err
	}
	type wanted struct {
		key   key
		index int
	}
	order := make([]wanted, len(keys))
	for i, k := range keys {
		at := newEntityKeys(indexKey(t, m, k.Component), k.Collection)
		order[i] = wanted{at.of(migrate.BucketOf(k.ID, buckets), &k.ID), i}
	}
	slices.SortFunc(order, func(a, b wanted) int { return bytes.Compare(a.key, b.key) })
	has := make([]bool, len(keys))
	err = s.view(ctx, func(db pebble.Reader) error {
		return iterate(db, under(newKey(t, kindIndex).migration(m)), func(it *pebble.Iterator) error {
			for _, w := range order {
				has[w.index] = it.SeekGE(w.key) && bytes.Equal(it.Key(), w.key)
			}
			return it.Error()
		})
	})
	return has, s.wrap(op, err)
}
