package pipeline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"landfall/internal/migrate"
)

// This file says what staging has to come to, the slow way: whole contents, split with package bytes and decoded with
// encoding/json. It shares no code with the scanner, the checker or the stager, and knows no chunks.

// offered is the content of one drop.
type offered struct {
	component, collection, format string
	content                       []byte
	seq                           uint32
}

// read is one record as the oracle reads it.
type read struct {
	offset, line, length int64
	id                   string // "" if none is readable
	fault                string // "" if it is good: field, space, code
	body                 string // of a good one, as it is staged
}

// reading is everything the oracle reads in a drop.
type reading struct {
	records []read
	blank   int64
}

func (o offered) read(maxRecord int) reading {
	if o.format == "json-seq" {
		return o.readSequence(maxRecord)
	}
	var r reading
	at := int64(0)
	content := o.content
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(content, mark) {
		content, at = content[3:], 3
	}
	for number, line := range bytes.SplitAfter(content, []byte("\n")) {
		text := bytes.TrimSuffix(line, []byte("\n"))
		text = bytes.TrimSuffix(text, []byte("\r"))
		switch {
		case len(line) == 0: // after the last LF there is no line
		case len(bytes.Trim(text, " \t\r")) == 0:
			r.blank++
		default:
			r.records = append(r.records, o.judge(text, at, int64(number)+1, maxRecord, false))
		}
		at += int64(len(line))
	}
	return r
}

func (o offered) readSequence(maxRecord int) reading {
	var r reading
	at := int64(0)
	for i, piece := range bytes.Split(o.content, []byte("\x1e")) {
		if i > 0 {
			at++
		}
		text := bytes.TrimLeft(piece, " \t\r\n")
		offset := at + int64(len(piece)-len(text))
		trimmed := bytes.TrimRight(text, " \t\r\n")
		if len(trimmed) > 0 {
			line := int64(bytes.Count(o.content[:offset], []byte("\n"))) + 1
			rec := o.judge(trimmed, offset, line, maxRecord, len(trimmed) == len(text))
			if i == 0 {
				rec.id, rec.fault, rec.body = "", " INVALID_JSON", ""
			}
			r.records = append(r.records, rec)
		}
		at += int64(len(piece))
	}
	return r
}

var beginsWithID = regexp.MustCompile(`^\s*\{\s*"referenceId"\s*:\s*"([0-9a-fA-F-]{36})"`)

// required are the members that a record of a collection cannot do without, but for the id.
var required = map[string][]string{
	"counterparties": {"initials", "surname", "type"},
	"agreements":     {"applicants", "startDate", "type"},
}

func (o offered) judge(text []byte, offset, line int64, maxRecord int, mayBeCut bool) read {
	r := read{offset: offset, line: line, length: int64(len(text))}
	if len(text) > maxRecord {
		r.fault = " RECORD_TOO_LARGE"
		return r
	}
	if m := beginsWithID.FindSubmatch(text); m != nil {
		r.id = strings.ToLower(string(m[1]))
	}
	if !json.Valid(text) || !utf8.Valid(text) {
		r.fault = " INVALID_JSON"
		return r
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil {
		r.fault = " INVALID_TYPE"
		if mayBeCut && !strings.ContainsAny(string(text[:1]), `"[`) {
			r.fault = " INVALID_JSON" // a number or a word: who knows whether that was all of it
		}
		return r
	}
	if _, ok := members["referenceId"]; !ok {
		r.fault = "referenceId MISSING_REQUIRED_FIELD"
		return r
	}
	if r.id == "" {
		r.fault = "referenceId INVALID_REFERENCE_ID"
		return r
	}
	for _, name := range required[o.collection] {
		if _, ok := members[name]; !ok {
			r.fault = name + " MISSING_REQUIRED_FIELD"
			return r
		}
	}
	r.body = string(bytes.Trim(text, " \t\r\n"))
	if strings.ContainsAny(r.body, "\r\n") {
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			panic(err)
		}
		r.body = compact.String()
	}
	return r
}

// expectation is what has to be staged in the end, whatever happened on the way.
type expectation struct {
	entities map[migrate.ComponentName]map[string]string // collection/id -> where it came from and body
	rejected map[uint32][]string                         // by drop
	lines    map[uint32]int64
	blank    map[uint32]int64
	accepted map[migrate.ComponentName]int64
}

func expect(drops []offered, maxRecord int) expectation {
	e := expectation{map[migrate.ComponentName]map[string]string{}, map[uint32][]string{}, map[uint32]int64{}, map[uint32]int64{},
		map[migrate.ComponentName]int64{}}
	for _, d := range drops { // by seq
		name := migrate.ComponentName(d.component)
		if e.entities[name] == nil {
			e.entities[name] = map[string]string{}
		}
		r := d.read(maxRecord)
		e.lines[d.seq], e.blank[d.seq] = int64(len(r.records)), r.blank
		for _, record := range r.records {
			if record.fault != "" {
				e.rejected[d.seq] = append(e.rejected[d.seq], record.rejection())
				continue
			}
			e.accepted[name]++
			e.entities[name][d.collection+"/"+record.id] = fmt.Sprintf("%d@%d %s", d.seq, record.offset, record.body)
		}
	}
	return e
}

func (r read) rejection() string {
	return fmt.Sprintf("line %d byte %d length %d id %q: %s", r.line, r.offset, r.length, r.id, r.fault)
}
