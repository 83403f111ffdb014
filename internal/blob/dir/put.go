package dir

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"landfall/internal/durable"
	"landfall/internal/migrate"
)

// PutObject implements migrate.Blobs. Putting the newest content of a key again changes nothing; putting an older one
// makes that version the newest again.
func (b *Bucket) PutObject(ctx context.Context, key string, r io.Reader) (migrate.Object, error) {
	const op = "storing an object"
	if err := check(ctx, key); err != nil {
		return migrate.Object{}, err
	}
	got, err := b.receive(ctx, r)
	if err == nil {
		defer os.Remove(got.path) // gone already if it was renamed
		err = b.publish(key, got)
	}
	if err != nil {
		return migrate.Object{}, fault(op, err)
	}
	return migrate.Object{Key: key, Version: got.version, Size: got.size}, nil
}

// PutFile stores the file at path under key. The file may be replaced meanwhile, but not written to.
func (b *Bucket) PutFile(ctx context.Context, key, path string) (migrate.Object, error) {
	f, err := os.Open(path)
	if err != nil {
		return migrate.Object{}, &migrate.Error{Code: migrate.Unavailable, Op: "reading a file", Detail: err.Error(), Err: err}
	}
	defer f.Close()
	return b.PutObject(ctx, key, f)
}

// received is a whole object in tmp.
type received struct {
	path    string
	version string
	size    int64
}

// receive writes what r gives into tmp and syncs it; if that fails, nothing stays.
func (b *Bucket) receive(ctx context.Context, r io.Reader) (received, error) {
	f, err := os.CreateTemp(b.temp, "put-")
	if err != nil {
		return received{}, err
	}
	hash := sha256.New()
	size, err := copyObject(ctx, io.MultiWriter(f, hash), r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return received{}, errors.Join(err, os.Remove(f.Name()))
	}
	return received{f.Name(), hex.EncodeToString(hash.Sum(nil)), size}, nil
}

// copyObject copies in pieces that are large enough for the disk and small enough for the cache, and looks at ctx
// between them.
func copyObject(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	piece := make([]byte, 512<<10)
	for size := int64(0); ; {
		n, err := fill(piece, r)
		if ctx.Err() != nil {
			return size, ctx.Err()
		}
		if _, err := w.Write(piece[:n]); err != nil {
			return size, err
		}
		size += int64(n)
		if err == io.EOF { // itself: one that is wrapped is no end, but a failure
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}

// fill reads until piece is full or r ends. Unlike io.ReadFull it leaves the reader's error as it is: a body that
// breaks off with io.ErrUnexpectedEOF must not pass for one that ends.
func fill(piece []byte, r io.Reader) (n int, err error) {
	for n < len(piece) && err == nil {
		var more int
		more, err = r.Read(piece[n:])
		n += more
	}
	return n, err
}

// publish makes what was received the newest version of key by one rename: of the new file, or, if this content was put
// before, of the one that is there. If it is the newest already, a process that died may have renamed it without
// syncing, so the folder is synced in any case.
func (b *Bucket) publish(key string, got received) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	folder := b.folder(key)
	if err := durable.MakeFolder(folder); err != nil {
		return err
	}
	versions, err := versionsIn(folder)
	if err != nil {
		return err
	}
	from := got.path
	if present := versions.find(got.version); present != nil {
		from = present.path
	}
	if !versions.endWith(got.version) {
		if err := os.Rename(from, filepath.Join(folder, versions.next(got.version))); err != nil {
			return err
		}
	}
	return durable.SyncFolder(folder)
}
