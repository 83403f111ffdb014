package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"landfall/internal/migrate"
)

// nasty is a small content with everything that makes a split difficult.
func nasty() string {
	return strings.Join([]string{person(1, ""), "", person(2, "")[:40], "\t", person(1, `,"a":1`) + "\r", "[]", "", person(3, "")}, "\n")
}

// TestStage_EveryChunkSize stages one content cut into pieces of each size, each part as small as can be.
func TestStage_EveryChunkSize(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	sizes := []int64{1, 2, 3, 5, 17, 40, 41, 42, 43, 100, 118, 119, 400, 10_000}
	for _, size := range sizes {
		w := newWorld(t, t.Context(), s, counterparties)
		w.limits.ChunkBytes, w.limits.PartBytes = size, 1
		o := offered{"Counterparties", "counterparties", "jsonl", []byte(nasty()), 1}
		d := w.stageAll(w.offer("Counterparties/counterparties/a.jsonl", nasty()))
		if d.State != migrate.DropSettled {
			t.Fatalf("in pieces of %d the drop is %s: %+v", size, d.State, d.Problem)
		}
		w.compare([]offered{o}, []migrate.Drop{d})
		w.balance()
	}
}

// TestStage_Workers stages chunks at the same time; run with -race.
func TestStage_Workers(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	w.limits.ChunkBytes, w.limits.PartBytes = 300, 200
	var lines []string
	for i := range 60 {
		lines = append(lines, person(i%20, fmt.Sprintf(`,"firstName":"V%d"`, i%3)))
	}
	content := strings.Join(lines, "\n")
	d := w.offer("Counterparties/counterparties/a.jsonl", content)
	step := w.stage()
	var workers sync.WaitGroup
	for range 2 { // each chunk is delivered twice
		for _, chunk := range w.planned(d) {
			workers.Go(func() {
				for !chunk.Done {
					var err error
					if chunk, err = step.Run(t.Context(), chunk); err != nil {
						t.Errorf("staging %+v: %v", chunk, err)
						return
					}
				}
			})
		}
	}
	workers.Wait()
	if got := w.settled(d); got.State != migrate.DropSettled {
		t.Fatalf("the drop is %s: %+v", got.State, got.Problem)
	}
	w.compare([]offered{{"Counterparties", "counterparties", "jsonl", []byte(content), 1}}, []migrate.Drop{d})
	w.balance()
}

func TestStage_OutOfTime(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	w.late = func() bool { return true }
	d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"+person(2, "")+"\n")
	chunk := w.planned(d)[0]
	for _, want := range []int64{int64(len(person(1, ""))) + 1, 2 * (int64(len(person(1, ""))) + 1)} {
		var err error
		if chunk, err = w.stage().Run(t.Context(), chunk); err != nil || chunk.From != want {
			t.Fatalf("the step went to %d (%v), want %d: a record each time", chunk.From, err, want)
		}
	}
	if !chunk.Done {
		if out, err := w.stage().Run(t.Context(), chunk); err != nil || !out.Done {
			t.Fatalf("the step is not done: %+v, %v", out, err)
		}
	}
}

// What is committed is not read again, so that a retry of a large chunk is cheap.
func TestStage_CommittedIsSkipped(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	w.limits.PartBytes = 1
	d := w.offer("Counterparties/counterparties/a.jsonl", nasty())
	chunk := w.planned(d)[0]
	w.stageChunk(chunk)
	w.store.beforeCommit = func(migrate.ChunkRef, int64) error { return errDied }
	if out, err := w.stage().Run(t.Context(), chunk); err != nil || !out.Done {
		t.Errorf("delivered again, the chunk is %+v, %v, want it done", out, err)
	}
}

func TestStage_Cancelled(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	w.limits.PartBytes = 1
	d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"+person(2, "")+"\n")
	chunk := w.planned(d)[0]
	w.store.beforeCommit = func(ref migrate.ChunkRef, _ int64) error {
		if ref.From == 0 {
			return nil
		}
		return w.lifecycle.Cancel(t.Context(), w.tenant, w.migration.ID)
	}
	_, err := w.stage().Run(t.Context(), chunk)
	wantProblem(t, err, migrate.WrongState, migrate.ProblemCancelled)
	if n := len(w.staged(counterparties)); n != 1 {
		t.Errorf("%d entities are staged, want the one of before the cancel", n)
	}
	if got := w.settled(d); got.State != migrate.DropFailed {
		t.Errorf("the drop is %s, want Failed", got.State)
	}
}

