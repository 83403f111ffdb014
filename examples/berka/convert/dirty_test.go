package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite examples/berka-dirty")

const dirtyDir = "../../berka-dirty"

func TestDirty_CommittedDropsAreCurrent(t *testing.T) {
	t.Parallel()
	if *update {
		if err := convert(source, dirtyDir+"/drops", writeDirty, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := convert(source, dir, writeDirty, io.Discard); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readAll(t, dir), readAll(t, dirtyDir+"/drops")); diff != "" {
		t.Errorf("examples/berka-dirty/drops is not what --dirty makes; run with -update (-made +committed):\n%s", diff)
	}
}

// The tables of the README are made from the same list as the drops, so that they cannot disagree.
func TestDirty_ReadmeIsCurrent(t *testing.T) {
	t.Parallel()
	const path, begin, end = dirtyDir + "/README.md", "<!-- begin specimens -->\n", "<!-- end specimens -->\n"
	files, err := dirtyFiles(source)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), begin)
	committed, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the specimens", path)
	}

	want := describe(files)
	if *update && want != committed {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		committed = want
	}
	if diff := cmp.Diff(want, committed); diff != "" {
		t.Errorf("%s does not list the specimens; run with -update (-made +committed):\n%s", path, diff)
	}
}

// describe lists the files with the numbers to expect of each, and then every specimen.
func describe(files []dirtyFile) string {
	var b strings.Builder
	b.WriteString("| file | lines | rejected | duplicates | staged | of these invalid |\n")
	b.WriteString("| --- | --: | --: | --: | --: | --: |\n")
	var all books
	for _, file := range files {
		own := booksOf(file)
		all.add(own)
		fmt.Fprintf(&b, "| `%s` | %s |\n", file.name, own)
	}
	fmt.Fprintf(&b, "| all | %s |\n", all)

	for _, file := range files {
		if !hasFaults(file) {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n| line | what is special | outcome |\n| --: | --- | --- |\n", file.name)
		line := 1
		for _, s := range file.specimens {
			last := line + strings.Count(s.text, "\n")
			if s.what != "" {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", span(line, last), s.what, s.outcome)
			}
			line = last + strings.Count(s.end, "\n")
		}
	}
	return b.String()
}

func hasFaults(file dirtyFile) bool {
	for _, s := range file.specimens {
		if s.what != "" {
			return true
		}
	}
	return false
}

func span(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d to %d", first, last)
}

// books are what a drop's books must say: lines = rejected + duplicates + staged.
type books struct {
	lines, rejected, duplicates, staged, invalid int
}

func booksOf(file dirtyFile) books {
	var b books
	for _, s := range file.specimens {
		switch n := s.records(file.name); s.kind {
		case rejected:
			b.rejected += n
		case duplicate:
			b.duplicates += n
		case invalid:
			b.staged, b.invalid = b.staged+n, b.invalid+n
		case staged:
			b.staged += n
		}
	}
	b.lines = b.rejected + b.duplicates + b.staged
	return b
}

// records is 1, but for what JSON Lines sees as none or as several.
func (s specimen) records(name string) int {
	switch {
	case s.kind == blank:
		return 0
	case strings.HasSuffix(name, ".jsonl"):
		return 1 + strings.Count(s.text, "\n")
	default:
		return 1
	}
}

func (b *books) add(c books) {
	b.lines += c.lines
	b.rejected += c.rejected
	b.duplicates += c.duplicates
	b.staged += c.staged
	b.invalid += c.invalid
}

func (b books) String() string {
	return fmt.Sprintf("%d | %d | %d | %d | %d", b.lines, b.rejected, b.duplicates, b.staged, b.invalid)
}
