package api

import (
	"context"
	"errors"
	"io"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// original gives records of a drop back as they were offered, in the order of their offsets. Of a body that came over
// HTTP only what was staged is kept.
type original struct {
	blobs  migrate.Blobs
	key    string // of the object, "" if there is none
	drop   migrate.Drop
	object io.ReadCloser // of a compressed drop, which can only be read forwards
	plain  io.Reader
	at     int64 // place of plain
}

func (s *service) original(t migrate.TenantID, d migrate.Drop) *original {
	o := &original{blobs: s.Blobs, drop: d}
	if d.Origin != migrate.OriginRequest {
		o.key = pipeline.BlobKey(t, d.Key)
	}
	return o
}

// text gives the bytes of a record, nothing if the object is not there any more.
func (o *original) text(ctx context.Context, offset, length int64) ([]byte, error) {
	if o.key == "" {
		return nil, nil
	}
	if err := o.seek(ctx, offset, length); migrate.CodeOf(err) == migrate.NotFound {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(o.plain, length))
	o.at += int64(len(text))
	return text, err
}

// seek places plain at the offset: a plain object is opened there, a compressed one read up to there.
func (o *original) seek(ctx context.Context, offset, length int64) (err error) {
	if o.drop.Encoding == "identity" {
		o.close()
		o.object, err = o.blobs.GetObject(ctx, o.key, o.drop.Version, offset, length)
		o.plain, o.at = o.object, offset
		return err
	}
	if o.plain == nil {
		if o.object, err = o.blobs.GetObject(ctx, o.key, o.drop.Version, 0, -1); err != nil {
			return err
		}
		if o.plain, err = pipeline.Decompress(o.drop.Encoding, o.object); err != nil {
			return err
		}
	}
	n, err := io.CopyN(io.Discard, o.plain, offset-o.at)
	o.at += n
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// close is harmless on nil and more than once.
func (o *original) close() {
	if o != nil && o.object != nil {
		o.object.Close()
		o.object = nil
	}
}
