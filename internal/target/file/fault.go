package file

import (
	"context"
	"errors"
	"syscall"

	"landfall/internal/migrate"
)

// fault gives an error of the file system the code that the outside needs. Its text, which names path and reason, may be
// shown: the folder is one that the user chose.
func fault(op string, err error) error {
	var known *migrate.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.As(err, &known):
		return known
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &migrate.Error{Code: migrate.StorageFull, Op: op, Detail: err.Error()}
	}
	return &migrate.Error{Code: migrate.Unavailable, Op: op, Detail: err.Error()}
}

// damaged says that live data is not what this package wrote.
func damaged(path string, offset int64, what string) error {
	return migrate.Errorf(migrate.Internal, "reading live data", "%s, byte %d: %s", path, offset, what)
}
