package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"landfall/internal/migrate"
)

// WalkLive implements migrate.Target. It reads the files, by collection and part, each as it was when it was opened; a
// part that is written anew meanwhile gives its old lines.
func (t *Target) WalkLive(ctx context.Context, tenant migrate.TenantID, q migrate.LiveQuery,
	yield func(migrate.LiveEntity) error) error {
	const op = "reading live data"
	if err := errors.Join(ctx.Err(), checkMigration(q.Migration)); err != nil {
		return fault(op, err)
	}
	if q.Buckets <= 0 {
		return migrate.Errorf(migrate.Invalid, op, "of %d buckets", q.Buckets)
	}
	collections, err := t.collectionsOf(tenant, q)
	if err != nil {
		return fault(op, err)
	}
	w := walk{ctx: ctx, query: q, yield: yield}
	for _, name := range collections {
		folder, err := t.collection(tenant, q.Component, name)
		if err != nil {
			return fault(op, err)
		}
		for part := w.firstPart(); part <= w.lastPart(); part++ {
			if err := w.readPart(partPath(folder, q.Migration, part), part, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// collectionsOf gives the collections that are asked for, or all that there are.
func (t *Target) collectionsOf(tenant migrate.TenantID, q migrate.LiveQuery) ([]migrate.CollectionName, error) {
	if len(q.Collections) > 0 {
		return q.Collections, nil
	}
	folder, err := t.component(tenant, q.Component)
	if err != nil {
		return nil, err
	}
	names, err := subfolders(folder)
	collections := make([]migrate.CollectionName, len(names))
	for i, name := range names {
		collections[i] = migrate.CollectionName(name)
	}
	return collections, err
}

type walk struct {
	ctx   context.Context
	query migrate.LiveQuery
	yield func(migrate.LiveEntity) error
}

// Part p holds the buckets from p*buckets/16; of fewer than 16 buckets each holds several parts.
func (w *walk) firstPart() int { return w.query.FirstBucket * partCount / w.query.Buckets }
func (w *walk) lastPart() int  { return ((w.query.LastBucket+1)*partCount - 1) / w.query.Buckets }

// isWhole reports whether all buckets of the part are asked for, so that no id has to be looked at.
func (w *walk) isWhole(part int) bool {
	q := w.query
	return q.FirstBucket*partCount <= part*q.Buckets && (part+1)*q.Buckets <= (q.LastBucket+1)*partCount
}

func (w *walk) asksFor(id migrate.ReferenceID) bool {
	bucket := migrate.BucketOf(id, w.query.Buckets)
	return w.query.FirstBucket <= bucket && bucket <= w.query.LastBucket
}

func (w *walk) readPart(path string, part int, collection migrate.CollectionName) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault("reading live data", err)
	}
	defer f.Close()
	isWhole := w.isWhole(part)
	for l := newLines(w.ctx, f, path); ; {
		id, line, err := l.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault("reading live data", err)
		}
		if !isWhole && !w.asksFor(id) {
			continue
		}
		if err := w.yield(migrate.LiveEntity{Collection: collection, ID: id, Body: line}); err != nil {
			return err
		}
	}
}
