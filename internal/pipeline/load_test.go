package pipeline_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
	"landfall/internal/records"
)

// answers collects the results of a load, batch by batch, and checks that each is durable when it comes.
type answers struct {
	*world
	batches [][]string
	when    []time.Duration
	began   time.Time
	then    func(batch int) error // after each batch
}

func (a *answers) emit(results []pipeline.LoadResult) error {
	var batch []string
	for _, r := range results {
		text := r.ID.String()[:8] + r.ID.String()[30:]
		for _, f := range r.Faults {
			text += " " + f.Field + ":" + string(f.Code)
		}
		if len(r.Faults) == 0 {
			key := migrate.EntityKey{Component: counterparties, Collection: "counterparties", ID: r.ID}
			if _, err := a.site.store.GetEntity(a.ctx, a.tenant, a.migration.ID, key); err != nil {
				a.t.Fatalf("%s is answered and not staged: %v", r.ID, err)
			}
		}
		batch = append(batch, text)
	}
	a.batches, a.when = append(a.batches, batch), append(a.when, time.Since(a.began))
	if a.then != nil {
		return a.then(len(a.batches))
	}
	return nil
}

func (w *world) beginLoad() *pipeline.Loading {
	w.t.Helper()
	loading, err := w.load().Begin(w.ctx, pipeline.LoadInput{Tenant: w.tenant, Migration: w.migration.ID, Component: counterparties,
		Collection: "counterparties", Format: records.JSONLines, Encoding: "identity"})
	w.check("beginning a load", err)
	return loading
}

// of gives the short form of the answer for a person, with faults.
func of(n int, faults string) string {
	id := id(kindPerson, n)
	return id[:8] + id[30:] + faults
}

const nobody = "00000000000000 :"

