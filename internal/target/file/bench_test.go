package file_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"landfall/internal/migrate"
)

const benchMigration = migrate.MigrationID("11111111-1111-4111-8111-111111111111")

// portfolio makes entities of about 600 bytes in the order in which units give them.
func portfolio(count int) []migrate.Entity {
	filler := strings.Repeat("x", 520)
	entities := make([]migrate.Entity, count)
	for n := range entities {
		var id migrate.ReferenceID
		binary.BigEndian.PutUint64(id[:], uint64(n+1)*0x9e3779b97f4a7c15)
		body := fmt.Appendf(nil, `{"referenceId":"%s","n":%d,"filler":"%s"}`, id, n, filler)
		entities[n] = migrate.Entity{Collection: "counterparties", ID: id, Bucket: migrate.BucketOf(id, migrate.DefaultBuckets),
			Body: body, Hash: migrate.HashContent(body)}
	}
	slices.SortFunc(entities, func(a, b migrate.Entity) int {
		return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return entities
}

func batchOf(m migrate.MigrationID, entities []migrate.Entity) migrate.Batch {
	return migrate.Batch{Migration: m, Component: "Counterparties", Buckets: migrate.DefaultBuckets, Entities: entities}
}

func whole(m migrate.MigrationID) migrate.LiveQuery {
	return migrate.LiveQuery{Migration: m, Component: "Counterparties", Buckets: migrate.DefaultBuckets,
		LastBucket: migrate.DefaultBuckets - 1}
}

func bytesOf(entities []migrate.Entity) (total int64) {
	for _, e := range entities {
		total += int64(len(e.Body)) + 1
	}
	return total
}

func BenchmarkImportBatch(b *testing.B) {
	entities := portfolio(100_000)
	for _, size := range []int{500, 1000, 2000, 4000, 8000} {
		b.Run(fmt.Sprintf("of-%d", size), func(b *testing.B) {
			target := mustOpen(b, b.TempDir())
			defer target.Close()
			b.SetBytes(bytesOf(entities))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				m := migrate.MigrationID(fmt.Sprint(n)) // nothing is there yet
				for batch := range slices.Chunk(entities, size) {
					if _, err := target.ImportBatch(b.Context(), migrate.LocalTenant, batchOf(m, batch)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(entities)*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkImportBatch_Already sends what is there, and what has to be read back first.
func BenchmarkImportBatch_Already(b *testing.B) {
	entities := portfolio(100_000)
	dir := b.TempDir()
	target := mustOpen(b, dir)
	defer func() { target.Close() }()
	send := func() {
		for batch := range slices.Chunk(entities, 2000) {
			if _, err := target.ImportBatch(b.Context(), migrate.LocalTenant, batchOf(benchMigration, batch)); err != nil {
				b.Fatal(err)
			}
		}
	}
	send()
	for _, isReopened := range []bool{false, true} {
		b.Run(fmt.Sprintf("reopened-%v", isReopened), func(b *testing.B) {
			b.SetBytes(bytesOf(entities))
			for b.Loop() {
				if isReopened {
					target.Close()
					target = mustOpen(b, dir)
				}
				send()
			}
			b.ReportMetric(float64(len(entities)*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func BenchmarkWalkLive(b *testing.B) {
	entities := portfolio(200_000)
	target := mustOpen(b, b.TempDir())
	defer target.Close()
	for batch := range slices.Chunk(entities, 2000) {
		if _, err := target.ImportBatch(b.Context(), migrate.LocalTenant, batchOf(benchMigration, batch)); err != nil {
			b.Fatal(err)
		}
	}
	for _, isWhole := range []bool{true, false} {
		b.Run(fmt.Sprintf("whole-parts-%v", isWhole), func(b *testing.B) {
			q := whole(benchMigration)
			if !isWhole {
				q.FirstBucket, q.LastBucket = 1, migrate.DefaultBuckets-2 // of two parts each id has to be looked at
			}
			b.SetBytes(bytesOf(entities))
			b.ReportAllocs()
			for b.Loop() {
				if err := target.WalkLive(b.Context(), migrate.LocalTenant, q, func(migrate.LiveEntity) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(entities)*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func BenchmarkLookUp(b *testing.B) {
	entities := portfolio(200_000)
	target := mustOpen(b, b.TempDir())
	defer target.Close()
	var keys []migrate.EntityKey
	for batch := range slices.Chunk(entities, 2000) {
		if _, err := target.ImportBatch(b.Context(), migrate.LocalTenant, batchOf(benchMigration, batch)); err != nil {
			b.Fatal(err)
		}
		keys = append(keys, migrate.EntityKey{Component: "Counterparties", Collection: batch[0].Collection, ID: batch[0].ID})
	}
	for b.Loop() {
		if _, err := target.LookUp(b.Context(), migrate.LocalTenant, keys); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(keys)*b.N)/b.Elapsed().Seconds(), "keys/s")
}
