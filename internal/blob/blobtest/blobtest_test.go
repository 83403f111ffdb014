package blobtest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"landfall/internal/blob/blobtest"
	"landfall/internal/blob/dir"
	"landfall/internal/migrate"
)

// broken is a good bucket with one method that is not. Each fault says which cases must find it.
type broken struct {
	migrate.Blobs
	put  func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error)
	head func(ctx context.Context, b migrate.Blobs, key string) (migrate.Object, error)
	get  func(ctx context.Context, b migrate.Blobs, o migrate.Object, offset, length int64) (io.ReadCloser, error)
	list func(ctx context.Context, b migrate.Blobs, prefix, after string, limit int) ([]migrate.Object, error)
}

func (b broken) PutObject(ctx context.Context, key string, r io.Reader) (migrate.Object, error) {
	if b.put == nil {
		return b.Blobs.PutObject(ctx, key, r)
	}
	return b.put(ctx, b.Blobs, key, r)
}

func (b broken) HeadObject(ctx context.Context, key string) (migrate.Object, error) {
	if b.head == nil {
		return b.Blobs.HeadObject(ctx, key)
	}
	return b.head(ctx, b.Blobs, key)
}

func (b broken) GetObject(ctx context.Context, key, version string, offset, length int64) (io.ReadCloser, error) {
	if b.get == nil {
		return b.Blobs.GetObject(ctx, key, version, offset, length)
	}
	return b.get(ctx, b.Blobs, migrate.Object{Key: key, Version: version}, offset, length)
}

func (b broken) ListObjects(ctx context.Context, prefix, after string, limit int) ([]migrate.Object, error) {
	if b.list == nil {
		return b.Blobs.ListObjects(ctx, prefix, after, limit)
	}
	return b.list(ctx, b.Blobs, prefix, after, limit)
}

