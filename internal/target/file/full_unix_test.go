//go:build unix

package file_test

import (
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"landfall/internal/migrate"
)

// TestImportBatch_WithoutRoom runs itself in a process whose files may have at most 64 KiB: appends and parts written
// anew fail halfway, by the kernel's hand. What was there stays, and with room everything can be sent again.
func TestImportBatch_WithoutRoom(t *testing.T) {
	t.Parallel()
	const inside = "LANDFALL_TEST_WITHOUT_ROOM"
	if os.Getenv(inside) == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), inside+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("in the child: %v\n%s", err, out)
		}
		return
	}
	s := mustOpenSystem(t, nil)
	one := onePart(130) // of 600 bytes, so more than there is room for
	mustImport(t, s.opened, one[:60]...)
	changed := withBody(one[0], strings.Replace(string(one[0].Body), "x", strings.Repeat("y", 50<<10), 1))
	limitFiles(t, 64<<10)
	for _, batch := range [][]migrate.Entity{one[60:], {changed}, one[60:]} {
		_, err := s.opened.ImportBatch(t.Context(), migrate.LocalTenant, batchOf(benchMigration, batch))
		if migrate.CodeOf(err) != migrate.StorageFull {
			t.Errorf("ImportBatch without room: %v, want code StorageFull", err)
		}
		if live := liveBodies(t, s.opened); len(live) != 60 || live[one[0].ID] != string(one[0].Body) {
			t.Errorf("%d entities are live, want the 60 of before", len(live))
		}
		if paths := s.paths(t); len(paths) != 1 {
			t.Errorf("there are files %q, want one part", paths)
		}
	}
	limitFiles(t, 1<<30)
	mustImport(t, s.opened, append(slices.Clone(one[1:]), changed)...)
	if live := liveBodies(t, s.opened); len(live) != len(one) || live[one[0].ID] != string(changed.Body) {
		t.Errorf("%d entities are live, want %d", len(live), len(one))
	}
}

func limitFiles(t *testing.T, size uint64) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: 1 << 30}); err != nil {
		t.Fatal(err)
	}
}

// onePart gives entities of one part.
func onePart(count int) []migrate.Entity {
	return slices.DeleteFunc(portfolio(20*count), func(e migrate.Entity) bool { return migrate.BucketOf(e.ID, 16) != 3 })[:count]
}
