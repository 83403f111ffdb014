package migrate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"landfall/internal/migrate"
)

func TestParseTenantID(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{
		"a": true, "0": true, "local": true, "a-b-": true, strings.Repeat("a", 63): true,
		"": false, "-a": false, "A": false, "a_b": false, "a/b": false, "a\x00": false, "ä": false, "a b": false, strings.Repeat("a", 64): false,
	} {
		got, err := migrate.ParseTenantID(s)
		if (err == nil) != ok || ok && string(got) != s || !ok && migrate.CodeOf(err) != migrate.Invalid {
			t.Errorf("ParseTenantID(%q) = %q, %v", s, got, err)
		}
	}
}

func TestParseReferenceID(t *testing.T) {
	t.Parallel()
	const lower = "8f14e45f-ceea-467f-9b3a-3f1b2c4d5e6f"
	for s, want := range map[string]string{
		lower: lower, strings.ToUpper(lower): lower, "8F14e45f-ceea-067f-0b3a-3f1b2c4d5e6f": "8f14e45f-ceea-067f-0b3a-3f1b2c4d5e6f",
		"ffffffff-ffff-ffff-ffff-ffffffffffff": "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"00000000-0000-0000-0000-000000000000": "", "": "", "{" + lower + "}": "", "urn:uuid:" + lower: "",
		strings.ReplaceAll(lower, "-", ""): "", lower[:35]: "", lower + "0": "", strings.Replace(lower, "-", "_", 1): "",
		strings.Replace(lower, "8", "g", 1): "", strings.Replace(lower, "8", "/", 1): "", strings.Replace(lower, "8", ":", 1): "",
		strings.Replace(lower, "8", "@", 1): "", strings.Replace(lower, "8", "`", 1): "", strings.Replace(lower, "8", "\x10", 1): "",
		strings.Replace(lower, "8", "-", 1): "",
	} {
		id, ok := migrate.ParseReferenceID(s)
		if ok != (want != "") || ok && id.String() != want {
			t.Errorf("ParseReferenceID(%q) = %v, %v, want %q", s, id, ok, want)
		}
		fromBytes, okBytes := migrate.ParseReferenceID([]byte(s))
		if fromBytes != id || okBytes != ok {
			t.Errorf("ParseReferenceID of bytes %q = %v, %v", s, fromBytes, okBytes)
		}
	}
	for s, ok := range map[string]bool{lower: true, strings.ToUpper(lower): true, "00000000-0000-0000-0000-000000000000": true, "x": false, lower + " ": false} {
		if got, parsed := migrate.ParseUUID(s); parsed != ok || ok && string(got) != strings.ToLower(s) {
			t.Errorf("ParseUUID(%q) = %q, %v", s, got, parsed)
		}
	}
}

func TestReferenceID_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var id migrate.ReferenceID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		if got, ok := migrate.ParseReferenceID(id.String()); got != id || ok == id.IsZero() {
			t.Fatalf("ParseReferenceID(%v) = %v, %v", id, got, ok)
		}
		if id.IsZero() {
			return
		}
		text, err := json.Marshal(map[migrate.ReferenceID]migrate.ReferenceID{id: id})
		if err != nil {
			t.Fatal(err)
		}
		var back map[migrate.ReferenceID]migrate.ReferenceID
		if err := json.Unmarshal(text, &back); err != nil || back[id] != id {
			t.Fatalf("%s is read as %v, %v", text, back, err)
		}
	})
	var id migrate.ReferenceID
	if err := json.Unmarshal([]byte(`"x"`), &id); err == nil {
		t.Error("x is read as an id")
	}
}
