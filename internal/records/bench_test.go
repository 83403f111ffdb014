package records_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"landfall/internal/records"
)

// BenchmarkScanner scans records of 540 bytes from memory.
func BenchmarkScanner(b *testing.B) {
	for _, f := range []records.Format{records.JSONLines, records.JSONSequence} {
		b.Run(fmt.Sprint(f), func(b *testing.B) { benchmark(b, stream(f, 64<<10), records.Options{Format: f}) })
	}
}

// BenchmarkScanner_TooLong scans records of four times the limit.
func BenchmarkScanner_TooLong(b *testing.B) {
	data := bytes.Repeat(append(bytes.Repeat([]byte("x"), 4<<20), '\n'), 4)
	benchmark(b, data, records.Options{})
}

// BenchmarkScanner_Blank scans nothing but spaces.
func BenchmarkScanner_Blank(b *testing.B) {
	benchmark(b, bytes.Repeat([]byte(" "), 16<<20), records.Options{})
}

// benchmark scans data again and again, each time with a new scanner.
func benchmark(b *testing.B, data []byte, o records.Options) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	r := bytes.NewReader(data)
	var n int64
	for b.Loop() {
		r.Seek(0, io.SeekStart)
		for s := records.NewScanner(r, 0, int64(len(data)), o); s.Scan(); {
			n++
		}
	}
	if n > 0 {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/record")
	}
}
