package arch_test

import (
	"flag"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/arch"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestHouse holds this module to its rules.
func TestHouse(t *testing.T) {
	t.Parallel()
	tree := read(t, "../..")
	for _, offence := range check(t, tree) {
		t.Error(offence)
	}
	for _, note := range arch.Outliers(tree) {
		t.Log("worth a look: " + note)
	}
}

// TestCheck_FindsOffences runs the checks over a module that breaks each rule, beside code that just keeps it.
func TestCheck_FindsOffences(t *testing.T) {
	t.Parallel()
	tree := read(t, "testdata/offender")
	var got strings.Builder
	for _, offence := range check(t, tree) {
		fmt.Fprintln(&got, offence)
	}
	for _, note := range arch.Outliers(tree) {
		fmt.Fprintln(&got, "worth a look: "+note)
	}
	const golden = "testdata/offender.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("offences (-want +got):\n%s", diff)
	}
}

// TestImports_Readable holds the table to its form: every rule has a reason, every pattern is one.
func TestImports_Readable(t *testing.T) {
	t.Parallel()
	for _, r := range arch.Imports {
		if r.Why == "" {
			t.Errorf("rule of %v has no reason", r.Packages)
		}
		for _, pattern := range slices.Concat(r.Packages, r.Own) {
			if _, err := path.Match(pattern, ""); err != nil {
				t.Errorf("rule of %v: pattern %q: %v", r.Packages, pattern, err)
			}
		}
	}
}

func read(t *testing.T, root string) *arch.Tree {
	t.Helper()
	tree, err := arch.ReadTree(root)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func check(t *testing.T, tree *arch.Tree) []string {
	t.Helper()
	words, err := arch.CheckWords(tree)
	if err != nil {
		t.Fatal(err)
	}
	offences := arch.CheckImports(tree, arch.Imports)
	offences = append(offences, arch.CheckNames(tree)...)
	offences = append(offences, arch.CheckCode(tree)...)
	return append(offences, words...)
}
