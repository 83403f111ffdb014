package blobtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"landfall/internal/migrate"
)

var putCases = []Case{
	{"put/is found whole", putIsFound},
	{"put/same content twice", putTwice},
	{"put/the last one is the newest", putLastIsNewest},
	{"put/awkward keys are kept apart", putAwkwardKeys},
	{"put/bad keys are refused", putBadKeys},
	{"put/a reader that breaks off stores nothing", putBrokenReader},
	{"put/cancelled", putCancelled},
	{"put/one key by many at once", putAtOnce},
}

func putIsFound(ctx context.Context, b migrate.Blobs, _ Traits) error {
	for key, content := range map[string]string{"empty": "", "short": "a\r\nb\x00", "a/b/large": large('x')} {
		o, err := put(ctx, b, key, content)
		if err != nil {
			return err
		}
		if err := errors.Join(wantNewest(ctx, b, o), wantContent(ctx, b, o, content)); err != nil {
			return err
		}
	}
	return nil
}

func putTwice(ctx context.Context, b migrate.Blobs, traits Traits) error {
	first, err := put(ctx, b, "a", "one")
	if err != nil {
		return err
	}
	second, err := put(ctx, b, "a", "one")
	if err != nil {
		return err
	}
	if (first == second) == traits.FreshVersions {
		return fmt.Errorf("the same content put twice is %+v and %+v, with FreshVersions %v", first, second, traits.FreshVersions)
	}
	return errors.Join(wantNewest(ctx, b, second), wantContent(ctx, b, first, "one"), wantContent(ctx, b, second, "one"))
}

// putLastIsNewest goes back to content that was there before.
func putLastIsNewest(ctx context.Context, b migrate.Blobs, _ Traits) error {
	for _, content := range []string{"one", "two", "three", "one", "two"} {
		o, err := put(ctx, b, "a", content)
		if err != nil {
			return err
		}
		if err := errors.Join(wantNewest(ctx, b, o), wantContent(ctx, b, o, content)); err != nil {
			return err
		}
	}
	return nil
}

// awkwardKeys are allowed, and each is another object.
var awkwardKeys = []string{
	"a", "a/b", "a/b/c", "a-b", "a.b", "A", "A/b", "a/B", "a@", "a@/b", "a~", "a%", "%61", "%2f", "a%2fb", "a b", " a", "a ",
	"...", "a/...", ".a", "a.", "~", "@", "-", "CON", "nul.jsonl", `"`, "'", "*?<>|:", "$HOME", "#", "&", "=+,;!()[]{}^`",
	"\u00e9", "e\u0301", "日本/語", "😀", "\xff", strings.Repeat("k", 1024), strings.Repeat("k", 1023) + "l",
	strings.Repeat("K", 1024), strings.Repeat("%", 199) + "K", strings.Repeat("é/", 341) + "x",
}

func putAwkwardKeys(ctx context.Context, b migrate.Blobs, _ Traits) error {
	if err := putAll(ctx, b, awkwardKeys); err != nil {
		return err
	}
	for _, key := range awkwardKeys {
		o, err := b.HeadObject(ctx, key)
		if err != nil {
			return fmt.Errorf("HeadObject(%.40q): %w", key, err)
		}
		if err := wantContent(ctx, b, o, key); err != nil {
			return err
		}
	}
	return nil
}

func putBadKeys(ctx context.Context, b migrate.Blobs, _ Traits) error {
	bad := []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", `a\b`, "a\nb", "a\x00", "\x7f", strings.Repeat("k", 1025),
	}
	for _, key := range bad {
		_, err := b.PutObject(ctx, key, strings.NewReader("x"))
		_, headErr := b.HeadObject(ctx, key)
		_, getErr := b.GetObject(ctx, key, "v", 0, -1)
		if err := errors.Join(
			wantCode(fmt.Sprintf("PutObject(%.40q)", key), err, migrate.Invalid),
			wantCode(fmt.Sprintf("HeadObject(%.40q)", key), headErr, migrate.Invalid),
			wantCode(fmt.Sprintf("GetObject(%.40q)", key), getErr, migrate.Invalid),
		); err != nil {
			return err
		}
	}
	return wantKeys(ctx, b, "", nil)
}

// putBrokenReader: what fails halfway leaves the key as it was.
func putBrokenReader(ctx context.Context, b migrate.Blobs, _ Traits) error {
	before, err := put(ctx, b, "a", "one")
	if err != nil {
		return err
	}
	for _, broken := range []error{errors.New("connection lost"), io.ErrUnexpectedEOF} {
		for _, content := range []string{"", "half", large('x')} {
			for _, key := range []string{"a", "b"} {
				_, err := b.PutObject(ctx, key, io.MultiReader(strings.NewReader(content), failing{broken}))
				if err == nil {
					return fmt.Errorf("PutObject of a reader that fails with %q after %d bytes: no error", broken, len(content))
				}
			}
		}
	}
	return errors.Join(wantNewest(ctx, b, before), wantKeys(ctx, b, "", []string{"a"}))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// putCancelled cancels before the call and while the object is on its way.
func putCancelled(ctx context.Context, b migrate.Blobs, _ Traits) error {
	halfway, cancel := context.WithCancel(ctx)
	defer cancel()
	_, err := b.PutObject(halfway, "a", io.MultiReader(strings.NewReader(large('x')), cancelling(cancel), strings.NewReader("y")))
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("PutObject, cancelled while it reads: error is %v, want context.Canceled", err)
	}
	_, err = b.PutObject(halfway, "a", strings.NewReader("x"))
	_, headErr := b.HeadObject(halfway, "a")
	_, getErr := b.GetObject(halfway, "a", "v", 0, -1)
	_, listErr := b.ListObjects(halfway, "", "", 1)
	for i, err := range []error{err, headErr, getErr, listErr} {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("call %d, cancelled before: error is %v, want context.Canceled", i, err)
		}
	}
	return wantKeys(ctx, b, "", nil)
}

type cancelling context.CancelFunc

func (c cancelling) Read([]byte) (int, error) {
	c()
	return 0, io.EOF
}

// putAtOnce puts several contents of one key at the same time: each call's own version holds its own content, and the
// newest is one of them.
func putAtOnce(ctx context.Context, b migrate.Blobs, _ Traits) error {
	var wait sync.WaitGroup
	objects, errs := make([]migrate.Object, 8), make([]error, 8)
	content := func(i int) string { return large(byte('a' + i/2)) } // each content twice
	for i := range objects {
		wait.Go(func() {
			if objects[i], errs[i] = put(ctx, b, "a", content(i)); errs[i] == nil {
				errs[i] = wantContent(ctx, b, objects[i], content(i))
			}
		})
	}
	wait.Wait()
	newest, err := b.HeadObject(ctx, "a")
	for i, o := range objects {
		if o == newest {
			return errors.Join(append(errs, err, wantContent(ctx, b, newest, content(i)))...)
		}
	}
	return errors.Join(append(errs, err, fmt.Errorf("HeadObject = %+v, which is none of those put", newest))...)
}
