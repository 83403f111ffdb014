// Package dir keeps a staging bucket as a folder of a file system.
//
// # On disk
//
//	<root>/objects/<key>@/<n>-<version>   one file per version; n grows with every put of the key
//	<root>/tmp/                           what is being received
//
// The segments of a key are folders, spelled by encodeSegment in names that any file system keeps apart; only the folder
// of an object ends in @, so that the keys a and a/b do not meet. The version of an object is the SHA-256 of its content.
// So the same bytes put twice are one version, stored once, which is what makes a repeated run harmless. The newest
// version is the one with the highest n.
//
// # Crashes
//
// An object is received into tmp, synced, and then appears, or becomes the newest again, by one rename, after which its
// folder is synced. A process that dies leaves a file in tmp, which the next Open removes, or an empty folder, which
// nobody sees, or the whole object. A file under objects is never written to: a reader sees the content of one version, whatever
// happens to the key.
//
// One process at a time may use a bucket; the lock of the data folder around it sees to that.
package dir

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"landfall/internal/durable"
	"landfall/internal/migrate"
)

// Bucket is a bucket of blobs in a folder.
type Bucket struct {
	objects string
	temp    string
	// mu keeps renames apart from each other and from searches of a folder, which could miss a file that is renamed.
	// It is not held while an object is received or read.
	mu sync.RWMutex
}

var _ migrate.Blobs = (*Bucket)(nil)

// Open gives the bucket in the folder root, which is made if it is not there, and removes what a process that died was
// receiving.
func Open(root string) (*Bucket, error) {
	const op = "opening a bucket"
	b := &Bucket{objects: filepath.Join(root, "objects"), temp: filepath.Join(root, "tmp")}
	if err := os.RemoveAll(b.temp); err != nil {
		return nil, fault(op, err)
	}
	for _, folder := range []string{b.objects, b.temp} {
		if err := durable.MakeFolder(folder); err != nil {
			return nil, fault(op, err)
		}
	}
	return b, nil
}

// check refuses a call that is cancelled or names no key.
func check(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return migrate.CheckKey(key)
}

// errAbsent is all that this package takes for NotFound: a folder of its own that is missing is no such thing.
var errAbsent = errors.New("no such object or version")

// fault gives an error of the file system the code that the outside needs. The paths in err are for logs only.
func fault(op string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, errAbsent):
		return &migrate.Error{Code: migrate.NotFound, Op: op, Err: err}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &migrate.Error{Code: migrate.StorageFull, Op: op, Detail: "no room in the staging bucket", Err: err}
	case errors.Is(err, syscall.ENAMETOOLONG):
		return &migrate.Error{Code: migrate.Invalid, Op: op, Detail: "the key is too long for the file system", Err: err}
	}
	return migrate.Wrap(migrate.Unavailable, op, err)
}
