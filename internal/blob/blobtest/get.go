package blobtest

import (
	"context"
	"errors"
	"fmt"
	"io"

	"landfall/internal/migrate"
)

var getCases = []Case{
	{"get/ranges", getRanges},
	{"get/ranges of an empty object", getEmpty},
	{"get/a range that cannot be", getBadRange},
	{"get/unknown keys and versions are not found", getUnknown},
	{"get/replaced while it is read", getReplaced},
}

func getRanges(ctx context.Context, b migrate.Blobs, _ Traits) error {
	const content = "0123456789"
	o, err := put(ctx, b, "a", content)
	if err != nil {
		return err
	}
	for offset := range int64(13) {
		for length := int64(-1); length < 13; length++ {
			from := min(offset, 10)
			to := min(from+length, 10)
			if length < 0 {
				to = 10
			}
			got, err := read(ctx, b, o, offset, length)
			if err != nil {
				return err
			}
			if want := content[from:to]; got != want {
				return fmt.Errorf("GetObject(%d, %d) = %q, want %q", offset, length, got, want)
			}
		}
	}
	return nil
}

func getEmpty(ctx context.Context, b migrate.Blobs, _ Traits) error {
	o, err := put(ctx, b, "a", "")
	if err != nil {
		return err
	}
	for _, r := range [][2]int64{{0, -1}, {0, 0}, {0, 5}, {5, -1}, {5, 5}} {
		got, err := read(ctx, b, o, r[0], r[1])
		if err != nil {
			return err
		}
		if got != "" {
			return fmt.Errorf("GetObject(%d, %d) of an empty object = %q", r[0], r[1], got)
		}
	}
	return nil
}

func getBadRange(ctx context.Context, b migrate.Blobs, _ Traits) error {
	o, err := put(ctx, b, "a", "one")
	if err != nil {
		return err
	}
	_, err = b.GetObject(ctx, o.Key, o.Version, -1, 2)
	return wantCode("GetObject(-1, 2)", err, migrate.Invalid)
}

func getUnknown(ctx context.Context, b migrate.Blobs, _ Traits) error {
	a, err := put(ctx, b, "a/b", "one")
	if err != nil {
		return err
	}
	other, err := put(ctx, b, "c", "two")
	if err != nil {
		return err
	}
	for _, key := range []string{"a", "b", "a/b/c", "A/b", "c/d"} {
		_, headErr := b.HeadObject(ctx, key)
		_, getErr := b.GetObject(ctx, key, a.Version, 0, -1)
		if err := errors.Join(
			wantCode(fmt.Sprintf("HeadObject(%q)", key), headErr, migrate.NotFound),
			wantCode(fmt.Sprintf("GetObject(%q)", key), getErr, migrate.NotFound),
		); err != nil {
			return err
		}
	}
	for _, version := range []string{"", ".", "..", "../b@", "nonsense", a.Version + "0", other.Version} {
		_, err := b.GetObject(ctx, "a/b", version, 0, -1)
		if err := wantCode(fmt.Sprintf("GetObject of version %q", version), err, migrate.NotFound); err != nil {
			return err
		}
	}
	return nil
}

// getReplaced opens a version, replaces the object, and reads both in turns: each reader sees its own content.
func getReplaced(ctx context.Context, b migrate.Blobs, _ Traits) error {
	contents := []string{large('x'), large('y'), large('z')}
	var readers []io.ReadCloser
	var objects []migrate.Object
	for _, content := range contents {
		o, err := put(ctx, b, "a", content)
		if err != nil {
			return err
		}
		r, err := b.GetObject(ctx, o.Key, o.Version, 0, -1)
		if err != nil {
			return fmt.Errorf("GetObject: %w", err)
		}
		defer r.Close()
		objects, readers = append(objects, o), append(readers, r)
	}
	if _, err := put(ctx, b, "a", contents[0]); err != nil {
		return err
	}
	if err := readInTurns(readers, contents); err != nil {
		return err
	}
	for i, o := range objects {
		if err := wantContent(ctx, b, o, contents[i]); err != nil {
			return err
		}
	}
	return nil
}

func readInTurns(readers []io.ReadCloser, contents []string) error {
	piece := make([]byte, 40_000)
	for at := 0; at < len(contents[0]); at += len(piece) {
		for i, r := range readers {
			want := contents[i][at:min(at+len(piece), len(contents[i]))]
			n, err := io.ReadFull(r, piece[:len(want)])
			if err != nil || string(piece[:n]) != want {
				return fmt.Errorf("reader %d at %d: %s, %v, want %s", i, at, brief(string(piece[:n])), err, brief(want))
			}
		}
	}
	return nil
}
