package file_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"landfall/internal/migrate"
	"landfall/internal/target/targettest"
)

// broken is a good target with one method that is not.
type broken struct {
	migrate.Target
	importFunc func(context.Context, migrate.TenantID, migrate.Batch) ([]migrate.ImportOutcome, error)
	walkFunc   func(context.Context, migrate.TenantID, migrate.LiveQuery, func(migrate.LiveEntity) error) error
	lookUpFunc func(context.Context, migrate.TenantID, []migrate.EntityKey) ([]migrate.Live, error)
	checkFunc  func() error
	name       func() string
}

func (b broken) ImportBatch(ctx context.Context, t migrate.TenantID, batch migrate.Batch) ([]migrate.ImportOutcome, error) {
	if b.importFunc == nil {
		return b.Target.ImportBatch(ctx, t, batch)
	}
	return b.importFunc(ctx, t, batch)
}

func (b broken) WalkLive(ctx context.Context, t migrate.TenantID, q migrate.LiveQuery, yield func(migrate.LiveEntity) error) error {
	if b.walkFunc == nil {
		return b.Target.WalkLive(ctx, t, q, yield)
	}
	return b.walkFunc(ctx, t, q, yield)
}

func (b broken) LookUp(ctx context.Context, t migrate.TenantID, keys []migrate.EntityKey) ([]migrate.Live, error) {
	if b.lookUpFunc == nil {
		return b.Target.LookUp(ctx, t, keys)
	}
	return b.lookUpFunc(ctx, t, keys)
}

func (b broken) CheckTarget(ctx context.Context) error {
	if b.checkFunc == nil {
		return b.Target.CheckTarget(ctx)
	}
	return b.checkFunc()
}

func (b broken) Describe() migrate.TargetDescription {
	d := b.Target.Describe()
	if b.name != nil {
		d.Name = b.name()
	}
	return d
}

// outcomesAs changes the outcomes of the good target.
func outcomesAs(change func([]migrate.ImportOutcome)) func(*system) migrate.Target {
	return func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.importFunc = func(ctx context.Context, t migrate.TenantID, batch migrate.Batch) ([]migrate.ImportOutcome, error) {
			outcomes, err := s.opened.ImportBatch(ctx, t, batch)
			change(outcomes)
			return outcomes, err
		}
		return b
	}
}

// batchesAs changes what the good target is given.
func batchesAs(change func(*migrate.TenantID, *migrate.Batch)) func(*system) migrate.Target {
	return func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.importFunc = func(ctx context.Context, t migrate.TenantID, batch migrate.Batch) ([]migrate.ImportOutcome, error) {
			batch.Entities = slices.Clone(batch.Entities)
			change(&t, &batch)
			return s.opened.ImportBatch(ctx, t, batch)
		}
		return b
	}
}

// queriesAs changes what the good target is asked to walk.
func queriesAs(change func(*migrate.LiveQuery)) func(*system) migrate.Target {
	return func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.walkFunc = func(ctx context.Context, t migrate.TenantID, q migrate.LiveQuery, yield func(migrate.LiveEntity) error) error {
			change(&q)
			return s.opened.WalkLive(ctx, t, q, yield)
		}
		return b
	}
}

// answersAs changes what the good target says when it is asked for keys.
func answersAs(change func([]migrate.Live)) func(*system) migrate.Target {
	return func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.lookUpFunc = func(ctx context.Context, t migrate.TenantID, keys []migrate.EntityKey) ([]migrate.Live, error) {
			live, err := s.opened.LookUp(ctx, t, keys)
			change(live)
			return live, err
		}
		return b
	}
}

