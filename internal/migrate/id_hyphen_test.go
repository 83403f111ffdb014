package migrate_test

import (
	"testing"

	"landfall/internal/migrate"
)

// A hyphen in the place of a digit must not shift the digits that follow.
func TestParseReferenceID_StrayHyphen(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"00000000-0000-0000-0000-000000-00000", "-0000000-0000-0000-0000-000000000001",
		"f5eb4278-5015-454d-abca-bb0c4c6656e-"} {
		if id, ok := migrate.ParseReferenceID(s); ok {
			t.Errorf("ParseReferenceID(%q) = %v, want refusal", s, id)
		}
	}
}
