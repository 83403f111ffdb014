package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"landfall/internal/migrate"
)

// lockFolder takes the exclusive lock on a data folder and writes this process's id into it. The lock goes with the
// process, however it ends.
func lockFolder(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, "LOCK")
	lock := flock.New(path)
	held, err := lock.TryLock()
	if err != nil {
		return nil, migrate.Wrap(migrate.Unavailable, "locking the data folder "+dir, err)
	}
	if !held {
		return nil, &migrate.Error{Code: migrate.Unavailable, Op: "opening the data folder " + dir,
			Detail: "it is in use by " + holder(path) + "; stop that one, or choose another folder with --data"}
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		err = errors.Join(err, lock.Unlock())
		return nil, migrate.Wrap(migrate.Unavailable, "writing the lock of the data folder", err)
	}
	return lock, nil
}

// holder names the process that wrote the lock.
func holder(path string) string {
	text, err := os.ReadFile(path)
	pid, convErr := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || convErr != nil {
		return "another process"
	}
	return fmt.Sprintf("process %d", pid)
}
