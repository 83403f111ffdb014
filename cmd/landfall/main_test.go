package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	update = flag.Bool("update", false, "rewrite testdata")
	seed   = flag.Uint64("killseed", 0, "repeats the moments of a kill test; 0 takes new ones")
)

// TestMain makes this very binary answer as landfall in the scripts, so that what runs there is built with the race
// detector too, and as the programs that confine it.
func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"landfall": main, "unprivileged": unprivileged, "smalldisk": smallDisk})
}

// suite removes what the tests share when they have ended.
type suite struct{ m *testing.M }

func (s suite) Run() int {
	defer func() {
		if built != "" {
			os.RemoveAll(built)
		}
	}()
	return s.m.Run()
}

var (
	building sync.Once
	built    string // folder of the program that is killed
	buildErr error
)

// program builds landfall once, as it is shipped: what is killed should be as fast as what people run.
func program(t *testing.T) string {
	t.Helper()
	building.Do(func() {
		if built, buildErr = os.MkdirTemp("", "landfall-"); buildErr != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", filepath.Join(built, "landfall"), ".").CombinedOutput()
		if err != nil {
			t.Logf("%s", out)
			buildErr = err
		}
	})
	if buildErr != nil {
		t.Fatalf("building landfall: %v", buildErr)
	}
	return filepath.Join(built, "landfall")
}