func TestLoad_Run(t *testing.T) {
	t.Parallel()
	t.Run("AnswersInOrderBatchByBatch", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.limits.BatchCount = 2
		loading := w.beginLoad()
		a := &answers{world: w}
		a.then = func(int) error { w.balance(); return nil }
		body := strings.Join([]string{person(1, ""), "{", "", person(2, "")[:60] + "}", person(1, `,"firstName":"X"`), person(3, "")}, "\n") + "\n\n \n"
		w.check("loading", loading.Run(t.Context(), iotest.OneByteReader(strings.NewReader(body)), a.emit))
		want := [][]string{
			{of(1, ""), nobody + "INVALID_JSON"},
			{of(2, " :INVALID_JSON"), of(1, "")},
			{of(3, "")},
		}
		if diff := cmp.Diff(want, a.batches); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		d := w.drop(loading.Drop().ID)
		if d.State != migrate.DropSettled || d.Origin != migrate.OriginRequest || w.row().OpenDrops != 0 {
			t.Errorf("the drop is %+v", d)
		}
		w.compare([]offered{{"Counterparties", "counterparties", "jsonl", []byte(body), 1}}, []migrate.Drop{d})
	})
	t.Run("BlankLinesAloneAndAfterTheLastBatch", func(t *testing.T) {
		t.Parallel()
		for _, body := range []string{"", "\n\n", person(1, "") + "\n" + person(2, "") + "\n\n\n"} {
			w := setup(t, counterparties)
			w.limits.BatchCount = 1
			loading := w.beginLoad()
			a := &answers{world: w}
			w.check("loading", loading.Run(t.Context(), strings.NewReader(body), a.emit))
			w.compare([]offered{{"Counterparties", "counterparties", "jsonl", []byte(body), 1}}, []migrate.Drop{w.drop(loading.Drop().ID)})
			if w.drop(loading.Drop().ID).State != migrate.DropSettled || len(a.batches) != strings.Count(body, "}") {
				t.Errorf("%q: the drop is %+v, answered %v", body, w.drop(loading.Drop().ID), a.batches)
			}
			w.balance()
		}
	})
	t.Run("TheBodyBreaksOff", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		loading := w.beginLoad()
		a := &answers{world: w}
		body := io.MultiReader(strings.NewReader(person(1, "")+"\n{\n"+person(2, "")[:50]), iotest.ErrReader(io.ErrUnexpectedEOF))
		if err := loading.Run(t.Context(), body, a.emit); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the load ended with %v, want that of the body", err)
		}
		if diff := cmp.Diff([][]string{{of(1, ""), nobody + "INVALID_JSON"}}, a.batches); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		d := w.drop(loading.Drop().ID)
		if d.State != migrate.DropInterrupted || len(w.staged(counterparties)) != 1 || w.row().OpenDrops != 0 {
			t.Errorf("the drop is %s with %d entities, %d drops are open", d.State, len(w.staged(counterparties)), w.row().OpenDrops)
		}
		w.balance()
	})
	t.Run("TheClientIsGone", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.limits.BatchCount = 1
		loading := w.beginLoad()
		a := &answers{world: w}
		gone := errors.New("gone")
		a.then = func(batch int) error { return gone }
		if err := loading.Run(t.Context(), strings.NewReader(person(1, "")+"\n"+person(2, "")+"\n"), a.emit); !errors.Is(err, gone) {
			t.Errorf("the load ended with %v", err)
		}
		if d := w.drop(loading.Drop().ID); d.State != migrate.DropInterrupted || len(w.staged(counterparties)) != 1 {
			t.Errorf("the drop is %s with %d entities, want Interrupted with one", d.State, len(w.staged(counterparties)))
		}
		w.balance()
	})
	t.Run("CancelledInTheMiddle", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.limits.BatchCount = 2
		loading := w.beginLoad()
		a := &answers{world: w}
		a.then = func(batch int) error {
			if batch == 1 {
				return w.lifecycle.Cancel(t.Context(), w.tenant, w.migration.ID)
			}
			return nil
		}
		var lines []string
		for i := range 7 {
			lines = append(lines, person(i, ""))
		}
		w.check("loading", loading.Run(t.Context(), strings.NewReader(strings.Join(lines, "\n")), a.emit))
		var got []string
		for _, b := range a.batches {
			got = append(got, b...)
		}
		for i, text := range got {
			if want := of(i, ""); i < 2 && text != want || i >= 2 && !strings.HasSuffix(text, " :MIGRATION_CANCELLED") {
				t.Errorf("answer %d is %q", i, text)
			}
		}
		if len(got) != 7 || len(w.staged(counterparties)) != 2 || w.drop(loading.Drop().ID).State != migrate.DropSettled {
			t.Errorf("%d answers, %d entities, the drop is %s", len(got), len(w.staged(counterparties)), w.drop(loading.Drop().ID).State)
		}
		w.balance()
	})
	t.Run("AnAddFails", func(t *testing.T) {
		t.Parallel()
		w := setup(t, counterparties)
		w.store.beforeAdd = func(r migrate.StagedRecord) error {
			if r.ID == refID(kindPerson, 2) {
				return errDied
			}
			return nil
		}
		loading := w.beginLoad()
		a := &answers{world: w}
		body := person(1, "") + "\n" + person(2, "") + "\n" + person(3, "") + "\n"
		if err := loading.Run(t.Context(), strings.NewReader(body), a.emit); !errors.Is(err, errDied) {
			t.Errorf("the load ended with %v", err)
		}
		w.wantCommitted(loading, int64(len(person(1, "")))+1, 1)
	})
}

// wantCommitted fails unless the load's ledger ends where its last record does, and holds as many.
func (w *world) wantCommitted(l *pipeline.Loading, end, lines int64) {
	w.t.Helper()
	tally, err := w.store.DropTally(w.ctx, w.tenant, w.migration.ID, l.Drop().ID)
	w.check("summing", err)
	if tally.Bytes != end || tally.Lines != lines || int64(len(w.staged(counterparties))) != lines {
		w.t.Fatalf("%d lines are booked over %d bytes and %d staged, want %d over %d", tally.Lines, tally.Bytes, len(w.staged(counterparties)), lines, end)
	}
	if d := w.drop(l.Drop().ID); d.State != migrate.DropInterrupted {
		w.t.Fatalf("the drop is %s, want Interrupted", d.State)
	}
	w.balance()
}

