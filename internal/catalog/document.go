package catalog

import (
	"bytes"
	"encoding/json"

	"landfall/internal/migrate"
)

// maxDepth is how deep a record may nest (CONTRACT 1.4).
const maxDepth = 64

// document is the index of one record: its values in the order of the text, each with the next one beside it and the
// first one inside it. It holds no copies. A document is used for record after record.
type document struct {
	raw   []byte
	nodes []node
}

type node struct {
	key        []byte // as written, without quotes; nil for elements and for the record itself
	start, end int32  // of the value in the text
	next       int32  // the value beside it, 0 if it is the last
	first      int32  // the first value inside it, 0 if there is none
	kind       byte   // first byte of the value: { [ " t f n, or 0 for a number
}

// none is the node of an absent value. The record itself is node 0, so no value inside a record has the number 0.
const none int32 = -1

var errMalformed = migrate.Errorf(migrate.Invalid, "reading a staged record", "the record is no JSON object")

// read indexes a record. The text has passed the load check, so that only its structure is looked at: numbers, literals
// and escapes are taken as they are. Members that are null are left out.
func (d *document) read(record []byte) error {
	d.raw, d.nodes = record, d.nodes[:0]
	p := indexer{d: d}
	p.space()
	if p.peek() != '{' || !p.value(nil, 0) {
		return errMalformed
	}
	if p.space(); p.pos != len(record) {
		return errMalformed
	}
	return nil
}

// find gives the member of an object, or none.
func (d *document) find(object int32, name string) int32 {
	if object == none || d.nodes[object].kind != '{' {
		return none
	}
	for n := d.nodes[object].first; n != 0; n = d.nodes[n].next {
		if key := d.nodes[n].key; string(key) == name {
			return n
		} else if bytes.IndexByte(key, '\\') >= 0 && unquote(key) == name {
			return n
		}
	}
	return none
}

// at follows a path without lists.
func (d *document) at(n int32, p path) int32 {
	for _, s := range p {
		n = d.find(n, s.name)
	}
	return n
}

func (d *document) text(n int32) []byte { return d.raw[d.nodes[n].start:d.nodes[n].end] }

// str gives the value of a string node.
func (d *document) str(n int32) string {
	body := d.text(n)
	body = body[1 : len(body)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return string(body)
	}
	return unquote(body)
}

func unquote(body []byte) string {
	var s string
	quoted := append(append([]byte{'"'}, body...), '"')
	if json.Unmarshal(quoted, &s) != nil {
		return string(body)
	}
	return s
}

// indexer walks over the text of a record once.
type indexer struct {
	d   *document
	pos int
}

func (p *indexer) peek() byte {
	if p.pos < len(p.d.raw) {
		return p.d.raw[p.pos]
	}
	return 0
}

func (p *indexer) space() {
	for p.pos < len(p.d.raw) {
		switch p.d.raw[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// value reads one value and what is in it.
func (p *indexer) value(key []byte, depth int) bool {
	if depth > maxDepth {
		return false
	}
	n, start := len(p.d.nodes), p.pos
	p.d.nodes = append(p.d.nodes, node{key: key, start: int32(start), kind: p.peek()})
	var ok bool
	switch p.peek() {
	case '{':
		ok = p.inside(n, '}', depth)
	case '[':
		ok = p.inside(n, ']', depth)
	case '"':
		ok = p.quoted()
	case 't', 'f', 'n':
		ok = p.word()
	default:
		p.d.nodes[n].kind = 0
		ok = p.word()
	}
	p.d.nodes[n].end = int32(p.pos)
	return ok
}

// inside reads the members of an object or the elements of a list.
func (p *indexer) inside(n int, closing byte, depth int) bool {
	p.pos++
	last := n
	for p.space(); p.peek() != closing || last != n; p.space() {
		var key []byte
		if closing == '}' {
			from := p.pos
			if p.peek() != '"' || !p.quoted() {
				return false
			}
			key = p.d.raw[from+1 : p.pos-1]
			if p.space(); p.peek() != ':' {
				return false
			}
			p.pos++
			p.space()
		}
		at := len(p.d.nodes)
		if !p.value(key, depth+1) {
			return false
		}
		if key != nil && p.d.nodes[at].kind == 'n' {
			p.d.nodes = p.d.nodes[:at]
		} else {
			p.link(n, last, at)
			last = at
		}
		if p.space(); p.peek() == closing {
			break
		}
		if p.peek() != ',' {
			return false
		}
		p.pos++
	}
	p.pos++
	return true
}

func (p *indexer) link(parent, last, at int) {
	if last == parent {
		p.d.nodes[parent].first = int32(at)
	} else {
		p.d.nodes[last].next = int32(at)
	}
}

func (p *indexer) quoted() bool {
	for p.pos++; p.pos < len(p.d.raw); p.pos++ {
		switch p.d.raw[p.pos] {
		case '\\':
			p.pos++
		case '"':
			p.pos++
			return true
		}
	}
	return false
}

// word takes a number or a literal: what stands before a separator.
func (p *indexer) word() bool {
	start := p.pos
	for p.pos < len(p.d.raw) {
		switch p.d.raw[p.pos] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return p.pos > start
		case '"', '{', '[', ':':
			return false
		}
		p.pos++
	}
	return p.pos > start
}
