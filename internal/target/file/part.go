package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"landfall/internal/durable"
	"landfall/internal/migrate"
)

// part is one file of live data, read back and open for writing.
type part struct {
	path string

	mu      sync.Mutex
	file    *os.File                                    // nil: there is none
	size    int64                                       // of the lines that are durable
	index   map[migrate.ReferenceID]migrate.ContentHash // of those lines; nil: to be read back
	refused error                                       // a failed write could not be undone: nothing more is written

	// Guarded by openParts.
	users    int
	entities int
	lastUsed uint64
}

// do calls f while nobody else works on the part, which has been read back, and gives the number of entities then.
func (p *part) do(ctx context.Context, f func() error) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused != nil {
		return 0, p.refused
	}
	if p.index == nil {
		if err := p.readBack(ctx); err != nil {
			return 0, errors.Join(err, p.close())
		}
	}
	err := f()
	return len(p.index), err
}

// readBack makes the index from the lines, cuts off a line that a process did not finish, and syncs: what a process
// wrote and did not live to sync may be lost yet, and must not be answered with "already".
func (p *part) readBack(ctx context.Context) error {
	if err := os.Remove(p.path + newSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(p.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		p.index, p.size = map[migrate.ReferenceID]migrate.ContentHash{}, 0
		return nil
	}
	if err != nil {
		return err
	}
	p.file = f
	index, size, err := readIndex(newLines(ctx, f, p.path))
	if err != nil {
		return err
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), durable.SyncFolder(filepath.Dir(p.path))); err != nil {
		return err
	}
	p.index, p.size = index, size
	return nil
}

func readIndex(l *lines) (map[migrate.ReferenceID]migrate.ContentHash, int64, error) {
	index := map[migrate.ReferenceID]migrate.ContentHash{}
	for {
		at := l.offset
		id, line, err := l.next()
		if errors.Is(err, io.EOF) {
			return index, at, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if _, twice := index[id]; twice {
			return nil, 0, damaged(l.path, at, "an entity that was there before")
		}
		index[id] = migrate.HashContent(line)
	}
}

// undo takes back what a failed write left of itself and forgets the index, so that the next use reads back what is
// there. A part that cannot be cut back is refused from then on: its file may hold lines that no sync will ever vouch for.
func (p *part) undo() error {
	var err error
	if p.file != nil {
		err = p.file.Truncate(p.size)
	}
	if err != nil {
		p.refused = migrate.Errorf(migrate.Unavailable, "writing live data",
			"%s could not be restored after a failed write: open the target again", p.path)
	}
	os.Remove(p.path + newSuffix) // or else reading back does
	return errors.Join(err, p.close())
}

// close forgets the lines. The next use reads them back.
func (p *part) close() error {
	f := p.file
	p.file, p.index = nil, nil
	if f == nil {
		return nil
	}
	return f.Close()
}
