package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"

	"landfall/internal/migrate"
)

// Codes of problems that only this package finds. Those of states and absent things are in package migrate.
const (
	problemMalformed     = "malformed-request"
	problemComponents    = "invalid-components"
	problemParameter     = "invalid-parameter"
	problemToken         = "unauthenticated"
	problemForbidden     = "forbidden"
	problemHost          = "host-not-allowed"
	problemNoRoute       = "no-such-route"
	problemMethod        = "method-not-allowed"
	problemNotAcceptable = "not-acceptable"
	problemVersion       = "unsupported-api-version"
	problemTooLarge      = "request-too-large"
	problemMediaType     = "unsupported-media-type"
	problemEncoding      = "unsupported-content-encoding"
	problemDropOpen      = "drop-not-settled"
	problemInternal      = "internal"
	problemUnavailable   = "unavailable"
	problemStorageFull   = "storage-full"
)

// meaning is what is fixed about a code.
type meaning struct {
	status int
	title  string
}

// meanings has every code that is ever sent (CONTRACT 1.6).
var meanings = map[string]meaning{
	problemMalformed:                  {http.StatusBadRequest, "The request cannot be read"},
	problemComponents:                 {http.StatusBadRequest, "The components cannot be used"},
	problemParameter:                  {http.StatusBadRequest, "A query parameter cannot be used"},
	problemToken:                      {http.StatusUnauthorized, "A valid token is needed"},
	problemForbidden:                  {http.StatusForbidden, "The token does not give this right"},
	problemHost:                       {http.StatusForbidden, "Only loopback hosts are answered"},
	problemNoRoute:                    {http.StatusNotFound, "There is no such path"},
	migrate.ProblemCollectionNotFound: {http.StatusNotFound, "There is no such collection"},
	migrate.ProblemEntityNotFound:     {http.StatusNotFound, "No such record is staged"},
	migrate.ProblemMigrationNotFound:  {http.StatusNotFound, "There is no such migration"},
	migrate.ProblemJobNotFound:        {http.StatusNotFound, "There is no such job"},
	migrate.ProblemDropNotFound:       {http.StatusNotFound, "There is no such drop"},
	migrate.ProblemNoActiveMigration:  {http.StatusNotFound, "No migration is active"},
	problemMethod:                     {http.StatusMethodNotAllowed, "The path does not take this method"},
	problemNotAcceptable:              {http.StatusNotAcceptable, "No acceptable media type is offered here"},
	problemVersion:                    {http.StatusNotAcceptable, "This API version is not served"},
	problemTooLarge:                   {http.StatusRequestEntityTooLarge, "The body is too long"},
	problemMediaType:                  {http.StatusUnsupportedMediaType, "The body's media type is not taken here"},
	problemEncoding:                   {http.StatusUnsupportedMediaType, "The body's encoding is not taken here"},
	migrate.ProblemAlreadyActive:      {http.StatusUnprocessableEntity, "A migration is active already"},
	migrate.ProblemCancelled:          {http.StatusUnprocessableEntity, "The migration is cancelled"},
	migrate.ProblemCompleted:          {http.StatusUnprocessableEntity, "The migration is completed"},
	migrate.ProblemComponentMissing:   {http.StatusUnprocessableEntity, "The component takes no part in the migration"},
	migrate.ProblemStagingIncomplete:  {http.StatusUnprocessableEntity, "Staging is not completed"},
	migrate.ProblemImportIncomplete:   {http.StatusUnprocessableEntity, "The import is not completed"},
	migrate.ProblemJobRunning:         {http.StatusUnprocessableEntity, "A job is running"},
	migrate.ProblemImportRunning:      {http.StatusUnprocessableEntity, "An import is running"},
	migrate.ProblemDropsNotSettled:    {http.StatusUnprocessableEntity, "Drops are not settled"},
	problemDropOpen:                   {http.StatusUnprocessableEntity, "The drop is not settled"},
	problemInternal:                   {http.StatusInternalServerError, "A fault of the service"},
	problemUnavailable:                {http.StatusServiceUnavailable, "The service cannot answer now"},
	problemStorageFull:                {http.StatusServiceUnavailable, "There is no room to store anything"},
}

// problem is a document of RFC 9457 with a stable code for programs.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code"`
	Detail    string         `json:"detail"`
	RequestID string         `json:"requestId"`
	Instance  string         `json:"instance"`
	Members   map[string]any `json:"-"` // extra members, beside the others
}

// refuse makes the error of a request that this package refuses. Without a detail the title has to do.
func refuse(code, detail string) *migrate.Error {
	return &migrate.Error{Code: migrate.Invalid, Op: "reading a request", Problem: code, Detail: detail}
}

// refuseWith is refuse with an extra member.
func refuseWith(code, detail, member string, value any) *migrate.Error {
	e := refuse(code, detail)
	e.Members = map[string]any{member: value}
	return e
}

// notFoundAs makes NotFound the given problem without a detail, so that what is unknown, malformed and another tenant's
// answers alike.
func notFoundAs(code string, err error) error {
	if migrate.CodeOf(err) == migrate.NotFound {
		return refuse(code, "")
	}
	return err
}

// problemOf turns an error into what may be shown of it.
func problemOf(err error) problem {
	var e *migrate.Error
	if !errors.As(err, &e) {
		e = &migrate.Error{Code: migrate.Internal}
	}
	code := e.Problem
	if _, known := meanings[code]; !known {
		code = problemOfCode(e.Code)
	}
	m := meanings[code]
	p := problem{Type: "urn:landfall:problem:" + code, Title: m.title, Status: m.status, Code: code, Detail: m.title + "."}
	if m.status == http.StatusInternalServerError {
		return p // a fault of ours says nothing about itself
	}
	p.Detail, p.Members = cmp.Or(e.Detail, p.Detail), e.Members
	return p
}

// problemOfCode gives the problem of an error that names none.
func problemOfCode(c migrate.Code) string {
	switch migrate.ClassOf(c).HTTP {
	case http.StatusBadRequest:
		return problemMalformed
	case http.StatusUnauthorized:
		return problemToken
	case http.StatusForbidden:
		return problemForbidden
	case http.StatusRequestEntityTooLarge:
		return problemTooLarge
	case http.StatusServiceUnavailable:
		if c == migrate.StorageFull {
			return problemStorageFull
		}
		return problemUnavailable
	}
	return problemInternal
}

// answerProblem sends the document, whatever Accept says.
func (c *call) answerProblem(p problem) {
	h := c.w.Header()
	h.Set("Content-Type", "application/problem+json")
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "5")
	}
	body, err := encode(p)
	if err != nil {
		panic(err) // members are strings and lists of strings
	}
	c.w.WriteHeader(p.Status)
	_, _ = c.w.Write(append(body, '\n')) // a client that is gone has nothing to be told
}

// MarshalJSON puts the extra members after the fixed ones.
func (p problem) MarshalJSON() ([]byte, error) {
	type fixed problem
	body, err := encode(fixed(p))
	if err != nil || len(p.Members) == 0 {
		return body, err
	}
	members, err := encode(p.Members)
	return append(append(bytes.TrimSuffix(body, []byte("}")), ','), members[1:]...), err
}

// encode is json.Marshal without the escapes that only HTML needs.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
