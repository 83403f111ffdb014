package records_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"landfall/internal/records"
)

// TestScanner_ReturnsBeforeTheNextRead says that a record is returned as soon as its separator has arrived: a slow stream
// must not hold back what it has delivered, nor a failing one.
func TestScanner_ReturnsBeforeTheNextRead(t *testing.T) {
	t.Parallel()
	formats(t, func(t *testing.T, f records.Format) {
		broken := errors.New("broken")
		frame := map[records.Format]string{records.JSONLines: "1\n", records.JSONSequence: "1\x1e"}[f]
		s := records.NewScanner(io.MultiReader(strings.NewReader(frame), iotest.ErrReader(broken)), 0, everything,
			records.Options{Format: f})
		if !s.Scan() || string(s.Record().Bytes) != "1" || s.Err() != nil {
			t.Fatalf("before the failing read: %q, error %v; want the record", s.Record().Bytes, s.Err())
		}
		if again := s.Scan(); again || s.Scan() || s.Err() != broken {
			t.Fatalf("after it: error %v, want %v", s.Err(), broken)
		}
	})
}

// TestScanner_ReadsNoFurtherThanItNeeds says that what fails beyond the last record of the range is no failure.
func TestScanner_ReadsNoFurtherThanItNeeds(t *testing.T) {
	t.Parallel()
	formats(t, func(t *testing.T, f records.Format) {
		text := map[records.Format]string{records.JSONLines: "1\n2\n", records.JSONSequence: "\x1e1\x1e2\x1e"}[f]
		for to := range int64(len(text)) {
			s := records.NewScanner(io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrClosedPipe)), 0, to,
				records.Options{Format: f})
			for s.Scan() {
			}
			if s.Err() != nil || s.Pos() != to {
				t.Errorf("scanning [0,%d): at %d, error %v", to, s.Pos(), s.Err())
			}
		}
	})
}

// silent is a reader that never returns anything.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestScanner_NoProgress(t *testing.T) {
	t.Parallel()
	s := records.NewScanner(silent{}, 0, everything, records.Options{})
	if s.Scan() || s.Err() != io.ErrNoProgress {
		t.Errorf("Err() = %v, want %v", s.Err(), io.ErrNoProgress)
	}
}

// run is a reader of n times the same byte; it notes the largest read asked of it.
type run struct {
	c       byte
	n       int64
	largest int
}

func (r *run) Read(p []byte) (int, error) {
	r.largest = max(r.largest, len(p))
	p = p[:min(int64(len(p)), r.n)]
	if len(p) == 0 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = r.c
	}
	r.n -= int64(len(p))
	return len(p), nil
}

// TestScanner_BoundedMemory reads records and blanks a thousand times larger than limit and buffer together.
func TestScanner_BoundedMemory(t *testing.T) {
	t.Parallel()
	const length, limit = 8 << 20, 4 << 10
	formats(t, func(t *testing.T, f records.Format) {
		for _, c := range []byte("x \t") {
			r := &run{c: c, n: length}
			s := records.NewScanner(r, 0, 1, records.Options{Format: f, MaxRecord: limit, BufferSize: limit / 2})
			found := s.Scan()
			if got := s.Record(); found && (got.Length != length || len(got.Bytes) != limit || !got.TooLong) {
				t.Errorf("run of %q: length %d, %d bytes kept", c, got.Length, len(got.Bytes))
			}
			if found != (c == 'x') || s.Pos() != 1 || r.n > 0 || r.largest > 2*limit {
				t.Errorf("run of %q: Scan() = %t, %d bytes unread, read %d at once", c, found, r.n, r.largest)
			}
		}
	})
}