func TestLoad_Begin(t *testing.T) {
	t.Parallel()
	w := setup(t, counterparties, administrate)
	begin := func(component migrate.ComponentName, collection migrate.CollectionName) error {
		_, err := w.load().Begin(t.Context(), pipeline.LoadInput{Tenant: w.tenant, Migration: w.migration.ID, Component: component, Collection: collection})
		return err
	}
	for _, c := range []migrate.EntityKey{{Component: counterparties, Collection: "nothing"}, {Component: "Nobody", Collection: "counterparties"},
		{Component: administrate, Collection: "payment-administrations"}} {
		if err := begin(c.Component, c.Collection); migrate.CodeOf(err) != migrate.NotFound {
			t.Errorf("loading into %s/%s: %v, want NotFound", c.Component, c.Collection, err)
		}
	}
	wantProblem(t, begin(collaterals, "collaterals"), migrate.WrongState, migrate.ProblemComponentMissing)
	w.run(migrate.ValidateStaging)
	r := w.begin(migrate.Import)
	wantProblem(t, begin(counterparties, "counterparties"), migrate.WrongState, migrate.ProblemImportRunning)
	r.settle()
	wantProblem(t, begin(counterparties, "counterparties"), migrate.WrongState, migrate.ProblemCompleted)
	if m := w.row(); m.OpenDrops != 0 || m.NextSeq != 1 {
		t.Errorf("refused loads left %d open drops, the next is %d", m.OpenDrops, m.NextSeq)
	}
}

// TestLoad_Pauses answers what waits when the body pauses, on a clock of its own.
func TestLoad_Pauses(t *testing.T) {
	t.Parallel()
	if _, err := openLending(); err != nil { // outside the bubble
		t.Fatal(err)
	}
	t.Run("LateButNotLater", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := newSite(t)
			w := newWorld(t, t.Context(), s, counterparties)
			load := w.load()
			load.Now = time.Now
			loading, err := load.Begin(t.Context(), pipeline.LoadInput{Tenant: w.tenant, Migration: w.migration.ID, Component: counterparties,
				Collection: "counterparties", Format: records.JSONLines, Encoding: "identity"})
			w.check("beginning a load", err)
			a := &answers{world: w, began: time.Now()}
			body, client := io.Pipe()
			go func() {
				for i, milliseconds := range []int{50, 100, 1000, 10, 0} {
					fmt.Fprintf(client, "%s\n%s", person(2*i, ""), person(2*i+1, "")[:20])
					time.Sleep(time.Duration(milliseconds) * time.Millisecond)
					fmt.Fprintf(client, "%s\n", person(2*i+1, "")[20:])
				}
				client.Close()
			}()
			w.check("loading", loading.Run(t.Context(), body, a.emit))
			// The first record of a batch comes at 0, 50 ms later the second; a batch is answered 200 ms after its first.
			want := [][]string{{of(0, ""), of(1, ""), of(2, ""), of(3, ""), of(4, "")}, {of(5, ""), of(6, ""), of(7, ""), of(8, ""), of(9, "")}}
			if diff := cmp.Diff(want, a.batches); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]time.Duration{200 * time.Millisecond, 1160 * time.Millisecond}, a.when); diff != "" {
				t.Errorf("answered at (-want +got):\n%s", diff)
			}
			w.balance()
		})
	})
	t.Run("TheLateCommitFails", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, t.Context(), newSite(t), counterparties)
			fails := true
			w.store.beforeCommit = func(migrate.ChunkRef, int64) error {
				if fails {
					fails = false
					return migrate.Errorf(migrate.StorageFull, "committing", "no room")
				}
				return nil
			}
			loading := w.beginLoad()
			a := &answers{world: w}
			body, client := io.Pipe()
			go func() {
				fmt.Fprintf(client, "%s\n", person(1, ""))
				time.Sleep(time.Second)
				client.Close()
			}()
			if err := loading.Run(t.Context(), body, a.emit); migrate.CodeOf(err) != migrate.StorageFull {
				t.Errorf("the load ended with %v, want StorageFull", err)
			}
			if len(a.batches) != 0 {
				t.Errorf("what was lost is answered: %v", a.batches)
			}
			w.wantCommitted(loading, 0, 0)
			body.Close() // as a server does when the handler has returned
			time.Sleep(time.Second)
		})
	})
}
