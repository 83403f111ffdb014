package targettest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"landfall/internal/migrate"
)

var importCases = []Case{
	{"describe/says what it is", nil, describeIsPure},
	{"check/an empty target can be used", nil, checkPasses},
	{"import/nothing", nil, importNothing},
	{"import/each once, however often it is sent", nil, importRepeated},
	{"import/already is told from imported, in order", nil, importAlready},
	{"import/changed content takes the place of the old", nil, importChanged},
	{"import/values passed in may be reused", nil, importReused},
	{"import/a body of the largest size", nil, importLarge},
	{"import/many at once", nil, importAtOnce},
	{"import/cancelled", nil, importCancelled},
	{"import/two migrations write the same ids", func(t Traits) bool { return !t.NoMigrations }, importTwoMigrations},
}

func describeIsPure(_ context.Context, s System, _ Traits) error {
	d := s.Target().Describe()
	if d.Name == "" || d.BatchSize < 1 || d != s.Target().Describe() {
		return fmt.Errorf("Describe = %+v, then %+v", d, s.Target().Describe())
	}
	return nil
}

func checkPasses(ctx context.Context, s System, _ Traits) error {
	if err := s.Target().CheckTarget(ctx); err != nil {
		return fmt.Errorf("CheckTarget: %w", err)
	}
	return nil
}

func importNothing(ctx context.Context, s System, _ Traits) error {
	outcomes, err := s.Target().ImportBatch(ctx, tenant, batchOf(migration, nil))
	if err != nil || len(outcomes) != 0 {
		return fmt.Errorf("ImportBatch of no entities = %v, %v", outcomes, err)
	}
	return wantLive(ctx, s, tenant, whole(migration), nil)
}

// importRepeated sends overlapping batches, each again after a new start.
func importRepeated(ctx context.Context, s System, _ Traits) error {
	entities := entitiesOf(clients, 0, 100, "one")
	for from := 0; from+20 <= len(entities); from += 10 {
		for range 2 {
			if _, err := importAll(ctx, s, tenant, migration, entities[from:from+20]); err != nil {
				return err
			}
			if err := s.Reopen(); err != nil {
				return err
			}
		}
	}
	return wantLive(ctx, s, tenant, whole(migration), entities)
}

// importAlready mixes old and new entities in one batch, in the same process and after a new start.
func importAlready(ctx context.Context, s System, _ Traits) error {
	var old, all []migrate.Entity
	var want []migrate.ImportResult
	for i, e := range entitiesOf(clients, 0, 61, "one") { // no palindrome of old and new
		all, want = append(all, e), append(want, migrate.ResultImported)
		if i%3 == 1 {
			old, want[i] = append(old, e), migrate.ResultAlready
		}
	}
	if err := wantResults(ctx, s, migration, old, migrate.ResultImported); err != nil {
		return err
	}
	if err := wantResults(ctx, s, migration, old, migrate.ResultAlready); err != nil {
		return err
	}
	if err := s.Reopen(); err != nil {
		return err
	}
	got, err := importAll(ctx, s, tenant, migration, all)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("results are %q, want %q", got, want)
	}
	return wantResults(ctx, s, migration, all, migrate.ResultAlready)
}

// importChanged sends some entities with other content, longer and shorter, beside new ones, and back again.
func importChanged(ctx context.Context, s System, _ Traits) error {
	entities := entitiesOf(clients, 0, 40, "one")
	if err := wantResults(ctx, s, migration, entities, migrate.ResultImported); err != nil {
		return err
	}
	for _, content := range []string{"a good deal longer", "", "one"} {
		part := append(entitiesOf(clients, 10, 20, content), entitiesOf(accounts, 0, 2, content)...)
		if err := wantResults(ctx, s, migration, part, migrate.ResultImported); err != nil {
			return fmt.Errorf("changed to %q: %w", content, err)
		}
		want := slices.Concat(entitiesOf(clients, 0, 10, "one"), part, entitiesOf(clients, 20, 40, "one"))
		for range 2 {
			if err := errors.Join(
				wantLive(ctx, s, tenant, whole(migration), want),
				wantResults(ctx, s, migration, want, migrate.ResultAlready),
				s.Reopen(),
			); err != nil {
				return fmt.Errorf("changed to %q: %w", content, err)
			}
		}
	}
	return nil
}

func importReused(ctx context.Context, s System, _ Traits) error {
	entities, again := entitiesOf(clients, 0, 10, "one"), entitiesOf(clients, 0, 10, "one") // equal, not shared
	if _, err := importAll(ctx, s, tenant, migration, entities); err != nil {
		return err
	}
	for i := range entities {
		clear(entities[i].Body)
		entities[i].ID = migrate.ReferenceID{}
	}
	return wantLive(ctx, s, tenant, whole(migration), again)
}

func importLarge(ctx context.Context, s System, traits Traits) error {
	size := 1 << 20
	if traits.MaxBody > 0 {
		size = traits.MaxBody
	}
	var entities []migrate.Entity
	for n := range 5 {
		e := entityOf(clients, idOf(n), `"filler":""`)
		entities = append(entities,
			entityOf(clients, idOf(n), `"filler":"`+strings.Repeat("x", size-len(e.Body))+`"`),
			entityOf(clients, idOf(n+5), `"filler":"short"`))
	}
	for range 2 {
		if _, err := importAll(ctx, s, tenant, migration, entities); err != nil {
			return err
		}
		if err := errors.Join(wantLive(ctx, s, tenant, whole(migration), entities), s.Reopen()); err != nil {
			return err
		}
	}
	return nil
}

// importAtOnce sends every batch twice at the same time, as two workers do when one is thought dead.
func importAtOnce(ctx context.Context, s System, _ Traits) error {
	entities := append(entitiesOf(clients, 0, 300, "one"), entitiesOf(accounts, 0, 300, "one")...)
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	imported := 0
	for batch := range slices.Chunk(append(slices.Clone(entities), entities...), 50) {
		wait.Go(func() {
			results, err := importAll(ctx, s, tenant, migration, batch)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			for _, r := range results {
				if r == migrate.ResultImported {
					imported++
				}
			}
		})
	}
	wait.Wait()
	if failed == nil && imported != len(entities) {
		failed = fmt.Errorf("%d entities are imported, want %d and as many already", imported, len(entities))
	}
	return errors.Join(failed, wantLive(ctx, s, tenant, whole(migration), entities))
}

func importCancelled(ctx context.Context, s System, _ Traits) error {
	entities := entitiesOf(clients, 0, 10, "one")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Target().ImportBatch(cancelled, tenant, batchOf(migration, entities))
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("ImportBatch, cancelled before: error is %v, want context.Canceled", err)
	}
	if err := wantLive(ctx, s, tenant, whole(migration), nil); err != nil {
		return err
	}
	return errors.Join(
		wantResults(ctx, s, migration, entities, migrate.ResultImported),
		wantLive(ctx, s, tenant, whole(migration), entities),
	)
}

func importTwoMigrations(ctx context.Context, s System, _ Traits) error {
	one, two := entitiesOf(clients, 0, 50, "one"), entitiesOf(clients, 25, 75, "two")
	for range 2 {
		for m, entities := range map[migrate.MigrationID][]migrate.Entity{migration: one, later: two} {
			if _, err := importAll(ctx, s, tenant, m, entities); err != nil {
				return err
			}
		}
		if err := s.Reopen(); err != nil {
			return err
		}
	}
	return errors.Join(
		wantLive(ctx, s, tenant, whole(migration), one),
		wantLive(ctx, s, tenant, whole(later), two),
		wantLive(ctx, s, tenant, whole(earlier), nil),
	)
}
