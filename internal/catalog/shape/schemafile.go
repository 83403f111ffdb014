package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A schema as it is written: objects are *dict, numbers literal, and the rest as encoding/json has it.
type (
	// dict is a JSON object with its members in order: it is the order in which records are expected to have theirs.
	dict struct {
		keys   []string
		values []any
	}
	literal string
)

func (d *dict) get(key string) (any, bool) {
	for k, have := range d.keys {
		if have == key {
			return d.values[k], true
		}
	}
	return nil, false
}

// parseSchema reads a schema file.
func parseSchema(text []byte) (any, error) {
	if f, ok := CheckJSON(text); !ok {
		if f.Field != "" {
			return nil, fmt.Errorf("%s %s", f.Field, f.Message)
		}
		return nil, fmt.Errorf("%s", f.Message)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return parseValue(dec), nil
}

// parseValue reads the next value of a text that is known to be good.
func parseValue(dec *json.Decoder) any {
	token, _ := dec.Token()
	switch token := token.(type) {
	case json.Number:
		return literal(token)
	case json.Delim:
		if token == '[' {
			list := []any{}
			for dec.More() {
				list = append(list, parseValue(dec))
			}
			_, _ = dec.Token()
			return list
		}
		d := &dict{}
		for dec.More() {
			key, _ := dec.Token()
			name, _ := key.(string)
			d.keys = append(d.keys, name)
			d.values = append(d.values, parseValue(dec))
		}
		_, _ = dec.Token()
		return d
	default:
		return token
	}
}
