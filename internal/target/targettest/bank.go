package targettest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"landfall/internal/migrate"
)

const (
	tenant    = migrate.LocalTenant
	migration = migrate.MigrationID("11111111-1111-4111-8111-111111111111")
	earlier   = migrate.MigrationID("00000000-0000-4000-8000-000000000000")
	later     = migrate.MigrationID("ffffffff-ffff-4fff-8fff-ffffffffffff")
	component = migrate.ComponentName("Counterparties")
	clients   = migrate.CollectionName("counterparties")
	accounts  = migrate.CollectionName("bank-accounts")
	buckets   = migrate.DefaultBuckets
)

// idOf gives the n-th id. Ids are spread over the buckets as random ones are.
func idOf(n int) migrate.ReferenceID {
	sum := sha256.Sum256([]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	return migrate.ReferenceID(sum[:16])
}

// entityOf makes an entity of the members given, behind its reference id.
func entityOf(collection migrate.CollectionName, id migrate.ReferenceID, members string) migrate.Entity {
	body := fmt.Appendf(nil, `{"referenceId":"%s",%s}`, id, members)
	return migrate.Entity{
		Collection: collection, ID: id, Bucket: migrate.BucketOf(id, buckets), Body: body, Hash: migrate.HashContent(body),
	}
}

// entitiesOf makes the entities from the n-th, in the order of a unit of all buckets.
func entitiesOf(collection migrate.CollectionName, from, to int, content string) []migrate.Entity {
	var entities []migrate.Entity
	for n := from; n < to; n++ {
		entities = append(entities, entityOf(collection, idOf(n), fmt.Sprintf(`"n":%d,"content":"%s"`, n, content)))
	}
	slices.SortFunc(entities, func(a, b migrate.Entity) int {
		return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Collection, b.Collection), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return entities
}

// neighbours makes count entities of one bucket of sixteen.
func neighbours(count int, content string) []migrate.Entity {
	var entities []migrate.Entity
	for _, e := range entitiesOf(clients, 0, 40*count, content) {
		if migrate.BucketOf(e.ID, 16) == 5 && len(entities) < count {
			entities = append(entities, e)
		}
	}
	return entities
}

func batchOf(m migrate.MigrationID, entities []migrate.Entity) migrate.Batch {
	return migrate.Batch{
		Migration: m, Job: "22222222-2222-4222-8222-222222222222", Component: component,
		Unit: migrate.UnitKey{Component: component}, Buckets: buckets, Entities: entities,
	}
}

// importAll imports into one migration, in batches that the target takes, and gives the results.
func importAll(ctx context.Context, s System, t migrate.TenantID, m migrate.MigrationID, entities []migrate.Entity) (
	[]migrate.ImportResult, error) {
	var results []migrate.ImportResult
	for batch := range slices.Chunk(entities, s.Target().Describe().BatchSize) {
		outcomes, err := s.Target().ImportBatch(ctx, t, batchOf(m, batch))
		if err != nil {
			return nil, fmt.Errorf("ImportBatch: %w", err)
		}
		if len(outcomes) != len(batch) {
			return nil, fmt.Errorf("ImportBatch of %d entities has %d outcomes", len(batch), len(outcomes))
		}
		for _, o := range outcomes {
			results = append(results, o.Result)
		}
	}
	return results, nil
}

// wantResults imports and checks that every entity has the result.
func wantResults(ctx context.Context, s System, m migrate.MigrationID, entities []migrate.Entity, want migrate.ImportResult) error {
	results, err := importAll(ctx, s, tenant, m, entities)
	if err != nil {
		return err
	}
	for i, got := range results {
		if got != want {
			return fmt.Errorf("entity %d of %d is %q, want %q", i, len(results), got, want)
		}
	}
	return nil
}

// whole asks for everything of a migration.
func whole(m migrate.MigrationID) migrate.LiveQuery {
	return migrate.LiveQuery{Migration: m, Component: component, Buckets: buckets, LastBucket: buckets - 1}
}

// wantLive checks that a walk gives exactly the entities: each once, with its bytes.
func wantLive(ctx context.Context, s System, t migrate.TenantID, q migrate.LiveQuery, want []migrate.Entity) error {
	bodies := map[migrate.EntityKey][]byte{}
	for _, e := range want {
		bodies[migrate.EntityKey{Component: component, Collection: e.Collection, ID: e.ID}] = e.Body
	}
	seen := map[migrate.EntityKey]bool{}
	err := s.Target().WalkLive(ctx, t, q, func(e migrate.LiveEntity) error {
		key := migrate.EntityKey{Component: component, Collection: e.Collection, ID: e.ID}
		body, ok := bodies[key]
		switch {
		case !ok:
			return fmt.Errorf("WalkLive gives %s %s, which does not belong there", e.Collection, e.ID)
		case seen[key]:
			return fmt.Errorf("WalkLive gives %s %s twice", e.Collection, e.ID)
		case !bytes.Equal(e.Body, body):
			return fmt.Errorf("WalkLive gives %s %s as %.200q, want %.200q", e.Collection, e.ID, e.Body, body)
		}
		seen[key] = true
		return nil
	})
	if err != nil {
		return err
	}
	if len(seen) != len(bodies) {
		return fmt.Errorf("WalkLive gives %d entities, want %d", len(seen), len(bodies))
	}
	return nil
}
