package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

const (
	repository = "../.."
	dirtyDrops = repository + "/examples/berka-dirty/drops"
)

// TestScript runs the command line as people do, one script for each rule of it.
func TestScript(t *testing.T) {
	t.Parallel()
	confines := canConfine()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			root, err := filepath.Abs(repository)
			e.Setenv("REPOSITORY", root)
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "xdg"))
			return err
		},
		Condition: func(name string) (bool, error) {
			if name != "confine" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return confines, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "scrub": scrubbed, "slice": slice, "tree": tree, "compress": compressed, "cut": cut,
			"document": document, "fifo": fifo, "live": live,
		},
	})
}

// exits CODE COMMAND: the command ends with that very exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// scrub FILE OUT: what differs from run to run is replaced by what it is.
func scrubbed(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.ReplaceAll(ts.ReadFile(args[0]), ts.Getenv("REPOSITORY"), "$REPOSITORY")
	write(ts, args[1], scrub(strings.ReplaceAll(text, ts.Getenv("WORK"), "$WORK")))
}

var scrubs = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?m)^(stage|validate|import|count) +[A-Z]\w+ +\d+ \w+\n`), ""}, // in the order in which they end
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z?`), "TIME"},
	{regexp.MustCompile(`\b\d+\.\d s( \([\d,]+/s\))?`), "DURATION"},
	{regexp.MustCompile(`\bprocess \d+`), "process PID"},
}

func scrub(text string) string {
	for _, s := range scrubs {
		text = s.what.ReplaceAllString(text, s.with)
	}
	return text
}

// slice DIR [NAME]: copies the committed slice of the bank, or its files of that name, into a folder.
func slice(ts *testscript.TestScript, _ bool, args []string) {
	name := ""
	if len(args) > 1 {
		name = args[1]
	}
	ts.Check(copyTree(dirtyDrops, ts.MkAbs(args[0]), func(path string) bool { return name == "" || filepath.Base(path) == name }))
}

func copyTree(from, to string, wanted func(path string) bool) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !wanted(path) {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

// tree DIR OUT: lists the files below a folder, but for hidden ones, with a hash of their contents.
func tree(ts *testscript.TestScript, _ bool, args []string) {
	var lines []string
	root := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		content, err := os.ReadFile(path)
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(content), strings.TrimPrefix(path, root)))
		return err
	}))
	write(ts, args[1], strings.Join(lines, ""))
}

// live DIR OUT: counts the lines of live data by component and collection.
func live(ts *testscript.TestScript, _ bool, args []string) {
	data, err := readLive(ts.MkAbs(args[0]))
	ts.Check(err)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(data)) {
		fmt.Fprintf(&b, "%d %s\n", len(data[name]), name)
	}
	write(ts, args[1], b.String())
}

// compress FILE: makes FILE.gz or FILE.zst, whichever is named, from FILE, and removes it.
func compressed(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	plain := strings.TrimSuffix(path, filepath.Ext(path))
	content, err := os.ReadFile(plain)
	ts.Check(err)
	out, err := os.Create(path)
	ts.Check(err)
	var w io.WriteCloser
	if filepath.Ext(path) == ".gz" {
		w = gzip.NewWriter(out)
	} else {
		w, err = zstd.NewWriter(out)
		ts.Check(err)
	}
	_, err = w.Write(content)
	ts.Check(errors.Join(err, w.Close(), out.Close(), os.Remove(plain)))
}

// cut FILE BYTES: takes bytes off the end of a file.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()-n))
}

// document FILE OUT: FILE is exactly one JSON document of run --json; what differs from run to run gets a name in OUT.
func document(ts *testscript.TestScript, _ bool, args []string) {
	d, err := parseDocument([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	write(ts, args[1], d.normal())
}

func fifo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o644))
}

func write(ts *testscript.TestScript, path, text string) {
	ts.Check(os.WriteFile(ts.MkAbs(path), []byte(text), 0o644))
}
