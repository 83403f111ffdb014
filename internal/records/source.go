package records

import (
	"bytes"
	"io"
)

// maxEmptyReads is how often in a row a reader may return nothing at all, as in package bufio.
const maxEmptyReads = 100

var (
	byteOrderMark = []byte("\xef\xbb\xbf")
	newline       = []byte{lineFeed}
)

// source is a reader with a buffer that knows where in the object it is and counts the LFs it passes.
type source struct {
	reader  io.Reader
	pending error // what the reader returned with its last bytes
	err     error // what kept it from going on, unless that was the end of the object

	buf      []byte
	r, w     int // buf[r:w] is read but not consumed
	capacity int // what buf may grow to

	at      int64 // offset of buf[r] in the object
	to      int64 // end of the range
	lines   int64 // LFs consumed
	inRange int64 // those of them that precede to
}

// newSource sizes the buffer: one that cannot grow holds the longest permitted record and its separator, so a full one
// without separator holds at least the head of a record to forget.
func newSource(r io.Reader, at, to int64, o Options) source {
	return source{
		reader:   r,
		buf:      make([]byte, o.BufferSize),
		capacity: max(o.BufferSize, o.MaxRecord+len("\r\n")),
		at:       at,
		to:       to,
	}
}

// unread returns the bytes read but not consumed. They stay in place until the next fill.
func (s *source) unread() []byte { return s.buf[s.r:s.w] }

// ready reports whether there is an unread byte, reading on if need be.
func (s *source) ready() bool { return s.r < s.w || s.fill() }

// full reports whether fill has no room and may not make any.
func (s *source) full() bool { return s.w-s.r == s.capacity }

// fill adds to the unread bytes. It returns false at the end of the object and when the reader fails.
func (s *source) fill() bool {
	s.makeRoom()
	for tries := 1; s.pending == nil; tries++ {
		n, err := s.reader.Read(s.buf[s.w:])
		s.w += n
		s.pending = err
		if n > 0 {
			return true
		}
		if err == nil && tries == maxEmptyReads {
			s.pending = io.ErrNoProgress
		}
	}
	if s.pending != io.EOF {
		s.err = s.pending
	}
	return false
}

// makeRoom moves the unread bytes to the front of the buffer, and of a larger one if they fill it.
func (s *source) makeRoom() {
	front := s.buf
	if s.w-s.r == len(s.buf) {
		front = make([]byte, min(2*len(s.buf), s.capacity))
	} else if s.r == 0 {
		return
	}
	s.w = copy(front, s.unread())
	s.r = 0
	s.buf = front
}

// consume passes n unread bytes and counts their LFs.
func (s *source) consume(n int) {
	b := s.unread()[:n]
	count := int64(bytes.Count(b, newline))
	s.lines += count
	if left := s.to - s.at; left < int64(n) {
		count = int64(bytes.Count(b[:max(left, 0)], newline))
	}
	s.inRange += count
	s.skip(n)
}

// skip passes n unread bytes without looking at them.
func (s *source) skip(n int) {
	s.r += n
	s.at += int64(n)
}

// consumeThrough consumes the unread bytes of the range up to and including the first c, and returns the last one consumed.
func (s *source) consumeThrough(c byte) byte {
	b := s.unread()
	if left := s.to - s.at; left < int64(len(b)) {
		b = b[:left]
	}
	if i := bytes.IndexByte(b, c); i >= 0 {
		b = b[:i+1]
	}
	s.consume(len(b))
	return b[len(b)-1]
}

// skipMark passes a byte-order mark. It asks for no more bytes than it takes to see that there is none.
func (s *source) skipMark() {
	for s.w-s.r < len(byteOrderMark) && bytes.HasPrefix(byteOrderMark, s.unread()) && s.fill() {
	}
	if bytes.HasPrefix(s.unread(), byteOrderMark) {
		s.skip(len(byteOrderMark))
	}
}

// skipSpace consumes white space, however much there is.
func (s *source) skipSpace() {
	for s.ready() {
		b := s.unread()
		n := 0
		for n < len(b) && isSpace(b[n]) {
			n++
		}
		s.consume(n)
		if n < len(b) {
			return
		}
	}
}
