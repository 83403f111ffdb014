package shape_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"landfall/internal/catalog/shape"
	"landfall/internal/migrate"
)

// counterparties gives n good records that differ in their values, and from one in seven on in their members.
func counterparties(tb testing.TB, n int) [][]byte {
	tb.Helper()
	one, err := os.ReadFile("testdata/counterparty.json")
	if err != nil {
		tb.Fatal(err)
	}
	one = bytes.TrimSpace(one)
	all := make([][]byte, n)
	for k := range all {
		r := bytes.ReplaceAll(one, []byte("f5eb4278"), fmt.Appendf(nil, "%08x", k))
		r = bytes.ReplaceAll(r, []byte("1234"), fmt.Appendf(nil, "%d", k*k))
		r = bytes.ReplaceAll(r, []byte("31200.50"), fmt.Appendf(nil, "%d.%02d", 31200+k*17, k%100))
		if k%7 == 6 {
			r = bytes.ReplaceAll(r, []byte(`"isActive":true,`), nil)
			r = bytes.ReplaceAll(r, []byte(`"initials"`), []byte(`"gender":"female","initials"`))
		}
		all[k] = r
	}
	return all
}

func BenchmarkChecker_Check(b *testing.B) {
	checker := compile(b, "counterparties").NewChecker()
	benchmark(b, checker.Check)
}

func BenchmarkReference_Check(b *testing.B) {
	benchmark(b, reference(b, "counterparties").Check)
}

func benchmark(b *testing.B, check func([]byte, bool) shape.Result) {
	records := counterparties(b, 1024)
	size := 0
	for _, r := range records {
		size += len(r)
	}
	b.SetBytes(int64(size / len(records)))
	b.ReportAllocs()
	k := 0
	for b.Loop() {
		if r := check(records[k&1023], false); len(r.Faults) > 0 || r.ID.IsZero() {
			b.Fatalf("Check(%s) = %v", records[k&1023], r)
		}
		k++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkCheckJSON(b *testing.B) {
	benchmark(b, func(record []byte, _ bool) shape.Result {
		if _, ok := shape.CheckJSON(record); !ok {
			return shape.Result{}
		}
		return shape.Result{ID: migrate.ReferenceID{1}}
	})
}
