package pipeline

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
)

// walker goes through the entities of a unit in batches, bucket by bucket in key order, from where the unit's progress
// stands. Validate, Import and Count share it. Entities of a generated component are made from its sources on the way.
type walker struct {
	store     Store
	catalog   *catalog.Catalog
	tenant    migrate.TenantID
	migration migrate.Migration
	batchSize int

	batch   []migrate.Entity
	origins []migrate.EntityKey // what each entity of the batch was read as
	arena   []byte
}

// A batch function takes entities and answers whether to go on. The entities are valid until it returns.
type batchFunc func(batch []migrate.Entity) (goOn bool, err error)

// walk calls f with batches until the unit is done or f says stop. It moves the progress past each batch before f is
// called, so that f checkpoints a progress that covers the batch.
func (w *walker) walk(ctx context.Context, u *migrate.Unit, f batchFunc) error {
	if u.Progress.Bucket < u.FirstBucket {
		u.Progress.Bucket = u.FirstBucket
	}
	for u.Progress.Bucket <= u.LastBucket {
		goOn, err := w.walkBucket(ctx, u, f)
		if err != nil || !goOn {
			return err
		}
		u.Progress.Bucket, u.Progress.After = u.Progress.Bucket+1, migrate.Cursor{}
	}
	if len(w.batch) > 0 { // none is left if the one before was the last there was time for
		if goOn, err := w.flush(f); err != nil || !goOn {
			return err
		}
	}
	u.Progress.Bucket, u.Progress.Done = u.LastBucket, true
	return nil
}

// errStop ends a store's walk early.
var errStop = errors.New("stopped")

func (w *walker) walkBucket(ctx context.Context, u *migrate.Unit, f batchFunc) (bool, error) {
	for _, from := range w.sources(u) {
		if !from.begins(u.Progress.After) {
			continue
		}
		query := migrate.BucketQuery{Component: from.component, Collections: from.collections,
			Bucket: u.Progress.Bucket, After: u.Progress.After}
		err := w.store.WalkBucket(ctx, w.tenant, w.migration.ID, query, func(e *migrate.Entity) error {
			return w.take(u, e, from, f)
		})
		if errors.Is(err, errStop) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func (w *walker) take(u *migrate.Unit, e *migrate.Entity, from source, f batchFunc) error {
	if len(w.batch) >= w.batchSize {
		goOn, err := w.flush(f)
		if err != nil {
			return err
		}
		if !goOn {
			return errStop
		}
	}
	kept, err := from.entity(e)
	if err != nil {
		return err
	}
	at := len(w.arena)
	w.arena = append(w.arena, kept.Body...)
	kept.Body = w.arena[at:len(w.arena):len(w.arena)]
	w.batch = append(w.batch, kept)
	w.origins = append(w.origins, migrate.EntityKey{Component: from.component, Collection: e.Collection, ID: e.ID})
	u.Progress.After = migrate.Cursor{Collection: e.Collection, ID: e.ID}
	return nil
}

// flush hands over the batch.
func (w *walker) flush(f batchFunc) (bool, error) {
	goOn, err := f(w.batch)
	w.batch, w.arena, w.origins = w.batch[:0], w.arena[:0], w.origins[:0]
	return goOn, err
}

// source is where a unit's entities are read: a component, or a collection that a generated one is made from.
type source struct {
	component   migrate.ComponentName
	collections []migrate.CollectionName
	into        *catalog.Collection // the generated collection; nil if the entity is taken as it is
	entityType  string              // of what is read
}

// begins reports whether the source may hold anything after the cursor. Sources of a generated component are one
// collection each, ordered by its name, so that one cursor serves them all.
func (s source) begins(after migrate.Cursor) bool {
	return s.into == nil || s.collections[0] >= after.Collection
}

// entity gives what the unit works on: the staged entity, or what is generated from it.
func (s source) entity(e *migrate.Entity) (migrate.Entity, error) {
	if s.into == nil {
		return *e, nil
	}
	id, body, err := s.into.Generate.Record(s.entityType, e.Body)
	if err != nil {
		return migrate.Entity{}, migrate.Wrap(migrate.Internal, "generating an entity", err)
	}
	hash := migrate.HashContent(body)
	return migrate.Entity{Collection: s.into.Name, ID: id, Bucket: e.Bucket, Body: body, Hash: hash, FirstHash: hash,
		Source: e.Source, First: e.First}, nil
}

// sources gives where a unit's entities are read.
func (w *walker) sources(u *migrate.Unit) []source {
	component, ok := w.catalog.Component(u.Component)
	if !ok || !component.Generated {
		return []source{{component: u.Component, collections: u.Collections}}
	}
	var list []source
	for _, into := range component.Collections {
		for _, from := range into.Generate.Sources {
			if _, takesPart := w.migration.Component(from.Component); takesPart {
				list = append(list, source{from.Component, []migrate.CollectionName{from.Collection}, into, from.EntityType})
			}
		}
	}
	slices.SortFunc(list, func(a, b source) int { return cmp.Compare(a.collections[0], b.collections[0]) })
	return list
}
