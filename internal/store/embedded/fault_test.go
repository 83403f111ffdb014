package embedded_test

import (
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"landfall/internal/migrate"
	"landfall/internal/store/embedded"
)

// fullDisk is a file system on which writes to files of a kind fail while it is full.
func fullDisk(fs vfs.FS, suffix string) (vfs.FS, *atomic.Bool) {
	full := &atomic.Bool{}
	return errorfs.Wrap(fs, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && strings.HasSuffix(op.Path, suffix) && op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return syscall.ENOSPC
		}
		return nil
	})), full
}

func wantCode(t *testing.T, what string, err error, code migrate.Code) {
	t.Helper()
	if migrate.CodeOf(err) != code {
		t.Fatalf("%s: %v (%s), want %s", what, err, migrate.CodeOf(err), code)
	}
}

// TestDiskFull_TablesAreRefused lets the tables of a large part find no room: the store goes on when there is some.
func TestDiskFull_TablesAreRefused(t *testing.T) {
	t.Parallel()
	fs, full := fullDisk(vfs.NewMem(), ".sst")
	o := loadOptions(fs)
	o.SmallPart = 1
	l := &load{s: mustOpen(t, "store", o)}
	l.m = mustCreateWith(t, l.s, 8)
	for n := range loadParts {
		full.Store(true)
		wantCode(t, "a part without room", l.stage(t, 1, n), migrate.StorageFull)
		if left, err := fs.List("store/incoming"); err != nil || len(left) > 0 {
			t.Fatalf("left in incoming: %v, %v", left, err)
		}
		full.Store(false)
		if err := l.stage(t, 1, n); err != nil {
			t.Fatal(err)
		}
		checkBooks(t, l.s, l.m)
	}
}

// TestDiskFull_LogEndsWriting lets the log find no room. Nothing more is written until the store is opened anew; reads
// go on; all that was acknowledged is there.
func TestDiskFull_LogEndsWriting(t *testing.T) {
	t.Parallel()
	memory := vfs.NewCrashableMem()
	fs, full := fullDisk(memory, ".log")
	o := loadOptions(fs)
	o.SmallPart = 1 << 30 // tables would begin new logs, and errorfs loses sight of a log that is used again
	l := &load{s: mustOpen(t, "store", o)}
	l.m = mustCreateWith(t, l.s, 8)
	for n := range loadParts {
		if err := l.stage(t, 1, n); err != nil {
			t.Fatal(err)
		}
	}
	acked, _ := l.acknowledged()
	full.Store(true)
	wantCode(t, "a log without room", l.stage(t, 2, 0), migrate.StorageFull)
	full.Store(false)
	wantCode(t, "the same part again", l.stage(t, 2, 0), migrate.StorageFull)
	wantCode(t, "a row", l.s.PutExecution(t.Context(), migrate.Execution{Name: "n"}), migrate.StorageFull)
	for _, want := range acked {
		if got, err := l.s.GetLedgerRow(t.Context(), tenant, l.m.ID, want.Drop, want.From); err != nil || got != want {
			t.Fatalf("GetLedgerRow = %+v, %v; want %+v", got, err, want)
		}
	}
	checkCrashed(t, memory.CrashClone(vfs.CrashCloneCfg{}), l.m, acked, 0)
}

// TestDiskFull_ReserveIsKept refuses parts before the disk is full, and everything else a little later.
func TestDiskFull_ReserveIsKept(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	l := &load{s: mustOpen(t, "store", loadOptions(fs))}
	l.m = mustCreateWith(t, l.s, 8)
	for range 3 {
		fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 255 << 20})
		wantCode(t, "a part", l.stage(t, 1, 0), migrate.StorageFull)
		if err := l.s.PutExecution(t.Context(), migrate.Execution{Name: "n"}); err != nil {
			t.Fatal(err)
		}
		fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 63 << 20})
		wantCode(t, "a row", l.s.PutExecution(t.Context(), migrate.Execution{Name: "n"}), migrate.StorageFull)
		fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 257 << 20})
		if err := l.stage(t, 1, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDamage_NamesTheFolder flips bits of what lies on disk.
func TestDamage_NamesTheFolder(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	o := loadOptions(fs)
	o.SmallPart = 1
	l := &load{s: mustOpen(t, "data/store", o)}
	l.m = mustCreateWith(t, l.s, 8)
	for n := range loadParts {
		if err := l.stage(t, 1, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.s.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, fs, "data/store", ".sst")
	s := mustOpen(t, "data/store", o)
	var failed error
	for b := range l.m.Buckets {
		q := migrate.BucketQuery{Component: component, Bucket: b}
		if err := s.WalkBucket(t.Context(), tenant, l.m.ID, q, func(*migrate.Entity) error { return nil }); err != nil {
			failed = err
		}
	}
	wantCode(t, "walking damaged tables", failed, migrate.Internal)
	if !strings.Contains(failed.Error(), `"data/store" is damaged`) {
		t.Errorf("error %q does not name the folder", failed)
	}
	s.Close()
	damage(t, fs, "data/store", "")
	if _, err := embedded.Open("data/store", o); err == nil || !strings.Contains(err.Error(), `"data/store"`) {
		t.Errorf("opening a damaged folder: %v, want an error that names it", err)
	}
}

// damage flips a byte in the middle of every file of a kind; with no suffix, of every manifest.
func damage(t *testing.T, fs *vfs.MemFS, dir, suffix string) {
	names, err := fs.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if (suffix != "" && strings.HasSuffix(name, suffix)) || (suffix == "" && strings.HasPrefix(name, "MANIFEST")) {
			b, err := fs.UnsafeGetFileDataBuffer(dir + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/8] ^= 0x55
		}
	}
}
