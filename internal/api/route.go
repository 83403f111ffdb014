package api

import (
	"net/http"
	"slices"
	"strings"
)

// route is one path and what can be done there.
type route struct {
	path      string
	open      bool // needs no token
	endpoints []endpoint
}

// endpoint is one method of a path, with what can be checked before its handler runs.
type endpoint struct {
	method string
	answer answerKind
	body   bodyKind
	query  parameters
	handle func(*call) error
}

// serve makes the checks that need nothing stored, in the order of the contract, and runs the handler.
func (s *service) serve(r route, c *call) error {
	if !r.open {
		if err := s.authenticate(c); err != nil {
			return err
		}
	}
	e, ok := r.endpoint(c.Method)
	if !ok {
		c.w.Header().Set("Allow", r.allow())
		return refuse(problemMethod, "")
	}
	for _, check := range []func(endpoint) error{c.negotiate, c.readContentType, c.readQuery} {
		if err := check(e); err != nil {
			return err
		}
	}
	return e.handle(c)
}

// endpoint finds what answers a method. HEAD is answered like GET; net/http leaves the body out.
func (r route) endpoint(method string) (endpoint, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	i := slices.IndexFunc(r.endpoints, func(e endpoint) bool { return e.method == method })
	if i < 0 {
		return endpoint{}, false
	}
	return r.endpoints[i], true
}

func (r route) allow() string {
	var methods []string
	for _, e := range r.endpoints {
		methods = append(methods, e.method)
		if e.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return strings.Join(methods, ", ")
}
