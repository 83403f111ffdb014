package file_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"landfall/internal/migrate"
	"landfall/internal/target/file"
)

const (
	killedDir   = "LANDFALL_TEST_KILLED_DIR"
	killedRound = "LANDFALL_TEST_KILLED_ROUND"
	killedBatch = 40
)

// entitiesOfRound gives what is imported in a round: every seventh entity has other content than in the round before.
func entitiesOfRound(round int) []migrate.Entity {
	entities := portfolio(2400)
	for i := range entities {
		e := &entities[i]
		if i%7 == round%7 {
			e.Body = bytes.Replace(e.Body, []byte(`"filler"`), fmt.Appendf(nil, `"round":%d,"filler"`, round), 1)
			e.Hash = migrate.HashContent(e.Body)
		}
	}
	return entities
}

// TestTarget_Killed imports in a process that is killed at random moments, looks after each at what is there, and goes
// on. What was acknowledged is there as it was sent, nothing is there twice, and in the end everything is there.
func TestTarget_Killed(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(killedDir); dir != "" {
		importUntilKilled(t, dir)
		return
	}
	dir := t.TempDir()
	for round := range 12 {
		acknowledged := runAndKill(t, dir, round)
		wantAcknowledged(t, dir, entitiesOfRound(round), acknowledged)
	}
	last := entitiesOfRound(12)
	target := mustOpen(t, dir)
	defer target.Close()
	for batch := range slices.Chunk(last, killedBatch) {
		if _, err := target.ImportBatch(t.Context(), migrate.LocalTenant, batchOf(benchMigration, batch)); err != nil {
			t.Fatal(err)
		}
	}
	if got := liveBodies(t, target); len(got) != len(last) {
		t.Errorf("%d entities are live, want %d", len(got), len(last))
	}
}

// importUntilKilled says on standard output, one line each, how many entities are acknowledged.
func importUntilKilled(t *testing.T, dir string) {
	round, err := strconv.Atoi(os.Getenv(killedRound))
	if err != nil {
		t.Fatal(err)
	}
	target := mustOpen(t, dir)
	defer target.Close()
	done := 0
	for batch := range slices.Chunk(entitiesOfRound(round), killedBatch) {
		if _, err := target.ImportBatch(t.Context(), migrate.LocalTenant, batchOf(benchMigration, batch)); err != nil {
			t.Fatal(err)
		}
		done += len(batch)
		fmt.Fprintf(os.Stdout, "acknowledged %d\n", done)
	}
}

// runAndKill kills a process some milliseconds after its first acknowledgement and gives the last one.
func runAndKill(t *testing.T, dir string, round int) (acknowledged int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), killedDir+"="+dir, killedRound+"="+strconv.Itoa(round))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var kill *time.Timer
	for s := bufio.NewScanner(out); s.Scan(); {
		fmt.Sscanf(s.Text(), "acknowledged %d", &acknowledged)
		if kill == nil {
			kill = time.AfterFunc(rand.N(40*time.Millisecond), func() { child.Process.Kill() })
		}
	}
	child.Wait() // killed, as a rule
	if acknowledged == 0 {
		t.Fatalf("round %d: the process acknowledged nothing", round)
	}
	return acknowledged
}

func wantAcknowledged(t *testing.T, dir string, entities []migrate.Entity, acknowledged int) {
	t.Helper()
	target := mustOpen(t, dir)
	defer target.Close()
	live := liveBodies(t, target)
	for _, e := range entities[:acknowledged] {
		if got := live[e.ID]; got != string(e.Body) {
			t.Fatalf("of %d acknowledged entities %s is %.80q, want %.80q", acknowledged, e.ID, got, e.Body)
		}
	}
}

// liveBodies reads live data and fails if something is there twice.
func liveBodies(t *testing.T, target *file.Target) map[migrate.ReferenceID]string {
	t.Helper()
	live := map[migrate.ReferenceID]string{}
	err := target.WalkLive(t.Context(), migrate.LocalTenant, whole(benchMigration), func(e migrate.LiveEntity) error {
		if _, twice := live[e.ID]; twice {
			return fmt.Errorf("%s is there twice", e.ID)
		}
		live[e.ID] = string(e.Body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return live
}
