package file

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"landfall/internal/durable"
	"landfall/internal/migrate"
)

// change is what a batch changes in a part.
type change struct {
	added    []*migrate.Entity
	replaced map[migrate.ReferenceID][]byte // the new bodies of lines that are there, or in added
}

// plan says what has to be done so that the part holds the entities, and what becomes of each then. The index is ahead
// of the lines until the change is applied.
func (p *part) plan(entities []*migrate.Entity) (change, []migrate.ImportResult) {
	var c change
	results := make([]migrate.ImportResult, len(entities))
	for i, e := range entities {
		hash, present := p.index[e.ID]
		if results[i] = migrate.ResultImported; present && hash == e.Hash {
			results[i] = migrate.ResultAlready
			continue
		}
		if !present {
			c.added = append(c.added, e)
		} else {
			if c.replaced == nil {
				c.replaced = map[migrate.ReferenceID][]byte{}
			}
			c.replaced[e.ID] = e.Body
		}
		p.index[e.ID] = e.Hash
	}
	return c, results
}

// apply makes a change durable, or leaves the lines as they were.
func (p *part) apply(ctx context.Context, c change) error {
	var err error
	switch {
	case len(c.replaced) > 0:
		err = p.rewrite(ctx, c)
	case len(c.added) > 0:
		err = p.append(c.added)
	}
	if err != nil {
		return errors.Join(err, p.undo())
	}
	return nil
}

// append writes lines behind those that are there.
func (p *part) append(added []*migrate.Entity) error {
	isNew := p.file == nil
	if isNew {
		if err := p.create(); err != nil {
			return err
		}
	}
	w := newLineWriter(io.NewOffsetWriter(p.file, p.size))
	for _, e := range added {
		w.write(e.Body)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := p.file.Sync(); err != nil {
		return err
	}
	if isNew {
		if err := durable.SyncFolder(filepath.Dir(p.path)); err != nil {
			return err
		}
	}
	p.size += w.size
	return nil
}

func (p *part) create() error {
	err := durable.MakeFolder(filepath.Dir(p.path))
	if err != nil {
		return err
	}
	p.file, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	return err
}

// rewrite writes the lines, changed and in the same order, and those that are added, to a new file, and gives it the
// part's name. Before the rename the part is as it was, after it the change is whole.
func (p *part) rewrite(ctx context.Context, c change) error {
	if err := durable.MakeFolder(filepath.Dir(p.path)); err != nil {
		return err
	}
	f, err := os.Create(p.path + newSuffix)
	if err != nil {
		return err
	}
	w := newLineWriter(f)
	if err := p.fill(ctx, f, w, c); err != nil {
		return errors.Join(err, f.Close())
	}
	old := p.file
	p.file, p.size = f, w.size
	if old != nil {
		old.Close() // nothing of it is read any more
	}
	return durable.SyncFolder(filepath.Dir(p.path))
}

// fill makes f, which w writes to, the part.
func (p *part) fill(ctx context.Context, f *os.File, w *lineWriter, c change) error {
	if err := p.copyChanged(ctx, w, c); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(f.Name(), p.path)
}

func (p *part) copyChanged(ctx context.Context, w *lineWriter, c change) error {
	for l := p.lines(ctx); ; {
		id, line, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		w.writeOr(c.replaced, id, line)
	}
	for _, e := range c.added {
		w.writeOr(c.replaced, e.ID, e.Body)
	}
	return nil
}

// lines reads the lines that are there.
func (p *part) lines(ctx context.Context) *lines {
	if p.file == nil {
		return newLines(ctx, eof{}, p.path)
	}
	return newLines(ctx, io.NewSectionReader(p.file, 0, p.size), p.path)
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
