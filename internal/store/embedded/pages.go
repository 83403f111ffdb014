package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"landfall/internal/migrate"
)

// pageBytes is how large a page of rejections or duplicates becomes: about a block.
const pageBytes = 32 << 10

// pages gathers small values into pages.
type pages struct {
	full [][]byte
	last []byte
}

func (p *pages) add(v []byte) {
	if len(p.last)+len(v) > pageBytes && len(p.last) > 0 {
		p.full, p.last = append(p.full, p.last), nil
	}
	p.last = append(p.last, v...)
}

// write writes the pages under prefix, numbered.
func (p *pages) write(to rows, prefix key) error {
	all := p.full
	if len(p.last) > 0 {
		all = append(slices.Clip(all), p.last)
	}
	for i, page := range all {
		if err := to.Set(slices.Clone(prefix).u32(uint32(i)), page); err != nil {
			return err
		}
	}
	return nil
}

// WalkRejections is that of migrate.Staging.
func (s *Store) WalkRejections(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64,
	yield func(migrate.Rejection) error) error {
	return s.scan(ctx, under(pagesKey(t, m, d, from, pageRejections)), func(_ key, v []byte) error {
		for in := json.NewDecoder(bytes.NewReader(v)); ; {
			var r migrate.Rejection
			if err := in.Decode(&r); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return s.wrap("reading rejections", errRow)
			}
			if err := yield(r); err != nil {
				return err
			}
		}
	})
}

// WalkDuplicates is that of migrate.Staging.
func (s *Store) WalkDuplicates(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, d migrate.DropID, from int64,
	yield func(migrate.Duplicate) error) error {
	return s.scan(ctx, under(pagesKey(t, m, d, from, pageDuplicates)), func(_ key, v []byte) error {
		for in := (values{v, true}); len(in.rest) > 0; {
			d := in.duplicate()
			if err := in.err(); err != nil {
				return s.wrap("reading duplicates", err)
			}
			if err := yield(d); err != nil {
				return err
			}
		}
		return nil
	})
}
