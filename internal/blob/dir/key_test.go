package dir

import (
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

// TestFolder_IsOnePerKey: two keys have two folders, also where letter case does not count, and no path leaves the
// bucket or has a name that is too long.
func TestFolder_IsOnePerKey(t *testing.T) {
	t.Parallel()
	b := &Bucket{objects: "/objects"}
	segment := rapid.OneOf(rapid.StringMatching(`[aAbB.@~%-]{1,4}`), rapid.StringN(1, 300, 340))
	key := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(segment, 1, 3).Draw(t, "segments"), "/") })
	rapid.Check(t, func(t *rapid.T) {
		one, two := key.Draw(t, "one"), key.Draw(t, "two")
		if migrate.CheckKey(one) != nil || migrate.CheckKey(two) != nil {
			t.Skip("not keys")
		}
		path := b.folder(one)
		if (one == two) != strings.EqualFold(path, b.folder(two)) {
			t.Fatalf("folder(%q) = %s, folder(%q) = %s", one, path, two, b.folder(two))
		}
		if path != filepath.Clean(path) || !strings.HasPrefix(path, "/objects/") {
			t.Fatalf("folder(%q) = %s leaves the bucket", one, path)
		}
		for name := range strings.SplitSeq(path, "/") {
			if len(name) > 255 {
				t.Fatalf("folder(%q) has a name of %d bytes", one, len(name))
			}
		}
	})
}

func FuzzDecodeSegment(f *testing.F) {
	f.Add("%43ounterparties")
	f.Add("a%")
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := decodeSegment(encodeSegment(text)); !ok || got != text {
			t.Errorf("decoding the encoding of %q = %q, %v", text, got, ok)
		}
		if got, ok := decodeSegment(text); ok && encodeSegment(got) != text {
			t.Errorf("encoding the decoding of %q = %q", text, encodeSegment(got))
		}
	})
}
