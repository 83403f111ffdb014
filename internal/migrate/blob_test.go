package migrate_test

import (
	"strings"
	"testing"

	"landfall/internal/migrate"
)

func TestCheckKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a", "a/b/c", "a.jsonl", "...", "a/.hidden", "ä/ß", "a b", "a:b", "-", strings.Repeat("k", 1024), "a/" + strings.Repeat("k", 1022)} {
		if err := migrate.CheckKey(key); err != nil {
			t.Errorf("CheckKey(%.20q) = %v, want it allowed", key, err)
		}
	}
	for _, key := range []string{"", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a", "a/./b", "a/../b", "a/..", `a\b`, `..\a`, "a\x00", "a\nb", "\x1f", "a\x7f",
		strings.Repeat("k", 1025)} {
		if err := migrate.CheckKey(key); migrate.CodeOf(err) != migrate.Invalid {
			t.Errorf("CheckKey(%.20q) = %v, want Invalid", key, err)
		}
	}
}
