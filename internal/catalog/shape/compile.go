package shape

import (
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// SchemaError lists what keeps a schema from being compiled: keywords outside the subset and faults.
type SchemaError []SchemaFault

// SchemaFault is one of them.
type SchemaFault struct {
	File    string // name in the file system
	Pointer string // JSON pointer into the file, "" for the whole
	Problem string
}

// Error gives one line per fault.
func (e SchemaError) Error() string {
	lines := make([]string, len(e))
	for k, f := range e {
		lines[k] = f.File + "#" + f.Pointer + ": " + f.Problem
	}
	return strings.Join(lines, "\n")
}

// Compile compiles the schema in the file name of fsys, which must describe an object that has the member idField,
// and what it refers to. The error is a SchemaError; a schema it finds fault with may still do for NewReference.
func Compile(fsys fs.FS, name, idField string) (*Shape, error) {
	c := &compiler{fsys: fsys, files: map[string]any{}, nodes: map[location]*node{}}
	top := location{file: name}
	root := c.node(top)
	if len(c.faults) == 0 && root.kind != objectKind {
		c.fail(top, "the schema of a record must have type object")
	}
	if _, ok := root.object.index[idField]; len(c.faults) == 0 && !ok {
		c.fail(top, "properties must describe the id member %q", idField)
	}
	if len(c.faults) > 0 {
		return nil, c.faults
	}
	return &Shape{root: root.withID(idField), order: c.order}, nil
}

// withID gives a copy of the root that reads the id member as one and requires it. A copy, because a record may hold
// records, whose ids are ordinary members.
func (n *node) withID(name string) *node {
	root := *n
	k := root.object.index[name]
	root.object.members = slices.Clone(root.object.members)
	root.object.members[k].node = &node{kind: idKind}
	root.object.required.add(k)
	return &root
}

// location is a place in a schema file.
type location struct{ file, pointer string }

func (l location) child(tokens ...string) location {
	for _, t := range tokens {
		l.pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(t)
	}
	return l
}

type compiler struct {
	fsys   fs.FS
	files  map[string]any
	nodes  map[location]*node // nil while a $ref is being followed
	order  []uint16
	faults SchemaError
}

func (c *compiler) fail(at location, format string, args ...any) {
	f := SchemaFault{at.file, at.pointer, fmt.Sprintf(format, args...)}
	if !slices.Contains(c.faults, f) {
		c.faults = append(c.faults, f)
	}
}

const outside = "is outside the subset"

// node compiles the schema at a place, once. After a fault the node is of no use.
func (c *compiler) node(at location) *node {
	if n, ok := c.nodes[at]; ok {
		if n == nil {
			c.fail(at, "refers to itself")
			n = &node{}
		}
		return n
	}
	c.nodes[at] = nil
	n := &node{}
	switch schema := c.find(at).(type) {
	case nil:
	case bool:
		if !schema {
			c.fail(at, "false %s", outside)
		}
	case *dict:
		if ref, ok := schema.get("$ref"); ok {
			n = c.refer(at, schema, ref)
		} else {
			c.nodes[at] = n // known from here on, so that a member may be of the type it is part of
			c.begin(n, at, schema)
		}
	default:
		c.fail(at, "is not a schema")
	}
	c.nodes[at] = n
	return n
}

// refer compiles a schema with $ref. Assertions beside it are added to a copy of what it leads to.
func (c *compiler) refer(at location, schema *dict, ref any) *node {
	to, ok := c.target(at.child("$ref"), ref)
	if !ok {
		return &node{}
	}
	n := c.node(to)
	if !slices.ContainsFunc(schema.keys, func(k string) bool { return k != "$ref" && !silent(k, at) }) {
		return n
	}
	if n.kind == anyKind || n.kind == objectKind || n.kind == arrayKind {
		c.fail(at, "keywords beside a $ref to no string, number or boolean are outside the subset")
		return n
	}
	both := *n
	both.text.rules = slices.Clone(n.text.rules)
	both.number.bounds = slices.Clone(n.number.bounds)
	c.fill(&both, at, schema)
	return &both
}

// target gives the place that a $ref leads to.
func (c *compiler) target(at location, ref any) (location, bool) {
	s, _ := ref.(string)
	u, err := url.Parse(s)
	if s == "" || err != nil || u.IsAbs() || u.Host != "" || u.RawQuery != "" || strings.HasPrefix(u.Path, "/") ||
		u.Fragment != "" && u.Fragment[0] != '/' {
		c.fail(at, `must be like "#/$defs/x" or "other.schema.json#/$defs/x"`)
		return location{}, false
	}
	to := location{file: at.file, pointer: u.Fragment}
	if u.Path != "" {
		to.file = path.Join(path.Dir(at.file), u.Path)
	}
	if c.find(to) == nil {
		c.fail(at, "leads to nothing")
		return location{}, false
	}
	return to, true
}

// find gives what stands at a place, nil if nothing does.
func (c *compiler) find(at location) any {
	v, ok := c.files[at.file]
	if !ok {
		v = c.load(at.file)
		c.files[at.file] = v
	}
	for token := range strings.SplitSeq(at.pointer, "/") {
		if token == "" { // before the first slash
			continue
		}
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch in := v.(type) {
		case *dict:
			v, _ = in.get(token)
		case []any:
			k, err := strconv.Atoi(token)
			if err != nil || k < 0 || k >= len(in) {
				return nil
			}
			v = in[k]
		default:
			return nil
		}
	}
	return v
}

func (c *compiler) load(name string) any {
	text, err := fs.ReadFile(c.fsys, name)
	if err != nil {
		c.fail(location{file: name}, "cannot be read: %v", err)
		return nil
	}
	v, err := parseSchema(text)
	if err != nil {
		c.fail(location{file: name}, "%v", err)
		return nil
	}
	return v
}

// silent reports whether a keyword asserts nothing.
func silent(keyword string, at location) bool {
	switch keyword {
	case "title", "description", "$schema", "$comment", "examples", "default", "$defs":
		return true
	case "$id":
		return at.pointer == ""
	}
	return strings.HasPrefix(keyword, "x-")
}

// begin compiles a schema without $ref.
func (c *compiler) begin(n *node, at location, schema *dict) {
	if t, ok := schema.get("type"); ok {
		name, _ := t.(string)
		if n.kind, ok = kinds[name]; !ok {
			c.fail(at.child("type"), "must be one of object, array, string, number, integer, boolean")
			return
		}
	} else if slices.ContainsFunc(schema.keys, func(k string) bool { return !silent(k, at) }) {
		c.fail(at, "a schema without type %s", outside)
		return
	}
	switch n.kind {
	case objectKind:
		n.object.free = true
	case arrayKind:
		n.array = array{items: anything, max: math.MaxInt}
	case stringKind:
		n.text.max = math.MaxInt
	}
	c.fill(n, at, schema)
}
