package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
)

// specimens are what examples/berka-dirty/README.md says of a drop.
type specimens struct {
	lines, rejected, duplicates, staged, invalid int64

	outcomes []string // LINE: outcome, for every line that is not staged, in order
}

// TestRun_DirtySlice holds landfall to every line of the README of the dirty slice.
func TestRun_DirtySlice(t *testing.T) {
	t.Parallel()
	want := readSpecimens(t)
	p, s := migrated(t, dirtyDrops, 2)
	if diff := cmp.Diff(want, observed(t, s, p, dirtyDrops), cmp.AllowUnexported(specimens{})); diff != "" {
		t.Errorf("the dirty slice is not as its README says (-README +run):\n%s", diff)
	}
}

// TestRun_DirtySliceRepaired leaves out what is invalid: the rest is imported.
func TestRun_DirtySliceRepaired(t *testing.T) {
	t.Parallel()
	repaired := t.TempDir()
	err := copyTree(dirtyDrops, repaired, func(path string) bool { return filepath.Base(path) != "invalid.jsonl" })
	if err != nil {
		t.Fatal(err)
	}
	want := readSpecimens(t)
	sum := specimens{}
	for name, w := range want {
		if filepath.Base(name) == "invalid.jsonl" {
			delete(want, name)
			continue
		}
		sum.lines, sum.rejected, sum.staged = sum.lines+w.lines, sum.rejected+w.rejected, sum.staged+w.staged
	}
	p, s := migrated(t, repaired, 0)
	if diff := cmp.Diff(want, observed(t, s, p, repaired), cmp.AllowUnexported(specimens{})); diff != "" {
		t.Errorf("the repaired slice is not as the README says (-README +run):\n%s", diff)
	}
	if !p.Books.Balanced {
		t.Errorf("the books differ: %+v", p.Books.Differences)
	}
	whole := p.Books.Whole.Equations
	if got := whole[0].Right["rejected"]; got != sum.rejected {
		t.Errorf("%d rejected, want %d", got, sum.rejected)
	}
	if got := whole[1].Right["imported"]; got != sum.staged {
		t.Errorf("%d imported, want %d", got, sum.staged)
	}
}

// migrated runs a folder and serves what has become of it.
func migrated(t *testing.T, drops string, code int) (printed, *serving) {
	t.Helper()
	data := t.TempDir()
	c := exec.CommandContext(t.Context(), "landfall", "run", "--json", "--data", data, drops)
	out, err := c.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); got != code {
		t.Fatalf("landfall run: exit code %d, want %d", got, code)
	}
	return mustDocument(t, out), serve(t, "landfall", data)
}

var (
	fileRow     = regexp.MustCompile("^\\| `(.+)` \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|$")
	specimenRow = regexp.MustCompile(`^\| (\d+)(?: to (\d+))? \| .* \| (.*) \|$`)
)

// readSpecimens reads the tables of the README.
func readSpecimens(t *testing.T) map[string]specimens {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dirtyDrops, "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, file := map[string]specimens{}, ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "### "); ok {
			file = name
		}
		if m := fileRow.FindStringSubmatch(line); m != nil {
			files[m[1]] = specimens{lines: number(m[2]), rejected: number(m[3]), duplicates: number(m[4]), staged: number(m[5]), invalid: number(m[6])}
		} else if m := specimenRow.FindStringSubmatch(line); m != nil && file != "" {
			s := files[file]
			s.add(m[1], m[2], m[3])
			files[file] = s
		}
	}
	if len(files) < 17 {
		t.Fatalf("the README lists %d files, want 17 or more", len(files))
	}
	return files
}

// add takes in the outcome of a line, or of each of several.
func (s *specimens) add(first, last, outcome string) {
	if outcome == "staged" || outcome == "no record" {
		return
	}
	if last == "" {
		last = first
	}
	for line := number(first); line <= number(last); line++ {
		s.outcomes = append(s.outcomes, fmt.Sprintf("%d: %s", line, outcome))
	}
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic(err) // the expression takes digits only
	}
	return n
}

