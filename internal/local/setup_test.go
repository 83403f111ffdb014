package local_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"landfall/catalogs"
	"landfall/internal/catalog"
	"landfall/internal/generate"
	"landfall/internal/local"
	"landfall/internal/migrate"
)

// patience is how long a test waits for something that should come soon.
const patience = 60 * time.Second

// folder is a data folder that services are opened on, one after the other.
type folder struct {
	path    string
	catalog *catalog.Catalog
	log     *log
}

// log keeps what a service logs.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) says(words ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(l.text.Bytes()) {
		if !slices.ContainsFunc(words, func(w string) bool { return !bytes.Contains(line, []byte(w)) }) {
			return true
		}
	}
	return false
}

func setup(t *testing.T) *folder {
	t.Helper()
	lending, err := fs.Sub(catalogs.FS, "lending")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Open(lending)
	if err != nil {
		t.Fatal(err)
	}
	return &folder{path: t.TempDir(), catalog: c, log: &log{}}
}

func (f *folder) open(ctx context.Context) (*local.Service, error) {
	return local.Open(ctx, local.Config{Data: f.path, Catalog: f.catalog, Logger: slog.New(slog.NewTextHandler(f.log, nil))})
}

func (f *folder) mustOpen(t *testing.T) *local.Service {
	t.Helper()
	s, err := f.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustClose(t *testing.T, s *local.Service) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// mustCreate begins a migration of the components.
func mustCreate(t *testing.T, s *local.Service, components ...migrate.ComponentName) migrate.Migration {
	t.Helper()
	m, err := s.Lifecycle.Create(t.Context(), migrate.LocalTenant, components, "")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// lendingComponents are those that can be loaded.
var lendingComponents = []migrate.ComponentName{"Counterparties", "Collaterals", "FinancingSolutions", "FinancingExecutions"}

// portfolio writes a valid portfolio and gives its files, by the part of a key below the migration.
func portfolio(t *testing.T, entities int64) map[string]string {
	t.Helper()
	dir, files := t.TempDir(), map[string]string{}
	list, err := generate.Write(t.Context(), dir, generate.Options{Entities: entities})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		files[string(f.Component)+"/"+string(f.Collection)+"/"+filepath.Base(f.Path)] = f.Path
	}
	return files
}

// mustOffer offers files and waits until they are staged.
func mustOffer(t *testing.T, s *local.Service, m migrate.Migration, files map[string]string) {
	t.Helper()
	for key, path := range files {
		out, err := s.Offer(t.Context(), migrate.LocalTenant, string(m.ID)+"/"+key, path)
		if err != nil {
			t.Fatal(err)
		}
		await(t, "staging "+key, s.Ended(string(out.Drop.ID)))
	}
}

// await waits for a channel to be closed.
func await(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s does not end", what)
	}
}

// eventually asks again and again until f holds.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !f(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still not: %s", what)
		}
	}
}

// drops gives the drops of a migration, by Seq.
func drops(t *testing.T, s *local.Service, m migrate.Migration) []migrate.Drop {
	t.Helper()
	list, err := s.Store.ListDrops(t.Context(), migrate.LocalTenant, m.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func row(t *testing.T, s *local.Service, m migrate.Migration) migrate.Migration {
	t.Helper()
	m, err := s.Store.GetMigration(t.Context(), migrate.LocalTenant, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wantBooks compares the books with the number of entities that were offered once each.
func wantBooks(t *testing.T, s *local.Service, m migrate.Migration, entities int64) {
	t.Helper()
	books, err := s.Books.Books(t.Context(), migrate.LocalTenant, row(t, s, m))
	if err != nil {
		t.Fatal(err)
	}
	whole := books.Whole.Equations
	if !books.Balanced || whole[0].Right["staged"] != entities || whole[1].Right["imported"] != entities {
		t.Errorf("the books of %d entities: balanced %v, %+v, differences %+v", entities, books.Balanced, whole, books.Differences)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
