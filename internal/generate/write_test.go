package generate_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/generate"
	"landfall/internal/migrate"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestWrite_Golden pins the bytes of a portfolio, so that benchmarks of different versions read the same data.
func TestWrite_Golden(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var got strings.Builder
	for _, f := range write(t, dir, generate.Options{Entities: 1234, Seed: 7}) {
		name, _ := filepath.Rel(dir, f.Path)
		fmt.Fprintf(&got, "%x  %s %d records %d bytes\n", sha256.Sum256(read(t, f)), filepath.ToSlash(name), f.Records, f.Bytes)
	}
	const golden = "testdata/portfolio.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the portfolio changed (-want +got):\n%s", diff)
	}
}

func TestWrite_SeedDecides(t *testing.T) {
	t.Parallel()
	one := readAll(t, write(t, t.TempDir(), generate.Options{Entities: 500, Seed: 1}))
	again := readAll(t, write(t, t.TempDir(), generate.Options{Entities: 500, Seed: 1}))
	other := readAll(t, write(t, t.TempDir(), generate.Options{Entities: 500, Seed: 2}))
	for name, body := range one {
		if !bytes.Equal(again[name], body) {
			t.Errorf("%s: the same seed gave other bytes", name)
		}
		if bytes.Equal(other[name], body) {
			t.Errorf("%s: another seed gave the same bytes", name)
		}
	}
}

// TestWrite_Parts cuts a portfolio into small files: together they hold the same bytes, and none is over the limit.
func TestWrite_Parts(t *testing.T) {
	t.Parallel()
	const limit = 10_000
	whole := readAll(t, write(t, t.TempDir(), generate.Options{Entities: 1000}))
	files := write(t, t.TempDir(), generate.Options{Entities: 1000, PartSize: limit})
	if len(files) <= len(whole) {
		t.Fatalf("%d files, want more than %d", len(files), len(whole))
	}
	for _, f := range files {
		if f.Bytes > limit || f.Bytes != int64(len(read(t, f))) || f.Records != int64(bytes.Count(read(t, f), []byte("\n"))) {
			t.Errorf("%s: %d bytes, %d records: over the limit or not what the file holds", f.Path, f.Bytes, f.Records)
		}
	}
	if diff := cmp.Diff(whole, readAll(t, files)); diff != "" {
		t.Errorf("cut into parts (-whole +parts):\n%s", diff)
	}
}

// TestWrite_OneCollection writes one collection alone: it is what the collection of a portfolio begins with.
func TestWrite_OneCollection(t *testing.T) {
	t.Parallel()
	whole := readAll(t, write(t, t.TempDir(), generate.Options{Entities: 10_000}))
	for name, want := range whole {
		if len(want) == 0 {
			t.Fatalf("%s is empty", name)
		}
		got := readAll(t, write(t, t.TempDir(), generate.Options{Entities: 250, Collection: name}))
		if n := bytes.Count(got[name], []byte("\n")); n != 250 || len(got) != 1 {
			t.Errorf("%s alone: %d records in %d collections, want 250 in 1", name, n, len(got))
		}
		if !bytes.HasPrefix(want, got[name]) {
			t.Errorf("%s alone is not what the portfolio's begins with", name)
		}
	}
}

// TestWrite_Replaces writes a small portfolio over a large one: nothing of the large one stays.
func TestWrite_Replaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, generate.Options{Entities: 3000, PartSize: 10_000})
	var want []string
	for _, f := range write(t, dir, generate.Options{Entities: 100}) {
		want = append(want, f.Path)
	}
	got, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestWrite_Progress(t *testing.T) {
	t.Parallel()
	last := int64(-1)
	write(t, t.TempDir(), generate.Options{Entities: 20_000, Progress: func(done, total int64) {
		if done < last || total != 20_000 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}})
	if last != 20_000 {
		t.Errorf("progress ended at %d of 20000", last)
	}
}

func TestWrite_Refuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]generate.Options{
		"negative size":      {Entities: -1},
		"unknown collection": {Entities: 1, Collection: "payment-administrations"},
	} {
		if files, err := generate.Write(t.Context(), t.TempDir(), o); err == nil {
			t.Errorf("%s: wrote %d files, want an error", name, len(files))
		}
	}
}

// TestWrite_Cancelled stops in the middle of a collection: no half file is left, under whatever name.
func TestWrite_Cancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := generate.Write(ctx, dir, generate.Options{
		Entities: 50_000, Collection: "transactions",
		Progress: func(done, total int64) {
			if done > total/2 {
				cancel()
			}
		},
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "FinancingExecutions", "transactions"))
	if err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func write(t *testing.T, dir string, o generate.Options) []generate.File {
	t.Helper()
	files, err := generate.Write(t.Context(), dir, o)
	if err != nil {
		t.Fatalf("Write(%d): %v", o.Entities, err)
	}
	return files
}

func read(t *testing.T, f generate.File) []byte {
	t.Helper()
	body, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// readAll gives the bytes of each collection.
func readAll(t *testing.T, files []generate.File) map[migrate.CollectionName][]byte {
	t.Helper()
	all := map[migrate.CollectionName][]byte{}
	for _, f := range files {
		all[f.Collection] = append(all[f.Collection], read(t, f)...)
	}
	return all
}
