package api

import (
	"maps"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// arity says how many values a query name takes.
type arity int

const (
	single arity = iota + 1
	plural       // by repeating the name, by commas, or both
)

// parameters are the query names that an endpoint knows, in lower case.
type parameters map[string]arity

func (p parameters) and(name string, a arity) parameters {
	q := maps.Clone(p)
	q[name] = a
	return q
}

// readQuery takes the query apart. A name that is not known is refused, never ignored: a misspelt filter would let
// everything through. Names match in any case; an empty value counts as absent.
func (c *call) readQuery(e endpoint) error {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return refuse(problemParameter, "The query is not well-formed.")
	}
	given := map[string][]string{}
	for name, list := range values {
		lower := strings.ToLower(name)
		given[lower] = append(given[lower], list...)
		switch e.query[lower] {
		case 0:
			return badParameter(name, "The parameter is not known here.")
		case single:
			if len(given[lower]) > 1 {
				return badParameter(name, "The parameter takes one value.")
			}
		}
	}
	c.query = map[string][]string{}
	for name, list := range given {
		c.query[name] = withoutEmpty(list, e.query[name])
	}
	return nil
}

func withoutEmpty(list []string, a arity) []string {
	if a == plural {
		list = strings.Split(strings.Join(list, ","), ",")
	}
	var kept []string
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" {
			kept = append(kept, v)
		}
	}
	return kept
}

func badParameter(name, detail string) error {
	return refuseWith(problemParameter, detail, "parameter", name)
}

// one gives the value of a parameter, "" if it is absent.
func (c *call) one(name string) string {
	if list := c.query[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// number gives the value of a parameter that is a plain decimal number between least and most.
func (c *call) number(name string, absent, least, most int64) (int64, error) {
	v := c.one(name)
	if v == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || v[0] == '+' || n < least || n > most {
		return 0, badParameter(name, "The parameter has to be a number in its range.")
	}
	return n, nil
}

// continueFrom says how many objects of a stream to leave out.
func (c *call) continueFrom() (int64, error) {
	return c.number("continue-from", 0, 0, math.MaxInt64)
}

// moment gives the value of a parameter that is an RFC 3339 date-time, the zero time if it is absent. A plus sign that
// was not escaped has become a blank.
func (c *call) moment(name string) (t time.Time, err error) {
	v := c.one(name)
	if v == "" {
		return t, nil
	}
	if err := t.UnmarshalText([]byte(strings.ToUpper(strings.ReplaceAll(v, " ", "+")))); err != nil {
		return t, badParameter(name, "The parameter has to be an RFC 3339 date-time.")
	}
	return t, nil
}

// page is what a list shows of itself.
type page[T any] struct {
	Items  []T `json:"items"`
	Total  int `json:"total"`
	Offset int `json:"offset"`
	Limit  int `json:"limit"`
}

// newPage reads which page is asked for.
func newPage[T any](c *call) (page[T], error) {
	offset, err := c.number("offset", 0, 0, math.MaxInt32)
	if err != nil {
		return page[T]{}, err
	}
	limit, err := c.number("limit", 50, 1, 100)
	return page[T]{Items: []T{}, Offset: int(offset), Limit: int(limit)}, err
}
