package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"landfall/internal/local"
	"landfall/internal/migrate"
)

// watch shows how far a migration is: one bar per component and phase on a terminal, elsewhere one line per component
// and phase when it has ended. It only reads rows; the machines know nothing of it.
type watch struct {
	out       io.Writer
	service   *local.Service
	migration migrate.Migration
	bars      progress.Writer // nil: plain lines
	phases    map[string]*phase
	once      sync.Once
	cancel    context.CancelFunc
	done      chan struct{} // nil until start; closed when nothing is read any more
}

// phase is one component's part of staging or of a job.
type phase struct {
	name  string
	bar   *progress.Tracker
	ended bool
}

// lookEvery is how often the rows are read.
const lookEvery = 150 * time.Millisecond

func newWatch(out io.Writer, service *local.Service, m migrate.Migration, bars bool) *watch {
	w := &watch{out: out, service: service, migration: m, phases: map[string]*phase{}}
	if bars {
		w.bars = newBars(out)
	}
	return w
}

func newBars(out io.Writer) progress.Writer {
	p := progress.NewWriter()
	p.SetOutputWriter(out)
	p.SetStyle(progress.StyleBlocks)
	p.Style().Visibility.TrackerOverall = false
	p.Style().Visibility.ETA = true
	p.Style().Options.Separator = " "
	p.Style().Options.DoneString = "done"
	p.Style().Options.ErrorString = "not finished"
	p.SetTrackerPosition(progress.PositionRight)
	p.Style().Options.TimeInProgressPrecision = 100 * time.Millisecond
	p.Style().Options.TimeDonePrecision = 100 * time.Millisecond
	p.SetMessageLength(34)
	p.SetTrackerLength(24)
	p.SetUpdateFrequency(lookEvery)
	return p
}

func (w *watch) start(ctx context.Context) {
	ctx, w.cancel = context.WithCancel(ctx)
	w.done = make(chan struct{})
	if w.bars != nil {
		go w.bars.Render()
	}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				w.look(ctx)
			}
		}
	}()
}

// stop looks once more, so that what has ended is shown as ended. It is harmless to call it again, or without start.
func (w *watch) stop() {
	w.once.Do(func() {
		if w.done == nil {
			return
		}
		w.cancel()
		<-w.done
		w.look(context.Background())
		if w.bars == nil {
			return
		}
		w.bars.Stop()
		for w.bars.IsRenderInProgress() {
			time.Sleep(10 * time.Millisecond)
		}
	})
}

// look reads the rows and moves the bars. A row that cannot be read now is read the next time.
func (w *watch) look(ctx context.Context) {
	w.lookAtStaging(ctx)
	jobs, _, err := w.service.Store.ListJobs(ctx, tenant, w.migration.ID, 0, 20)
	if err != nil {
		return
	}
	for i := len(jobs) - 1; i >= 0; i-- {
		w.lookAtJob(ctx, jobs[i])
	}
}

func (w *watch) lookAtStaging(ctx context.Context) {
	offered, settled := map[migrate.ComponentName]int64{}, map[migrate.ComponentName]bool{}
	for after := uint32(0); ; {
		drops, err := w.service.Store.ListDrops(ctx, tenant, w.migration.ID, after, 500)
		if err != nil {
			return
		}
		for _, d := range drops {
			if _, seen := settled[d.Component]; !seen {
				settled[d.Component] = true
			}
			offered[d.Component] += d.Size
			settled[d.Component] = settled[d.Component] && !d.State.IsOpen()
			after = d.Seq
		}
		if len(drops) < 500 {
			break
		}
	}
	tallies, err := w.service.Store.ComponentTallies(ctx, tenant, w.migration.ID)
	if err != nil {
		return
	}
	for _, name := range w.migration.ComponentNames() {
		if size, ok := offered[name]; ok {
			t := tallies[name]
			w.show("stage", name, reading{t.Bytes, size, t.Lines, "lines", settled[name]})
		}
	}
}

func (w *watch) lookAtJob(ctx context.Context, j migrate.Job) {
	units, err := w.service.Store.ListUnits(ctx, tenant, j.ID)
	if err != nil {
		return
	}
	tallies, err := w.service.Store.ComponentTallies(ctx, tenant, w.migration.ID)
	if err != nil {
		return
	}
	verb := map[migrate.JobType]string{migrate.ValidateStaging: "validate", migrate.Import: "import", migrate.Counts: "count"}[j.Type]
	for _, name := range j.Components {
		var sum migrate.Progress
		ended, any := true, false
		for _, u := range units {
			if u.Component == name {
				any = true
				sum.Add(u.Progress)
				ended = ended && u.Progress.Done
			}
		}
		if any {
			total := max(tallies[name].Staged(), sum.Entities)
			w.show(verb, name, reading{sum.Entities, total, sum.Entities, "entities", ended || j.State != migrate.JobInProgress})
		}
	}
}

// unitsOf gives how a bar writes its numbers: staging is measured in bytes, because nobody has counted the lines yet.
func unitsOf(noun string) progress.Units {
	if noun == "lines" {
		return progress.UnitsBytes
	}
	return progress.UnitsDefault
}

// reading is how far a phase of a component is.
type reading struct {
	done, total int64
	count       int64  // of what the phase counts
	noun        string // what that is
	ended       bool
}

// show moves one bar, or writes the line of a phase that has just ended.
func (w *watch) show(verb string, name migrate.ComponentName, r reading) {
	key := verb + " " + string(name)
	p, ok := w.phases[key]
	if !ok {
		p = &phase{name: fmt.Sprintf("%-9s %s", verb, name)}
		w.phases[key] = p
		if w.bars != nil {
			p.bar = &progress.Tracker{Message: p.name, Total: max(r.total, 1), Units: unitsOf(r.noun)}
			w.bars.AppendTracker(p.bar)
		}
	}
	if p.ended {
		return
	}
	if p.bar != nil {
		p.bar.UpdateTotal(max(r.total, 1))
		p.bar.SetValue(min(r.done, max(r.total, 1)))
	}
	if !r.ended {
		return
	}
	p.ended = true
	if p.bar != nil {
		p.bar.MarkAsDone()
		return
	}
	fmt.Fprintf(w.out, "%-34s %10d %s\n", p.name, r.count, r.noun)
}
