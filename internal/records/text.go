package records

// text is what lies between two separators, measured piece by piece.
type text struct {
	head     []byte // the first piece
	offset   int64  // of its first byte in the object
	line     int64  // LFs of the range before it
	length   int64  // of all pieces
	trimmed  int64  // length up to the last byte that is not white space
	cr       bool   // it ends with CR
	ended    bool   // by a separator; otherwise by the end of the object
	unframed bool   // no separator precedes it
}

// add appends a piece. The first becomes the head, unless the caller has kept one.
func (t *text) add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	if t.head == nil {
		t.head = piece
	}
	n := len(piece)
	t.cr = piece[n-1] == '\r'
	for n > 0 && isSpace(piece[n-1]) {
		n--
	}
	if n > 0 {
		t.trimmed = t.length + int64(n)
	}
	t.length += int64(len(piece))
}

// record returns the text as a record.
func (t *text) record(o Options) Record {
	r := Record{Offset: t.offset, Line: t.line, Length: t.length}
	switch {
	case o.Format == JSONSequence:
		r.Length = t.trimmed
		r.Truncated = t.trimmed == t.length
		r.Unframed = t.unframed
	case t.cr:
		r.Length--
	}
	r.Bytes = t.head[:min(r.Length, int64(o.MaxRecord))]
	r.TooLong = r.Length > int64(o.MaxRecord)
	return r
}

// isSpace reports JSON white space. A line never contains LF, so one definition serves both formats.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
