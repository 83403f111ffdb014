package file

import (
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"landfall/internal/migrate"
)

// acquire takes the lock for this process. The system gives it free when the process ends, however it ends; the id in
// the file is for the message only, and that of a process that died stays until the next one writes its own.
func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o644))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, migrate.Errorf(migrate.WrongState, "opening the target", "%s is held by %s", path, holder(path))
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

func holder(path string) string {
	content, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(content))
	if err != nil || pid == "" {
		return "another process"
	}
	return "process " + pid
}
