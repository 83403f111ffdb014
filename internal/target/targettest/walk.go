package targettest

import (
	"context"
	"errors"
	"fmt"

	"landfall/internal/migrate"
)

var walkCases = []Case{
	{"walk/bodies are the same bytes", nil, walkBytes},
	{"walk/exactly the buckets asked for", nil, walkBuckets},
	{"walk/exactly the collections asked for", nil, walkCollections},
	{"walk/an error of yield ends it", nil, walkStops},
	{"walk/cancelled", nil, walkCancelled},
}

// walkBytes imports what a decoder and encoder would change.
func walkBytes(ctx context.Context, s System, _ Traits) error {
	members := []string{
		`"amount":1.10`, `"amount":-0`, `"amount":1E400`, `"amount":123456789012345678901234567890.000`, `"unknown":{"b":1,"a":[null]}`,
		`"name":"Žofie \u017dofie \/ \ud83d\ude00 😀"`, `"name":"\u0000\n\t\""`, `"html":"<a&b>"`, `"sep":"` + "\u2028\u2029\u0085" + `"`,
		`"empty":{},"list":[]`, `"spaced" : [ 1 , 2 ]   ,` + "\t" + `"x":true `, `"nested":{"referenceId":"8f14e45f-ceea-467f-9b3a-3f1b2c4d5e6f"}`,
	}
	var entities []migrate.Entity
	for n, m := range members {
		entities = append(entities, entityOf(clients, idOf(n), m))
	}
	id := idOf(len(members))
	body := []byte(`{"a":"\"referenceId\":","reference\u0049d":"` + id.String() + `"}`)
	entities = append(entities, migrate.Entity{
		Collection: clients, ID: id, Bucket: migrate.BucketOf(id, buckets), Body: body, Hash: migrate.HashContent(body),
	})
	for range 2 {
		if _, err := importAll(ctx, s, tenant, migration, entities); err != nil {
			return err
		}
		if err := errors.Join(wantLive(ctx, s, tenant, whole(migration), entities), s.Reopen()); err != nil {
			return err
		}
	}
	return wantResults(ctx, s, migration, entities, migrate.ResultAlready)
}

// walkBuckets walks every bucket for itself, and ranges that begin and end within and at whatever the target divides
// its data into.
func walkBuckets(ctx context.Context, s System, _ Traits) error {
	entities := entitiesOf(clients, 0, 400, "one")
	if _, err := importAll(ctx, s, tenant, migration, entities); err != nil {
		return err
	}
	ranges := [][2]int{{0, 255}, {0, 15}, {16, 31}, {10, 20}, {0, 254}, {1, 255}, {240, 255}, {31, 32}, {15, 48}}
	for bucket := range buckets {
		ranges = append(ranges, [2]int{bucket, bucket})
	}
	for _, r := range ranges {
		if err := wantRange(ctx, s, entities, r[0], r[1]); err != nil {
			return err
		}
	}
	return nil
}

func wantRange(ctx context.Context, s System, entities []migrate.Entity, first, last int) error {
	var want []migrate.Entity
	for _, e := range entities {
		if first <= e.Bucket && e.Bucket <= last {
			want = append(want, e)
		}
	}
	q := whole(migration)
	q.FirstBucket, q.LastBucket = first, last
	if err := wantLive(ctx, s, tenant, q, want); err != nil {
		return fmt.Errorf("buckets %d to %d: %w", first, last, err)
	}
	return nil
}

func walkCollections(ctx context.Context, s System, _ Traits) error {
	one, two := entitiesOf(clients, 0, 30, "one"), entitiesOf(accounts, 0, 30, "two") // the same ids
	all := append(append([]migrate.Entity{}, one...), two...)
	if _, err := importAll(ctx, s, tenant, migration, all); err != nil {
		return err
	}
	for _, c := range []struct {
		asked []migrate.CollectionName
		want  []migrate.Entity
	}{
		{nil, all},
		{[]migrate.CollectionName{clients}, one},
		{[]migrate.CollectionName{accounts}, two},
		{[]migrate.CollectionName{accounts, clients}, all},
		{[]migrate.CollectionName{"unheard-of"}, nil},
	} {
		q := whole(migration)
		q.Collections = c.asked
		if err := wantLive(ctx, s, tenant, q, c.want); err != nil {
			return fmt.Errorf("collections %q: %w", c.asked, err)
		}
	}
	q := whole(migration)
	q.Component = "Collaterals"
	return wantLive(ctx, s, tenant, q, nil)
}

func walkStops(ctx context.Context, s System, _ Traits) error {
	if _, err := importAll(ctx, s, tenant, migration, entitiesOf(clients, 0, 20, "one")); err != nil {
		return err
	}
	stop, calls := errors.New("stop"), 0
	err := s.Target().WalkLive(ctx, tenant, whole(migration), func(migrate.LiveEntity) error {
		calls++
		if calls == 3 {
			return stop
		}
		return nil
	})
	if err != stop || calls != 3 {
		return fmt.Errorf("WalkLive = %v after %d entities, want yield's own error after 3", err, calls)
	}
	return nil
}

func walkCancelled(ctx context.Context, s System, _ Traits) error {
	if _, err := importAll(ctx, s, tenant, migration, entitiesOf(clients, 0, 20, "one")); err != nil {
		return err
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	err := s.Target().WalkLive(cancelled, tenant, whole(migration), func(migrate.LiveEntity) error { return nil })
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("WalkLive, cancelled before: error is %v, want context.Canceled", err)
	}
	return nil
}
