package records_test

import (
	"bytes"

	"landfall/internal/records"
)

// entry is what lies between two separators: a record, a blank line or nothing.
type entry struct {
	start  int64 // decides who owns it
	record *records.Record
	blank  bool
}

// reference splits a whole object in memory, in the simplest way there is. It shares no code with the scanner.
func reference(data []byte, o records.Options) []entry {
	separator := map[records.Format]string{records.JSONLines: "\n", records.JSONSequence: "\x1e"}[o.Format]
	var entries []entry
	start := 0
	for i, piece := range bytes.SplitAfter(data, []byte(separator)) {
		body := bytes.TrimSuffix(piece, []byte(separator))
		offset := start
		if i == 0 && bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
			body, offset = body[3:], 3
		}
		e := entry{start: int64(start)}
		start += len(piece)
		closed := bytes.HasSuffix(piece, []byte(separator))
		r := records.Record{}
		if o.Format == records.JSONLines {
			e.blank = len(bytes.Trim(body, " \t\r")) == 0 && (closed || len(body) > 0)
			body = bytes.TrimSuffix(body, []byte("\r"))
		} else {
			left := bytes.TrimLeft(body, " \t\r\n")
			offset += len(body) - len(left)
			body = bytes.TrimRight(left, " \t\r\n")
			r.Truncated = len(body) == len(left)
			r.Unframed = i == 0
		}
		if len(bytes.Trim(body, " \t\r\n")) > 0 {
			r.Offset, r.Length, r.Line = int64(offset), int64(len(body)), lines(data, 0, int64(offset))
			r.TooLong = len(body) > o.MaxRecord
			r.Bytes = body[:min(len(body), o.MaxRecord)]
			e.record = &r
		}
		entries = append(entries, e)
	}
	return entries
}

// owned returns the books of the range [from,to) by the ownership rule.
func owned(data []byte, entries []entry, from, to int64) books {
	b := books{Pos: max(from, min(to, int64(len(data)))), Newlines: lines(data, from, to)}
	for _, e := range entries {
		if e.start < from || e.start >= to {
			continue
		}
		if e.record != nil {
			b.Records = append(b.Records, *e.record)
		}
		if e.blank {
			b.Blank++
		}
	}
	return b
}
