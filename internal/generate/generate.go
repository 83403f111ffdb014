package generate

import (
	"context"
	"fmt"
	"path/filepath"

	"landfall/internal/migrate"
)

// DefaultPartSize is how many bytes a file has at most, unless Options say otherwise.
const DefaultPartSize = 256 << 20

// Options say which portfolio is made up.
type Options struct {
	// Entities is the size of the portfolio, or, with Collection, how many entities of that collection there are.
	Entities int64
	Seed     uint64
	// Collection limits what is written to one collection; "" means all. Its entities are the first of that collection
	// in a portfolio of whole villages, so what they refer to elsewhere exists there, but is not written.
	Collection migrate.CollectionName
	// PartSize is how many bytes a file has at most, if its records allow; 0 means DefaultPartSize.
	PartSize int64
	// Progress, if not nil, is called now and then and at the end with the number of entities written.
	Progress func(done, total int64)
}

// File is one file of a portfolio.
type File struct {
	Component  migrate.ComponentName
	Collection migrate.CollectionName
	Path       string
	Records    int64
	Bytes      int64
}

// Write makes up the portfolio and puts it into dir as <Component>/<collection>/part-000.jsonl, part-001.jsonl and so
// on. A file appears whole, under its final name, or not at all; files of the same names are replaced, and parts that
// an earlier, larger portfolio left behind the last one are removed. After an error, also that of a cancelled ctx,
// the files written so far stay.
func Write(ctx context.Context, dir string, o Options) ([]File, error) {
	p, err := newPortfolio(o)
	if err != nil {
		return nil, err
	}
	total := p.written(o.Collection)
	report := func(done int64) {
		if o.Progress != nil {
			o.Progress(done, total)
		}
	}
	var files []File
	var done int64
	for c := range collections {
		if o.Collection != "" && o.Collection != collections[c].name {
			continue
		}
		made, err := p.writeCollection(ctx, dir, kind(c), o.PartSize, func(n int64) { report(done + n) })
		files = append(files, made...)
		if err != nil {
			return files, fmt.Errorf("generating %s: %w", collections[c].name, err)
		}
		done += p.count[c]
	}
	report(done)
	return files, nil
}

// batch is how many records are written between two looks at the context.
const batch = 4096

func (p *portfolio) writeCollection(ctx context.Context, dir string, k kind, partSize int64, report func(int64)) ([]File, error) {
	c := collections[k]
	out := newParts(filepath.Join(dir, string(c.component), string(c.name)), partSize)
	defer out.discard()
	var r record
	for i := range p.count[k] {
		if i%batch == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			report(i)
		}
		r.reset()
		c.write(p, &r, i)
		if err := out.add(r.line()); err != nil {
			return nil, err
		}
	}
	files, err := out.finish()
	for i := range files {
		files[i].Component, files[i].Collection = c.component, c.name
	}
	return files, err
}
