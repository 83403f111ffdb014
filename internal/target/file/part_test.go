package file

import (
	"fmt"
	"strings"
	"testing"

	"landfall/internal/migrate"
)

// TestPart_RefusedWhenItCannotBeRestored: after a write that failed and could not be cut off, nothing is answered from
// lines that may not be durable, until a new process has read and synced them.
func TestPart_RefusedWhenItCannotBeRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	send := func(n int) error {
		id := migrate.ReferenceID{15: 1}
		body := fmt.Appendf(nil, `{"referenceId":"%s","n":%d}`, id, n)
		_, err := target.ImportBatch(t.Context(), migrate.LocalTenant, migrate.Batch{Migration: "m", Component: "C",
			Entities: []migrate.Entity{{Collection: "c", ID: id, Body: body, Hash: migrate.HashContent(body)}}})
		return err
	}
	if err := send(1); err != nil {
		t.Fatal(err)
	}
	for _, p := range target.parts.parts {
		p.file.Close() // every write to it fails from now on
	}
	for n := range 3 {
		err := send(2)
		if migrate.CodeOf(err) != migrate.Unavailable || !strings.Contains(err.Error(), "part-") {
			t.Errorf("time %d: %v, want code Unavailable and the part's path", n, err)
		}
	}
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
	if target, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if err := send(2); err != nil {
		t.Errorf("after opening again: %v", err)
	}
}
