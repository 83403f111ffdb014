package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

var walks = []Case{
	{"Walks/Order", walkOrder},
	{"Walks/ResumeAfterEvery", walkResumes},
	{"Walks/Collections", walkCollections},
	{"Walks/KeysOnly", walkKeysOnly},
	{"Walks/PageEdges", walkPages},
}

// bucket gives copies of the entities of one bucket.
func (e *env) bucket(m migrate.MigrationID, q migrate.BucketQuery) ([]migrate.Entity, error) {
	return collect(func(yield func(migrate.Entity) error) error {
		return e.WalkBucket(e.ctx, acme, m, q, func(got *migrate.Entity) error {
			c := *got
			c.Body = bytes.Clone(got.Body)
			return yield(c)
		})
	})
}

// everything gives what is staged of a component.
func (e *env) everything(m migrate.MigrationID, c migrate.ComponentName) (all []migrate.Entity, err error) {
	for b := range buckets {
		part, err := e.bucket(m, migrate.BucketQuery{Component: c, Bucket: b})
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// mixed stages three collections in five parts of which some replace what others brought, and gives what is staged, in
// the order of keys.
func (e *env) mixed() (m migrate.Migration, want []migrate.Entity, err error) {
	if m, err = e.migration(1); err != nil {
		return m, nil, err
	}
	newest := map[migrate.EntityKey]migrate.Entity{}
	for n, name := range []migrate.CollectionName{folk, "a", "z", folk, "z"} {
		d := newDrop(m.ID, n)
		d.Collection = name
		if d, _, err = e.CreateDrop(e.ctx, acme, d); err != nil {
			return m, nil, err
		}
		var records []migrate.StagedRecord
		for i := range 12 {
			r := recordOf(1+i+n*3, n, int64(i*10))
			records = append(records, r)
			k := migrate.EntityKey{Collection: name, ID: r.ID}
			next := entityOf(r, name, d.Seq)
			if now, found := newest[k]; found {
				next.First, next.FirstHash = now.First, now.FirstHash
			}
			newest[k] = next
		}
		if _, err := e.stage(refOf(m, d, 0), 1000, records...); err != nil {
			return m, nil, err
		}
	}
	for _, entity := range newest {
		want = append(want, entity)
	}
	slices.SortFunc(want, func(a, b migrate.Entity) int {
		return cmp.Or(cmp.Compare(a.Collection, b.Collection), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return m, want, nil
}

func inBucket(all []migrate.Entity, b int, keep func(migrate.Entity) bool) (some []migrate.Entity) {
	for _, e := range all {
		if e.Bucket == b && keep(e) {
			some = append(some, e)
		}
	}
	return some
}

func every(migrate.Entity) bool { return true }

func walkOrder(e *env) error {
	m, want, err := e.mixed()
	if err != nil {
		return err
	}
	for b := range buckets {
		got, err := e.bucket(m.ID, migrate.BucketQuery{Component: people, Bucket: b})
		if err := first(err, e.same("the bucket", got, inBucket(want, b, every))); err != nil {
			return err
		}
	}
	return nil
}

func walkResumes(e *env) error {
	m, want, err := e.mixed()
	if err != nil {
		return err
	}
	for b := range buckets {
		for _, names := range [][]migrate.CollectionName{nil, {"z", "a"}} {
			some := inBucket(want, b, func(e migrate.Entity) bool { return names == nil || slices.Contains(names, e.Collection) })
			err := resumable(e, "the bucket", some, func(after *migrate.Entity, yield func(migrate.Entity) error) error {
				q := migrate.BucketQuery{Component: people, Collections: names, Bucket: b}
				if after != nil {
					q.After = migrate.Cursor{Collection: after.Collection, ID: after.ID}
				}
				return e.WalkBucket(e.ctx, acme, m.ID, q, func(got *migrate.Entity) error {
					c := *got
					c.Body = bytes.Clone(got.Body)
					return yield(c)
				})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func walkCollections(e *env) error {
	m, want, err := e.mixed()
	if err != nil {
		return err
	}
	for _, names := range [][]migrate.CollectionName{{folk}, {"z", "a"}, {"a", "a"}, {"b"}} {
		for b := range buckets {
			got, err := e.bucket(m.ID, migrate.BucketQuery{Component: people, Collections: names, Bucket: b})
			some := inBucket(want, b, func(e migrate.Entity) bool { return slices.Contains(names, e.Collection) })
			if err := first(err, e.same(fmt.Sprint("collections ", names), got, some)); err != nil {
				return err
			}
		}
	}
	return nil
}

func walkKeysOnly(e *env) error {
	m, want, err := e.mixed()
	if err != nil {
		return err
	}
	for i := range want {
		want[i].Body, want[i].Hash = nil, migrate.ContentHash{}
	}
	for b := range buckets {
		got, err := e.bucket(m.ID, migrate.BucketQuery{Component: people, Bucket: b, KeysOnly: true})
		for i := range got {
			if len(got[i].Body) == 0 {
				got[i].Body = nil
			}
		}
		if err := first(err, e.same("the keys", got, inBucket(want, b, every))); err != nil {
			return err
		}
	}
	return nil
}

// walkPages walks more than any page holds, whole and cut at odd places.
func walkPages(e *env) error {
	m, err := e.oneBucket()
	if err != nil {
		return err
	}
	const n = 20000
	for part := range 3 {
		d, err := e.drop(m, part)
		if err != nil {
			return err
		}
		var records []migrate.StagedRecord
		for i := part; i < n; i += 3 {
			records = append(records, recordOf(1+i, part, int64(i*10)))
		}
		if _, err := e.stage(refOf(m, d, 0), n*10, records...); err != nil {
			return err
		}
	}
	whole, err := e.bucket(m.ID, migrate.BucketQuery{Component: people})
	if err != nil || len(whole) != n {
		return fmt.Errorf("walked %d entities (%v), want %d", len(whole), err, n)
	}
	for i, got := range whole {
		if want := recordOf(1+i, i%3, 0); got.ID != want.ID || !bytes.Equal(got.Body, want.Body) {
			return fmt.Errorf("element %d is %v %s, want %v %s", i, got.ID, got.Body, want.ID, want.Body)
		}
	}
	for i := 997; i < n; i += 1994 {
		q := migrate.BucketQuery{Component: people, After: migrate.Cursor{Collection: folk, ID: refID(i)}, KeysOnly: true}
		rest, err := e.bucket(m.ID, q)
		if err != nil || len(rest) != n-i || rest[0].ID != refID(i+1) {
			return fmt.Errorf("resumed at %d of %d: %d elements, %v", i, n, len(rest), err)
		}
	}
	return nil
}

// oneBucket makes a migration whose entities lie in one bucket.
func (e *env) oneBucket() (migrate.Migration, error) {
	m := newMigration(1)
	m.Buckets = 1
	if err := e.CreateMigration(e.ctx, acme, m); err != nil {
		return m, err
	}
	return e.GetMigration(e.ctx, acme, m.ID)
}
