package catalog

import (
	"errors"
	"strings"

	"landfall/internal/catalog/shape"
)

// Checker decides whether a record is good enough to be staged: it parses and fits its schema. It is for one goroutine.
type Checker struct {
	check func(record []byte, strict bool) shape.Result
}

// NewChecker makes a checker of the collection's records.
func (c *Collection) NewChecker() *Checker {
	if c.shape != nil {
		return &Checker{c.shape.NewChecker().Check}
	}
	return &Checker{c.fallback.Check}
}

// Check gives the record's reference id and what is wrong with it. With strict, members that the schema does not know
// are wrong too. The faults are valid until the next Check.
func (c *Checker) Check(record []byte, strict bool) shape.Result { return c.check(record, strict) }

// compileShape compiles the schema of a collection: into a fast checker if it keeps to the subset of package shape,
// otherwise into a slow one.
func (r *reader) compileShape(c *Collection, file text) {
	var err error
	if c.shape, err = shape.Compile(r.fsys, file.s, c.IDField); err == nil {
		return
	}
	c.shape = nil
	var wrong error
	if c.fallback, wrong = shape.NewReference(r.fsys, file.s, c.IDField); wrong != nil {
		r.fault(file.at, "%s is no usable schema: %s", file.s, oneLine(wrong))
	}
	var faults shape.SchemaError
	if !errors.As(err, &faults) {
		r.note(file.at, "records are checked slowly: %s", oneLine(err))
	}
	for _, f := range faults {
		keyword := f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:]
		r.note(r.schemas.locate(f.File, f.Pointer), "records are checked slowly: %s %s", keyword, f.Problem)
	}
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// locate finds where a JSON pointer leads in a schema file: as near to it as there are positions.
func (s *schemas) locate(file, pointer string) spot {
	m, ok := s.file(file, spot{file, 1, 1})
	at := spot{file, 1, 1}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if !ok || token == "" {
			break
		}
		e, found := first(m.entries, func(e entry) bool { return e.key.s == unescape.Replace(token) })
		if !found {
			break
		}
		at = e.key.at
		quiet := report{}
		m, ok = quiet.mapping(file, e.node)
	}
	return at
}
