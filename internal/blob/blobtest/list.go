package blobtest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"landfall/internal/migrate"
)

var listCases = []Case{
	{"list/byte order, by prefix", listPrefixes},
	{"list/cut and resumed after every element", listResumed},
	{"list/only newest versions", listNewest},
}

// listKeys has a key of each kind on both sides of a slash in byte order.
var listKeys = []string{
	"m/A/a/1.jsonl", "m/A/a/10.jsonl", "m/A/a/2.jsonl", "m/A/a-b/1.jsonl", "m/A/a", "m/A/a.jsonl", "m/A/a0", "m/B/a/1.jsonl",
	"m/a/a/1.jsonl", "m-1/A", "m.1/A", "m1/A", "m", "n",
}

func listPrefixes(ctx context.Context, b migrate.Blobs, _ Traits) error {
	keys := slices.Concat(listKeys, awkwardKeys)
	if err := putAll(ctx, b, keys); err != nil {
		return err
	}
	slices.Sort(keys)
	for _, prefix := range []string{"", "m", "m/", "m/A", "m/A/a", "m/A/a/", "m/A/a/1", "m/C", "m/A/a/1.jsonl", "m/A/a/1.jsonl/", "/",
		"n", "..", "a@", "%", "\xff", strings.Repeat("k", 600), strings.Repeat("é/", 100)} {
		var want []string
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				want = append(want, key)
			}
		}
		if err := wantKeys(ctx, b, prefix, want); err != nil {
			return err
		}
	}
	return nil
}

// wantKeys lists in one call.
func wantKeys(ctx context.Context, b migrate.Blobs, prefix string, want []string) error {
	objects, err := b.ListObjects(ctx, prefix, "", 1000)
	if err != nil {
		return fmt.Errorf("ListObjects(%q): %w", prefix, err)
	}
	if got := keysOf(objects); !slices.Equal(got, want) {
		return fmt.Errorf("ListObjects(%q) = %.80q, want %.80q", prefix, got, want)
	}
	return nil
}

func keysOf(objects []migrate.Object) []string {
	var keys []string
	for _, o := range objects {
		keys = append(keys, o.Key)
	}
	return keys
}

// listResumed lists from each key, and from between any two, in pages of every size.
func listResumed(ctx context.Context, b migrate.Blobs, _ Traits) error {
	if err := putAll(ctx, b, listKeys); err != nil {
		return err
	}
	keys := slices.Sorted(slices.Values(listKeys))
	places := []string{"", "\x01", "m/A/", "m/A/a/", "m/A/a/1", "zz"}
	for _, after := range append(places, keys...) {
		for limit := 1; limit <= len(keys)+1; limit++ {
			if err := listFrom(ctx, b, keys, after, limit); err != nil {
				return err
			}
		}
	}
	return nil
}

func listFrom(ctx context.Context, b migrate.Blobs, keys []string, after string, limit int) error {
	var got []string
	for last := after; ; {
		page, err := b.ListObjects(ctx, "m", last, limit)
		if err != nil {
			return fmt.Errorf("ListObjects(after %q, limit %d): %w", last, limit, err)
		}
		if len(page) > limit {
			return fmt.Errorf("ListObjects(after %q, limit %d) has %d objects", last, limit, len(page))
		}
		if len(page) == 0 {
			break
		}
		got = append(got, keysOf(page)...)
		last = page[len(page)-1].Key
	}
	var want []string
	for _, key := range keys {
		if key > after && strings.HasPrefix(key, "m") {
			want = append(want, key)
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("listed after %q in pages of %d: %q, want %q", after, limit, got, want)
	}
	return nil
}

func listNewest(ctx context.Context, b migrate.Blobs, _ Traits) error {
	var want []migrate.Object
	for _, key := range []string{"a", "b"} {
		var newest migrate.Object
		for _, content := range []string{"one", "two is longer", "one"} {
			o, err := put(ctx, b, key, content)
			if err != nil {
				return err
			}
			newest = o
		}
		want = append(want, newest)
	}
	got, err := b.ListObjects(ctx, "", "", 10)
	if err != nil {
		return fmt.Errorf("ListObjects: %w", err)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("ListObjects = %+v, want %+v", got, want)
	}
	return nil
}
