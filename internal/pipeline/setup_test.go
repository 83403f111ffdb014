package pipeline_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"landfall/catalogs"
	"landfall/internal/blob/dir"
	"landfall/internal/catalog"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
	"landfall/internal/store/embedded"
	"landfall/internal/target/file"
)

// TestMain lets a property have 40 cases unless -rapid.checks says otherwise: a case here is a whole migration.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	m.Run()
}

// openLending opens the catalog once for all tests: it never changes.
var openLending = sync.OnceValues(func() (*catalog.Catalog, error) {
	lending, err := fs.Sub(catalogs.FS, "lending")
	if err != nil {
		return nil, err
	}
	return catalog.Open(lending)
})

// fataler is a test or one case of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// site is what outlives a process: a store, a bucket and a target. Many worlds, each a tenant, share one.
type site struct {
	store   *embedded.Store
	blobs   *dir.Bucket
	live    *file.Target
	liveDir string
	lending *catalog.Catalog
	tenants atomic.Int64
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{liveDir: t.TempDir()}
	var err error
	if s.lending, err = openLending(); err != nil {
		t.Fatal(err)
	}
	if s.store, err = embedded.Open("store", embedded.Options{FS: vfs.NewMem(), CacheBytes: 1 << 20, ReserveBytes: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	if s.blobs, err = dir.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if s.live, err = file.Open(s.liveDir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.live.Close() })
	return s
}

// world is one tenant's migration with every step, and knobs for what may go wrong.
type world struct {
	t      fataler
	ctx    context.Context
	site   *site
	tenant migrate.TenantID
	store  *faultyStore
	target *faultyTarget
	limits pipeline.Limits

	lifecycle *pipeline.Lifecycle
	settle    *pipeline.Settle
	books     *pipeline.Bookkeeper
	machines  *recorder
	migration migrate.Migration

	late  func() bool // asked by every step
	ids   int
	ticks int
	files int
}

// newWorld makes a tenant of the site and its migration of the components.
func newWorld(t fataler, ctx context.Context, s *site, components ...migrate.ComponentName) *world {
	t.Helper()
	w := &world{t: t, ctx: ctx, site: s, tenant: migrate.TenantID(fmt.Sprintf("tenant-%d", s.tenants.Add(1))),
		store: &faultyStore{Store: s.store}, target: &faultyTarget{Target: s.live}, machines: &recorder{},
		limits: pipeline.DefaultLimits(2), late: func() bool { return false }}
	w.lifecycle = &pipeline.Lifecycle{Store: w.store, Machines: w.machines, Catalog: s.lending, Now: w.now, NewID: w.newID}
	w.settle = &pipeline.Settle{Store: w.store, Catalog: s.lending, Now: w.now}
	w.books = &pipeline.Bookkeeper{Store: w.store, Catalog: s.lending, Now: w.now}
	var err error
	if w.migration, err = w.lifecycle.Create(ctx, w.tenant, components, ""); err != nil {
		t.Fatalf("creating a migration: %v", err)
	}
	return w
}

// setup is newWorld for a test of its own.
func setup(t *testing.T, components ...migrate.ComponentName) *world {
	t.Helper()
	return newWorld(t, t.Context(), newSite(t), components...)
}

// now ticks, so that no two moments are the same and every run sees the same ones.
func (w *world) now() time.Time {
	w.ticks++
	return time.Date(2026, 3, 7, 12, 0, 0, w.ticks*1000, time.UTC)
}

func (w *world) newID() string {
	w.ids++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", w.ids)
}

func (w *world) check(doing string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", doing, err)
	}
}

func (w *world) register() *pipeline.Register {
	return &pipeline.Register{Store: w.store, Blobs: w.site.blobs, Machines: w.machines, Catalog: w.site.lending, Now: w.now}
}

func (w *world) plan() *pipeline.Plan {
	return &pipeline.Plan{Store: w.store, Blobs: w.site.blobs, Catalog: w.site.lending, Lifecycle: w.lifecycle, Limits: w.limits}
}

func (w *world) stage() *pipeline.Stage {
	return &pipeline.Stage{Store: w.store, Blobs: w.site.blobs, Catalog: w.site.lending, Limits: w.limits,
		Buckets: migrate.DefaultBuckets, OutOfTime: w.late}
}

func (w *world) load() *pipeline.Load {
	return &pipeline.Load{Store: w.store, Catalog: w.site.lending, Settle: w.settle, Limits: w.limits, Now: w.now, NewID: w.newID}
}

// key gives the key of an object of the migration.
func (w *world) key(rest string) string { return string(w.migration.ID) + "/" + rest }

