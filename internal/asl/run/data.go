package run

import (
	"bytes"
	"encoding/json"
	"strings"

	"landfall/internal/asl"
)

// Documents stay as text from state to state: a number keeps every digit, and what no path names is not read.

var nothing = json.RawMessage("{}")

// get returns what a path selects.
func get(document json.RawMessage, p asl.Path) (json.RawMessage, error) {
	if p == asl.Discard {
		return nothing, nil
	}
	for _, name := range p.Names() {
		var members map[string]json.RawMessage
		if json.Unmarshal(document, &members) != nil || members[name] == nil {
			return nil, failf(asl.Runtime, "the path %s leads nowhere", p)
		}
		document = members[name]
	}
	return document, nil
}

// put returns the document with the value placed at a path; objects on the way there are created.
func put(document json.RawMessage, p asl.Path, value json.RawMessage) (json.RawMessage, error) {
	if p == asl.Discard {
		return document, nil
	}
	return place(document, p, p.Names(), value)
}

func place(document json.RawMessage, p asl.Path, names []string, value json.RawMessage) (json.RawMessage, error) {
	if len(names) == 0 {
		return value, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(document, &members) != nil || members == nil {
		return nil, failf(asl.ResultPathMatchFailure, "the path %s leads through something other than an object", p)
	}
	inner := members[names[0]]
	if inner == nil {
		inner = nothing
	}
	placed, err := place(inner, p, names[1:], value)
	if err != nil {
		return nil, err
	}
	members[names[0]] = placed
	return encode(members), nil
}

// fill replaces each member of a template whose name ends in ".$" by what its path selects.
func fill(template, document json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(template, &members) != nil || members == nil {
		return template, nil
	}
	filled := make(map[string]json.RawMessage, len(members))
	for name, value := range members {
		var err error
		if plain, isPath := strings.CutSuffix(name, ".$"); isPath {
			filled[plain], err = follow(value, document)
		} else {
			filled[name], err = fill(value, document)
		}
		if err != nil {
			return nil, err
		}
	}
	return encode(filled), nil
}

// follow selects by a path that is itself JSON text.
func follow(text, document json.RawMessage) (json.RawMessage, error) {
	var p asl.Path
	if err := json.Unmarshal(text, &p); err != nil || !p.Valid() {
		return nil, failf(asl.Runtime, "%s is not a reference path", text)
	}
	return get(document, p)
}

// decode reads a value of a state, which must be of v's type.
func decode(document json.RawMessage, p asl.Path, v any) error {
	selected, err := get(document, p)
	if err != nil {
		return err
	}
	if string(selected) == "null" || json.Unmarshal(selected, v) != nil {
		return failf(asl.Runtime, "the path %s leads to something of another type", p)
	}
	return nil
}

// encode writes v without escaping HTML, which would change the size of a document, and without a newline.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // made of JSON and strings only
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// limited refuses a document over the service's limit.
func limited(document json.RawMessage) (json.RawMessage, error) {
	if len(document) > asl.MaxState {
		return nil, failf(asl.DataLimitExceeded, "%d bytes of state, %d are permitted", len(document), asl.MaxState)
	}
	return document, nil
}
