package catalog

import (
	"errors"
	"io/fs"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// text is a scalar of a file and where it is written.
type text struct {
	s      string
	at     spot
	quotes int  // columns before its first character
	block  bool // written on lines of its own: columns inside it cannot be told
}

// inside gives the spot of a column (from 1) within the text.
func (t text) inside(column int) spot {
	if t.block {
		return t.at
	}
	return spot{t.at.file, t.at.line, t.at.column + t.quotes + column - 1}
}

// mapping is a YAML mapping, or a JSON object, that is read key by key. What nobody asked for is unknown.
type mapping struct {
	*report
	at      spot
	entries []entry
	used    map[string]bool
}

type entry struct {
	key  text
	node ast.Node
}

// open reads a file whose top is a mapping. JSON is read as the YAML it is, which gives it line numbers.
func (r *report) open(fsys fs.FS, file string, missing spot) (*mapping, bool) {
	content, err := fs.ReadFile(fsys, file)
	if err != nil {
		r.fault(missing, "%s cannot be read", file)
		return nil, false
	}
	tree, err := parser.ParseBytes(content, 0)
	if err != nil {
		at, message := spot{file: file, line: 1, column: 1}, err.Error()
		var located yaml.Error
		if errors.As(err, &located) && located.GetToken() != nil {
			at, message = spotOf(file, located.GetToken()), located.GetMessage()
		}
		r.fault(at, "%s", message)
		return nil, false
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		r.fault(spot{file, 1, 1}, "must hold exactly one document")
		return nil, false
	}
	return r.mapping(file, tree.Docs[0].Body)
}

func (r *report) mapping(file string, n ast.Node) (*mapping, bool) {
	values, ok := n.(ast.MapNode)
	if !ok {
		r.fault(spotOf(file, n.GetToken()), "must be a mapping")
		return nil, false
	}
	m := &mapping{report: r, used: map[string]bool{}}
	for it := values.MapRange(); it.Next(); {
		m.entries = append(m.entries, entry{textOf(file, it.Key()), it.Value()})
	}
	m.at = spotOf(file, n.GetToken())
	if len(m.entries) > 0 {
		m.at = m.entries[0].key.at
	}
	return m, true
}

func (m *mapping) node(key string) ast.Node {
	m.used[key] = true
	for _, e := range m.entries {
		if _, null := e.node.(*ast.NullNode); e.key.s == key && !null {
			return e.node
		}
	}
	return nil
}

// text gives the scalar of a key; it is empty, and stands where the mapping begins, if there is none.
func (m *mapping) text(key string) text {
	n := m.node(key)
	if n == nil {
		return text{at: m.at}
	}
	if _, ok := n.(ast.ScalarNode); !ok {
		m.fault(spotOf(m.at.file, n.GetToken()), "%s must be a single value", key)
		return text{at: m.at}
	}
	return textOf(m.at.file, n)
}

// need is text for a key that must be there.
func (m *mapping) need(key string) text {
	t := m.text(key)
	if t.s == "" && m.node(key) == nil {
		m.fault(t.at, "%s is missing", key)
	}
	return t
}

// nodes gives the elements of a list; a single value is a list of one.
func (m *mapping) nodes(key string) []ast.Node {
	n := m.node(key)
	if n == nil {
		return nil
	}
	list, ok := n.(ast.ArrayNode)
	if !ok {
		return []ast.Node{n}
	}
	var nodes []ast.Node
	for it := list.ArrayRange(); it.Next(); {
		nodes = append(nodes, it.Value())
	}
	return nodes
}

// texts gives a scalar or a list of scalars.
func (m *mapping) texts(key string) []text {
	var list []text
	for _, n := range m.nodes(key) {
		if _, ok := n.(ast.ScalarNode); !ok {
			m.fault(spotOf(m.at.file, n.GetToken()), "%s must hold single values", key)
			continue
		}
		list = append(list, textOf(m.at.file, n))
	}
	return list
}

// each reads a list of mappings.
func (m *mapping) each(key string, read func(*mapping)) {
	for _, n := range m.nodes(key) {
		if inner, ok := m.mapping(m.at.file, n); ok {
			read(inner)
			inner.close()
		}
	}
}

// expect says that keys are known which are read later.
func (m *mapping) expect(keys ...string) {
	for _, k := range keys {
		m.used[k] = true
	}
}

// object gives the mapping of a key, if there is one.
func (m *mapping) object(key string) (*mapping, bool) {
	n := m.node(key)
	if n == nil {
		return nil, false
	}
	return m.mapping(m.at.file, n)
}

// pairs reads a mapping of scalars in the order in which they are written.
func (m *mapping) pairs(key string) [][2]text {
	inner, ok := m.object(key)
	if !ok {
		return nil
	}
	var pairs [][2]text
	for _, e := range inner.entries {
		pairs = append(pairs, [2]text{e.key, inner.text(e.key.s)})
	}
	return pairs
}

// close reports the keys that nobody asked for.
func (m *mapping) close() {
	for _, e := range m.entries {
		if !m.used[e.key.s] {
			m.fault(e.key.at, "unknown key %q", e.key.s)
		}
	}
}

func spotOf(file string, t *token.Token) spot {
	if t == nil || t.Position == nil {
		return spot{file, 1, 1}
	}
	return spot{file, t.Position.Line, t.Position.Column}
}

func textOf(file string, n ast.Node) text {
	t := n.GetToken()
	out := text{s: t.Value, at: spotOf(file, t)}
	switch v := n.(type) {
	case *ast.LiteralNode: // a block: the token is its head
		out.s, out.block = v.Value.Value, true
	case *ast.StringNode:
		out.s = v.Value
	}
	if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
		out.quotes = 1
	}
	return out
}
