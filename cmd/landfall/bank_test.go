package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRun_TheWholeBank converts the bank's extract and migrates it: of 66,930 lines all but the one that the extract
// breaks off in are in the live data, and what the program says of it is what newcomers see.
func TestRun_TheWholeBank(t *testing.T) {
	t.Parallel()
	drops, data := filepath.Join(t.TempDir(), "drops"), filepath.Join(t.TempDir(), "data")
	convert := exec.CommandContext(t.Context(), "go", "run", "./examples/berka/convert", drops)
	convert.Dir = repository
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("converting the bank: %v\n%s", err, out)
	}
	var said bytes.Buffer
	landfall := program(t)
	run := exec.CommandContext(t.Context(), landfall, "run", "--data", data, drops)
	run.Stderr = &said
	if err := run.Run(); err != nil {
		t.Fatalf("landfall run: %v\n%s", err, said.Bytes())
	}
	wantGolden(t, "bank.golden", scrub(strings.NewReplacer(data, "DATA", drops, "DROPS", landfall, "landfall").Replace(said.String())))
	live, err := readLive(filepath.Join(data, "live"))
	if err != nil {
		t.Fatal(err)
	}
	sameLive(t, live, offeredLines(t, drops, 1))
}

// offeredLines gives the lines of a drops folder by component and collection. As many as broken are not records: those
// that are not ended.
func offeredLines(t *testing.T, drops string, broken int) map[string][]string {
	t.Helper()
	lines, err := readLive(closed(t, drops, broken))
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// closed copies a drops folder without lines that are not ended.
func closed(t *testing.T, drops string, broken int) string {
	t.Helper()
	dir := t.TempDir()
	if err := copyTree(drops, dir, func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		end := bytes.LastIndexByte(content, '\n') + 1
		if end == len(content) {
			continue
		}
		found++
		if err := os.Truncate(file, int64(end)); err != nil {
			t.Fatal(err)
		}
	}
	if found != broken {
		t.Fatalf("%d files break off, want %d", found, broken)
	}
	return dir
}

// wantGolden compares with a golden file, or rewrites it.
func wantGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not current; run with -update (-want +got):\n%s", path, diff)
	}
}
