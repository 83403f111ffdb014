package asl

func (c *checker) choice(at string, s *State) {
	if len(s.Choices) == 0 {
		c.addf(at, s, "has no Choices")
	}
	if s.Default == "" {
		c.addf(at, s, "has no Default, and %s is caught by nobody", NoChoiceMatched)
	}
	for i := range s.Choices {
		if s.Choices[i].Next == "" {
			c.addf(at, s, "Choices: a rule has no Next")
		}
		c.rule(at, s, &s.Choices[i])
	}
}

// rule asks for exactly one operator, on a variable or on rules that lead nowhere of their own.
func (c *checker) rule(at string, s *State, r *Rule) {
	comparisons := count(r.StringEquals != nil, r.BooleanEquals != nil, r.IsPresent != nil)
	if comparisons+count(r.And != nil, r.Or != nil, r.Not != nil) != 1 {
		c.addf(at, s, "Choices: a rule wants exactly one of StringEquals, BooleanEquals, IsPresent, And, Or, Not")
	}
	if comparisons == 1 && !r.Variable.Valid() || comparisons == 0 && r.Variable != "" {
		c.addf(at, s, "Choices: Variable %q is not a reference path that is compared", r.Variable)
	}
	if r.And != nil && len(r.And) == 0 || r.Or != nil && len(r.Or) == 0 {
		c.addf(at, s, "Choices: And and Or want rules")
	}
	for _, inner := range r.inner() {
		if inner.Next != "" {
			c.addf(at, s, "Choices: Next belongs to the outermost rule")
		}
		c.rule(at, s, inner)
	}
}

func (r *Rule) inner() []*Rule {
	var rules []*Rule
	for i := range r.And {
		rules = append(rules, &r.And[i])
	}
	for i := range r.Or {
		rules = append(rules, &r.Or[i])
	}
	if r.Not != nil {
		rules = append(rules, r.Not)
	}
	return rules
}

func count(facts ...bool) int {
	n := 0
	for _, fact := range facts {
		if fact {
			n++
		}
	}
	return n
}
