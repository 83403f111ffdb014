package catalog

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// errAbsent ends an expression that needs a value which is not there.
var errAbsent = errors.New("absent")

// object is a JSON object in an expression. The object of node none has no fields.
type object struct {
	doc  *document
	node int32
	typ  *Type
}

func (o object) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("an object cannot become a %v", t)
}

func (o object) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("an object cannot become a %s", t.TypeName())
}

func (o object) Equal(other ref.Val) ref.Val {
	p, ok := other.(object)
	return types.Bool(ok && p == o)
}

func (o object) Type() ref.Type { return celType(o.typ) }
func (o object) Value() any     { return o }

// value makes a node what an expression sees; false if the value is absent or has not the type its schema says.
func (d *document) value(n int32, t *Type) (ref.Val, bool) {
	if t.Kind == "object" && (n == none || d.nodes[n].kind == '{') {
		return object{d, n, t}, true
	}
	if n == none {
		return nil, false
	}
	switch kind := d.nodes[n].kind; {
	case t.Kind == "string" && kind == '"':
		return types.String(d.canonical(n, t)), true
	case (t.Kind == "number" || t.Kind == "integer") && kind == 0:
		v, ok := parseDecimal(d.text(n))
		return decimal{v}, ok
	case t.Kind == "boolean" && (kind == 't' || kind == 'f'):
		return types.Bool(kind == 't'), true
	case t.Kind == "array" && kind == '[' && d.nodes[n].first != 0:
		return d.list(n, t.Items.Type)
	}
	return nil, false
}

func (d *document) list(n int32, t *Type) (ref.Val, bool) {
	var values []ref.Val
	for e := d.nodes[n].first; e != 0; e = d.nodes[e].next {
		v, ok := d.value(e, t)
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, values), true
}

// canonical gives the string of a node; equal UUIDs give equal strings.
func (d *document) canonical(n int32, t *Type) string {
	s := d.str(n)
	if t.Format == "uuid" {
		return strings.ToLower(s)
	}
	return s
}

// has reports whether a value counts as there. An empty list does not.
func (d *document) has(n int32) bool {
	return n != none && d.nodes[n].kind != 'n' && (d.nodes[n].kind != '[' || d.nodes[n].first != 0)
}

// celType gives the type that expressions know a schema's type by.
func celType(t *Type) *types.Type {
	switch t.Kind {
	case "string":
		return types.StringType
	case "number", "integer":
		return decimalType
	case "boolean":
		return types.BoolType
	case "array":
		if t.Items != nil {
			return types.NewListType(celType(t.Items.Type))
		}
	case "object":
		return types.NewObjectType(t.Name)
	}
	return types.DynType
}
