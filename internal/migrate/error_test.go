package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"landfall/internal/migrate"
)

// TestClassOf pins the table that requests, state machines and retries are decided by.
func TestClassOf(t *testing.T) {
	t.Parallel()
	want := map[migrate.Code]migrate.Class{
		migrate.Invalid: {"Migrate.Invalid", 400, false}, migrate.Unauthenticated: {"", 401, false}, migrate.Denied: {"Migrate.Denied", 403, false},
		migrate.NotFound: {"Migrate.NotFound", 404, false}, migrate.TooLarge: {"Migrate.TooLarge", 413, false},
		migrate.WrongState: {"Migrate.WrongState", 422, false}, migrate.Conflict: {"Migrate.Conflict", 503, true},
		migrate.Throttled: {"Migrate.Throttled", 503, true}, migrate.Unavailable: {"Migrate.Unavailable", 503, true},
		migrate.CircuitOpen: {"Migrate.CircuitOpen", 503, true}, migrate.StorageFull: {"Migrate.GivenUp", 503, false},
		migrate.GivenUp: {"Migrate.GivenUp", 0, false}, migrate.Internal: {"Migrate.Internal", 500, false},
	}
	if codes := migrate.Codes(); len(codes) != len(want) {
		t.Errorf("Codes() = %v, want the %d of the table", codes, len(want))
	}
	for _, c := range migrate.Codes() {
		class := migrate.ClassOf(c)
		if class != want[c] {
			t.Errorf("ClassOf(%s) = %+v, want %+v", c, class, want[c])
		}
	}
	if got := migrate.ClassOf("Unheard"); got != want[migrate.Internal] {
		t.Errorf("an unknown code is %+v, want Internal", got)
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	e := &migrate.Error{Code: migrate.NotFound, Op: "getting", Problem: migrate.ProblemJobNotFound, Detail: "no job", Members: map[string]any{"k": 1}, Err: cause}
	wrapped := migrate.Wrap(migrate.Unavailable, "settling", fmt.Errorf("around: %w", e))
	for _, c := range []struct {
		name string
		err  error
		code migrate.Code
	}{
		{"nil", nil, ""}, {"one", e, migrate.NotFound}, {"wrapped keeps its code", wrapped, migrate.NotFound},
		{"foreign", cause, migrate.Internal}, {"foreign, wrapped", migrate.Wrap(migrate.Unavailable, "x", cause), migrate.Unavailable},
		{"of a context", context.Canceled, migrate.Internal}, {"joined", errors.Join(cause, e), migrate.NotFound},
	} {
		if got := migrate.CodeOf(c.err); got != c.code {
			t.Errorf("%s: CodeOf = %q, want %q", c.name, got, c.code)
		}
	}
	if err := migrate.Wrap(migrate.Invalid, "x", nil); err != nil {
		t.Errorf("Wrap(nil) = %v", err)
	}
	var got *migrate.Error
	if !errors.As(wrapped, &got) || got.Problem != e.Problem || got.Detail != e.Detail || got.Members["k"] != 1 || !errors.Is(wrapped, cause) {
		t.Errorf("Wrap lost something: %+v", got)
	}
	for target, is := range map[*migrate.Error]bool{
		{Code: migrate.NotFound}: true, {Code: migrate.NotFound, Problem: migrate.ProblemJobNotFound}: true,
		{Code: migrate.NotFound, Problem: migrate.ProblemDropNotFound}: false, {Code: migrate.Invalid}: false,
	} {
		if errors.Is(wrapped, target) != is {
			t.Errorf("errors.Is(…, %+v) = %v", target, !is)
		}
	}
	if text := e.Error(); text != "getting: no job: cause" {
		t.Errorf("text %q", text)
	}
}
