package file

import (
	"context"
	"errors"
	"io/fs"
	"sync"
)

// limits bound what is kept of parts that nobody uses. Beyond parts the least recently used ones are forgotten; beyond
// entities too, down to busyParts, which may be large: units at work move from bucket to bucket of a few parts, and
// reading those back over and over would cost more than their indexes.
type limits struct {
	parts     int // open files
	entities  int // in the indexes of all parts, 50 to 85 bytes each
	busyParts int
}

// openParts keeps at most one part per file, so that those who write to one take turns.
type openParts struct {
	limits limits

	mu     sync.Mutex
	parts  map[string]*part
	clock  uint64
	closed bool
}

func newOpenParts(l limits) *openParts {
	return &openParts{limits: l, parts: map[string]*part{}}
}

// use calls f with the part of that path.
func (o *openParts) use(ctx context.Context, path string, f func(*part) error) error {
	p, err := o.take(path)
	if err != nil {
		return err
	}
	entities, err := p.do(ctx, func() error { return f(p) })
	o.giveBack(p, entities)
	return err
}

func (o *openParts) take(path string) (*part, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, &fs.PathError{Op: "write", Path: path, Err: fs.ErrClosed}
	}
	p := o.parts[path]
	if p == nil {
		p = &part{path: path}
		o.parts[path] = p
	}
	p.users++
	return p, nil
}

func (o *openParts) giveBack(p *part, entities int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock++
	p.users--
	p.entities, p.lastUsed = entities, o.clock
	for o.areTooMany() {
		victim := o.leastRecent()
		if victim == nil {
			return
		}
		delete(o.parts, victim.path)
		victim.close() // everything in it was synced
	}
}

func (o *openParts) areTooMany() bool {
	entities := 0
	for _, p := range o.parts {
		entities += p.entities
	}
	return len(o.parts) > o.limits.parts || (len(o.parts) > o.limits.busyParts && entities > o.limits.entities)
}

// leastRecent gives the part that has not been used for the longest time, of those that nobody uses and that can be
// read back.
func (o *openParts) leastRecent() *part {
	var oldest *part
	for _, p := range o.parts {
		if p.users == 0 && p.refused == nil && (oldest == nil || p.lastUsed < oldest.lastUsed) {
			oldest = p
		}
	}
	return oldest
}

func (o *openParts) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	var errs []error
	for _, p := range o.parts {
		errs = append(errs, p.close())
	}
	clear(o.parts)
	return errors.Join(errs...)
}
