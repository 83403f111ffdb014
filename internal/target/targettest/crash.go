package targettest

import (
	"context"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

func canCrash(t Traits) bool { return !t.NoCrashes }

var crashCases = []Case{
	{"crash/in the first batch", canCrash, func(ctx context.Context, s System, _ Traits) error {
		return crashIn(ctx, s, nil, neighbours(4, "one"))
	}},
	{"crash/in a later batch", canCrash, func(ctx context.Context, s System, _ Traits) error {
		all := neighbours(7, "one")
		return crashIn(ctx, s, all[:3], all[2:])
	}},
	{"crash/in a batch that changes contents", canCrash, func(ctx context.Context, s System, _ Traits) error {
		return crashIn(ctx, s, neighbours(4, "one"), neighbours(6, "two")[1:])
	}},
	{"crash/in a batch of two collections", canCrash, func(ctx context.Context, s System, _ Traits) error {
		old, batch := neighbours(4, "one"), neighbours(3, "one")
		for i := range batch {
			batch[i] = entityOf(accounts, batch[i].ID, `"content":"one"`)
		}
		return crashIn(ctx, s, old[:2], append(slices.Clone(old), batch...))
	}},
}

// crashIn imports old, then a batch that is killed. From every state that this can leave, the batch is sent again: each
// entity must be there once, as it was sent last, and an outcome of "already" must have been true.
func crashIn(ctx context.Context, s System, old, batch []migrate.Entity) error {
	c, ok := s.(Crasher)
	if !ok {
		return fmt.Errorf("%T shows no crashes: say so in the traits", s)
	}
	if _, err := importAll(ctx, s, tenant, migration, old); err != nil {
		return err
	}
	if err := c.Mark(); err != nil {
		return err
	}
	if _, err := importAll(ctx, s, tenant, migration, batch); err != nil {
		return err
	}
	want := slices.Clone(batch)
	for _, e := range old {
		if !slices.ContainsFunc(batch, func(b migrate.Entity) bool { return b.ID == e.ID && b.Collection == e.Collection }) {
			want = append(want, e)
		}
	}
	states := 0
	for ; ; states++ {
		more, err := c.Crash(states)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := sendAgain(ctx, s, batch, want); err != nil {
			return fmt.Errorf("state %d: %w", states, err)
		}
	}
	if states < 2 {
		return fmt.Errorf("only %d states can be left by a kill", states)
	}
	return nil
}

func sendAgain(ctx context.Context, s System, batch, want []migrate.Entity) error {
	if err := s.Target().WalkLive(ctx, tenant, whole(migration), func(migrate.LiveEntity) error { return nil }); err != nil {
		return fmt.Errorf("before the batch is sent again: %w", err)
	}
	if _, err := importAll(ctx, s, tenant, migration, batch); err != nil {
		return err
	}
	if err := wantLive(ctx, s, tenant, whole(migration), want); err != nil {
		return err
	}
	return wantResults(ctx, s, migration, batch, migrate.ResultAlready)
}
