package records_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"testing"

	"landfall/internal/records"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// books are everything that scanning a range of an object tells. Their lines are absolute.
type books struct {
	Records  []records.Record
	Pos      int64
	Newlines int64
	Blank    int64
}

// scan reads the range [from,to) of data through a reader that wrap has put between.
func scan(data []byte, from, to int64, o records.Options, wrap func(io.Reader) io.Reader) (books, error) {
	s := records.NewScanner(wrap(reader(data, from)), from, to, o)
	var b books
	for s.Scan() {
		b.Records = append(b.Records, keep(s.Record(), data, from))
	}
	b.Pos, b.Newlines, b.Blank = s.Pos(), s.Newlines(), s.Blank()
	return b, s.Err()
}

// keep returns a copy of a record that outlives the next Scan, with its absolute line, counted from zero.
func keep(r records.Record, data []byte, from int64) records.Record {
	r.Bytes = bytes.Clone(r.Bytes)
	r.Line += lines(data, 0, from)
	return r
}

// reader starts where a range that begins at from must.
func reader(data []byte, from int64) io.Reader {
	return bytes.NewReader(data[min(records.ReadFrom(from), int64(len(data))):])
}

// lines counts the LFs in [from,to).
func lines(data []byte, from, to int64) int64 {
	size := int64(len(data))
	return int64(bytes.Count(data[min(from, size):min(to, size)], []byte("\n")))
}

// plain is the wrap that does nothing.
func plain(r io.Reader) io.Reader { return r }

// everything is the end of a range without end.
const everything = math.MaxInt64

// diff compares books; no records are no records, nil or not.
func diff(want, got books) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// mustScan fails the test when the scanner reports an error.
func mustScan(t failer, data []byte, from, to int64, o records.Options) books {
	t.Helper()
	b, err := scan(data, from, to, o, plain)
	if err != nil {
		t.Fatalf("scanning [%d,%d) of %q: %v", from, to, data, err)
	}
	return b
}

// formats runs a test for each format.
func formats(t *testing.T, test func(t *testing.T, f records.Format)) {
	for _, f := range []records.Format{records.JSONLines, records.JSONSequence} {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			t.Parallel()
			test(t, f)
		})
	}
}
