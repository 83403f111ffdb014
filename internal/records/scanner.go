package records

import "io"

const (
	defaultMaxRecord  = 1 << 20
	defaultBufferSize = 256 << 10
)

// Options say how to scan. The zero value reads JSON Lines with the default sizes.
type Options struct {
	Format     Format
	MaxRecord  int // longest record returned whole, in bytes; 1 MiB if not positive
	BufferSize int // bytes asked of the reader at once, at first; 256 KiB if not positive
}

// Scanner returns the records that a byte range of an object owns, in order. Scanning allocates nothing per record.
// A Scanner is for one goroutine.
type Scanner struct {
	source  source
	options Options

	pos, newlines, blank int64 // the books, closed at the last separator
	begun, done          bool

	record Record
	head   []byte // beginning of a record that the buffer could not hold
}

// ReadFrom returns the byte at which the reader of a range that begins at from must start: the one before it, which tells
// whether a record begins at from, or the first of the object.
func ReadFrom(from int64) int64 { return max(from-1, 0) }

// NewScanner returns a scanner of the range [from,to) of an object. The reader must start at byte ReadFrom(from) and go on
// past to, ideally to the object's end; the scanner reads only as far as its last record needs, or its buffer happens to
// reach. With math.MaxInt64 for to, the range ends where the reader does.
func NewScanner(r io.Reader, from, to int64, o Options) *Scanner {
	if o.MaxRecord <= 0 {
		o.MaxRecord = defaultMaxRecord
	}
	if o.BufferSize <= 0 {
		o.BufferSize = defaultBufferSize
	}
	return &Scanner{source: newSource(r, ReadFrom(from), to, o), options: o, pos: from}
}

// Scan advances to the next record. It returns false at the end of the range and when the reader fails.
func (s *Scanner) Scan() bool {
	for s.pos < s.source.to && !s.done {
		if !s.begun {
			s.begin()
		} else if s.next() {
			return true
		}
	}
	return false
}

// Record returns the record that the last call of Scan advanced to.
func (s *Scanner) Record() Record { return s.record }

// Err returns the reader's error, or nil if the range was read to its end. All records that were complete before the error
// have been returned, and Pos is where to go on.
func (s *Scanner) Err() error { return s.source.err }

// Pos returns the byte after everything scanned so far: the range [from,Pos()) owns exactly the records returned, and
// scanning [Pos(),to) returns exactly the others. It never exceeds to, even when the last record does; after the end it is
// to, or the size of an object that ends earlier, within the range.
func (s *Scanner) Pos() int64 { return s.pos }

// Newlines returns the number of LFs in [from,Pos()).
func (s *Scanner) Newlines() int64 { return s.newlines }

// Blank returns the number of blank lines that begin in [from,Pos()). In a sequence there are none.
func (s *Scanner) Blank() int64 { return s.blank }
