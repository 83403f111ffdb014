package pipeline

import (
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"landfall/internal/migrate"
)

// Decompress gives the plain bytes of a gzip or zstd stream; any other encoding is taken as it is. Memory is bounded,
// whatever the stream claims. A stream that is damaged is Invalid: reading it again does not help. An error of r is given
// as it is.
func Decompress(encoding string, r io.Reader) (io.Reader, error) {
	packed := &packed{r: r}
	var err error
	switch encoding {
	case "gzip":
		packed.plain, err = gzip.NewReader(packed.source())
	case "zstd":
		var d *zstd.Decoder
		if d, err = zstd.NewReader(packed.source(), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(128<<20)); err == nil {
			packed.plain = d.IOReadCloser()
		}
	default:
		return r, nil
	}
	if err != nil {
		return nil, packed.fault(err)
	}
	return packed, nil
}

// packed reads a compressed stream and tells damage in it from an error of the reader below.
type packed struct {
	r      io.Reader
	plain  io.Reader
	failed error // of r
}

// source is r, watched.
func (p *packed) source() io.Reader {
	return readerFunc(func(b []byte) (int, error) {
		n, err := p.r.Read(b)
		if err != nil && !errors.Is(err, io.EOF) {
			p.failed = err
		}
		return n, err
	})
}

func (p *packed) Read(b []byte) (int, error) {
	n, err := p.plain.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = p.fault(err)
	}
	return n, err
}

func (p *packed) fault(err error) error {
	if p.failed != nil {
		return p.failed
	}
	return migrate.Wrap(migrate.Invalid, "decompressing", err)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }
