package api

import (
	"net/http"

	"landfall/internal/migrate"
)

// startJob makes the handler that starts jobs of a type.
func (s *service) startJob(t migrate.JobType) func(*call) error {
	return func(c *call) error {
		m, err := c.migration()
		if err != nil {
			return err
		}
		job, err := s.Lifecycle.StartJob(c.Context(), c.tenant, m.ID, t)
		if err != nil {
			return err
		}
		c.w.Header().Set("Location", base+"/jobs/"+string(job.ID))
		return c.reply(http.StatusOK, job.ID)
	}
}

func (s *service) getJob(c *call) error {
	id, err := pathID[migrate.JobID](c, "job", migrate.ProblemJobNotFound)
	if err != nil {
		return err
	}
	job, err := s.Store.GetJob(c.Context(), c.tenant, id)
	if err != nil {
		return notFoundAs(migrate.ProblemJobNotFound, err)
	}
	if job.State == migrate.JobInProgress {
		return s.showRunning(c, job)
	}
	errs, err := ReadJobErrors(c.Context(), s.Store, c.tenant, job)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, JobView(job, errs))
}

func (s *service) showRunning(c *call, job migrate.Job) error {
	units, err := s.Store.ListUnits(c.Context(), c.tenant, job.ID)
	if err != nil {
		return err
	}
	c.w.Header().Set("Retry-After", "1")
	return c.reply(http.StatusAccepted, RunningJob{job.ID, CompletedComponents(job, units)})
}

func (s *service) listJobs(c *call) error {
	list, err := newPage[ListedJob](c)
	if err != nil {
		return err
	}
	m, err := c.migration()
	if err != nil {
		return err
	}
	jobs, total, err := s.Store.ListJobs(c.Context(), c.tenant, m.ID, list.Offset, list.Limit)
	if err != nil {
		return err
	}
	tallies, err := s.Store.ComponentTallies(c.Context(), c.tenant, m.ID)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		units, err := s.Store.ListUnits(c.Context(), c.tenant, job.ID)
		if err != nil {
			return err
		}
		var staged int64
		for _, name := range job.Components {
			staged += tallies[name].Staged()
		}
		list.Items = append(list.Items, ListedJobView(job, units, staged))
	}
	list.Total = total
	return c.reply(http.StatusOK, list)
}
