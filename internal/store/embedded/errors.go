package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"syscall"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

var errClosed = migrate.Errorf(migrate.Unavailable, "using the store", "the store is closed")

// wrap gives an error of Pebble or the file system its code. Errors of the domain and of contexts pass as they are.
func (s *Store) wrap(op string, err error) error {
	var known *migrate.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC):
		return &migrate.Error{Code: migrate.StorageFull, Op: op, Detail: fmt.Sprintf("no room in %q", s.dir), Err: err}
	case pebble.IsCorruptionError(err), errors.Is(err, errRow):
		return &migrate.Error{Code: migrate.Internal, Op: op, Detail: fmt.Sprintf("the store in %q is damaged", s.dir), Err: err}
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EACCES):
		return &migrate.Error{Code: migrate.Unavailable, Op: op,
			Detail: fmt.Sprintf("%q is in use by another process or not ours", s.dir), Err: err}
	}
	return &migrate.Error{Code: migrate.Internal, Op: op, Detail: fmt.Sprintf("in %q", s.dir), Err: err}
}

func ignoreNotExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func notFound(op, problem, what string) error {
	return &migrate.Error{Code: migrate.NotFound, Op: op, Problem: problem, Detail: what + " not found"}
}

func conflict(op string) error {
	return migrate.Errorf(migrate.Conflict, op, "changed since it was read")
}

// health keeps the first failure after which nothing can be written any more.
type health struct{ failure atomic.Pointer[error] }

func (h *health) fail(err error) { h.failure.CompareAndSwap(nil, &err) }

func (h *health) err() error {
	if f := h.failure.Load(); f != nil {
		return *f
	}
	return nil
}
