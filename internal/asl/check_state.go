package asl

import (
	"encoding/json"
	"regexp"
	"strings"
)

// A function's ARN, or the name the template fills it in for. Anything else is an integration of the service
// that asl/run could not execute.
var function = regexp.MustCompile(`^\$\{[A-Za-z0-9]+\}$|^arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:.+$`)

// state checks what one state says about itself.
func (c *checker) state(at string, s *State) {
	if s.Comment == "" {
		c.addf(at, s, "has no Comment that says why it exists")
	}
	c.ends(at, s)
	c.paths(at, s)
	c.retriers(at, s)
	c.catchers(at, s)
	switch s.Type {
	case Task:
		c.task(at, s)
	case Map:
		c.iteration(at, s)
	case Parallel:
		if len(s.Branches) == 0 {
			c.addf(at, s, "has no Branches")
		}
	case Choice:
		c.choice(at, s)
	case Wait:
		if (s.Seconds > 0) == (s.SecondsPath != "") {
			c.addf(at, s, "wants either Seconds over 0 or SecondsPath")
		}
	case Fail:
		if s.Error == "" {
			c.addf(at, s, "has no Error, so that nobody can tell it from another")
		} else if !c.known(s.Error) {
			c.addf(at, s, "Error %q is not a known code", s.Error)
		}
	}
}

// ends asks for exactly one of Next and End where a state has them.
func (c *checker) ends(at string, s *State) {
	switch s.Type {
	case Choice, Succeed, Fail:
	default:
		if (s.Next != "") == s.End {
			c.addf(at, s, "wants either Next or End")
		}
	}
}

func (c *checker) task(at string, s *State) {
	if !function.MatchString(s.Resource) {
		c.addf(at, s, "Resource %q is not a function", s.Resource)
	}
	switch {
	case s.TimeoutSeconds <= 0:
		c.addf(at, s, "has no TimeoutSeconds")
	case s.TimeoutSeconds >= c.m.TimeoutSeconds:
		c.addf(at, s, "TimeoutSeconds is not below the machine's")
	}
	if len(s.Retry) == 0 {
		c.addf(at, s, "has no Retry")
	}
	if n := len(s.Catch); n == 0 || strings.Join(s.Catch[n-1].ErrorEquals, " ") != AllErrors {
		c.addf(at, s, "has no Catch for %s", AllErrors)
	}
}

// paths checks the reference paths that the fields of a state hold.
func (c *checker) paths(at string, s *State) {
	c.pathOrNull(at, s, "InputPath", s.InputPath)
	c.pathOrNull(at, s, "ResultPath", s.ResultPath)
	c.pathOrNull(at, s, "OutputPath", s.OutputPath)
	c.path(at, s, "ItemsPath", s.ItemsPath)
	c.path(at, s, "MaxConcurrencyPath", s.MaxConcurrencyPath)
	c.path(at, s, "SecondsPath", s.SecondsPath)
	c.template(at, s, s.Parameters)
}

func (c *checker) path(at string, s *State, name string, p Path) {
	if p != "" && !p.Valid() {
		c.addf(at, s, "%s %s is not a reference path", name, p)
	}
}

func (c *checker) pathOrNull(at string, s *State, name string, p Path) {
	if p != Discard {
		c.path(at, s, name, p)
	}
}

// template checks the members of Parameters whose names end in ".$".
func (c *checker) template(at string, s *State, t json.RawMessage) {
	if len(t) == 0 || t[0] != '{' {
		if len(t) != 0 && string(t) == string(s.Parameters) {
			c.addf(at, s, "Parameters is not an object")
		}
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(t, &members) != nil {
		return // cannot be: it begins as an object and Parse has read it
	}
	for name, value := range members {
		if !strings.HasSuffix(name, ".$") {
			c.template(at, s, value)
			continue
		}
		var p Path
		if json.Unmarshal(value, &p) != nil || !p.Valid() {
			c.addf(at, s, "Parameters: %s: %s is not a reference path", name, value)
		}
	}
}
