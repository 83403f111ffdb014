package embedded

import (
	"context"

	"github.com/cockroachdb/pebble/v2"

	"landfall/internal/migrate"
)

// advanceJob puts a new job or replaces the stored one, by its row version. Every check comes before any write.
func (t *tx) advanceJob(op string, tenant migrate.TenantID, job migrate.Job) (migrate.Job, error) {
	var stored migrate.Job
	found, err := t.get(jobKey(tenant, job.ID), &stored)
	if err != nil {
		return job, err
	}
	if stored.RowVersion != job.RowVersion {
		return job, conflict(op)
	}
	if found {
		job.Migration, job.StartedAt = stored.Migration, stored.StartedAt
	} else if err := t.put(jobByAgeKey(tenant, &job), job.ID); err != nil {
		return job, err
	}
	job.RowVersion++
	return job, t.put(jobKey(tenant, job.ID), job)
}

// GetJob is that of migrate.Jobs.
func (s *Store) GetJob(ctx context.Context, t migrate.TenantID, id migrate.JobID) (j migrate.Job, err error) {
	const op = "getting a job"
	found, err := s.get(ctx, op, jobKey(t, id), &j)
	if err == nil && !found {
		err = notFound(op, migrate.ProblemJobNotFound, "job")
	}
	return j, err
}

// ListJobs is that of migrate.Jobs.
func (s *Store) ListJobs(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, offset, limit int) (
	page []migrate.Job, total int, err error) {
	const op = "listing jobs"
	err = s.view(ctx, func(db pebble.Reader) error {
		return newestFirst(db, under(jobsKey(t, m)), func(id migrate.JobID) error {
			if total++; total <= offset || len(page) >= limit {
				return nil
			}
			var j migrate.Job
			_, err := getJSON(db, jobKey(t, id), &j)
			page = append(page, j)
			return err
		})
	})
	return page, total, s.wrap(op, err)
}

// CreateUnits is that of migrate.Jobs.
func (s *Store) CreateUnits(ctx context.Context, t migrate.TenantID, job migrate.JobID, units []migrate.Unit) error {
	return s.update(ctx, "creating units", func(tx *tx) error {
		for _, u := range units {
			k := unitKey(t, job, u.UnitKey)
			if found, err := tx.has(k); err != nil {
				return err
			} else if found {
				continue
			}
			u.Job = job
			if err := tx.put(k, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// ListUnits is that of migrate.Jobs.
func (s *Store) ListUnits(ctx context.Context, t migrate.TenantID, job migrate.JobID) (units []migrate.Unit, err error) {
	err = scanJSON(ctx, s, under(ofJob(t, kindUnit, job)), func(u migrate.Unit) error {
		units = append(units, u)
		return nil
	})
	return units, err
}

// GetUnit is that of migrate.Jobs.
func (s *Store) GetUnit(ctx context.Context, t migrate.TenantID, job migrate.JobID, k migrate.UnitKey) (u migrate.Unit, err error) {
	const op = "getting a unit"
	found, err := s.get(ctx, op, unitKey(t, job, k), &u)
	if err == nil && !found {
		err = notFound(op, "", "unit")
	}
	return u, err
}