// writer writes lines without the good target. Without reading back it does not know what is there; if it keeps a torn
// line, it reads back but appends to whatever stands at the end.
func writer(readsBack bool) func(*system) migrate.Target {
	return func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.importFunc = func(_ context.Context, _ migrate.TenantID, batch migrate.Batch) ([]migrate.ImportOutcome, error) {
			outcomes := make([]migrate.ImportOutcome, len(batch.Entities))
			for i, e := range batch.Entities {
				folder := filepath.Join(s.dir, string(batch.Component), string(e.Collection), string(batch.Migration))
				path := filepath.Join(folder, fmt.Sprintf("part-%03d.jsonl", migrate.BucketOf(e.ID, 16)))
				content, _ := os.ReadFile(path)
				if outcomes[i].Result = migrate.ResultImported; readsBack && bytes.Contains(content, fmt.Appendf(nil, "%s\n", e.Body)) {
					outcomes[i].Result = migrate.ResultAlready
					continue
				}
				content = append(append(content, e.Body...), '\n')
				if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(path, content, 0o644)); err != nil {
					return nil, err
				}
			}
			return outcomes, nil
		}
		return b
	}
}

var faults = map[string]struct {
	wrap  func(*system) migrate.Target
	found []string
}{
	"it appends without reading back": {writer(false), []string{
		"import/each once, however often it is sent", "import/already is told from imported, in order",
		"crash/in the first batch", "crash/in a later batch", "crash/in a batch of two collections",
	}},
	"it keeps a torn line": {writer(true), []string{
		"crash/in the first batch", "crash/in a later batch", "crash/in a batch of two collections",
		"crash/in a batch that changes contents", "import/changed content takes the place of the old",
	}},
	"already is not reported": {outcomesAs(func(outcomes []migrate.ImportOutcome) {
		for i := range outcomes {
			outcomes[i].Result = migrate.ResultImported
		}
	}), []string{"import/already is told from imported, in order", "import/many at once"}},
	"outcomes are in the reverse order": {outcomesAs(func(o []migrate.ImportOutcome) { slices.Reverse(o) }),
		[]string{"import/already is told from imported, in order"}},
	"it tells more than it was asked": {func(s *system) migrate.Target {
		return broken{Target: s.opened, importFunc: func(context.Context, migrate.TenantID, migrate.Batch) ([]migrate.ImportOutcome, error) {
			return make([]migrate.ImportOutcome, 1), nil
		}}
	}, []string{"import/nothing"}},
	"the last of a batch is forgotten": {batchesAs(func(_ *migrate.TenantID, b *migrate.Batch) {
		if n := len(b.Entities); n > 1 {
			b.Entities[n-1] = b.Entities[0]
		}
	}), []string{"import/each once, however often it is sent", "walk/exactly the buckets asked for"}},
	"changed content is ignored": {batchesAs(func(_ *migrate.TenantID, b *migrate.Batch) {
		for i := range b.Entities {
			b.Entities[i].Hash = migrate.ContentHash{1}
		}
	}), []string{"import/changed content takes the place of the old"}},
	"large bodies are emptied": {batchesAs(func(_ *migrate.TenantID, b *migrate.Batch) {
		for i, e := range b.Entities {
			if len(e.Body) > 1<<19 {
				b.Entities[i].Body = fmt.Appendf(nil, `{"referenceId":"%s"}`, e.ID)
			}
		}
	}), []string{"import/a body of the largest size"}},
	"bodies are decoded and encoded": {batchesAs(func(_ *migrate.TenantID, b *migrate.Batch) {
		for i, e := range b.Entities {
			var members map[string]any
			if json.Unmarshal(e.Body, &members) == nil {
				b.Entities[i].Body, _ = json.Marshal(members)
			}
		}
	}), []string{"walk/bodies are the same bytes"}},
	"all tenants are one": {batchesAs(func(t *migrate.TenantID, _ *migrate.Batch) { *t = migrate.LocalTenant }),
		[]string{"tenant/nobody sees another's"}},
	"all migrations are one": {batchesAs(func(_ *migrate.TenantID, b *migrate.Batch) {
		b.Migration = benchMigration
	}), []string{"import/two migrations write the same ids", "look up/what another migration wrote"}},
	"an import cannot be cancelled": {func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.importFunc = func(ctx context.Context, t migrate.TenantID, batch migrate.Batch) ([]migrate.ImportOutcome, error) {
			return s.opened.ImportBatch(context.WithoutCancel(ctx), t, batch)
		}
		return b
	}, []string{"import/cancelled"}},
	"it writes when it is asked": {func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.importFunc = func(_ context.Context, _ migrate.TenantID, batch migrate.Batch) ([]migrate.ImportOutcome, error) {
			s.kept = append(s.kept, batch)
			return make([]migrate.ImportOutcome, len(batch.Entities)), nil
		}
		b.walkFunc = func(ctx context.Context, t migrate.TenantID, q migrate.LiveQuery, yield func(migrate.LiveEntity) error) error {
			for _, batch := range s.kept {
				if _, err := s.opened.ImportBatch(ctx, t, batch); err != nil {
					return err
				}
			}
			return s.opened.WalkLive(ctx, t, q, yield)
		}
		return b
	}, []string{"import/values passed in may be reused"}},
	"a walk takes all buckets":        {queriesAs(func(q *migrate.LiveQuery) { q.FirstBucket, q.LastBucket = 0, q.Buckets-1 }), []string{"walk/exactly the buckets asked for"}},
	"a walk leaves the last one out":  {queriesAs(func(q *migrate.LiveQuery) { q.LastBucket-- }), []string{"walk/exactly the buckets asked for"}},
	"a walk takes all collections":    {queriesAs(func(q *migrate.LiveQuery) { q.Collections = nil }), []string{"walk/exactly the collections asked for"}},
	"a walk takes the same migration": {queriesAs(func(q *migrate.LiveQuery) { q.Migration = benchMigration }), []string{"import/two migrations write the same ids"}},
	"a walk goes on after an error": {func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.walkFunc = func(ctx context.Context, t migrate.TenantID, q migrate.LiveQuery, yield func(migrate.LiveEntity) error) error {
			var failed error
			err := s.opened.WalkLive(context.WithoutCancel(ctx), t, q, func(e migrate.LiveEntity) error {
				failed = errors.Join(failed, yield(e))
				return nil
			})
			return errors.Join(err, failed)
		}
		return b
	}, []string{"walk/an error of yield ends it", "walk/cancelled"}},
	"a look-up never finds":        {answersAs(func(l []migrate.Live) { clear(l) }), []string{"look up/each key in order", "look up/what was just written"}},
	"answers are in reverse order": {answersAs(func(l []migrate.Live) { slices.Reverse(l) }), []string{"look up/each key in order"}},
	"a look-up names this migration": {answersAs(func(l []migrate.Live) {
		for i := range l {
			if l[i].Found {
				l[i].Migration = benchMigration
			}
		}
	}), []string{"look up/what another migration wrote"}},
	"a look-up cannot be cancelled": {func(s *system) migrate.Target {
		b := broken{Target: s.opened}
		b.lookUpFunc = func(ctx context.Context, t migrate.TenantID, keys []migrate.EntityKey) ([]migrate.Live, error) {
			return s.opened.LookUp(context.WithoutCancel(ctx), t, keys)
		}
		return b
	}, []string{"look up/cancelled"}},
	"it has no name": {func(s *system) migrate.Target {
		return broken{Target: s.opened, name: func() string { return "" }}
	}, []string{"describe/says what it is"}},
	"it cannot be used": {func(s *system) migrate.Target {
		return broken{Target: s.opened, checkFunc: func() error { return errors.New("no") }}
	}, []string{"check/an empty target can be used"}},
}

// TestSuite_FindsBrokenTargets shows for each fault the cases that find it, and for each case a fault that it finds.
func TestSuite_FindsBrokenTargets(t *testing.T) {
	t.Parallel()
	unproven := map[string]targettest.Case{}
	cases := map[string]targettest.Case{}
	for _, c := range targettest.Cases() {
		cases[c.Name], unproven[c.Name] = c, c
	}
	for fault, f := range faults {
		for _, name := range f.found {
			c, ok := cases[name]
			if !ok {
				t.Fatalf("no case %q", name)
			}
			delete(unproven, name)
			t.Run(fault+"/"+name, func(t *testing.T) {
				t.Parallel()
				if err := c.Run(t.Context(), mustOpenSystem(t, f.wrap), targettest.Traits{}); err == nil {
					t.Error("the case passes")
				}
			})
		}
	}
	for name := range unproven {
		t.Errorf("no fault shows that %q can fail", name)
	}
}
