package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/records"
)

// stager turns records of one range of a drop into staged records and rejections, and commits them in parts. Stage and
// Load share it. It is for one goroutine.
type stager struct {
	store   migrate.Staging
	tenant  migrate.TenantID
	ref     migrate.ChunkRef // of the part being filled
	scanner *records.Scanner
	checker *catalog.Checker
	strict  bool

	writer migrate.ChunkWriter // nil between parts
	pos    int64               // end of the last record that was taken
	base   migrate.PartRead    // what the scanner had counted where the part begins
	read   migrate.PartRead    // what it had counted at pos
	bytes  int                 // in the part so far
	bad    int
	line   []byte // scratch for records that span lines
	lost   error  // why the records of a part were not committed: they are gone, nothing may be committed in their place
}

// verdict is what became of one record.
type verdict struct {
	id     migrate.ReferenceID
	faults []migrate.Fault // empty: staged; valid until the next record
}

// next takes the next record into the part. It gives io.EOF after the last, and the reader's error if it broke off.
func (s *stager) next(ctx context.Context) (verdict, error) {
	if !s.scanner.Scan() {
		if err := s.scanner.Err(); err != nil {
			return verdict{}, err
		}
		s.mark()
		return verdict{}, io.EOF
	}
	record := s.scanner.Record()
	if err := s.open(ctx); err != nil {
		return verdict{}, err
	}
	v := s.check(record)
	var err error
	if len(v.faults) == 0 {
		err = s.add(record, v.id)
	} else {
		err = s.reject(record, v)
	}
	if err != nil {
		return verdict{}, err // the place stays before the record: the part does not hold it
	}
	s.bytes += int(record.Length) + 1
	s.mark()
	return v, nil
}

func (s *stager) mark() {
	s.pos = s.scanner.Pos()
	s.read = migrate.PartRead{BlankLines: s.scanner.Blank(), Newlines: s.scanner.Newlines()}
}

func (s *stager) open(ctx context.Context) error {
	if s.writer != nil {
		return nil
	}
	var err error
	s.writer, err = s.store.BeginChunk(ctx, s.tenant, s.ref)
	return err
}

// check applies the rules of framing, then the schema.
func (s *stager) check(r records.Record) verdict {
	switch {
	case r.TooLong:
		return verdict{faults: []migrate.Fault{{Code: migrate.RecordTooLarge}}}
	case r.Unframed:
		return verdict{faults: []migrate.Fault{{Code: migrate.InvalidJSON}}}
	}
	result := s.checker.Check(r.Bytes, s.strict)
	if r.Truncated && len(result.Faults) > 0 && result.Faults[0].Code == migrate.InvalidType && result.Faults[0].Field == "" && isScalar(r.Bytes) {
		return verdict{faults: []migrate.Fault{{Code: migrate.InvalidJSON}}}
	}
	return verdict{result.ID, result.Faults}
}

// isScalar reports whether a text is a number or a literal: at the end of a sequence it may have been cut off.
func isScalar(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && text[0] != '"' && text[0] != '[' && text[0] != '{'
}

func (s *stager) add(r records.Record, id migrate.ReferenceID) error {
	body := s.oneLine(r.Bytes)
	return s.writer.Add(migrate.StagedRecord{
		ID: id, Hash: migrate.HashContent(body), Offset: r.Offset, Line: r.Line - s.base.Newlines, Body: body,
	})
}

func (s *stager) reject(r records.Record, v verdict) error {
	s.bad++
	return s.writer.Reject(migrate.Rejection{
		Offset: r.Offset, Line: r.Line - s.base.Newlines, Length: r.Length, ID: v.id, Faults: v.faults, Partial: r.TooLong,
	})
}

// oneLine gives the record without surrounding whitespace and, if it spans lines, without insignificant whitespace, so
// that live data can hold one entity per line.
func (s *stager) oneLine(text []byte) []byte {
	text = bytes.Trim(text, " \t\r\n")
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	buf := bytes.NewBuffer(s.line[:0])
	if json.Compact(buf, text) != nil {
		return text // cannot happen: the record was checked
	}
	s.line = buf.Bytes()
	return s.line
}

// full reports whether the part should be committed.
func (s *stager) full(l Limits) bool {
	return s.bytes >= l.PartBytes || s.bad >= l.PartRejects
}

// commit makes the part up to `to` durable and begins the next. A part without records is committed too: the ledger
// has to tile the drop.
func (s *stager) commit(ctx context.Context, to int64) (migrate.LedgerRow, error) {
	if s.lost != nil {
		return migrate.LedgerRow{}, s.lost
	}
	if err := s.open(ctx); err != nil {
		return migrate.LedgerRow{}, err
	}
	row, err := s.writer.Commit(ctx, to, migrate.PartRead{
		Bytes: max(s.pos-s.ref.From, 0), BlankLines: s.read.BlankLines - s.base.BlankLines, Newlines: s.read.Newlines - s.base.Newlines,
	})
	s.abort()
	if err != nil {
		s.lost = err
		return row, err
	}
	s.ref.From, s.base = row.To, s.read
	return row, nil
}

// abort drops what was not committed.
func (s *stager) abort() {
	if s.writer != nil {
		s.writer.Abort()
	}
	s.writer, s.bytes, s.bad = nil, 0, 0
}
