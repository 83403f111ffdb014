package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// dropFolder watches <data>/drop/<migration>/<Component>/<collection>/<name>: what is put there is taken into the
// bucket and registered. A file is taken when it has been left alone for a moment; one that is still being written
// should be called .name or name.part until it is renamed. A file that changes later is another version: another drop.
type dropFolder struct {
	service *Service
	root    string
	watcher *fsnotify.Watcher
	quiet   time.Duration
	seen    map[string]stamp // what was taken, by path
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

// stamp tells whether a file may have changed.
type stamp struct {
	size     int64
	modified time.Time
}

// quietTime is how long a file must be left alone before it is taken.
const quietTime = 500 * time.Millisecond

// rescanTime is how often the folder is looked through whatever was notified: notifications may be lost.
const rescanTime = 30 * time.Second

// Watch begins to watch the drop folder, after taking what lies there already.
func (s *Service) Watch(ctx context.Context) error {
	root := filepath.Join(s.Data, "drop")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return migrate.Wrap(migrate.Unavailable, "creating the drop folder", err)
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return migrate.Wrap(migrate.Unavailable, "watching the drop folder", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.folder = &dropFolder{service: s, root: root, watcher: watcher, quiet: quietTime, seen: map[string]stamp{}, cancel: cancel}
	s.folder.done.Add(1)
	go s.folder.loop(ctx)
	return nil
}

func (f *dropFolder) stop() {
	f.cancel()
	f.done.Wait()
	f.watcher.Close()
}

// loop looks the folder through when something in it has changed and then been quiet.
func (f *dropFolder) loop(ctx context.Context) {
	defer f.done.Done()
	rescan := time.NewTicker(rescanTime)
	defer rescan.Stop()
	settle := time.NewTimer(0)
	defer settle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.watcher.Events:
			settle.Reset(f.quiet)
		case err := <-f.watcher.Errors:
			f.service.Logger.Warn("watching the drop folder", "error", err)
			settle.Reset(f.quiet)
		case <-rescan.C:
			settle.Reset(0)
		case <-settle.C:
			if f.scan(ctx) {
				settle.Reset(f.quiet)
			}
		}
	}
}

// scan takes every file that is new or changed and has been quiet; again is true if one is still too fresh.
func (f *dropFolder) scan(ctx context.Context) (again bool) {
	err := filepath.WalkDir(f.root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir():
			if path != f.root && pipeline.IsIgnored(d.Name()) {
				return filepath.SkipDir
			}
			return f.watcher.Add(path)
		case !d.Type().IsRegular() || pipeline.IsIgnored(d.Name()):
			return nil
		}
		fresh, err := f.take(ctx, path)
		again = again || fresh
		if err != nil {
			f.service.Logger.Error("taking a dropped file", "file", path, "error", err)
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		f.service.Logger.Error("reading the drop folder", "error", err)
	}
	return again
}

// take registers a file unless it was taken as it is now; fresh is true if it may still be being written.
func (f *dropFolder) take(ctx context.Context, path string) (fresh bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	now := stamp{info.Size(), info.ModTime()}
	if f.seen[path] == now {
		return false, nil
	}
	if age := f.service.Now().Sub(info.ModTime()); age >= 0 && age < f.quiet {
		return true, nil
	}
	relative, err := filepath.Rel(f.root, path)
	if err != nil {
		return false, err
	}
	f.seen[path] = now
	_, err = f.service.Offer(ctx, migrate.LocalTenant, filepath.ToSlash(relative), path)
	if code := migrate.CodeOf(err); err != nil && code != migrate.Invalid && code != migrate.NotFound {
		delete(f.seen, path) // the next rescan tries again
	}
	return false, err
}

// Offer takes a file into the staging bucket under key ({migration}/{Component}/{collection}/{name}) and registers it.
// The same contents under the same key are the same drop.
func (s *Service) Offer(ctx context.Context, t migrate.TenantID, key, path string) (pipeline.RegisterOutput, error) {
	if strings.Count(key, "/") < 3 {
		return pipeline.RegisterOutput{}, migrate.Errorf(migrate.Invalid, "offering a file",
			"%s does not lie in <migration>/<Component>/<collection>/", key)
	}
	object, err := s.Blobs.PutFile(ctx, pipeline.BlobKey(t, key), path)
	if err != nil {
		return pipeline.RegisterOutput{}, err
	}
	return s.Register.Run(ctx, pipeline.RegisterInput{Tenant: t, Key: key, Version: object.Version})
}
