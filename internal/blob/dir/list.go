package dir

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"landfall/internal/migrate"
)

// ListObjects implements migrate.Blobs.
func (b *Bucket) ListObjects(ctx context.Context, prefix, after string, limit int) ([]migrate.Object, error) {
	l := listing{bucket: b, prefix: prefix, after: after, limit: limit}
	if err := l.walk(ctx, b.objects, ""); err != nil {
		return nil, fault("listing objects", err)
	}
	return l.found, nil
}

type listing struct {
	bucket        *Bucket
	prefix, after string
	limit         int
	found         []migrate.Object
}

// walk lists the keys in a folder, which all begin with base.
func (l *listing) walk(ctx context.Context, folder, base string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	children, err := childrenOf(folder, "")
	if err != nil {
		return err
	}
	for _, c := range children {
		if len(l.found) >= l.limit {
			return nil
		}
		key := base + c.name
		switch {
		case c.isObject() && strings.HasPrefix(key, l.prefix) && key > l.after:
			err = l.add(key)
		case !c.isObject() && l.mayHold(key):
			err = l.walk(ctx, c.path, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mayHold reports whether keys that begin with base can belong to the listing.
func (l *listing) mayHold(base string) bool {
	return (strings.HasPrefix(base, l.prefix) || strings.HasPrefix(l.prefix, base)) &&
		(base > l.after || strings.HasPrefix(l.after, base))
}

func (l *listing) add(key string) error {
	object, err := l.bucket.newest(key)
	if errors.Is(err, errAbsent) {
		return nil // a put of its first version is under way, or was cut off
	}
	if err == nil {
		l.found = append(l.found, object)
	}
	return err
}

// child is a folder inside a folder. Its name is the segment it stands for, with a slash unless it is an object: sorted
// by name, a walk in depth meets keys in byte order.
type child struct {
	name string
	path string
}

func (c child) isObject() bool { return !strings.HasSuffix(c.name, "/") }

// childrenOf reads a folder; begun is the beginning of a segment that was cut and goes on in it.
func childrenOf(folder, begun string) ([]child, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var children []child
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if rest, isCut := strings.CutSuffix(e.Name(), cutMark); isCut {
			more, err := childrenOf(path, begun+rest)
			if err != nil {
				return nil, err
			}
			children = append(children, more...)
			continue
		}
		name, isObject := strings.CutSuffix(e.Name(), objectMark)
		name, ok := decodeSegment(begun + name)
		if !ok || !e.IsDir() {
			continue // not ours
		}
		if !isObject {
			name += "/"
		}
		children = append(children, child{name, path})
	}
	slices.SortFunc(children, func(a, b child) int { return cmp.Compare(a.name, b.name) })
	return children, nil
}