func sortByLine(outcomes []string) {
	slices.SortStableFunc(outcomes, func(a, b string) int {
		line := func(s string) int64 { l, _, _ := strings.Cut(s, ":"); return number(l) }
		return int(line(a) - line(b))
	})
}

// observed asks the service what became of every line of every drop.
func observed(t *testing.T, s *serving, p printed, drops string) map[string]specimens {
	t.Helper()
	files, faulty := map[string]specimens{}, faults(t, s, p)
	for id, name := range p.files() {
		path := fmt.Sprintf("/migration-assistance/migrations/%s/drops/%s", p.Books.Migration, id)
		var d struct {
			Lines, Rejected, Duplicates, Staged int64
			State                               string
		}
		if err := s.ask(http.MethodGet, path, nil, &d); err != nil || d.State != "Settled" {
			t.Fatalf("drop of %s: %v, state %s", name, err, d.State)
		}
		got := specimens{lines: d.Lines, rejected: d.Rejected, duplicates: d.Duplicates, staged: d.Staged}
		got.addResults(t, s, path+"/results")
		got.addFaults(t, name, filepath.Join(drops, name), faulty)
		sortByLine(got.outcomes)
		files[name] = got
	}
	for id := range faulty {
		t.Errorf("%s is faulty and not in the files", id)
	}
	return files
}

func (s *specimens) addResults(t *testing.T, from *serving, path string) {
	t.Helper()
	type result struct {
		Line    int64
		Errors  []struct{ Field, Message string }
		Outcome string
	}
	for _, r := range linesOf[result](t, from, path+"/rejected/stream") {
		var faults []string
		for _, e := range r.Errors {
			faults = append(faults, describeFault(e.Message, e.Field))
		}
		s.outcomes = append(s.outcomes, fmt.Sprintf("%d: rejected, %s", r.Line, strings.Join(faults, "; ")))
	}
	for _, r := range linesOf[result](t, from, path+"/duplicates/stream") {
		s.outcomes = append(s.outcomes, fmt.Sprintf("%d: duplicate, `%s`", r.Line, r.Outcome))
	}
}

// faults gives what validation says of each entity: component and id -> faults.
func faults(t *testing.T, s *serving, p printed) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, j := range p.Jobs {
		if textOf(j, "jobType") != string(migrate.ValidateStaging) {
			continue
		}
		var job struct {
			IsValid bool
			Errors  []struct{ Component, ReferenceID, Field, Code string }
		}
		if err := s.ask(http.MethodGet, "/migration-assistance/jobs/"+textOf(j, "referenceId"), nil, &job); err != nil {
			t.Fatal(err)
		}
		for _, e := range job.Errors {
			key := e.Component + " " + e.ReferenceID
			found[key] = append(found[key], describeFault(e.Code, e.Field))
		}
	}
	return found
}

var referenceID = regexp.MustCompile(`"referenceId":\s*"([0-9a-fA-F-]{36})"`)

// addFaults finds the faulty entities of a file by their ids, and takes them out of faulty.
func (s *specimens) addFaults(t *testing.T, name, path string, faulty map[string][]string) {
	t.Helper()
	if filepath.Base(path) != "invalid.jsonl" {
		return
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	component, _, _ := strings.Cut(name, "/")
	line := 0
	for text := range strings.Lines(string(content)) {
		line++
		m := referenceID.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%s line %d has no reference id", name, line)
		}
		key := component + " " + strings.ToLower(m[1])
		if list, ok := faulty[key]; ok {
			s.invalid++
			s.outcomes = append(s.outcomes, fmt.Sprintf("%d: invalid, %s", line, strings.Join(list, "; ")))
			delete(faulty, key)
		}
	}
}

// describeFault writes a fault as the README does.
func describeFault(code, field string) string {
	if field == "" {
		return "`" + code + "` of the whole record"
	}
	return "`" + code + "` at `" + field + "`"
}
