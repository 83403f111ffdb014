package asl

import (
	"iter"
	"maps"
	"slices"
)

// Edge is one transition that a definition permits inside one scope.
type Edge struct {
	// From is the state that is left, "" where the scope starts.
	From string
	// To is the state that is entered, "" where the scope ends.
	To string
	// Label says when the edge is taken: the condition of a Choice, the errors of a catcher, "" otherwise.
	Label string
}

// Otherwise is the label of a Choice's Default.
const Otherwise = "otherwise"

// Edges returns the ways out of the state called name: choices in order, default, next or end, catchers.
func (s *State) Edges(name string) []Edge {
	var edges []Edge
	for i := range s.Choices {
		edges = append(edges, Edge{name, s.Choices[i].Next, s.Choices[i].String()})
	}
	if s.Default != "" {
		edges = append(edges, Edge{name, s.Default, Otherwise})
	}
	if s.Type != Choice {
		edges = append(edges, Edge{From: name, To: s.Next})
	}
	for i := range s.Catch {
		edges = append(edges, Edge{name, s.Catch[i].Next, s.Catch[i].String()})
	}
	return edges
}

// Names returns the names of the scope's states in the order a reader meets them: from StartAt along the
// edges, what cannot be reached at the end.
func (s *Scope) Names() []string {
	names := s.reachable()
	for _, name := range slices.Sorted(maps.Keys(s.States)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (s *Scope) reachable() []string {
	var names []string
	for queue := []string{s.StartAt}; len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if s.States[name] == nil || slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
		for _, e := range s.States[name].Edges(name) {
			queue = append(queue, e.To)
		}
	}
	return names
}

// Edges returns every transition of the scope, the start first, but not those of the scopes inside it.
func (s *Scope) Edges() []Edge {
	edges := []Edge{{To: s.StartAt}}
	for _, name := range s.Names() {
		edges = append(edges, s.States[name].Edges(name)...)
	}
	return edges
}

// Scopes yields the machine's scopes, outer before inner, each with its path: the names of the states around
// it, joined by "/"; "" for the machine itself.
func (m *Machine) Scopes() iter.Seq2[string, *Scope] {
	return func(yield func(string, *Scope) bool) { walk("", &m.Scope, yield) }
}

func walk(path string, s *Scope, yield func(string, *Scope) bool) bool {
	if !yield(path, s) {
		return false
	}
	for _, name := range s.Names() {
		for _, inner := range s.States[name].Scopes() {
			if !walk(join(path, name), inner, yield) {
				return false
			}
		}
	}
	return true
}

// All yields every state of the machine with its path: the path of its scope and its name.
func (m *Machine) All() iter.Seq2[string, *State] {
	return func(yield func(string, *State) bool) {
		for path, scope := range m.Scopes() {
			for _, name := range scope.Names() {
				if !yield(join(path, name), scope.States[name]) {
					return
				}
			}
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}
