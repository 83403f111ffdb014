package targettest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

var lookUpCases = []Case{
	{"look up/each key in order", nil, lookUpInOrder},
	{"look up/what was just written", nil, lookUpFresh},
	{"look up/what another migration wrote", nil, lookUpOthers},
	{"look up/cancelled", nil, lookUpCancelled},
}

// keysOf gives the keys of the n-th to the last id of a collection.
func keysOf(collection migrate.CollectionName, from, to int) []migrate.EntityKey {
	var keys []migrate.EntityKey
	for n := from; n < to; n++ {
		keys = append(keys, migrate.EntityKey{Component: component, Collection: collection, ID: idOf(n)})
	}
	return keys
}

// wantWriters looks keys up; "" stands for one that is not there.
func wantWriters(ctx context.Context, s System, traits Traits, t migrate.TenantID, keys []migrate.EntityKey,
	writer func(n int) migrate.MigrationID) error {
	got, err := s.Target().LookUp(ctx, t, keys)
	if err != nil {
		return fmt.Errorf("LookUp: %w", err)
	}
	if len(got) != len(keys) {
		return fmt.Errorf("LookUp of %d keys has %d answers", len(keys), len(got))
	}
	for n, live := range got {
		want := migrate.Live{Found: writer(n) != "", Migration: writer(n)}
		if traits.NoWriters {
			want.Migration = live.Migration
		}
		if live != want {
			return fmt.Errorf("LookUp of key %d of %d = %+v, want %+v", n, len(keys), live, want)
		}
	}
	return nil
}

func always(m migrate.MigrationID) func(int) migrate.MigrationID {
	return func(int) migrate.MigrationID { return m }
}

// lookUpInOrder mixes keys that are there, absent, and there in another collection or component only.
func lookUpInOrder(ctx context.Context, s System, traits Traits) error {
	if _, err := importAll(ctx, s, tenant, migration, entitiesOf(clients, 0, 20, "one")); err != nil {
		return err
	}
	var keys []migrate.EntityKey
	for n := range 20 {
		keys = append(keys, slices.Concat(keysOf(clients, n, n+1), keysOf(clients, n+100, n+101), keysOf(accounts, n, n+1))...)
		keys = append(keys, migrate.EntityKey{Component: "Collaterals", Collection: clients, ID: idOf(n)})
	}
	return wantWriters(ctx, s, traits, tenant, keys, func(n int) migrate.MigrationID {
		if n%4 == 0 {
			return migration
		}
		return ""
	})
}

// lookUpFresh asks before and after each import, and after a new start.
func lookUpFresh(ctx context.Context, s System, traits Traits) error {
	const step = 10
	for n := 0; n < 100; n += step {
		if err := wantWriters(ctx, s, traits, tenant, keysOf(clients, n, 100), always("")); err != nil {
			return fmt.Errorf("after %d: %w", n, err)
		}
		if _, err := importAll(ctx, s, tenant, migration, entitiesOf(clients, n, n+step, "one")); err != nil {
			return err
		}
		if n%30 == 0 {
			if err := s.Reopen(); err != nil {
				return err
			}
		}
		if err := wantWriters(ctx, s, traits, tenant, keysOf(clients, 0, n+step), always(migration)); err != nil {
			return fmt.Errorf("after %d: %w", n+step, err)
		}
	}
	return nil
}

func lookUpOthers(ctx context.Context, s System, traits Traits) error {
	for i, m := range []migrate.MigrationID{later, earlier, migration} {
		if _, err := importAll(ctx, s, tenant, m, entitiesOf(clients, 10*i, 10*i+10, "one")); err != nil {
			return err
		}
	}
	for range 2 {
		if err := errors.Join(
			wantWriters(ctx, s, traits, tenant, keysOf(clients, 0, 10), always(later)),
			wantWriters(ctx, s, traits, tenant, keysOf(clients, 10, 20), always(earlier)),
			wantWriters(ctx, s, traits, tenant, keysOf(clients, 20, 30), always(migration)),
			s.Reopen(),
		); err != nil {
			return err
		}
	}
	return nil
}

func lookUpCancelled(ctx context.Context, s System, _ Traits) error {
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Target().LookUp(cancelled, tenant, keysOf(clients, 0, 1)); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("LookUp, cancelled before: error is %v, want context.Canceled", err)
	}
	return nil
}
