package file

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"landfall/internal/migrate"
)

// liveSets say which entities are live, by the folder of their collection.
type liveSets struct {
	mu   sync.Mutex
	sets map[string]*liveSet
}

func newLiveSets() *liveSets { return &liveSets{sets: map[string]*liveSet{}} }

func (l *liveSets) of(folder string) *liveSet {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sets[folder]
	if s == nil {
		s = &liveSet{folder: folder}
		l.sets[folder] = s
	}
	return s
}

// add notes what was written. It is called when the lines are in the file: a set that is being read at that moment waits
// with it and has them either way, and one that is read later finds them. Where no other migration wrote, the set is
// forgotten instead: while a migration imports nobody asks for its own ids, and they would take 20 bytes each.
func (l *liveSets) add(folder string, m migrate.MigrationID, part int, added []*migrate.Entity) {
	if len(added) == 0 {
		return
	}
	s := l.of(folder)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isRead {
		return
	}
	if !s.hasOthers(m) {
		s.isRead, s.migrations = false, nil
		return
	}
	ids := &s.migration(m).parts[part]
	for _, e := range added {
		ids.add(e.ID)
	}
}

// liveSet holds the ids of one collection, of all migrations.
type liveSet struct {
	folder string

	mu         sync.RWMutex
	isRead     bool
	migrations []*liveIDs // by id
}

type liveIDs struct {
	migration migrate.MigrationID
	parts     [partCount]idSet
}

// find looks in the set, if it is read.
func (s *liveSet) find(id migrate.ReferenceID) (live migrate.Live, isRead bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.migrations) == 0 {
		return migrate.Live{}, s.isRead
	}
	part := partOf(id)
	for _, ids := range s.migrations {
		if ids.parts[part].has(id) {
			return migrate.Live{Found: true, Migration: ids.migration}, true
		}
	}
	return migrate.Live{}, true
}

// hasOthers reports whether a migration other than m wrote to the collection.
func (s *liveSet) hasOthers(m migrate.MigrationID) bool {
	return slices.ContainsFunc(s.migrations, func(l *liveIDs) bool { return l.migration != m })
}

// migration gives the ids of m, in its place among the others.
func (s *liveSet) migration(m migrate.MigrationID) *liveIDs {
	at, ok := slices.BinarySearchFunc(s.migrations, m, func(l *liveIDs, m migrate.MigrationID) int {
		return cmp.Compare(l.migration, m)
	})
	if !ok {
		s.migrations = slices.Insert(s.migrations, at, &liveIDs{migration: m})
	}
	return s.migrations[at]
}

// read fills the set from the files, unless somebody did.
func (s *liveSet) read(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isRead {
		return nil
	}
	names, err := subfolders(s.folder)
	if err != nil {
		return err
	}
	s.migrations = nil
	for _, name := range names {
		ids := s.migration(migrate.MigrationID(name))
		for part := range ids.parts {
			if ids.parts[part], err = readIDs(ctx, partPath(s.folder, ids.migration, part)); err != nil {
				return err
			}
		}
	}
	s.isRead = true
	return nil
}

func readIDs(ctx context.Context, path string) (idSet, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return idSet{}, nil
	}
	if err != nil {
		return idSet{}, err
	}
	defer f.Close()
	var ids []migrate.ReferenceID
	for l := newLines(ctx, f, path); ; {
		id, _, err := l.next()
		if errors.Is(err, io.EOF) {
			return newIDSet(ids), nil
		}
		if err != nil {
			return idSet{}, err
		}
		ids = append(ids, id)
	}
}
