package records_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"landfall/internal/records"

	"pgregory.net/rapid"
)

// pieces are what random objects are built from; the poison is in putting them next to each other.
var pieces = []string{
	"\n", "\n", "\r\n", "\r", " ", "\t", "\n\n", " \t\r\n", "\x1e", "\x1e", "\x1e\x1e", "\n\x1e", "\x1e\n",
	"\xef\xbb\xbf", "\xef\xbb", "\x00", "\x01\x1f\x7f", "\xff\xfe", "\xc3", "é", "世界", "😀",
	"{}", `{"a":1}`, `{"a":1,"a":2}`, `{"a":"` + "\n" + `"}`, `{"a":`, `"\ud800"`, "1", "tru", "null",
	strings.Repeat("x", 9), strings.Repeat("long", 9), strings.Repeat(" ", 20), strings.Repeat("\n", 9),
}

// object draws an object and how to read it; limit and buffer are small, so that everything is too large for them.
func object(t *rapid.T) ([]byte, records.Options) {
	first := rapid.SampledFrom([]string{"", "", "\xef\xbb\xbf"}).Draw(t, "first")
	rest := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "rest")
	return []byte(first + strings.Join(rest, "")), records.Options{
		Format:     rapid.SampledFrom([]records.Format{records.JSONLines, records.JSONSequence}).Draw(t, "format"),
		MaxRecord:  rapid.IntRange(1, 12).Draw(t, "limit"),
		BufferSize: rapid.IntRange(1, 40).Draw(t, "buffer"),
	}
}

// cuts draws the inner bounds of a tiling, with every byte a tile of its own once in a while.
func cuts(t *rapid.T, size int64) []int64 {
	if rapid.IntRange(0, 3).Draw(t, "everywhere") == 0 {
		var all []int64
		for cut := range size {
			all = append(all, cut)
		}
		return all
	}
	drawn := rapid.SliceOfN(rapid.Int64Range(0, size), 0, 6).Draw(t, "cuts")
	slices.Sort(drawn)
	return drawn
}

// choppy is a reader that returns what each size says: a few bytes, or none; once they are used up, all there is.
type choppy struct {
	io.Reader
	sizes []int
}

func (c *choppy) Read(p []byte) (int, error) {
	if len(c.sizes) == 0 {
		return c.Reader.Read(p)
	}
	n := min(c.sizes[0], len(p))
	c.sizes = c.sizes[1:]
	if n == 0 {
		return 0, nil
	}
	return c.Reader.Read(p[:n])
}

// chunking draws a way for readers to return what they have.
func chunking(t *rapid.T) func(io.Reader) io.Reader {
	sizes := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 30).Draw(t, "sizes")
	return rapid.SampledFrom([]func(io.Reader) io.Reader{
		plain, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		func(r io.Reader) io.Reader { return &choppy{r, slices.Clone(sizes)} },
	}).Draw(t, "chunking")
}

// TestScanner_Tiling says that any tiling, read in any chunks, tells exactly what one sequential read tells, tile by tile
// and in sum, and that the sequential read tells what the reference does.
func TestScanner_Tiling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data, o := object(t)
		entries := reference(data, o)
		whole := mustScan(t, data, 0, everything, o)
		if d := diff(owned(data, entries, 0, everything), whole); d != "" {
			t.Fatalf("scanning %q (-reference +scanner):\n%s", data, d)
		}
		var sum books
		bounds := append(cuts(t, int64(len(data))), everything)
		wrap := chunking(t)
		for i, from := range append([]int64{0}, bounds[:len(bounds)-1]...) {
			tile, err := scan(data, from, bounds[i], o, wrap)
			if d := diff(owned(data, entries, from, bounds[i]), tile); d != "" || err != nil {
				t.Fatalf("scanning [%d,%d) of %q: error %v (-reference +scanner):\n%s", from, bounds[i], data, err, d)
			}
			sum = sum.plus(tile)
		}
		if d := diff(whole, sum); d != "" {
			t.Fatalf("cutting %q at %v (-whole +sum of tiles):\n%s", data, bounds, d)
		}
	})
}

// plus returns the books of two adjacent ranges.
func (b books) plus(next books) books {
	return books{append(b.Records, next.Records...), next.Pos, b.Newlines + next.Newlines, b.Blank + next.Blank}
}

// TestScanner_Resume says that after every record the range can be cut at Pos: what was told until then are the books of
// the first part, and a scanner of the second tells the rest.
func TestScanner_Resume(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data, o := object(t)
		from := rapid.Int64Range(0, int64(len(data))).Draw(t, "from")
		to := rapid.Int64Range(from, int64(len(data))+1).Draw(t, "to")
		whole, wrap := mustScan(t, data, from, to, o), chunking(t)
		s := records.NewScanner(wrap(reader(data, from)), from, to, o)
		told := books{Pos: from}
		for more := true; more; {
			if more = s.Scan(); more {
				told.Records = append(told.Records, keep(s.Record(), data, from))
			}
			told.Pos, told.Newlines, told.Blank = s.Pos(), s.Newlines(), s.Blank()
			rest := mustScan(t, data, s.Pos(), to, o)
			if d := diff(whole, told.plus(rest)); d != "" {
				t.Fatalf("resuming [%d,%d) of %q at %d (-whole +sum):\n%s", from, to, data, s.Pos(), d)
			}
			if d := diff(mustScan(t, data, from, s.Pos(), o), told); d != "" {
				t.Fatalf("committing [%d,%d) of %q (-scan of it +told):\n%s", from, s.Pos(), data, d)
			}
		}
	})
}

// TestScanner_Failure says that wherever the reader fails, only whole records are told, and Pos is where to go on.
func TestScanner_Failure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data, o := object(t)
		from := rapid.Int64Range(0, int64(len(data))).Draw(t, "from")
		failAt := rapid.Int64Range(records.ReadFrom(from), int64(len(data))).Draw(t, "failAt")
		chunks := chunking(t)
		told, err := scan(data, from, everything, o, func(io.Reader) io.Reader {
			return io.MultiReader(chunks(bytes.NewReader(data[records.ReadFrom(from):failAt])), iotest.ErrReader(io.ErrUnexpectedEOF))
		})
		if err != io.ErrUnexpectedEOF || told.Pos > max(failAt, from) {
			t.Fatalf("scanning %q, failing at %d: error %v at %d", data, failAt, err, told.Pos)
		}
		rest := mustScan(t, data, told.Pos, everything, o)
		if d := diff(mustScan(t, data, from, everything, o), told.plus(rest)); d != "" {
			t.Fatalf("resuming %q at %d after failing at %d (-whole +sum):\n%s", data, told.Pos, failAt, d)
		}
	})
}
