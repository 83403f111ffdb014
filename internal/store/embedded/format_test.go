package embedded_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/internal/migrate"
	"landfall/internal/store/embedded"
)

func writeText(t *testing.T, fs vfs.FS, path, text string) {
	t.Helper()
	f, err := fs.Create(path, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.Write([]byte(text))
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestOpen_RefusesANewerFolder says which program wrote it.
func TestOpen_RefusesANewerFolder(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	if err := mustOpen(t, "store", embedded.Options{FS: fs, Program: "landfall v1.0.0"}).Close(); err != nil {
		t.Fatal(err)
	}
	writeText(t, fs, "store/FORMAT.json", `{"format":2,"program":"landfall v2.7.1"}`)
	_, err := embedded.Open("store", embedded.Options{FS: fs})
	wantCode(t, "opening a newer folder", err, migrate.WrongState)
	for _, part := range []string{`"store"`, "format 2", "landfall v2.7.1", "reads format 1"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// TestOpen_OneAtATime refuses a folder that is open.
func TestOpen_OneAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustOpen(t, dir, embedded.Options{})
	if _, err := embedded.Open(dir, embedded.Options{}); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("opening an open folder: %v, want an error that names it", err)
	}
}

// TestOpen_ClearsWhatACrashLeft deletes tables that were never ingested.
func TestOpen_ClearsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	if err := mustOpen(t, "store", embedded.Options{FS: fs}).Close(); err != nil {
		t.Fatal(err)
	}
	writeText(t, fs, "store/incoming/7.sst", "half a table")
	mustOpen(t, "store", embedded.Options{FS: fs})
	if left, err := fs.List("store/incoming"); err != nil || len(left) > 0 {
		t.Errorf("left in incoming: %v, %v", left, err)
	}
}

// TestClosed_AnswersWithAnError uses a store after its end.
func TestClosed_AnswersWithAnError(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, "store", embedded.Options{FS: vfs.NewMem()})
	m := mustCreate(t, s)
	w, err := s.BeginChunk(t.Context(), tenant, chunkRef(m, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = w.Commit(t.Context(), 10, migrate.PartRead{})
	wantCode(t, "committing", err, migrate.Unavailable)
	_, err = s.GetMigration(t.Context(), tenant, m.ID)
	wantCode(t, "reading", err, migrate.Unavailable)
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}
