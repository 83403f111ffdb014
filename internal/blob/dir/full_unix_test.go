//go:build unix

package dir_test

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"landfall/internal/migrate"
)

// TestPutObject_WithoutRoomLeavesNothing runs itself in a process that may write files of at most 1 MiB: what is larger
// fails halfway, by the kernel's hand.
func TestPutObject_WithoutRoomLeavesNothing(t *testing.T) {
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
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	b := mustOpen(t, root)
	_, err := b.PutObject(t.Context(), "a", strings.NewReader(strings.Repeat("x", 3<<20)))
	if migrate.CodeOf(err) != migrate.StorageFull {
		t.Errorf("PutObject without room: %v, want code StorageFull", err)
	}
	if files := filesUnder(t, root); len(files) != 0 {
		t.Errorf("files left behind: %q", files)
	}
	if _, err := b.PutObject(t.Context(), "a", strings.NewReader("x")); err != nil {
		t.Errorf("PutObject with room again: %v", err)
	}
}