var faults = map[string]struct {
	bucket broken
	found  []string
}{
	"large objects are cut": {
		broken{put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
			return b.PutObject(ctx, key, io.LimitReader(r, 1<<20))
		}},
		[]string{"put/is found whole"},
	},
	"what came before a broken reader is kept": {
		broken{put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
			content, err := io.ReadAll(r)
			o, putErr := b.PutObject(ctx, key, strings.NewReader(string(content)))
			return o, errors.Join(err, putErr)
		}},
		[]string{"put/a reader that breaks off stores nothing"},
	},
	"a broken reader passes for its end": {
		broken{put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
			content, _ := io.ReadAll(r)
			return b.PutObject(ctx, key, strings.NewReader(string(content)))
		}},
		[]string{"put/a reader that breaks off stores nothing"},
	},
	"keys lose their letter case": {
		broken{
			put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
				o, err := b.PutObject(ctx, strings.ToLower(key), r)
				o.Key = key
				return o, err
			},
			head: func(ctx context.Context, b migrate.Blobs, key string) (migrate.Object, error) {
				o, err := b.HeadObject(ctx, strings.ToLower(key))
				o.Key = key
				return o, err
			},
			get: func(ctx context.Context, b migrate.Blobs, o migrate.Object, offset, length int64) (io.ReadCloser, error) {
				return b.GetObject(ctx, strings.ToLower(o.Key), o.Version, offset, length)
			},
		},
		[]string{"put/awkward keys are kept apart", "get/unknown keys and versions are not found"},
	},
	"keys are not checked": {
		broken{put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
			return b.PutObject(ctx, "x"+strings.Trim(key, "/.\\\n\x00\x7f"), r)
		}},
		[]string{"put/bad keys are refused"},
	},
	"a put cannot be cancelled": {
		broken{put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
			return b.PutObject(context.WithoutCancel(ctx), key, r)
		}},
		[]string{"put/cancelled"},
	},
	"the same content is a new version": {
		broken{put: func(ctx context.Context, b migrate.Blobs, key string, r io.Reader) (migrate.Object, error) {
			o, err := b.PutObject(ctx, key, r)
			o.Version += rand.Text()
			return o, err
		}},
		[]string{"put/same content twice"},
	},
	"any version is the newest one": {
		broken{get: func(ctx context.Context, b migrate.Blobs, o migrate.Object, offset, length int64) (io.ReadCloser, error) {
			o, err := b.HeadObject(ctx, o.Key)
			if err != nil {
				return nil, err
			}
			return b.GetObject(ctx, o.Key, o.Version, offset, length)
		}},
		[]string{"get/replaced while it is read", "get/unknown keys and versions are not found"},
	},
	"the reader follows the key": {
		broken{get: func(_ context.Context, b migrate.Blobs, o migrate.Object, offset, _ int64) (io.ReadCloser, error) {
			return &following{bucket: b, key: o.Key, at: offset}, nil
		}},
		[]string{"get/replaced while it is read", "put/one key by many at once"},
	},
	"a range past the end is an error": {
		broken{get: func(ctx context.Context, b migrate.Blobs, o migrate.Object, offset, length int64) (io.ReadCloser, error) {
			if head, err := b.HeadObject(ctx, o.Key); err == nil && offset+length > head.Size {
				return nil, migrate.Errorf(migrate.Invalid, "reading", "past the end")
			}
			return b.GetObject(ctx, o.Key, o.Version, offset, length)
		}},
		[]string{"get/ranges", "get/ranges of an empty object"},
	},
	"a range begins anywhere": {
		broken{get: func(ctx context.Context, b migrate.Blobs, o migrate.Object, offset, length int64) (io.ReadCloser, error) {
			return b.GetObject(ctx, o.Key, o.Version, max(offset, 0), length)
		}},
		[]string{"get/a range that cannot be"},
	},
	"the newest version is that of the greatest name": {
		broken{head: func(ctx context.Context, b migrate.Blobs, key string) (migrate.Object, error) {
			o, err := b.HeadObject(ctx, key)
			if err == nil && o.Size == 3 {
				o.Version = strings.Repeat("f", 64)
			}
			return o, err
		}},
		[]string{"put/the last one is the newest"},
	},
	"a list is in order of folders": {
		broken{list: func(ctx context.Context, b migrate.Blobs, prefix, after string, limit int) ([]migrate.Object, error) {
			objects, err := b.ListObjects(ctx, prefix, after, limit)
			slices.SortFunc(objects, func(a, b migrate.Object) int {
				return slices.Compare(strings.Split(a.Key, "/"), strings.Split(b.Key, "/"))
			})
			return objects, err
		}},
		[]string{"list/byte order, by prefix", "list/cut and resumed after every element"},
	},
	"a list begins with the last key of the page before": {
		broken{list: func(ctx context.Context, b migrate.Blobs, prefix, after string, limit int) ([]migrate.Object, error) {
			objects, err := b.ListObjects(ctx, prefix, after, limit)
			if len(objects) > 1 && after != "" {
				objects = objects[1:]
			}
			return objects, err
		}},
		[]string{"list/cut and resumed after every element"},
	},
	"a list shows the first version": {
		broken{list: func(ctx context.Context, b migrate.Blobs, prefix, after string, limit int) ([]migrate.Object, error) {
			objects, err := b.ListObjects(ctx, prefix, after, limit)
			for i := range objects {
				objects[i].Version = "1"
			}
			return objects, err
		}},
		[]string{"list/only newest versions"},
	},
}

// following is a reader that looks the object up anew for each piece, so that it mixes contents.
type following struct {
	bucket migrate.Blobs
	key    string
	at     int64
}

func (f *following) Read(p []byte) (int, error) {
	o, err := f.bucket.HeadObject(context.Background(), f.key)
	if err != nil {
		return 0, err
	}
	r, err := f.bucket.GetObject(context.Background(), o.Key, o.Version, f.at, int64(len(p)))
	if err != nil {
		return 0, err
	}
	defer r.Close()
	n, err := r.Read(p)
	f.at += int64(n)
	return n, err
}

func (f *following) Close() error { return nil }

// TestCases_CanFail shows that each case finds a bucket that breaks its promise, and that every case can fail.
func TestCases_CanFail(t *testing.T) {
	t.Parallel()
	cases := map[string]blobtest.Case{}
	for _, c := range blobtest.Cases() {
		cases[c.Name] = c
	}
	for fault, f := range faults {
		for _, name := range f.found {
			c, ok := cases[name]
			if !ok {
				t.Fatalf("no case %q", name)
			}
			t.Run(fault+"/"+name, func(t *testing.T) {
				b, err := dir.Open(t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				f.bucket.Blobs = b
				if err := c.Run(t.Context(), f.bucket, blobtest.Traits{}); err == nil {
					t.Error("the case passes")
				}
			})
		}
	}
}

func TestCases_EachIsShownToFail(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, f := range faults {
		for _, name := range f.found {
			shown[name] = true
		}
	}
	for _, c := range blobtest.Cases() {
		if !shown[c.Name] {
			t.Errorf("no fault shows that %q can fail", c.Name)
		}
	}
}