func TestStage_ContextEnds(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n")
	chunk := w.planned(d)[0]
	ctx, cancel := context.WithCancel(t.Context())
	w.store.beforeCommit = func(migrate.ChunkRef, int64) error { cancel(); return nil }
	if _, err := w.stage().Run(ctx, chunk); !errors.Is(err, context.Canceled) {
		t.Errorf("the step ended with %v, want that of the context", err)
	}
	w.store.beforeCommit = nil
	w.stageChunk(chunk)
	if got := w.settled(d); got.State != migrate.DropSettled || len(w.staged(counterparties)) != 1 {
		t.Errorf("after a retry the drop is %s with %d entities", got.State, len(w.staged(counterparties)))
	}
}

// packed compresses a text.
func packed(t *testing.T, encoding, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := interface {
		Write([]byte) (int, error)
		Close() error
	}(gzip.NewWriter(&b))
	if encoding == "zstd" {
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStage_Compressed(t *testing.T) {
	t.Parallel()
	for ending, encoding := range map[string]string{"gz": "gzip", "zst": "zstd"} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			w := setup(t, counterparties)
			w.limits.PartBytes = 1
			d := w.offer("Counterparties/counterparties/a.jsonl."+ending, packed(t, encoding, nasty()))
			chunk := w.planned(d)[0]
			w.late = func() bool { return true } // so each record is read by a step of its own, from the start of the stream
			w.stageChunk(chunk)
			if got := w.settled(d); got.State != migrate.DropSettled {
				t.Fatalf("the drop is %s: %+v", got.State, got.Problem)
			}
			want := expect([]offered{{"Counterparties", "counterparties", "jsonl", []byte(nasty()), 1}}, w.limits.MaxRecord)
			if got := w.rejections(d); fmt.Sprint(got) != fmt.Sprint(want.rejected[1]) {
				t.Errorf("rejections %q, want %q", got, want.rejected[1])
			}
			if n := len(w.staged(counterparties)); n != len(want.entities[counterparties]) {
				t.Errorf("%d entities are staged, want %d", n, len(want.entities[counterparties]))
			}
			w.balance()
		})
	}
}

// A damaged stream is not tried again, and what could be read before the damage counts.
func TestStage_Damaged(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(nasty(), 50)
	for name, content := range map[string]string{
		"a.jsonl.gz": "this is no gzip", "b.jsonl.gz": packed(t, "gzip", text)[:200],
		"c.jsonl.zst": "this is no zstd", "d.jsonl.zst": packed(t, "zstd", text)[:100], "e.jsonl.gz": "", "f.jsonl.zst": "\x28\xb5\x2f\xfd",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, counterparties)
			d := w.offer("Counterparties/counterparties/"+name, content)
			_, err := w.stage().Run(t.Context(), w.planned(d)[0])
			if migrate.CodeOf(err) != migrate.Invalid {
				t.Errorf("staging a damaged stream: %v, want code Invalid", err)
			}
			if got := w.settled(d); got.State != migrate.DropFailed || got.Problem.Code != "not-finished" {
				t.Errorf("the drop is %s, %+v, want Failed, not-finished", got.State, got.Problem)
			}
		})
	}
}

func TestStage_NothingToStage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content      string
		lines, blank int64
	}{
		"a.jsonl": {"", 0, 0}, "b.jsonl": {"\n \n\t\r\n", 0, 3}, "c.jsonl": {"\xef\xbb\xbf", 0, 0},
		"d.json-seq": {"\x1e\n\x1e \x1e\n", 0, 0}, "e.jsonl": {"\x00\x01\x02\xff", 1, 0}, "f.jsonl": {"  ", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, counterparties)
			d := w.stageAll(w.offer("Counterparties/counterparties/"+name, c.content))
			if d.State != migrate.DropSettled || w.row().OpenDrops != 0 {
				t.Fatalf("the drop is %s: %+v", d.State, d.Problem)
			}
			tally, err := w.store.DropTally(t.Context(), w.tenant, w.migration.ID, d.ID)
			w.check("summing", err)
			if tally.Lines != c.lines || tally.BlankLines != c.blank || tally.Rejected != c.lines || tally.Revision != 0 {
				t.Errorf("the ledger says %+v, want %d lines, all rejected, %d blank", tally, c.lines, c.blank)
			}
			w.balance()
		})
	}
}

// A failed commit loses what the part held: it is read again, never committed without it.
func TestStage_CommitFails(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties)
	d := w.offer("Counterparties/counterparties/a.jsonl", person(1, "")+"\n"+person(2, "")+"\n")
	chunk := w.planned(d)[0]
	w.store.beforeCommit = func(migrate.ChunkRef, int64) error {
		return migrate.Errorf(migrate.StorageFull, "committing", "no room")
	}
	if out, err := w.stage().Run(t.Context(), chunk); migrate.CodeOf(err) != migrate.StorageFull || out.From != 0 {
		t.Fatalf("the step went to %d: %v", out.From, err)
	}
	w.store.beforeCommit = nil
	w.stageChunk(chunk)
	if n := len(w.staged(counterparties)); n != 2 {
		t.Errorf("%d entities are staged, want 2", n)
	}
}
