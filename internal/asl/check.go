package asl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Codes are the names of the errors that the tasks of a machine may fail with.
type Codes struct {
	// Permanent errors come back however often a task is tried: a retrier must say MaxAttempts 0.
	Permanent []string
	// Transient errors may go away.
	Transient []string
}

// Check returns every fault of a machine that Parse has accepted, in the order of the file; none if it may be
// deployed and run. It asks that
//
//   - every name leads to a state of the same scope, every state can be reached and can come to an end;
//   - every state has a comment, a short name and one that occurs once in the machine;
//   - every task is a function, has a time-out shorter than the machine's, retriers and a catch-all;
//   - retriers and catchers name codes or errors of the service, each once, permanent codes are never retried,
//     and a wildcard stands alone and after the names;
//   - paths are reference paths, choices are made on strings and booleans and have a default;
//   - maps and the definition as a whole keep to the limits of the service.
func Check(m *Machine, codes Codes) []Problem {
	c := &checker{m: m, codes: codes, names: map[string]string{}, labels: map[string]string{}}
	c.machine()
	for at, scope := range m.Scopes() {
		c.scope(at, scope)
	}
	for at, state := range m.All() {
		c.state(at, state)
	}
	slices.SortFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.State, b.State), cmp.Compare(a.Text, b.Text))
	})
	return c.problems
}

type checker struct {
	m        *Machine
	codes    Codes
	names    map[string]string // state name -> path
	labels   map[string]string // label -> path
	problems []Problem
}

func (c *checker) addf(at string, s *State, format string, args ...any) {
	line := 1
	if s != nil {
		line = s.line
	}
	c.problems = append(c.problems, Problem{c.m.file, line, at, fmt.Sprintf(format, args...)})
}

func (c *checker) machine() {
	if c.m.size > MaxDefinition {
		c.addf("", nil, "the definition has %d bytes, %d are permitted", c.m.size, MaxDefinition)
	}
	if c.m.TimeoutSeconds <= 0 {
		c.addf("", nil, "the machine has no TimeoutSeconds")
	}
	if c.m.Comment == "" {
		c.addf("", nil, "the machine has no Comment")
	}
}

// scope checks the graph of one scope and the names in it.
func (c *checker) scope(at string, s *Scope) {
	for _, e := range s.Edges() {
		if e.To != "" && s.States[e.To] == nil {
			c.addf(strings.TrimSuffix(join(at, e.From), "/"), s.States[e.From], "there is no state %q here to go to", e.To)
		}
	}
	reachable, ending := s.reachable(), s.ending()
	for _, name := range s.Names() {
		state, path := s.States[name], join(at, name)
		if !slices.Contains(reachable, name) {
			c.addf(path, state, "cannot be reached")
		}
		if !ending[name] {
			c.addf(path, state, "cannot come to an end")
		}
		if utf8.RuneCountInString(name) > MaxName {
			c.addf(path, state, "the name has more than %d characters", MaxName)
		}
		if other, taken := c.names[name]; taken {
			c.addf(path, state, "the name is taken by %s", other)
		}
		c.names[name] = path
	}
}

// ending returns the states from which the end of the scope can be reached.
func (s *Scope) ending() map[string]bool {
	ending := map[string]bool{"": true}
	for grown := true; grown; {
		grown = false
		for _, e := range s.Edges() {
			if e.From != "" && ending[e.To] && !ending[e.From] {
				ending[e.From], grown = true, true
			}
		}
	}
	return ending
}
