package records_test

import (
	"strings"
	"testing"

	"landfall/internal/records"
)

// TestScanner_Range pins who owns what. Lines are absolute, counted from zero.
func TestScanner_Range(t *testing.T) {
	t.Parallel()
	sequence, xs := records.JSONSequence, strings.Repeat("x", 20)
	for _, tt := range []struct {
		name     string
		format   records.Format
		data     string
		from, to int64
		want     books
	}{
		{"BeginsAtRecord", 0, "1\n2\n3\n", 2, 4, books{list(record("2", 2, 1)), 4, 1, 0}},
		{"BeginsAtSeparator", 0, "1\n2\n3\n", 1, 4, books{list(record("2", 2, 1)), 4, 2, 0}},
		{"EndsAtSeparator", 0, "1\n2\n3\n", 0, 3, books{list(record("1", 0, 0), record("2", 2, 1)), 3, 1, 0}},
		{"EndsAtRecord", 0, "1\n2\n3\n", 0, 2, books{list(record("1", 0, 0)), 2, 1, 0}},
		{"EndsInsideRecord", 0, "11\n222\n3\n", 0, 4, books{list(record("11", 0, 0), record("222", 3, 1)), 4, 1, 0}},
		{"BeginsInsideRecord", 0, "11\n222\n3\n", 4, 8, books{list(record("3", 7, 2)), 8, 1, 0}},
		{"InsideOneRecord", 0, "1\n" + xs + "\n2", 5, 9, books{nil, 9, 0, 0}},
		{"TailOfRecordAndItsLF", 0, "1\n" + xs + "\n2", 5, 23, books{nil, 23, 1, 0}},
		{"TooLongOverTheEnd", 0, xs + "\n2", 0, 1, books{list(long("xxxxxxxx", 0, 0, 20)), 1, 0, 0}},
		{"BlankLineOverTheEnd", 0, "1\n   \n2", 2, 3, books{nil, 3, 0, 1}},
		{"BlankLineBeforeTheRange", 0, "1\n   \n2", 3, 7, books{list(record("2", 6, 2)), 7, 1, 0}},
		{"BeginsAtBlankLine", 0, "1\n\n2", 2, 3, books{nil, 3, 1, 1}},
		{"InsideMark", 0, "\xef\xbb\xbf1\n2", 0, 1, books{list(record("1", 3, 0)), 1, 0, 0}},
		{"AfterMark", 0, "\xef\xbb\xbf1\n2", 3, 6, books{list(record("2", 5, 1)), 6, 1, 0}},
		{"NoBytes", 0, "1\n2\n", 2, 2, books{nil, 2, 0, 0}},
		{"AtTheEnd", 0, "1\n2\n", 4, everything, books{nil, 4, 0, 0}},
		{"PastTheEnd", 0, "1\n2\n", 9, everything, books{nil, 9, 0, 0}},

		{"BeginsAtText", sequence, "\x1e1\n\x1e2\n", 1, 4, books{list(record("1", 1, 0)), 4, 1, 0}},
		{"BeginsAtRS", sequence, "\x1e1\n\x1e2\n", 3, 6, books{list(record("2", 4, 1)), 6, 1, 0}},
		{"EndsAtRS", sequence, "\x1e1\n\x1e2\n", 0, 3, books{list(record("1", 1, 0)), 3, 1, 0}},
		{"RSLastByte", sequence, "\x1e1\n\x1e2\n", 0, 4, books{list(record("1", 1, 0)), 4, 1, 0}},
		{"OwnedByTheByteAfterRS", sequence, "\x1e\n\n1\n\x1e2", 0, 2, books{list(record("1", 3, 2)), 2, 1, 0}},
		{"NotByTheTextItself", sequence, "\x1e\n\n1\n\x1e2", 2, 6, books{nil, 6, 2, 0}},
		{"FirstRSInsideRange", sequence, "12\x1e3\n", 1, 5, books{list(record("3", 3, 0)), 5, 1, 0}},
		{"UnframedOverTheEnd", sequence, "1\n2\n", 0, 2, books{list(unframed(record("1\n2", 0, 0))), 2, 1, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, o := []byte(tt.data), records.Options{Format: tt.format, MaxRecord: 8, BufferSize: 4}
			if d := diff(tt.want, mustScan(t, data, tt.from, tt.to, o)); d != "" {
				t.Errorf("scanning [%d,%d) of %q (-want +got):\n%s", tt.from, tt.to, data, d)
			}
		})
	}
}

// TestScanner_EveryRange compares every range of every table object with the ownership rule.
func TestScanner_EveryRange(t *testing.T) {
	t.Parallel()
	for _, tt := range objects {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, o := []byte(tt.data), records.Options{Format: tt.format, MaxRecord: 8, BufferSize: 4}
			entries := reference(data, o)
			for from := range int64(len(data) + 2) {
				for to := from; to <= int64(len(data)+1); to++ {
					if d := diff(owned(data, entries, from, to), mustScan(t, data, from, to, o)); d != "" {
						t.Fatalf("scanning [%d,%d) of %q (-want +got):\n%s", from, to, data, d)
					}
				}
			}
		})
	}
}
