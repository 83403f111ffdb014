package main

import (
	"context"

	"landfall/internal/api"
)

// runDocument is what run --json prints, in the shapes of the HTTP contract: the migration (3.1), its drops (10.2), the
// results of its jobs, oldest first (3.5), and its books (10.3).
type runDocument struct {
	Migration api.Migration `json:"migration"`
	Drops     []api.Drop    `json:"drops"`
	Jobs      []any         `json:"jobs"`
	Books     api.Books     `json:"books"`
}

func (r *result) document(ctx context.Context) (runDocument, error) {
	d := runDocument{Migration: api.MigrationView(r.status), Drops: []api.Drop{}, Jobs: []any{}, Books: api.BooksView(r.books)}
	for _, drop := range r.drops {
		d.Drops = append(d.Drops, api.DropView(drop.Drop, drop.tally))
	}
	for _, job := range r.jobs {
		errs, err := api.ReadJobErrors(ctx, r.service.Store, tenant, job)
		if err != nil {
			return d, err
		}
		d.Jobs = append(d.Jobs, api.JobView(job, errs))
	}
	return d, nil
}
