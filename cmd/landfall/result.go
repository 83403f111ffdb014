package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"landfall/internal/local"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// result is everything that is known of a migration when a run has ended, read from the rows.
type result struct {
	service    *local.Service
	migration  migrate.Migration
	status     migrate.Status
	drops      []droppedFile
	jobs       []migrate.Job // oldest first
	books      migrate.Books
	rejections []rejectedLine // the first of them
	issues     []migrate.Issue
	sample     string // path of one staged entity in the HTTP API; "" if none is staged
}

// droppedFile is a drop with what became of its lines.
type droppedFile struct {
	migrate.Drop
	tally migrate.Tally
}

// rejectedLine is a rejected record with the place a person looks for it at.
type rejectedLine struct {
	file string
	line int64
	migrate.Rejection
}

// shownLines is how many rejected lines and faulty entities are shown; all of them are in the log and the results.
const shownLines = 10

func gather(ctx context.Context, s *local.Service, id migrate.MigrationID) (*result, error) {
	r := &result{service: s}
	var err error
	if r.migration, err = s.Store.GetMigration(ctx, tenant, id); err != nil {
		return nil, err
	}
	if r.status, err = s.Lifecycle.Status(ctx, tenant, r.migration); err != nil {
		return nil, err
	}
	if err := r.readDrops(ctx); err != nil {
		return nil, err
	}
	if err := r.readJobs(ctx); err != nil {
		return nil, err
	}
	if err := r.findSample(ctx); err != nil {
		return nil, err
	}
	r.books, err = s.Books.Books(ctx, tenant, r.migration)
	return r, err
}

// findSample takes the first staged entity that it meets.
func (r *result) findSample(ctx context.Context) error {
	for _, c := range r.status.Components {
		component, ok := r.service.Catalog.Component(c.Component)
		if !ok || component.Generated || c.Staged == 0 {
			continue
		}
		for bucket := range r.migration.Buckets {
			query := migrate.BucketQuery{Component: c.Component, Bucket: bucket, KeysOnly: true}
			err := r.service.Store.WalkBucket(ctx, tenant, r.migration.ID, query, func(e *migrate.Entity) error {
				r.sample = "/" + component.PathGroup + "/migrations/" + string(r.migration.ID) + "/staging/" + string(e.Collection) + "/" + e.ID.String()
				return errEnough
			})
			if r.sample != "" {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *result) readDrops(ctx context.Context) error {
	for after := uint32(0); ; {
		page, err := r.service.Store.ListDrops(ctx, tenant, r.migration.ID, after, 500)
		if err != nil {
			return err
		}
		for _, d := range page {
			after = d.Seq
			tally, err := r.service.Store.DropTally(ctx, tenant, r.migration.ID, d.ID)
			if err != nil {
				return err
			}
			r.drops = append(r.drops, droppedFile{d, tally})
			if err := r.readRejections(ctx, d); err != nil {
				return err
			}
		}
		if len(page) < 500 {
			return nil
		}
	}
}

func (r *result) readRejections(ctx context.Context, d migrate.Drop) error {
	err := pipeline.EachRejection(ctx, r.service.Store, tenant, d, func(line int64, rejection migrate.Rejection) error {
		if len(r.rejections) >= shownLines {
			return errEnough
		}
		r.rejections = append(r.rejections, rejectedLine{fileOf(d), line, rejection})
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (r *result) readJobs(ctx context.Context) error {
	for offset := 0; ; {
		page, total, err := r.service.Store.ListJobs(ctx, tenant, r.migration.ID, offset, 100)
		if err != nil {
			return err
		}
		r.jobs = append(r.jobs, page...)
		if offset += len(page); len(page) == 0 || offset >= total {
			break
		}
	}
	slices.Reverse(r.jobs)
	job, ok := r.latest(migrate.ValidateStaging)
	if !ok || job.Result.Valid {
		if job, ok = r.latest(migrate.Import); !ok {
			return nil
		}
	}
	err := r.service.Store.WalkIssues(ctx, tenant, job.ID, migrate.IssueCursor{}, func(i migrate.Issue) error {
		if len(r.issues) >= shownLines {
			return errEnough
		}
		r.issues = append(r.issues, i)
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// errEnough ends a walk that has seen as much as is shown.
var errEnough = errors.New("enough")

// latest gives the newest job of a type.
func (r *result) latest(t migrate.JobType) (migrate.Job, bool) {
	for _, j := range slices.Backward(r.jobs) {
		if j.Type == t {
			return j, true
		}
	}
	return migrate.Job{}, false
}

func (r *result) rejected() int64 {
	var n int64
	for _, d := range r.drops {
		n += d.tally.Rejected
	}
	return n
}

// fileOf gives the name of a drop's file below the drops folder.
func fileOf(d migrate.Drop) string {
	if len(d.Key) > len(d.Migration)+1 {
		return d.Key[len(d.Migration)+1:]
	}
	return string(d.Component) + "/" + string(d.Collection) + " (drop " + string(d.ID) + ")"
}

// dropOf finds a drop by its Seq.
func (r *result) dropOf(seq uint32) (droppedFile, bool) {
	i := slices.IndexFunc(r.drops, func(d droppedFile) bool { return d.Seq == seq })
	if i < 0 {
		return droppedFile{}, false
	}
	return r.drops[i], true
}

// timing is how long a phase took and how much it went through.
type timing struct {
	name    string
	took    time.Duration
	records int64
	bytes   int64
}

// timings gives each phase from its first row to its last, a pause between two processes included.
func (r *result) timings() []timing {
	var list []timing
	if t, ok := r.stageTiming(); ok {
		list = append(list, t)
	}
	for _, phase := range []struct {
		name string
		t    migrate.JobType
	}{{"validate", migrate.ValidateStaging}, {"import", migrate.Import}, {"count", migrate.Counts}} {
		if j, ok := r.latest(phase.t); ok && !j.EndedAt.IsZero() {
			list = append(list, timing{name: phase.name, took: j.EndedAt.Sub(j.StartedAt), records: r.status.Staged})
		}
	}
	return list
}

func (r *result) stageTiming() (timing, bool) {
	t := timing{name: "stage"}
	var first, last time.Time
	for _, d := range r.drops {
		if first.IsZero() || d.RegisteredAt.Before(first) {
			first = d.RegisteredAt
		}
		if d.SettledAt.After(last) {
			last = d.SettledAt
		}
		t.records += d.tally.Lines
		t.bytes += d.tally.Bytes
	}
	t.took = last.Sub(first)
	return t, !last.IsZero()
}
