package records_test

import (
	"strings"
	"testing"

	"landfall/internal/records"
)

func TestParseFormat(t *testing.T) {
	t.Parallel()
	formats(t, func(t *testing.T, f records.Format) {
		if got, ok := records.ParseFormat(f.String()); got != f || !ok {
			t.Errorf("ParseFormat(%q) = %v, %t", f, got, ok)
		}
	})
	for _, name := range []string{"", "JSONL", "json", "application/jsonl", "Format(2)"} {
		if f, ok := records.ParseFormat(name); ok {
			t.Errorf("ParseFormat(%q) = %v, want none", name, f)
		}
	}
}

func TestFormat_Append(t *testing.T) {
	t.Parallel()
	for f, want := range map[records.Format]string{
		records.JSONLines:    "kept{}\n1\n",
		records.JSONSequence: "kept\x1e{}\n\x1e1\n",
	} {
		if got := f.Append(f.Append([]byte("kept"), []byte("{}")), []byte("1")); string(got) != want {
			t.Errorf("%v: Append = %q, want %q", f, got, want)
		}
	}
}

// TestFormat_RoundTrip says that what is written comes back, none of it truncated.
func TestFormat_RoundTrip(t *testing.T) {
	t.Parallel()
	formats(t, func(t *testing.T, f records.Format) {
		texts := []string{"1", "{}", `"é"`, "null", strings.Repeat("9", 100)}
		var data []byte
		for _, text := range texts {
			data = f.Append(data, []byte(text))
		}
		got := mustScan(t, data, 0, everything, records.Options{Format: f})
		if len(got.Records) != len(texts) {
			t.Fatalf("%d records, want %d", len(got.Records), len(texts))
		}
		for i, r := range got.Records {
			if string(r.Bytes) != texts[i] || r.Truncated || r.Unframed || r.Line != int64(i) {
				t.Errorf("record %d = %+v, want %q", i, r, texts[i])
			}
		}
	})
}
