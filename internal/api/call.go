package api

import (
	"errors"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"

	"landfall/internal/migrate"
	"landfall/internal/records"
)

// call is one request under way: who asks for what, and where the answer goes.
type call struct {
	*http.Request
	s  *service
	w  *answer
	id string // of the request

	tenant   migrate.TenantID
	query    map[string][]string // by lower-case name, without empty values
	format   records.Format      // of the answer, if that is a stream
	incoming records.Format      // of the body, if that is a stream
	encoding string              // of the body: identity, gzip, zstd
}

// answer is the response and whether it has begun: after the first byte nothing can be taken back.
type answer struct {
	http.ResponseWriter
	status int // 0: nothing has been said
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(p)
	return n, clientGone(err)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// handler makes an http.Handler: it says what every answer says, checks the host and turns errors into problems.
func (s *service) handler(pattern string, serve func(*call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.begin(w, r)
		start := s.Now()
		defer func() {
			if v := recover(); v != nil {
				c.recovered(v)
			}
			s.Logger.Debug("request", "requestId", c.id, "method", r.Method, "route", pattern, "status", c.w.status,
				"duration", s.Now().Sub(start))
		}()
		err := s.checkHost(r)
		if err == nil {
			err = serve(c)
		}
		if err != nil {
			c.fail(err)
		}
	})
}

func (s *service) begin(w http.ResponseWriter, r *http.Request) *call {
	c := &call{Request: r, s: s, w: &answer{ResponseWriter: w}, id: r.Header.Get("X-Request-Id")}
	if !requestID.MatchString(c.id) {
		c.id = s.NewID()
	}
	w.Header().Set("X-Request-Id", c.id)
	w.Header().Set("Cache-Control", "no-store")
	if group, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); s.groups[group] {
		w.Header().Set("Api-Version", latestVersion)
	}
	return c
}

var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// errGone marks errors of a connection: nobody waits for an answer any more.
var errGone = errors.New("the client is gone")

// clientGone marks an error of reading from, or writing to, a client; nil stays nil.
func clientGone(err error) error {
	if err == nil {
		return nil
	}
	return &migrate.Error{Code: migrate.Unavailable, Op: "exchanging bytes with a client", Err: errors.Join(errGone, err)}
}

// fail answers with a problem, or aborts an answer that has begun.
func (c *call) fail(err error) {
	p := problemOf(err)
	gone := errors.Is(err, errGone) || c.Context().Err() != nil
	if p.Status >= http.StatusInternalServerError && !gone {
		c.s.Logger.Error("request failed", "requestId", c.id, "method", c.Method, "err", err)
	}
	if c.w.status != 0 || gone {
		panic(http.ErrAbortHandler)
	}
	p.RequestID, p.Instance = c.id, c.URL.EscapedPath()
	c.answerProblem(p)
}

// recovered ends a request whose handler has panicked. An abort goes on to net/http.
func (c *call) recovered(v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	c.s.Logger.Error("request panicked", "requestId", c.id, "method", c.Method, "panic", v, "stack", string(debug.Stack()))
	c.fail(&migrate.Error{Code: migrate.Internal, Op: "answering a request"})
}
