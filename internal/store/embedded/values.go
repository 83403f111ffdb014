package embedded

import (
	"encoding/binary"
	"errors"

	"landfall/internal/migrate"
)

// staged is a row of the index: everything about a staged entity but its key and its body.
type staged struct {
	source    migrate.Source
	first     migrate.Source
	hash      migrate.ContentHash
	firstHash migrate.ContentHash
	from      int64 // names, with source.Seq, the run that holds the body
	shared    bool  // the body is in the run that small parts share
	size      int   // of the body
}

// Flags of a row. What they leave out is not stored: a row is about 27 bytes.
const (
	rowShared = 1 << iota
	rowFirst
	rowFirstHash
)

var errRow = errors.New("malformed row")

func (s *staged) flags() (f byte) {
	if s.shared {
		f |= rowShared
	}
	if s.first != s.source {
		f |= rowFirst
	}
	if s.firstHash != s.hash {
		f |= rowFirstHash
	}
	return f
}

// run names the run that holds the body.
func (s *staged) run() migrate.Source {
	if s.shared {
		return migrate.Source{}
	}
	return migrate.Source{Seq: s.source.Seq, Offset: s.from}
}

func appendStaged(b []byte, s *staged) []byte {
	f := s.flags()
	b = appendSource(append(b, f), s.source)
	b = binary.AppendUvarint(b, uint64(s.size))
	if !s.shared {
		b = binary.AppendUvarint(b, uint64(s.source.Offset-s.from))
	}
	b = append(b, s.hash[:]...)
	if f&rowFirst != 0 {
		b = appendSource(b, s.first)
	}
	if f&rowFirstHash != 0 {
		b = append(b, s.firstHash[:]...)
	}
	return b
}

func parseStaged(b []byte) (staged, error) {
	v := values{b, true}
	f := v.byte()
	s := staged{shared: f&rowShared != 0, source: v.source(), size: int(v.uvarint())}
	if !s.shared {
		s.from = s.source.Offset - int64(v.uvarint())
	}
	s.hash = v.hash()
	s.first, s.firstHash = s.source, s.hash
	if f&rowFirst != 0 {
		s.first = v.source()
	}
	if f&rowFirstHash != 0 {
		s.firstHash = v.hash()
	}
	return s, v.err()
}

func appendSource(b []byte, s migrate.Source) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(s.Seq)), uint64(s.Offset))
}

// ledgerEntry is a ledger row as stored: with its component, without what its key says.
type ledgerEntry struct {
	component migrate.ComponentName
	row       migrate.LedgerRow
}

// tallyFields lists the numbers of a tally in the order they are stored. A later version appends; what a row lacks is 0.
func tallyFields(t *migrate.Tally) []*int64 {
	o := &t.Outcomes
	return []*int64{&t.Lines, &t.BlankLines, &t.Newlines, &t.Rejected, &t.Bytes, &t.Deleted, &t.Revision,
		&o.New, &o.Replaced, &o.Superseded, &o.Replayed}
}

func appendLedger(b []byte, e *ledgerEntry) []byte {
	b = binary.AppendUvarint(b, uint64(len(e.component)))
	b = append(b, e.component...)
	b = binary.AppendVarint(b, e.row.To)
	b = append(b, e.row.Tally.HashSum[:]...)
	for _, n := range tallyFields(&e.row.Tally) {
		b = binary.AppendVarint(b, *n)
	}
	return b
}

func parseLedger(b []byte) (ledgerEntry, error) {
	v := values{b, true}
	e := ledgerEntry{component: migrate.ComponentName(v.take(int(v.uvarint())))}
	e.row.To = v.varint()
	e.row.Tally.HashSum = migrate.HashSum(v.hash())
	for _, n := range tallyFields(&e.row.Tally) {
		if len(v.rest) > 0 {
			*n = v.varint()
		}
	}
	return e, v.err()
}

func appendDuplicate(b []byte, d *migrate.Duplicate) []byte {
	b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(d.Offset)), uint64(d.Line))
	b = append(b, d.ID[:]...)
	outcome := byte(d.Outcome) << 1
	if d.Differs {
		outcome |= 1
	}
	return appendSource(append(b, outcome), d.Other)
}

func (v *values) duplicate() migrate.Duplicate {
	d := migrate.Duplicate{Offset: int64(v.uvarint()), Line: int64(v.uvarint()), ID: migrate.ReferenceID(v.hash())}
	outcome := v.byte()
	d.Outcome, d.Differs = migrate.Outcome(outcome>>1), outcome&1 != 0
	d.Other = v.source()
	return d
}

// values takes a value apart. What does not parse leaves ok false and gives zero values.
type values struct {
	rest []byte
	ok   bool
}

func (v *values) take(n int) []byte {
	if n < 0 || n > len(v.rest) {
		v.rest, v.ok = nil, false
		return nil
	}
	b := v.rest[:n]
	v.rest = v.rest[n:]
	return b
}

func (v *values) byte() byte {
	if b := v.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (v *values) uvarint() uint64 {
	u, n := binary.Uvarint(v.rest)
	if n <= 0 {
		n = -1
	}
	v.take(n)
	return u
}

func (v *values) varint() int64 {
	i, n := binary.Varint(v.rest)
	if n <= 0 {
		n = -1
	}
	v.take(n)
	return i
}

func (v *values) hash() (h migrate.ContentHash) {
	copy(h[:], v.take(len(h)))
	return h
}

func (v *values) source() migrate.Source {
	return migrate.Source{Seq: uint32(v.uvarint()), Offset: int64(v.uvarint())}
}

func (v *values) err() error {
	if !v.ok {
		return errRow
	}
	return nil
}
