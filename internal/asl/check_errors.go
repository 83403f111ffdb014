package asl

import "slices"

// known reports whether somebody can raise an error of that name.
func (c *checker) known(name string) bool {
	return serviceErrors[name] || slices.Contains(c.codes.Permanent, name) || slices.Contains(c.codes.Transient, name)
}

func (c *checker) retriers(at string, s *State) {
	var lists [][]string
	for i := range s.Retry {
		r := &s.Retry[i]
		lists = append(lists, r.ErrorEquals)
		c.retrier(at, s, r)
	}
	c.errorLists(at, s, "Retry", lists)
	if s.Type != Task || len(s.Retry) == 0 {
		return
	}
	for _, code := range c.codes.Permanent {
		if !slices.ContainsFunc(lists, func(l []string) bool { return slices.Contains(l, code) }) {
			c.addf(at, s, "Retry: %s is permanent and no retrier with MaxAttempts 0 names it", code)
		}
	}
}

func (c *checker) retrier(at string, s *State, r *Retrier) {
	for _, name := range r.ErrorEquals {
		switch {
		case slices.Contains(c.codes.Permanent, name) && r.Attempts() != 0:
			c.addf(at, s, "Retry: %s is permanent and tried again", name)
		case slices.Contains(c.codes.Transient, name) && r.Attempts() == 0:
			c.addf(at, s, "Retry: %s is transient and never tried again", name)
		}
	}
	switch {
	case r.IntervalSeconds < 0 || r.Attempts() < 0:
		c.addf(at, s, "Retry: IntervalSeconds and MaxAttempts are not negative")
	case r.BackoffRate != 0 && r.BackoffRate < 1:
		c.addf(at, s, "Retry: BackoffRate is at least 1")
	case r.MaxDelaySeconds < 0 || r.MaxDelaySeconds > 0 && r.MaxDelaySeconds <= max(r.IntervalSeconds, 1):
		c.addf(at, s, "Retry: MaxDelaySeconds is over IntervalSeconds")
	case !slices.Contains([]string{"", "FULL", "NONE"}, r.JitterStrategy):
		c.addf(at, s, "Retry: JitterStrategy is FULL or NONE")
	}
}

func (c *checker) catchers(at string, s *State) {
	var lists [][]string
	for i := range s.Catch {
		lists = append(lists, s.Catch[i].ErrorEquals)
		c.pathOrNull(at, s, "Catch: ResultPath", s.Catch[i].ResultPath)
		if s.Catch[i].Next == "" {
			c.addf(at, s, "Catch: has no Next")
		}
	}
	c.errorLists(at, s, "Catch", lists)
}

// errorLists checks the names in the ErrorEquals of all retriers, or all catchers, of a state.
func (c *checker) errorLists(at string, s *State, where string, lists [][]string) {
	seen := map[string]bool{}
	for i, list := range lists {
		if len(list) == 0 {
			c.addf(at, s, "%s: ErrorEquals is empty", where)
		}
		for _, name := range list {
			if !c.known(name) {
				c.addf(at, s, "%s: %q is neither a known code nor an error of the service", where, name)
			}
			if seen[name] {
				c.addf(at, s, "%s: %s is named twice", where, name)
			}
			seen[name] = true
			c.wildcard(at, s, where, name, lists, i)
		}
	}
}

// wildcard asks that a wildcard stands alone in its list and is followed by no name it would hide.
func (c *checker) wildcard(at string, s *State, where, name string, lists [][]string, i int) {
	if name != AllErrors && name != TaskFailed {
		return
	}
	if len(lists[i]) > 1 {
		c.addf(at, s, "%s: %s stands alone", where, name)
	}
	for _, later := range slices.Concat(lists[i+1:]...) {
		if name == AllErrors || later != AllErrors && later != Timeout {
			c.addf(at, s, "%s: %s comes before %s and hides it", where, name, later)
		}
	}
}
