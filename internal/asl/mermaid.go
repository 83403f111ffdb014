package asl

import (
	"fmt"
	"strings"
)

// Mermaid draws the machine as a stateDiagram-v2: a map or parallel is a box around what happens inside it.
// The same machine is always drawn the same way.
func Mermaid(m *Machine) string {
	var d drawing
	d.linef(0, "stateDiagram-v2")
	d.scope(1, &m.Scope)
	return d.String()
}

type drawing struct{ strings.Builder }

func (d *drawing) linef(depth int, format string, args ...any) {
	fmt.Fprintf(d, strings.Repeat("  ", depth)+format+"\n", args...)
}

func (d *drawing) scope(depth int, s *Scope) {
	for _, name := range s.Names() {
		d.state(depth, name, s.States[name])
	}
	for _, e := range s.Edges() {
		text := fmt.Sprintf("%s --> %s", identifier(e.From), identifier(e.To))
		if e.Label != "" {
			text += " : " + e.Label
		}
		d.linef(depth, "%s", text)
	}
}

func (d *drawing) state(depth int, name string, s *State) {
	title, id := name+each(s), identifier(name)
	scopes := s.Scopes()
	switch {
	case len(scopes) > 0:
		d.linef(depth, "state %q as %s {", title, id)
		for i, inner := range scopes {
			if i > 0 {
				d.linef(depth+1, "--")
			}
			d.scope(depth+1, inner)
		}
		d.linef(depth, "}")
	case title != id:
		d.linef(depth, "state %q as %s", title, id)
	}
}

// each says what a map goes over.
func each(s *State) string {
	switch {
	case s.Type != Map:
		return ""
	case s.Distributed():
		return ": each item of the manifest"
	case s.MaxConcurrency == 1:
		return ": each of " + strings.TrimPrefix(string(s.ItemsPath), "$.") + ", one by one"
	default:
		return ": each of " + strings.TrimPrefix(string(s.ItemsPath), "$.")
	}
}

// identifier writes a state's name in the letters Mermaid permits; no name is the start or the end.
func identifier(name string) string {
	if name == "" {
		return "[*]"
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
}
