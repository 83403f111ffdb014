package generate_test

import (
	"testing"

	"landfall/internal/generate"
)

// BenchmarkWrite writes portfolios of 200,000 entities to disk and reports records per second.
func BenchmarkWrite(b *testing.B) {
	const n = 200_000
	dir := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		files, err := generate.Write(b.Context(), dir, generate.Options{Entities: n, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		var bytes int64
		for _, f := range files {
			bytes += f.Bytes
		}
		b.SetBytes(bytes)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
