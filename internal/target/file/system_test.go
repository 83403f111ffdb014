package file_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"landfall/internal/migrate"
	"landfall/internal/target/file"
	"landfall/internal/target/targettest"
)

func TestTarget(t *testing.T) {
	t.Parallel()
	targettest.Run(t, targettest.Traits{}, func(t *testing.T) targettest.System { return mustOpenSystem(t, nil) })
}

func mustOpen(t testing.TB, dir string) *file.Target {
	t.Helper()
	target, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// system is a folder with a target over it. It can show the folder as a kill leaves it.
type system struct {
	dir    string
	opened *file.Target
	wrap   func(*system) migrate.Target // nil: the target itself

	kept []migrate.Batch // by a broken target

	marked files
	states []files // after a kill, from Mark on
}

// files are the contents of a folder by path.
type files map[string][]byte

func mustOpenSystem(t *testing.T, wrap func(*system) migrate.Target) *system {
	t.Helper()
	s := &system{dir: t.TempDir(), wrap: wrap}
	s.opened = mustOpen(t, s.dir)
	t.Cleanup(func() { s.opened.Close() })
	return s
}

func (s *system) Target() migrate.Target {
	if s.wrap != nil {
		return s.wrap(s)
	}
	return s.opened
}

func (s *system) Reopen() error {
	err := s.opened.Close()
	if err != nil {
		return err
	}
	s.opened, err = file.Open(s.dir)
	return err
}

func (s *system) Mark() (err error) {
	s.marked, err = s.read()
	s.states = nil
	return err
}

func (s *system) Crash(n int) (bool, error) {
	if s.states == nil {
		after, err := s.read()
		if err != nil {
			return false, err
		}
		s.states = statesBetween(s.marked, after)
	}
	if n == len(s.states) {
		return false, nil
	}
	return true, errors.Join(s.write(s.states[n]), s.Reopen())
}

// statesBetween gives what a kill can leave on the way from before to after, one file after the other: of a file that
// grew, every length; of one that was written anew, every length of the new one beside it.
func statesBetween(before, after files) []files {
	state := maps.Clone(before)
	states := []files{maps.Clone(state)}
	for _, path := range slices.Sorted(maps.Keys(after)) {
		from, to := before[path], after[path]
		if bytes.Equal(from, to) && before[path] != nil {
			continue
		}
		name, start := path, len(from)
		if !bytes.HasPrefix(to, from) {
			name, start = path+".new", 0
		}
		for n := start; n <= len(to); n++ {
			state[name] = to[:n]
			states = append(states, maps.Clone(state))
		}
		delete(state, path+".new")
		state[path] = to
		states = append(states, maps.Clone(state))
	}
	return states
}

func (s *system) read() (files, error) {
	found := files{}
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != ".lock" {
			found[path], err = os.ReadFile(path)
		}
		return err
	})
	return found, err
}

func (s *system) write(state files) error {
	present, err := s.read()
	for path := range present {
		if _, ok := state[path]; !ok {
			err = errors.Join(err, os.Remove(path))
		}
	}
	for path, content := range state {
		if !bytes.Equal(present[path], content) || present[path] == nil {
			err = errors.Join(err, os.WriteFile(path, content, 0o644))
		}
	}
	return err
}
