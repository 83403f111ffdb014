package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
)

// Problem is one fault of a definition and the place where it is.
type Problem struct {
	File string
	Line int
	// State is the path of the state the fault is in, "" for the machine as a whole.
	State string
	Text  string
}

// Error writes the problem as "import.asl.json:12: Waves/Components: text".
func (p Problem) Error() string {
	text := fmt.Sprintf("%s:%d: ", p.File, p.Line)
	if p.State != "" {
		text += p.State + ": "
	}
	return text + p.Text
}

// Parse reads a definition. file names it in problems and gives the machine its name.
//
// A member that is not in the permitted subset, or not for that type of state, is refused, and so is one that
// occurs twice, differs in case or is null where null means nothing. The error joins all Problems found.
func Parse(file string, data []byte) (*Machine, error) {
	p := &parser{file: path.Base(file), data: data, members: map[string]map[string]int{}}
	m := &Machine{Name: machineName(file), file: p.file, size: len(data)}
	if err := p.decode(new(json.RawMessage)); err != nil {
		return nil, err
	}
	p.strict()
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	if err := p.decode(m); err != nil {
		return nil, err
	}
	for at, state := range m.All() {
		p.place(at, state)
	}
	return m, errors.Join(p.problems...)
}

func machineName(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".")
	return name
}

// parser looks at a definition twice: as tokens, for what encoding/json lets pass, then as a Machine.
type parser struct {
	file     string
	data     []byte
	tokens   *json.Decoder
	members  map[string]map[string]int // state path -> member -> line
	problems []error
}

func (p *parser) addf(line int, state, format string, args ...any) {
	p.problems = append(p.problems, Problem{p.file, line, state, fmt.Sprintf(format, args...)})
}

// decode unmarshals the whole definition and gives an error its line.
func (p *parser) decode(into any) error {
	err := json.Unmarshal(p.data, into)
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return Problem{p.file, p.line(syntax.Offset), "", "not JSON: " + err.Error()}
	case errors.As(err, &mismatch):
		text := fmt.Sprintf("%s: found %s, want %s", mismatch.Field, mismatch.Value, mismatch.Type.Kind())
		return Problem{p.file, p.line(mismatch.Offset), "", text}
	case err != nil:
		return Problem{p.file, 1, "", err.Error()}
	}
	return nil
}

// line returns the number of the line that holds the byte before offset.
func (p *parser) line(offset int64) int {
	end := min(max(offset, 0), int64(len(p.data)))
	return 1 + bytes.Count(p.data[:end], []byte("\n"))
}

// place gives a state its line and refuses the members that its type does not have.
func (p *parser) place(at string, state *State) {
	members := p.members[at]
	state.line = members["Type"]
	if !slices.Contains(types, state.Type) {
		p.addf(state.line, at, "type %q is outside the permitted subset", state.Type)
		return
	}
	for name, line := range members {
		field, _ := reflect.TypeFor[State]().FieldByName(name)
		if tag := field.Tag.Get("asl"); tag != "" && !slices.Contains(strings.Fields(tag), state.Type) {
			p.addf(line, at, "a %s has no %s", state.Type, name)
		}
	}
}

var types = []string{Task, Map, Parallel, Choice, Wait, Pass, Succeed, Fail}