// offer puts an object into the bucket and registers it.
func (w *world) offer(rest string, content string) migrate.Drop {
	w.t.Helper()
	key := w.key(rest)
	_, err := w.site.blobs.PutObject(w.ctx, pipeline.BlobKey(w.tenant, key), strings.NewReader(content))
	w.check("putting an object", err)
	out, err := w.register().Run(w.ctx, pipeline.RegisterInput{Tenant: w.tenant, Key: key})
	w.check("registering "+rest, err)
	return out.Drop
}

// dropState is the input of the stage machine.
func (w *world) dropState(d migrate.Drop) pipeline.MachineState {
	return pipeline.MachineState{Tenant: w.tenant, Migration: w.migration.ID, Epoch: w.migration.Epoch, Run: string(d.ID), Drop: d.ID}
}

// planned plans a drop and gives its chunks.
func (w *world) planned(d migrate.Drop) []pipeline.ChunkState {
	w.t.Helper()
	out, err := w.plan().Run(w.ctx, w.dropState(d))
	w.check("planning a drop", err)
	return manifest[pipeline.ChunkState](w, out.Manifest.Manifest)
}

// manifest reads a list of work as a map does.
func manifest[T any](w *world, key string) []T {
	w.t.Helper()
	object, err := w.site.blobs.HeadObject(w.ctx, key)
	w.check("looking for a manifest", err)
	r, err := w.site.blobs.GetObject(w.ctx, key, object.Version, 0, -1)
	w.check("opening a manifest", err)
	defer r.Close()
	body, err := io.ReadAll(r)
	w.check("reading a manifest", err)
	var work []T
	w.check("decoding a manifest", json.Unmarshal(body, &work))
	return work
}

// stageAll stages a drop as its machine does, chunk by chunk, and settles it.
func (w *world) stageAll(d migrate.Drop) migrate.Drop {
	w.t.Helper()
	for _, chunk := range w.planned(d) {
		w.stageChunk(chunk)
	}
	return w.settled(d)
}

func (w *world) stageChunk(chunk pipeline.ChunkState) {
	w.t.Helper()
	step := w.stage()
	for !chunk.Done {
		var err error
		chunk, err = step.Run(w.ctx, chunk)
		w.check("staging a chunk", err)
	}
}

func (w *world) settled(d migrate.Drop) migrate.Drop {
	w.t.Helper()
	_, err := w.settle.Run(w.ctx, w.dropState(d))
	w.check("settling a drop", err)
	return w.drop(d.ID)
}

// stageFile offers lines as one object and stages it.
func (w *world) stageFile(component, collection string, lines ...string) migrate.Drop {
	w.t.Helper()
	w.files++
	name := fmt.Sprintf("%s/%s/%03d.jsonl", component, collection, w.files)
	return w.stageAll(w.offer(name, strings.Join(lines, "\n")+"\n"))
}

func (w *world) drop(id migrate.DropID) migrate.Drop {
	w.t.Helper()
	d, err := w.store.GetDrop(w.ctx, w.tenant, id)
	w.check("getting a drop", err)
	return d
}

func (w *world) row() migrate.Migration {
	w.t.Helper()
	m, err := w.store.GetMigration(w.ctx, w.tenant, w.migration.ID)
	w.check("getting the migration", err)
	return m
}

func (w *world) status() migrate.Status {
	w.t.Helper()
	s, err := w.lifecycle.Status(w.ctx, w.tenant, w.row())
	w.check("asking for the status", err)
	return s
}

// component gives one component's status.
func (w *world) component(name migrate.ComponentName) migrate.ComponentStatus {
	w.t.Helper()
	for _, c := range w.status().Components {
		if c.Component == name {
			return c
		}
	}
	w.t.Fatalf("no component %s", name)
	return migrate.ComponentStatus{}
}

// balance fails unless the books balance, in every scope.
func (w *world) balance() migrate.Books {
	w.t.Helper()
	books := w.book()
	if !books.Balanced {
		w.t.Fatalf("the books do not balance: %+v", books.Differences)
	}
	return books
}

func (w *world) book() migrate.Books {
	w.t.Helper()
	books, err := w.books.Books(w.ctx, w.tenant, w.row())
	w.check("adding up the books", err)
	return books
}

// log gives the messages of the migration's history, with their levels.
func (w *world) log() []string {
	w.t.Helper()
	var lines []string
	err := w.store.WalkLog(w.ctx, w.tenant, w.migration.ID, 0, func(_ int64, e migrate.LogEntry) error {
		lines = append(lines, fmt.Sprintf("%s %s %s", e.Level, e.Component, e.Message))
		return nil
	})
	w.check("reading the log", err)
	return lines
}

// recorder is a starter of machines that only remembers.
type recorder struct {
	mu      sync.Mutex
	started []string
}

func (r *recorder) Start(_ context.Context, machine, name string, input any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := json.Marshal(input); err != nil {
		return err
	}
	r.started = append(r.started, machine+" "+name)
	return nil
}
