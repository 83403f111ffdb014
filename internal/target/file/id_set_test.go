package file

import (
	"testing"

	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

// TestIDSet compares it with a map, over enough ids to be merged several times.
func TestIDSet(t *testing.T) {
	t.Parallel()
	id := rapid.Custom(func(t *rapid.T) migrate.ReferenceID {
		return migrate.ReferenceID{byte(rapid.IntRange(0, 40).Draw(t, "first")), 15: byte(rapid.IntRange(0, 200).Draw(t, "last"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := map[migrate.ReferenceID]bool{}
		read := rapid.SliceOf(id).Draw(t, "read")
		for _, id := range read {
			want[id] = true
		}
		set := newIDSet(read)
		for n := range rapid.IntRange(0, 3000).Draw(t, "added") {
			added := migrate.ReferenceID{byte(n % 41), byte(n >> 8), 15: byte(n)}
			set.add(added)
			want[added] = true
		}
		for id := range want {
			if !set.has(id) {
				t.Fatalf("the set of %d has no %v", len(want), id)
			}
		}
		if other := id.Draw(t, "other"); set.has(other) != want[other] {
			t.Fatalf("has(%v) = %v, want %v", other, set.has(other), want[other])
		}
	})
}
