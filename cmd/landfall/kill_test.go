package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/generate"
	"landfall/internal/migrate"
)

// kills is how often a process is killed over all data folders of TestRun_SurvivesKill.
const kills = 30

// killsPerFolder is how often a migration is killed before it may end.
const killsPerFolder = 5

// TestRun_SurvivesKill kills landfall run at random moments, gives the same command again, kills that too, and so on, and
// then lets it end. The books and the live data are those of a run that nothing disturbed.
func TestRun_SurvivesKill(t *testing.T) {
	t.Parallel()
	random := newRandom(t)
	landfall, drops := program(t), filepath.Join(t.TempDir(), "drops")
	makeOffer(t, drops, 20_000)
	want := undisturbed(t, landfall, drops)
	t.Logf("%d lines in %v", want.lines, want.took)
	killed, folders := map[string]int{}, 0
	for ; sum(killed) < kills; folders++ {
		data := filepath.Join(t.TempDir(), "data")
		killRepeatedly(t, landfall, data, drops, killed, func() time.Duration { return moment(random, want.took) })
		if got := finish(t, landfall, data, drops); !got.equal(t, want) {
			t.Fatalf("after %d kills (%v), data folder %d is not as if nothing had happened", sum(killed), killed, folders)
		}
		os.RemoveAll(data)
	}
	t.Logf("%d kills over %d data folders, by the phase that had ended last: %v", sum(killed), folders, killed)
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// TestRun_Interrupted ends a run as a person does. It says that it can go on, and does.
func TestRun_Interrupted(t *testing.T) {
	t.Parallel()
	drops, data := filepath.Join(t.TempDir(), "drops"), filepath.Join(t.TempDir(), "data")
	makeOffer(t, drops, 20_000)
	c := exec.CommandContext(t.Context(), program(t), "run", "--data", data, drops)
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var last string
	for lines := bufio.NewScanner(stderr); lines.Scan(); last = lines.Text() {
		if last == "" { // the first phase has ended
			if err := c.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.Wait()
	if got := c.ProcessState.ExitCode(); got != exitInterrupted {
		t.Errorf("exit code %d, want %d", got, exitInterrupted)
	}
	if want := "landfall: interrupted; the same command goes on where it stopped"; last != want {
		t.Errorf("it says at last %q, want %q", last, want)
	}
	if o := finish(t, program(t), data, drops); !o.books.Balanced {
		t.Errorf("the books differ: %+v", o.books.Differences)
	}
}

// newRandom gives the source of the moments and says how to repeat them.
func newRandom(t *testing.T) *rand.Rand {
	t.Helper()
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("repeat with: go test ./cmd/landfall -run '^%s$' -killseed %d", t.Name(), s)
	return rand.New(rand.NewPCG(s, 0))
}

// moment is any moment of a run of that length, each as likely as the others.
func moment(random *rand.Rand, length time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(length)))
}

// makeOffer writes a portfolio, faults included: records that cannot be staged, and entities that come again within a
// file, in a later file of their collection, and there with other content.
func makeOffer(t *testing.T, dir string, entities int64) {
	t.Helper()
	options := generate.Options{Entities: entities, Seed: 3, PartSize: 2 << 20}
	if _, err := generate.Write(t.Context(), dir, options); err != nil {
		t.Fatal(err)
	}
	for _, collection := range []string{"Counterparties/counterparties", "FinancingExecutions/debit-mandates"} {
		parts, err := filepath.Glob(filepath.Join(dir, collection, "*.jsonl"))
		if err != nil || len(parts) == 0 {
			t.Fatalf("no files of %s: %v", collection, err)
		}
		content, err := os.ReadFile(parts[0])
		if err != nil {
			t.Fatal(err)
		}
		lines := slices.Collect(bytes.Lines(content))
		writeLines(t, filepath.Join(dir, collection, "again.jsonl"), again(lines[:min(len(lines), 1500)]))
	}
}

// again gives some of the lines unchanged, some with a member more, some twice, and some cut off.
func again(lines [][]byte) [][]byte {
	var made [][]byte
	for i, line := range lines {
		switch changed := bytes.Replace(line, []byte(`{`), fmt.Appendf(nil, `{"round":%d,`, i), 1); i % 5 {
		case 0:
			made = append(made, line)
		case 1:
			made = append(made, changed)
		case 2:
			made = append(made, changed, line)
		case 3:
			made = append(made, append(bytes.Clone(line[:len(line)/2]), '\n'))
		}
	}
	return made
}

func writeLines(t *testing.T, path string, lines [][]byte) {
	t.Helper()
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a migration leaves.
type outcome struct {
	books migrate.Books
	live  map[string][]string
	lines int64
	took  time.Duration
}

// equal reports, and says, whether the outcomes are the same.
func (o outcome) equal(t *testing.T, want outcome) bool {
	t.Helper()
	if diff := cmp.Diff(want.books, o.books); diff != "" {
		t.Errorf("the books differ (-undisturbed +killed):\n%s", diff)
	}
	return sameLive(t, o.live, want.live) && !t.Failed()
}

// sameLive compares live data as sets of lines, and shows the first that differ.
func sameLive(t *testing.T, got, want map[string][]string) bool {
	t.Helper()
	same := true
	for _, name := range slices.Sorted(maps.Keys(want)) {
		lost, doubled := difference(want[name], got[name]), difference(got[name], want[name])
		if len(lost)+len(doubled) > 0 {
			same = false
			t.Errorf("live data of %s: %d lines, want %d; %d are missing, %d too many\nmissing %.200q\ntoo many %.200q", name,
				len(got[name]), len(want[name]), len(lost), len(doubled), lost[:min(len(lost), 2)], doubled[:min(len(doubled), 2)])
		}
	}
	if len(got) != len(want) {
		same = false
		t.Errorf("live data of %d collections, want %d", len(got), len(want))
	}
	return same
}

// difference gives the lines of a that are not in b, each as often as it is missing. Both are in byte order.
func difference(a, b []string) []string {
	var missing []string
	for len(a) > 0 {
		switch {
		case len(b) == 0 || a[0] < b[0]:
			missing, a = append(missing, a[0]), a[1:]
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		default:
			b = b[1:]
		}
	}
	return missing
}

// undisturbed runs the migration in one go, more than once, because a machine that others use too is not always as fast
// as it can be.
func undisturbed(t *testing.T, landfall, drops string) outcome {
	t.Helper()
	o := finish(t, landfall, filepath.Join(t.TempDir(), "undisturbed"), drops)
	for range 2 {
		o.took = min(o.took, finish(t, landfall, filepath.Join(t.TempDir(), "again"), drops).took)
	}
	if !o.books.Balanced || len(o.books.Checks) < 4 {
		t.Fatalf("books of the undisturbed run: balanced %v, checks %v", o.books.Balanced, o.books.Checks)
	}
	return o
}

// finish lets the command run to its end.
func finish(t *testing.T, landfall, data, drops string) outcome {
	t.Helper()
	c := exec.CommandContext(t.Context(), landfall, "run", "--json", "--data", data, drops)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	began := time.Now()
	if err := c.Run(); err != nil {
		t.Fatalf("landfall run: %v\n%s", err, stderr.Bytes())
	}
	took := time.Since(began)
	p := mustDocument(t, stdout.Bytes())
	live, err := readLive(filepath.Join(data, "live"))
	if err != nil {
		t.Fatal(err)
	}
	return outcome{books: p.books(), live: live, lines: p.Books.Whole.Equations[0].Left["lines"], took: took}
}

// killRepeatedly kills the command after what next says, again and again, until the migration is complete before the
// kill, and counts the kills by the phase that had ended last.
func killRepeatedly(t *testing.T, landfall, data, drops string, killed map[string]int, next func() time.Duration) {
	t.Helper()
	for range killsPerFolder {
		ctx, cancel := context.WithTimeout(t.Context(), next())
		c := exec.CommandContext(ctx, landfall, "run", "--json", "--data", data, drops) // the end of ctx is SIGKILL
		var stderr bytes.Buffer
		c.Stdout, c.Stderr = io.Discard, &stderr
		err := c.Run()
		cancel()
		if err == nil {
			return
		}
		if ctx.Err() == nil || !wasKilled(err) {
			t.Fatalf("landfall run, killed before: %v: %v\n%s", killed, err, stderr.Bytes())
		}
		killed[lastPhase(stderr.String())]++
	}
}

// lastPhase gives the first word of the last line.
func lastPhase(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	phase, _, _ := strings.Cut(lines[len(lines)-1], " ")
	return phase
}

// wasKilled reports whether a command ended by a signal, or before it could begin.
func wasKilled(err error) bool {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return !exit.Exited()
	}
	return err != nil && (errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "signal: killed"))
}
