// Package blobtest is the conformance suite of buckets: what [migrate.Blobs] promises, as cases that any driver passes
// unchanged. Cases are data and return errors, so that a broken driver can be shown to fail.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"landfall/internal/migrate"
)

// Traits say in what buckets may differ.
type Traits struct {
	// FreshVersions: the same content put twice is two versions. Otherwise it is one.
	FreshVersions bool
}

// Case is one promise. Run is given an empty bucket and says how the promise is broken.
type Case struct {
	Name string
	Run  func(ctx context.Context, b migrate.Blobs, traits Traits) error
}

// Cases gives the whole suite.
func Cases() []Case {
	return slices.Concat(putCases, getCases, listCases)
}

// Run runs the suite; open gives an empty bucket each time.
func Run(t *testing.T, traits Traits, open func(t *testing.T) migrate.Blobs) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if err := c.Run(t.Context(), open(t), traits); err != nil {
				t.Error(err)
			}
		})
	}
}

// put stores content and checks what the bucket says of it.
func put(ctx context.Context, b migrate.Blobs, key, content string) (migrate.Object, error) {
	got, err := b.PutObject(ctx, key, strings.NewReader(content))
	if err != nil {
		return got, fmt.Errorf("PutObject(%.40q): %w", key, err)
	}
	if want := (migrate.Object{Key: key, Version: got.Version, Size: int64(len(content))}); got != want || got.Version == "" {
		return got, fmt.Errorf("PutObject(%.40q) = %+v, want %+v with a version", key, got, want)
	}
	return got, nil
}

// putAll puts each key with its own name as content.
func putAll(ctx context.Context, b migrate.Blobs, keys []string) error {
	for _, key := range keys {
		if _, err := put(ctx, b, key, key); err != nil {
			return err
		}
	}
	return nil
}

// read gives a range of a version.
func read(ctx context.Context, b migrate.Blobs, o migrate.Object, offset, length int64) (string, error) {
	r, err := b.GetObject(ctx, o.Key, o.Version, offset, length)
	if err != nil {
		return "", fmt.Errorf("GetObject(%.40q, %d, %d): %w", o.Key, offset, length, err)
	}
	content, err := io.ReadAll(r)
	return string(content), errors.Join(err, r.Close())
}

// wantContent checks that a version holds content.
func wantContent(ctx context.Context, b migrate.Blobs, o migrate.Object, content string) error {
	got, err := read(ctx, b, o, 0, -1)
	if err != nil {
		return err
	}
	if got != content {
		return fmt.Errorf("GetObject(%.40q, %.12q) has %s, want %s", o.Key, o.Version, brief(got), brief(content))
	}
	return nil
}

// wantNewest checks that an object is the newest version of its key.
func wantNewest(ctx context.Context, b migrate.Blobs, want migrate.Object) error {
	got, err := b.HeadObject(ctx, want.Key)
	if err != nil {
		return fmt.Errorf("HeadObject(%.40q): %w", want.Key, err)
	}
	if got != want {
		return fmt.Errorf("HeadObject(%.40q) = %+v, want %+v", want.Key, got, want)
	}
	return nil
}

func wantCode(what string, err error, code migrate.Code) error {
	if err == nil || migrate.CodeOf(err) != code {
		return fmt.Errorf("%s: error is %v, want code %s", what, err, code)
	}
	return nil
}

func brief(content string) string {
	if len(content) > 60 {
		return fmt.Sprintf("%q… (%d bytes)", content[:60], len(content))
	}
	return fmt.Sprintf("%q", content)
}

// large gives content of several buffers' size that repeats at no power of two.
func large(seed byte) string {
	line := append(bytes.Repeat([]byte{seed}, 996), '\n')
	return strings.Repeat(string(line), 3000)
}
