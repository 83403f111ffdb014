package records_test

import (
	"testing"

	"landfall/internal/records"
)

// FuzzScanner compares the two ranges on either side of a cut with the reference. Its seeds are in testdata/fuzz.
func FuzzScanner(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, sequence bool, limit, buffer uint8, cut uint16) {
		o := records.Options{MaxRecord: int(limit) + 1, BufferSize: int(buffer) + 1}
		if sequence {
			o.Format = records.JSONSequence
		}
		entries := reference(data, o)
		middle := int64(cut) % int64(len(data)+1)
		for _, bound := range [][2]int64{{0, everything}, {0, middle}, {middle, everything}} {
			got := mustScan(t, data, bound[0], bound[1], o)
			if d := diff(owned(data, entries, bound[0], bound[1]), got); d != "" {
				t.Fatalf("scanning %v of %q (-reference +scanner):\n%s", bound, data, d)
			}
		}
	})
}
