package asl

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Path is a reference path: "$", the whole document, or "$.drop.bucket", one member of it. Indexes, wildcards,
// filters, the context object and intrinsic functions are outside the permitted subset. An absent path is ""
// and means "$".
type Path string

// Discard is the path written as null: what it selects is the empty object, what it places is dropped.
const Discard Path = "null"

var reference = regexp.MustCompile(`^\$(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

// Valid reports whether p is a reference path. Discard is not.
func (p Path) Valid() bool { return reference.MatchString(string(p)) }

// Names returns the member names that lead from the document to what a valid path addresses; none for "$".
func (p Path) Names() []string {
	if p == "" || p == "$" {
		return nil
	}
	return strings.Split(strings.TrimPrefix(string(p), "$."), ".")
}

// UnmarshalJSON reads a path, and null as Discard.
func (p *Path) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*p = Discard
		return nil
	}
	if err := json.Unmarshal(b, (*string)(p)); err != nil {
		return err
	}
	if *p == Discard || *p == "" {
		*p = Path(b) // the strings "null" and "" are not paths: with their quotes on, Check refuses them
	}
	return nil
}
