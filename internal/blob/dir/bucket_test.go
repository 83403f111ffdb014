package dir_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"landfall/internal/blob/blobtest"
	"landfall/internal/blob/dir"
	"landfall/internal/migrate"
)

func TestBucket(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, blobtest.Traits{}, func(t *testing.T) migrate.Blobs { return mustOpen(t, t.TempDir()) })
}

func mustOpen(t testing.TB, root string) *dir.Bucket {
	t.Helper()
	b, err := dir.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// filesUnder gives the files below root, without folders.
func filesUnder(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, strings.TrimPrefix(path, root+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestOpen_KeepsObjectsAndRemovesHalfReceivedOnes(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	want, err := mustOpen(t, root).PutObject(t.Context(), "a/b", strings.NewReader("one"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "tmp", "put-123"), []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := mustOpen(t, root)
	if got, err := b.HeadObject(t.Context(), "a/b"); err != nil || got != want {
		t.Errorf("HeadObject after reopening = %+v, %v, want %+v", got, err, want)
	}
	if files := filesUnder(t, root); len(files) != 1 {
		t.Errorf("files after reopening are %q, want one", files)
	}
}

func TestOpen_RefusesWhatIsNoFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dir.Open(path); migrate.CodeOf(err) != migrate.Unavailable {
		t.Errorf("Open of a file: %v, want code Unavailable", err)
	}
}

// TestPutObject_StoresEachVersionOnce puts two contents in turns: two files, whatever the number of puts.
func TestPutObject_StoresEachVersionOnce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	b := mustOpen(t, root)
	for range 3 {
		for _, content := range []string{"one", "two", "two"} {
			if _, err := b.PutObject(t.Context(), "m/Counterparties/a.jsonl", strings.NewReader(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	const folder = "objects/m/%43ounterparties/a.jsonl@/"
	files := filesUnder(t, root)
	if len(files) != 2 || !strings.HasPrefix(files[0], folder+"00000005-") || !strings.HasPrefix(files[1], folder+"00000006-") {
		t.Errorf("files are %q, want two in %s", files, folder)
	}
}

func TestPutFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	b := mustOpen(t, filepath.Join(folder, "bucket"))
	path := filepath.Join(folder, "drop.jsonl")
	if err := os.WriteFile(path, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := b.PutFile(t.Context(), "a", path)
	want, err2 := b.PutObject(t.Context(), "a", strings.NewReader("one"))
	if err != nil || err2 != nil || got != want {
		t.Errorf("PutFile = %+v, %v, want what PutObject gives: %+v, %v", got, err, want, err2)
	}
	for _, unreadable := range []string{folder, filepath.Join(folder, "absent")} {
		_, err := b.PutFile(t.Context(), "b", unreadable)
		if migrate.CodeOf(err) != migrate.Unavailable || !strings.Contains(err.Error(), unreadable) {
			t.Errorf("PutFile of %s: %v, want code Unavailable and the path", unreadable, err)
		}
	}
}

func BenchmarkPutFile(b *testing.B) {
	folder := b.TempDir()
	bucket := mustOpen(b, filepath.Join(folder, "bucket"))
	path := filepath.Join(folder, "drop.jsonl")
	line := strings.Repeat("x", 499) + "\n"
	const size = 64 << 20
	if err := os.WriteFile(path, []byte(strings.Repeat(line, size/len(line))), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		if _, err := bucket.PutFile(b.Context(), "a", path); err != nil {
			b.Fatal(err)
		}
	}
}
