package records_test

import (
	"bytes"
	"testing"

	"landfall/internal/records"
)

// sample is a record of the usual length.
var sample = append(append([]byte(`{"referenceId":"`), bytes.Repeat([]byte("é1"), 174)...), `"}`...)

// stream frames n samples.
func stream(f records.Format, n int) []byte {
	var data []byte
	for range n {
		data = f.Append(data, sample)
	}
	return data
}

// TestScanner_AllocsPerRecord is not parallel, because counting allocations is not.
func TestScanner_AllocsPerRecord(t *testing.T) {
	for _, f := range []records.Format{records.JSONLines, records.JSONSequence} {
		data := stream(f, 4000)
		s := records.NewScanner(bytes.NewReader(data), 0, everything, records.Options{Format: f, BufferSize: 4 << 10})
		if n := testing.AllocsPerRun(3000, func() { s.Scan() }); n != 0 || !bytes.Equal(s.Record().Bytes, sample) {
			t.Errorf("%v: %v allocations per record, want 0", f, n)
		}
	}
}
