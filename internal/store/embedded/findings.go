package embedded

import (
	"context"
	"slices"

	"landfall/internal/migrate"
)

// Checkpoint is that of migrate.Jobs: findings and progress in one synced batch.
func (s *Store) Checkpoint(ctx context.Context, t migrate.TenantID, m migrate.MigrationID, epoch int64, u migrate.Unit,
	f migrate.Findings) (stored migrate.Unit, err error) {
	const op = "checkpointing a unit"
	err = s.update(ctx, op, func(tx *tx) error {
		if err := tx.checkEpoch(op, t, m, epoch); err != nil {
			return err
		}
		k := unitKey(t, u.Job, u.UnitKey)
		if found, err := tx.get(k, &stored); err != nil {
			return err
		} else if !found {
			return notFound(op, "", "unit")
		}
		if stored.Seq != u.Seq {
			return conflict(op)
		}
		stored.Progress, stored.Seq = u.Progress, u.Seq+1
		if err := tx.putFindings(t, u.Job, f); err != nil {
			return err
		}
		return tx.put(k, stored)
	})
	if err != nil {
		return migrate.Unit{}, err
	}
	return ownUnit(stored), nil
}

// ownUnit gives a unit that shares nothing with what the caller passed in.
func ownUnit(u migrate.Unit) migrate.Unit {
	p := &u.Progress
	p.Drops, p.Tables, p.Differences = slices.Clone(p.Drops), slices.Clone(p.Tables), slices.Clone(p.Differences)
	return u
}

// checkEpoch refuses work that was handed out before a cancel.
func (t *tx) checkEpoch(op string, tenant migrate.TenantID, m migrate.MigrationID, epoch int64) error {
	row, err := getMigration(t.batch, op, tenant, m)
	if err == nil && row.Epoch != epoch {
		err = &migrate.Error{Code: migrate.WrongState, Op: op, Problem: migrate.ProblemCancelled,
			Detail: "The migration was cancelled meanwhile."}
	}
	return err
}

func (t *tx) putFindings(tenant migrate.TenantID, job migrate.JobID, f migrate.Findings) error {
	for _, i := range f.Issues {
		if err := t.put(issueKey(tenant, job, cursorOf(&i)), i); err != nil {
			return err
		}
	}
	for _, c := range f.Claims {
		if err := t.put(claimKey(tenant, job, &c), c); err != nil {
			return err
		}
	}
	return nil
}

func cursorOf(i *migrate.Issue) migrate.IssueCursor {
	return migrate.IssueCursor{Component: i.Component, ID: i.ID, Collection: i.Collection}
}

// PutIssues is that of migrate.Jobs.
func (s *Store) PutIssues(ctx context.Context, t migrate.TenantID, job migrate.JobID, issues []migrate.Issue) error {
	return s.update(ctx, "putting issues", func(tx *tx) error {
		return tx.putFindings(t, job, migrate.Findings{Issues: issues})
	})
}

// GetIssue is that of migrate.Jobs.
func (s *Store) GetIssue(ctx context.Context, t migrate.TenantID, job migrate.JobID, k migrate.EntityKey) (i migrate.Issue, err error) {
	const op = "getting an issue"
	at := issueKey(t, job, migrate.IssueCursor{Component: k.Component, ID: k.ID, Collection: k.Collection})
	found, err := s.get(ctx, op, at, &i)
	if err == nil && !found {
		err = notFound(op, "", "issue")
	}
	return i, err
}

// WalkIssues is that of migrate.Jobs.
func (s *Store) WalkIssues(ctx context.Context, t migrate.TenantID, job migrate.JobID, after migrate.IssueCursor,
	yield func(migrate.Issue) error) error {
	at := under(ofJob(t, kindIssue, job))
	if after != (migrate.IssueCursor{}) {
		at = at.after(issueKey(t, job, after))
	}
	return scanJSON(ctx, s, at, yield)
}

// WalkClaims is that of migrate.Jobs.
func (s *Store) WalkClaims(ctx context.Context, t migrate.TenantID, job migrate.JobID, yield func(migrate.Claim) error) error {
	return scanJSON(ctx, s, under(ofJob(t, kindClaim, job)), yield)
}
