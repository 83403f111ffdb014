package records

import "bytes"

// begin moves to the first byte of the first record.
func (s *Scanner) begin() {
	s.begun = true
	if s.pos == 0 {
		s.source.skipMark()
		return
	}
	s.align()
}

// align discards through the first separator at or after the byte before the range: up to there the bytes are of a record
// that an earlier range owns. It stops at the end of the range, which may lie inside that same record.
func (s *Scanner) align() {
	if !s.source.ready() {
		s.done = true
		return
	}
	separator := s.options.Format.separator()
	before := s.source.unread()[0]
	s.source.skip(1) // uncounted: it is not of this range
	for before != separator && s.source.at < s.source.to && s.source.ready() {
		before = s.source.consumeThrough(separator)
	}
	s.commit()
}

// next reads through the next separator and reports whether a record precedes it.
func (s *Scanner) next() bool {
	if s.options.Format == JSONSequence {
		s.source.skipSpace()
	}
	t := s.read()
	if s.source.err != nil {
		s.done = true // and the books stay as they were before the incomplete record
		return false
	}
	t.unframed = s.pos == 0
	s.done = !t.ended
	s.commit()
	return s.accept(t)
}

// commit closes the books at the byte reached.
func (s *Scanner) commit() {
	s.pos = min(s.source.at, s.source.to)
	s.newlines = s.source.inRange
}

// accept turns a text into the record to return, or counts it as a blank line.
func (s *Scanner) accept(t text) bool {
	if t.trimmed > 0 {
		s.record = t.record(s.options)
		return true
	}
	if s.options.Format == JSONLines && (t.ended || t.length > 0) {
		s.blank++
	}
	return false
}

// read reads a text and its separator. What the buffer cannot hold is measured and forgotten, but for its head.
func (s *Scanner) read() text {
	t := text{offset: s.source.at, line: s.source.lines}
	separator := s.options.Format.separator()
	for seen := 0; ; {
		b := s.source.unread()
		if i := bytes.IndexByte(b[seen:], separator); i >= 0 {
			t.add(b[:seen+i])
			t.ended = true
			s.source.consume(seen + i + 1)
			return t
		}
		seen = len(b)
		if s.source.full() {
			s.forget(&t)
			seen = 0
		}
		if !s.source.fill() {
			t.add(s.source.unread())
			s.source.consume(seen)
			return t
		}
	}
}

// forget adds the whole buffer to the text and makes room, keeping a copy of the text's head.
func (s *Scanner) forget(t *text) {
	b := s.source.unread()
	if t.head == nil {
		s.head = append(s.head[:0], b[:s.options.MaxRecord]...)
		t.head = s.head
	}
	t.add(b)
	s.source.consume(len(b))
}
