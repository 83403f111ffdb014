package migrate

import (
	"errors"
	"fmt"
	"net/http"
)

// Code says, for programs, why an operation could not go on. Codes are append-only: what is stored, sent or matched
// by a state machine keeps its meaning.
type Code string

// The codes. The table below maps each to what the outside sees.
const (
	Invalid         Code = "Invalid"         // request or definition malformed
	Unauthenticated Code = "Unauthenticated" // who are you
	Denied          Code = "Denied"          // you may not
	NotFound        Code = "NotFound"        // absent, or another tenant's
	TooLarge        Code = "TooLarge"        // over a stated limit
	WrongState      Code = "WrongState"      // right request, wrong state
	Conflict        Code = "Conflict"        // a compare-and-set lost: read again, decide again
	Throttled       Code = "Throttled"       // slow down
	Unavailable     Code = "Unavailable"     // a dependency is down or timed out
	CircuitOpen     Code = "CircuitOpen"     // the target's breaker is open
	StorageFull     Code = "StorageFull"     // no room: nothing was written
	GivenUp         Code = "GivenUp"         // a unit or chunk ended after its retries
	Internal        Code = "Internal"        // a bug; the message is never shown
)

// Class is what the world outside a process makes of a code.
type Class struct {
	ASLName string // name that a state machine's ErrorEquals is matched against; "" if none ever sees it
	HTTP    int    // status of the answer; 0 if no request ends so
	Retry   bool   // whether trying the same again can help
}

var classes = map[Code]Class{
	Invalid:         {"Migrate.Invalid", http.StatusBadRequest, false},
	Unauthenticated: {"", http.StatusUnauthorized, false},
	Denied:          {"Migrate.Denied", http.StatusForbidden, false},
	NotFound:        {"Migrate.NotFound", http.StatusNotFound, false},
	TooLarge:        {"Migrate.TooLarge", http.StatusRequestEntityTooLarge, false},
	WrongState:      {"Migrate.WrongState", http.StatusUnprocessableEntity, false},
	Conflict:        {"Migrate.Conflict", http.StatusServiceUnavailable, true},
	Throttled:       {"Migrate.Throttled", http.StatusServiceUnavailable, true},
	Unavailable:     {"Migrate.Unavailable", http.StatusServiceUnavailable, true},
	CircuitOpen:     {"Migrate.CircuitOpen", http.StatusServiceUnavailable, true},
	StorageFull:     {"Migrate.GivenUp", http.StatusServiceUnavailable, false}, // somebody has to make room first
	GivenUp:         {"Migrate.GivenUp", 0, false},
	Internal:        {"Migrate.Internal", http.StatusInternalServerError, false},
}

// ClassOf gives the class of a code; an unknown code is classed as Internal.
func ClassOf(c Code) Class {
	if k, ok := classes[c]; ok {
		return k
	}
	return classes[Internal]
}

// Codes lists every code, in the order of the table.
func Codes() []Code {
	return []Code{Invalid, Unauthenticated, Denied, NotFound, TooLarge, WrongState, Conflict, Throttled, Unavailable, CircuitOpen,
		StorageFull, GivenUp, Internal}
}

// Error is what every contract of this package returns.
type Error struct {
	Code    Code
	Op      string         // what was being done: "starting job …"
	Problem string         // stable code for clients (CONTRACT 1.6), "" to derive it from Code
	Detail  string         // for people; names ids, paths and rules, never a value of a record
	Members map[string]any // extra members of the problem: jobReferenceId, components, …
	Err     error          // the cause, for logs only
}

// Error gives the whole chain, each detail once.
func (e *Error) Error() string {
	s := e.Op
	var inner *Error
	if e.Detail != "" && (!errors.As(e.Err, &inner) || inner.Detail != e.Detail) {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, &Error{Code: NotFound}) true for every error of that code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Problem == "" || t.Problem == e.Problem)
}

// Errorf makes an error whose detail may be shown to people.
func Errorf(c Code, op, format string, args ...any) *Error {
	return &Error{Code: c, Op: op, Detail: fmt.Sprintf(format, args...)}
}

// Wrap gives err a code and says what was being done. It keeps the code of an error that has one; nil stays nil.
func Wrap(c Code, op string, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return &Error{Code: e.Code, Op: op, Problem: e.Problem, Detail: e.Detail, Members: e.Members, Err: err}
	}
	return &Error{Code: c, Op: op, Err: err}
}

// CodeOf gives the code of err; errors that carry none are Internal, nil is "".
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
