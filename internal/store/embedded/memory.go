package embedded

import (
	"cmp"
	"encoding/binary"
	"slices"

	"landfall/internal/migrate"
)

// blockSize is how memory for bodies is taken. A longer body gets a block of its own, which is not kept.
const blockSize = 1 << 20

// record is an accepted record of a part.
type record struct {
	id     migrate.ReferenceID
	hash   migrate.ContentHash
	offset int64
	line   int64
	body   []byte
	bucket int
}

// memory holds the records of one part. Parts use it one after the other.
type memory struct {
	records []record
	order   []place // of the records, sorted by bucket, id and offset
	blocks  [][]byte
	block   int // the block in use
}

// place stands for a record where records are sorted: the bucket and the beginning of the id decide nearly always.
type place struct {
	key   uint64
	index int
}

func (m *memory) reset() {
	m.records, m.order, m.block = m.records[:0], m.order[:0], 0
	for i := range m.blocks {
		m.blocks[i] = m.blocks[i][:0]
	}
}

// keep copies a body.
func (m *memory) keep(body []byte) []byte {
	if len(body) > blockSize {
		return slices.Clone(body)
	}
	for ; m.block < len(m.blocks); m.block++ {
		if b := m.blocks[m.block]; cap(b)-len(b) >= len(body) {
			return m.put(body)
		}
	}
	m.blocks = append(m.blocks, make([]byte, 0, max(m.nextBlock(), len(body))))
	return m.put(body)
}

func (m *memory) put(body []byte) []byte {
	b := m.blocks[m.block]
	n := len(b)
	m.blocks[m.block] = append(b, body...)
	return m.blocks[m.block][n : n+len(body) : n+len(body)]
}

// nextBlock makes the first blocks small, for loads of one record.
func (m *memory) nextBlock() int { return min(4<<10<<min(2*len(m.blocks), 8), blockSize) }

func (m *memory) sort() {
	m.order = slices.Grow(m.order[:0], len(m.records))
	for i := range m.records {
		r := &m.records[i]
		m.order = append(m.order, place{uint64(r.bucket)<<48 | binary.BigEndian.Uint64(r.id[:8])>>16, i})
	}
	slices.SortFunc(m.order, func(a, b place) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Or(slices.Compare(m.records[a.index].id[6:], m.records[b.index].id[6:]), cmp.Compare(a.index, b.index))
	})
}

// groups yields the records of each id, in key order; within a group they are in order of offsets.
func (m *memory) groups(yield func([]place) bool) {
	for lo := 0; lo < len(m.order); {
		hi := lo + 1
		for hi < len(m.order) && m.order[hi].key == m.order[lo].key &&
			m.records[m.order[hi].index].id == m.records[m.order[lo].index].id {
			hi++
		}
		if !yield(m.order[lo:hi]) {
			return
		}
		lo = hi
	}
}
