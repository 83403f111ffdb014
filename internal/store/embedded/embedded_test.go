package embedded_test

import (
	"fmt"
	"testing"
	"time"

	"landfall/internal/migrate"
	"landfall/internal/store/embedded"
)

const (
	tenant     = migrate.TenantID("acme")
	component  = migrate.ComponentName("Counterparties")
	collection = migrate.CollectionName("counterparties")
)

func mustOpen(t testing.TB, dir string, o embedded.Options) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// mustCreate creates a migration with as many buckets as a product has.
func mustCreate(t testing.TB, s *embedded.Store) migrate.Migration {
	t.Helper()
	return mustCreateWith(t, s, migrate.DefaultBuckets)
}

func mustCreateWith(t testing.TB, s *embedded.Store, buckets int) migrate.Migration {
	t.Helper()
	m := migrate.NewMigration("9d022093-33e2-4bfe-9907-35d0a4bfa725", []migrate.ComponentName{component}, time.Unix(1e9, 0).UTC())
	m.Buckets = buckets
	if err := s.CreateMigration(t.Context(), tenant, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func dropID(seq uint32) migrate.DropID {
	return migrate.DropID(fmt.Sprintf("48981c95-3a1f-4a56-9d8f-%012x", seq))
}

func chunkRef(m migrate.Migration, seq uint32, from int64) migrate.ChunkRef {
	return migrate.ChunkRef{Migration: m.ID, Component: component, Collection: collection,
		Drop: dropID(seq), Seq: seq, From: from, Epoch: m.Epoch, Buckets: m.Buckets}
}
