package migrate

import (
	"context"
	"io"
)

// Object is one version of one object in a bucket of blobs. Objects are immutable: other content is another version.
type Object struct {
	Key     string
	Version string
	Size    int64
}

// Blobs is the staging bucket: offered files and the manifests that state machines map over.
type Blobs interface {
	// PutObject stores what r gives under key and returns its version, durable and whole, or nothing at all. Keys have
	// the form a/b/c of CheckKey.
	PutObject(ctx context.Context, key string, r io.Reader) (Object, error)

	// HeadObject gives the newest version of key; NotFound.
	HeadObject(ctx context.Context, key string) (Object, error)

	// GetObject gives length bytes of exactly that version, beginning at offset; a negative length means to the end, a
	// range past the end is cut. A version that is gone is NotFound; replacing the object meanwhile never mixes two
	// contents. The caller closes the reader.
	GetObject(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error)

	// ListObjects gives the newest versions of the keys that begin with prefix and come after the key after, in byte
	// order.
	ListObjects(ctx context.Context, prefix, after string, limit int) ([]Object, error)
}

// CheckKey refuses keys that could leave the bucket or hide in it: empty, over 1,024 bytes, with empty, "." or ".."
// segments, a leading slash, a backslash or control characters.
func CheckKey(key string) error {
	const op = "checking an object key"
	if key == "" || len(key) > 1024 {
		return Errorf(Invalid, op, "not 1 to 1,024 bytes long")
	}
	segment := 0
	for i := 0; i <= len(key); i++ {
		if i < len(key) && key[i] != '/' {
			if key[i] < 0x20 || key[i] == 0x7f || key[i] == '\\' {
				return Errorf(Invalid, op, "backslash or control character")
			}
			continue
		}
		if s := key[segment:i]; s == "" || s == "." || s == ".." {
			return Errorf(Invalid, op, "empty, . or .. segment")
		}
		segment = i + 1
	}
	return nil
}
