package pipeline_test

import (
	"context"

	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

func (w *world) validate() *pipeline.Validate {
	return &pipeline.Validate{Store: w.store, Target: w.target, Catalog: w.site.lending, OutOfTime: w.late}
}

func (w *world) imports() *pipeline.Import {
	return &pipeline.Import{Store: w.store, Target: w.target, Catalog: w.site.lending, OutOfTime: w.late}
}

func (w *world) count() *pipeline.Count {
	return &pipeline.Count{Store: w.store, Target: w.target, Catalog: w.site.lending, OutOfTime: w.late}
}

// unitRun is the step of a job.
func (w *world) unitRun(t migrate.JobType) func(context.Context, pipeline.UnitState) (pipeline.UnitState, error) {
	switch t {
	case migrate.ValidateStaging:
		return w.validate().Run
	case migrate.Import:
		return w.imports().Run
	default:
		return w.count().Run
	}
}

// running is a job that has begun and is planned.
type running struct {
	w     *world
	state pipeline.MachineState
	units []pipeline.UnitState // in an order in which the machine might run them
}

// begin starts a job and plans it.
func (w *world) begin(t migrate.JobType) *running {
	w.t.Helper()
	job, err := w.lifecycle.StartJob(w.ctx, w.tenant, w.migration.ID, t)
	w.check("starting "+string(t), err)
	r := &running{w: w, state: pipeline.MachineState{Tenant: w.tenant, Migration: w.migration.ID, Epoch: job.Epoch,
		Run: string(job.ID), Job: job.ID, JobType: t}}
	r.plan()
	return r
}

func (r *running) plan() {
	r.w.t.Helper()
	var err error
	r.state, err = r.w.plan().Run(r.w.ctx, r.state)
	r.w.check("planning a job", err)
	r.units = nil
	add := func(m pipeline.Manifest) { r.units = append(r.units, manifest[pipeline.UnitState](r.w, m.Manifest)...) }
	switch r.state.JobType {
	case migrate.ValidateStaging:
		for _, m := range r.state.Components {
			add(m)
		}
	case migrate.Import:
		for _, wave := range r.state.Waves {
			for _, m := range wave.Components {
				add(m)
			}
		}
	default:
		add(r.state.Manifest)
	}
}

// patience is how often a unit's step is called before the test gives up: it has to make progress.
const patience = 10_000

// work runs every unit as a map's child does: until it is done, again after an error that may pass, and not at all after
// another, which leaves the unit open.
func (r *running) work() {
	r.w.t.Helper()
	for _, u := range r.units {
		r.workOn(u)
	}
}

func (r *running) workOn(u pipeline.UnitState) {
	r.w.t.Helper()
	run := r.w.unitRun(r.state.JobType)
	for range patience {
		out, err := run(r.w.ctx, u)
		switch {
		case err == nil && out.Done:
			return
		case err == nil:
			u = out
		case !migrate.ClassOf(migrate.CodeOf(err)).Retry:
			return
		}
	}
	r.w.t.Fatalf("unit %+v does not end", u.UnitKey)
}

// settle closes the job and gives it as stored.
func (r *running) settle() migrate.Job {
	r.w.t.Helper()
	out, err := r.w.settle.Run(r.w.ctx, r.state)
	r.w.check("settling a job", err)
	r.state = out
	return r.job()
}

func (r *running) job() migrate.Job {
	r.w.t.Helper()
	job, err := r.w.store.GetJob(r.w.ctx, r.w.tenant, r.state.Job)
	r.w.check("getting a job", err)
	return job
}

// run does a whole job.
func (w *world) run(t migrate.JobType) migrate.Job {
	w.t.Helper()
	r := w.begin(t)
	r.work()
	return r.settle()
}

// issues gives what a job found, in its order.
func (w *world) issues(job migrate.JobID) []migrate.Issue {
	w.t.Helper()
	var list []migrate.Issue
	w.check("walking issues", w.store.WalkIssues(w.ctx, w.tenant, job, migrate.IssueCursor{}, func(i migrate.Issue) error {
		list = append(list, i)
		return nil
	}))
	return list
}

// live gives what the target holds of a component, each body once for each time it is there.
func (w *world) live(name migrate.ComponentName) map[string]int {
	w.t.Helper()
	bodies := map[string]int{}
	q := migrate.LiveQuery{Migration: w.migration.ID, Component: name, Buckets: migrate.DefaultBuckets, LastBucket: migrate.DefaultBuckets - 1}
	w.check("walking live data", w.site.live.WalkLive(w.ctx, w.tenant, q, func(e migrate.LiveEntity) error {
		bodies[string(e.Body)]++
		return nil
	}))
	return bodies
}

// staged gives what is staged of a component, without its body's origin.
func (w *world) staged(name migrate.ComponentName) map[migrate.EntityKey]migrate.Entity {
	w.t.Helper()
	all := map[migrate.EntityKey]migrate.Entity{}
	for bucket := range migrate.DefaultBuckets {
		q := migrate.BucketQuery{Component: name, Bucket: bucket}
		w.check("walking a bucket", w.store.WalkBucket(w.ctx, w.tenant, w.migration.ID, q, func(e *migrate.Entity) error {
			copied := *e
			copied.Body = append([]byte(nil), e.Body...)
			all[migrate.EntityKey{Component: name, Collection: e.Collection, ID: e.ID}] = copied
			return nil
		}))
	}
	return all
}
