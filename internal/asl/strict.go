package asl

import (
	"bytes"
	"encoding/json"
	"reflect"
)

var (
	rawType   = reflect.TypeFor[json.RawMessage]()
	pathType  = reflect.TypeFor[Path]()
	stateType = reflect.TypeFor[State]()
)

// strict walks the tokens of the definition beside the Go types they will be unmarshalled into.
func (p *parser) strict() {
	p.tokens = json.NewDecoder(bytes.NewReader(p.data))
	p.value(reflect.TypeFor[Machine](), "")
}

// value reads one value that belongs to the state at path and will become a t; nil is a value nobody looks
// into. The definition has been found to be JSON, so that Token cannot fail.
func (p *parser) value(t reflect.Type, at string) {
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch token, _ := p.tokens.Token(); token {
	case json.Delim('{'):
		p.object(t, at)
	case json.Delim('['):
		for p.tokens.More() {
			p.value(element(t), at)
		}
		p.skip()
	case nil:
		if t != nil && t != rawType && t != pathType {
			p.addf(p.line(p.tokens.InputOffset()), at, "null where it means nothing")
		}
	}
}

func (p *parser) object(t reflect.Type, at string) {
	seen := map[string]int{}
	if t == stateType {
		p.members[at] = seen
	}
	for p.tokens.More() {
		token, _ := p.tokens.Token()
		name := token.(string)
		line := p.line(p.tokens.InputOffset())
		if _, twice := seen[name]; twice {
			p.addf(line, at, "%s occurs twice", name)
		}
		seen[name] = line
		inner := at
		if t != nil && t.Kind() == reflect.Map {
			inner = join(at, name)
		}
		p.value(p.member(t, name, at, line), inner)
	}
	p.skip()
}

// skip reads the closing bracket of what has no more elements. It cannot fail: the definition was decoded before.
func (p *parser) skip() { _, _ = p.tokens.Token() }

// member returns the type that the member called name of a t will become, and refuses one that t lacks.
func (p *parser) member(t reflect.Type, name, at string, line int) reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return element(t)
	}
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		if f.IsExported() && !f.Anonymous && (tag == name || tag == "" && f.Name == name) {
			return f.Type
		}
	}
	why := outside[name]
	if why == "" {
		why = "it is unknown or does not belong here"
	}
	p.addf(line, at, "%s is outside the permitted subset: %s", name, why)
	return nil
}

// element returns the type of what a map or slice holds; nil if nobody looks into it.
func element(t reflect.Type) reflect.Type {
	if t == nil || t == rawType || t.Kind() != reflect.Map && t.Kind() != reflect.Slice {
		return nil
	}
	return t.Elem()
}

// outside says why members that the language has and the subset lacks are left out.
var outside = map[string]string{
	"QueryLanguage":              "data is addressed by reference paths, emulators differ on JSONata",
	"Assign":                     "variables live in the state, where every task sees them",
	"Arguments":                  "it belongs to JSONata",
	"Output":                     "it belongs to JSONata",
	"ItemBatcher":                "a task is given one unit or chunk",
	"ItemSelector":               "an item is handed over whole",
	"ResultWriter":               "children end with an empty output",
	"ResultSelector":             "a task returns the whole state",
	"ToleratedFailureCount":      "children catch everything, so that none may fail",
	"ToleratedFailurePercentage": "children catch everything, so that none may fail",
	"HeartbeatSeconds":           "tasks are functions, which send no heartbeats",
	"Iterator":                   "it is the old name of ItemProcessor",
	"Timestamp":                  "a wait is given in seconds",
	"TimestampPath":              "a wait is given in seconds",
}
