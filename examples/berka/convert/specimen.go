package main

// A specimen is one record of a dirty drop, or what stands in the place of one.
type specimen struct {
	lead, text, end string // lead is the record separator of a sequence
	what            string // what is special about it; empty if nothing is
	kind            kind
	outcome         string // for people
}

type kind int

const (
	staged    kind = iota
	invalid        // staged, and then found faulty by validation
	duplicate      // accepted, for an entity that is staged already
	rejected
	blank // no record at all
)

func (r record) clean() specimen { return specimen{text: r.text, end: "\n"} }

func (r record) staged(what string) specimen {
	return specimen{text: r.text, end: "\n", what: what, outcome: "staged"}
}

func (r record) duplicate(what, outcome string) specimen {
	return specimen{text: r.text, end: "\n", what: what, kind: duplicate, outcome: "duplicate, `" + outcome + "`"}
}

func (r record) rejected(what, code, field string) specimen { return reject(r.text, what, code, field) }

func (r record) invalid(what, code, field string) specimen {
	return specimen{text: r.text, end: "\n", what: what, kind: invalid, outcome: "invalid, " + at(code, field)}
}

func reject(text, what, code, field string) specimen {
	return specimen{text: text, end: "\n", what: what, kind: rejected, outcome: "rejected, " + at(code, field)}
}

// also adds a second fault of the same record.
func (s specimen) also(code, field string) specimen {
	s.outcome += "; " + at(code, field)
	return s
}

// ending replaces the LF after the record.
func (s specimen) ending(end string) specimen {
	s.end = end
	return s
}

// after puts bytes before the record: a record separator, a byte-order mark.
func (s specimen) after(lead string) specimen {
	s.lead = lead
	return s
}

func at(code, field string) string {
	if field == "" {
		return "`" + code + "` of the whole record"
	}
	return "`" + code + "` at `" + field + "`"
}
