package run

import (
	"encoding/json"

	"landfall/internal/asl"
)

// choose takes the first rule that holds, or the default. Nothing catches what goes wrong here.
func (v *visit) choose(input json.RawMessage) (json.RawMessage, asl.Edge, error) {
	effective, err := get(input, v.InputPath)
	if err != nil {
		return nil, asl.Edge{}, err
	}
	output, err := get(effective, v.OutputPath)
	if err != nil {
		return nil, asl.Edge{}, err
	}
	for i := range v.Choices {
		rule := &v.Choices[i]
		ok, err := holds(rule, effective)
		if err != nil {
			return nil, asl.Edge{}, err
		}
		if ok {
			return output, asl.Edge{From: v.name, To: rule.Next, Label: rule.String()}, nil
		}
	}
	if v.Default == "" {
		return nil, asl.Edge{}, failf(asl.NoChoiceMatched, "no rule of %s holds", v.name)
	}
	return output, asl.Edge{From: v.name, To: v.Default, Label: asl.Otherwise}, nil
}

// holds evaluates a rule. And and Or stop at the first rule that decides, so that IsPresent can guard those
// after it. A value of another type is not equal; a missing one is an error.
func holds(r *asl.Rule, document json.RawMessage) (bool, error) {
	switch {
	case r.And != nil:
		return decided(r.And, document, false)
	case r.Or != nil:
		return decided(r.Or, document, true)
	case r.Not != nil:
		ok, err := holds(r.Not, document)
		return !ok, err
	}
	value, err := get(document, r.Variable)
	switch {
	case r.IsPresent != nil:
		return (err == nil) == *r.IsPresent, nil
	case err != nil:
		return false, err
	case r.BooleanEquals != nil:
		return equal(value, *r.BooleanEquals), nil
	default:
		return r.StringEquals != nil && equal(value, *r.StringEquals), nil
	}
}

// decided returns by if a rule evaluates to it, and the opposite if none does.
func decided(rules []asl.Rule, document json.RawMessage, by bool) (bool, error) {
	for i := range rules {
		if ok, err := holds(&rules[i], document); err != nil || ok == by {
			return ok, err
		}
	}
	return !by, nil
}

func equal[T comparable](value json.RawMessage, want T) bool {
	var got *T
	return json.Unmarshal(value, &got) == nil && got != nil && *got == want
}
