package file

import (
	"bytes"
	"slices"

	"landfall/internal/migrate"
)

// idSet is a set of ids in about 16 bytes each: a sorted slice, and what was added since, which is merged into it when
// it has grown to an eighth of it.
type idSet struct {
	sorted []migrate.ReferenceID
	recent map[migrate.ReferenceID]struct{}
}

func newIDSet(ids []migrate.ReferenceID) idSet {
	slices.SortFunc(ids, compareIDs)
	return idSet{sorted: slices.Compact(ids)}
}

func (s *idSet) has(id migrate.ReferenceID) bool {
	if _, ok := s.recent[id]; ok {
		return true
	}
	_, ok := slices.BinarySearchFunc(s.sorted, id, compareIDs)
	return ok
}

func (s *idSet) add(id migrate.ReferenceID) {
	if s.recent == nil {
		s.recent = map[migrate.ReferenceID]struct{}{}
	}
	s.recent[id] = struct{}{}
	if len(s.recent) < 1024+len(s.sorted)/8 {
		return
	}
	for id := range s.recent {
		s.sorted = append(s.sorted, id)
	}
	*s = newIDSet(s.sorted)
}

func compareIDs(a, b migrate.ReferenceID) int { return bytes.Compare(a[:], b[:]) }
