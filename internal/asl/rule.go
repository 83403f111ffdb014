package asl

import (
	"fmt"
	"strings"
)

// Rule is one condition of a Choice. Exactly one operator is set: a comparison of Variable, or a combination
// of rules. Choices are made on strings and booleans only, so that no number is ever compared as a float.
type Rule struct {
	Comment  string
	Variable Path

	StringEquals  *string
	BooleanEquals *bool
	// IsPresent asks whether Variable leads anywhere. Put it first in an And to guard a comparison: a path
	// that leads nowhere otherwise ends the execution in States.Runtime.
	IsPresent *bool

	And []Rule
	Or  []Rule
	Not *Rule

	// Next is set in the rules of Choices and in no rule inside another.
	Next string
}

// String writes the condition as a reader would say it: "done is true and phase is \"Import\"".
func (r *Rule) String() string {
	name := strings.TrimPrefix(string(r.Variable), "$.")
	switch {
	case r.StringEquals != nil:
		return fmt.Sprintf("%s is %q", name, *r.StringEquals)
	case r.BooleanEquals != nil:
		return fmt.Sprintf("%s is %t", name, *r.BooleanEquals)
	case r.IsPresent != nil && *r.IsPresent:
		return name + " is present"
	case r.IsPresent != nil:
		return name + " is absent"
	case r.Not != nil:
		return "not (" + r.Not.String() + ")"
	case r.And != nil:
		return list(r.And, " and ")
	default:
		return list(r.Or, " or ")
	}
}

func list(rules []Rule, separator string) string {
	words := make([]string, len(rules))
	for i := range rules {
		words[i] = rules[i].String()
		if rules[i].And != nil || rules[i].Or != nil {
			words[i] = "(" + words[i] + ")"
		}
	}
	return strings.Join(words, separator)
}
