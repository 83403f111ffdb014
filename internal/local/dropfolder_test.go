package local_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"landfall/internal/local"
	"landfall/internal/migrate"
)

// Two records as they are dropped.
const (
	clientA = `{"referenceId":"f5eb4278-5015-454d-abca-bb0c4c6656ec","type":"person","isActive":true,"initials":"A.","surname":"Client 1"}`
	clientB = `{"referenceId":"1eff07b8-38be-4dcc-8d75-adc8466e3e45","type":"person","isActive":true,"initials":"B.","surname":"Client 2"}`
)

// watched opens a service with a migration and its drop folder.
func watched(t *testing.T) (f *folder, s *local.Service, m migrate.Migration, dir string) {
	t.Helper()
	f = setup(t)
	s = f.mustOpen(t)
	m = mustCreate(t, s, "Counterparties")
	mustWatch(t, s)
	return f, s, m, filepath.Join(f.path, "drop", string(m.ID), "Counterparties", "counterparties")
}

func mustWatch(t *testing.T, s *local.Service) {
	t.Helper()
	if err := s.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// wantDrops waits until the migration has drops of these files in these states, by Seq, and none is at work.
func wantDrops(t *testing.T, s *local.Service, m migrate.Migration, want ...string) {
	t.Helper()
	var got []string
	eventually(t, fmt.Sprintf("drops %q", want), func() bool {
		got = got[:0]
		open := false
		for _, d := range drops(t, s, m) {
			open = open || d.State.IsOpen()
			name := filepath.Base(d.Key) + " " + string(d.State)
			if d.Problem != nil {
				name += " " + d.Problem.Code
			}
			got = append(got, name)
		}
		return len(got) >= len(want) && !open
	})
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("drops are %q, want %q", got, want)
	}
}

func TestWatch_TakesAFile(t *testing.T) {
	t.Parallel()
	_, s, m, dir := watched(t)
	write(t, filepath.Join(dir, "a.jsonl"), clientA+"\n"+clientB+"\n")
	wantDrops(t, s, m, "a.jsonl Settled")
	runToEnd(t, s, m)
	wantBooks(t, s, m, 2)
}

func TestWatch_TakesWhatLiesThereAlready(t *testing.T) {
	t.Parallel()
	f := setup(t)
	s := f.mustOpen(t)
	m := mustCreate(t, s, "Counterparties")
	write(t, filepath.Join(f.path, "drop", string(m.ID), "Counterparties", "counterparties", "a.jsonl"), clientA+"\n")
	mustWatch(t, s)
	wantDrops(t, s, m, "a.jsonl Settled")

	// A later process sees the same file again: it is the same drop.
	mustClose(t, s)
	s = f.mustOpen(t)
	mustWatch(t, s)
	write(t, filepath.Join(f.path, "drop", string(m.ID), "Counterparties", "counterparties", "b.jsonl"), clientB+"\n")
	wantDrops(t, s, m, "a.jsonl Settled", "b.jsonl Settled")
}

func TestWatch_WaitsForARename(t *testing.T) {
	t.Parallel()
	_, s, m, dir := watched(t)
	write(t, filepath.Join(dir, "a.jsonl.part"), clientA)
	write(t, filepath.Join(dir, ".b.jsonl"), clientA)
	write(t, filepath.Join(dir, "c.jsonl"), clientB+"\n")
	wantDrops(t, s, m, "c.jsonl Settled") // and so the others were seen
	if err := os.Rename(filepath.Join(dir, "a.jsonl.part"), filepath.Join(dir, "a.jsonl")); err != nil {
		t.Fatal(err)
	}
	wantDrops(t, s, m, "c.jsonl Settled", "a.jsonl Settled")
}

func TestWatch_AChangedFileIsAnotherDrop(t *testing.T) {
	t.Parallel()
	_, s, m, dir := watched(t)
	path := filepath.Join(dir, "a.jsonl")
	write(t, path, clientA+"\n")
	wantDrops(t, s, m, "a.jsonl Settled")
	write(t, path, strings.Replace(clientA, "Client 1", "Client 3", 1)+"\n"+clientB+"\n")
	wantDrops(t, s, m, "a.jsonl Settled", "a.jsonl Settled")
	list := drops(t, s, m)
	if list[0].ID == list[1].ID || list[0].Version == list[1].Version {
		t.Errorf("the drops are one: %+v", list)
	}
	runToEnd(t, s, m)
	wantBooks(t, s, m, 2)
	live, err := filepath.Glob(filepath.Join(s.Config.Target, "Counterparties", "counterparties", "*", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range live {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	if strings.Contains(all.String(), "Client 1") || !strings.Contains(all.String(), "Client 3") {
		t.Errorf("the later content does not win: %s", all.String())
	}
}

func TestWatch_RefusesWhatHasNoPlace(t *testing.T) {
	t.Parallel()
	f, s, m, dir := watched(t)
	root := filepath.Join(f.path, "drop")
	write(t, filepath.Join(root, "a.jsonl"), clientA)
	write(t, filepath.Join(root, "9d022093-33e2-4bfe-9907-35d0a4bfa725", "Counterparties", "counterparties", "b.jsonl"), clientA)
	write(t, filepath.Join(root, string(m.ID), "Customers", "customers", "c.jsonl"), clientA)
	write(t, filepath.Join(root, string(m.ID), "Counterparties", "customers", "d.jsonl"), clientA)
	write(t, filepath.Join(root, string(m.ID), "Collaterals", "collaterals", "e.jsonl"), clientA)
	write(t, filepath.Join(dir, "f.csv"), clientA)
	write(t, filepath.Join(dir, "g.jsonl"), clientB+"\n")
	eventually(t, "all drops", func() bool { return len(drops(t, s, m)) == 5 && row(t, s, m).OpenDrops == 0 })
	got := map[string]string{}
	for _, d := range drops(t, s, m) {
		got[filepath.Base(d.Key)] = string(d.State)
		if d.Problem != nil {
			got[filepath.Base(d.Key)] = d.Problem.Code
		}
	}
	for name, want := range map[string]string{"c.jsonl": "unknown-component", "d.jsonl": "unknown-collection",
		"e.jsonl": "component-not-in-migration", "f.csv": "unknown-format", "g.jsonl": "Settled"} {
		if got[name] != want {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
	for _, words := range [][]string{{"a.jsonl", "does not lie in"}, {"b.jsonl", "migration"}} {
		eventually(t, fmt.Sprintf("log of %q", words), func() bool { return f.log.says(append(words, "level=ERROR")...) })
	}
	runToEnd(t, s, m)
	wantBooks(t, s, m, 1) // what was refused blocks nothing
}
