package dir

import (
	"context"
	"errors"
	"io"
	"os"

	"landfall/internal/migrate"
)

// HeadObject implements migrate.Blobs.
func (b *Bucket) HeadObject(ctx context.Context, key string) (migrate.Object, error) {
	if err := check(ctx, key); err != nil {
		return migrate.Object{}, err
	}
	object, err := b.newest(key)
	if err != nil {
		return migrate.Object{}, fault("looking at an object", err)
	}
	return object, nil
}

// GetObject implements migrate.Blobs. The reader can also seek in the range and read at places of it.
func (b *Bucket) GetObject(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	const op = "reading an object"
	if err := check(ctx, key); err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, migrate.Errorf(migrate.Invalid, op, "a range cannot begin at %d", offset)
	}
	f, size, err := b.openVersion(key, version)
	if err != nil {
		return nil, fault(op, err)
	}
	rest := max(size-offset, 0)
	if length < 0 || length > rest {
		length = rest
	}
	return &reader{SectionReader: io.NewSectionReader(f, offset, length), file: f}, nil
}

// newest gives the version of key that was put last.
func (b *Bucket) newest(key string) (migrate.Object, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	versions, err := versionsIn(b.folder(key))
	if err != nil {
		return migrate.Object{}, err
	}
	if len(versions) == 0 {
		return migrate.Object{}, errAbsent
	}
	last := versions[len(versions)-1]
	info, err := os.Stat(last.path)
	if err != nil {
		return migrate.Object{}, err
	}
	return migrate.Object{Key: key, Version: last.version, Size: info.Size()}, nil
}

func (b *Bucket) openVersion(key, version string) (*os.File, int64, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	versions, err := versionsIn(b.folder(key))
	if err != nil {
		return nil, 0, err
	}
	found := versions.find(version)
	if found == nil {
		return nil, 0, errAbsent
	}
	f, err := os.Open(found.path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// reader reads a range of one version.
type reader struct {
	*io.SectionReader
	file *os.File
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.SectionReader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fault("reading an object", err)
	}
	return n, err
}

func (r *reader) Close() error { return r.file.Close() }
