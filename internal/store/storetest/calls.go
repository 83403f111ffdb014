package storetest

import (
	"context"

	"landfall/internal/migrate"
)

// call is one method called for a tenant on what the prepared world holds. found says whether it found anything.
type call struct {
	name string
	call func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error)
}

// calls lists every method that takes a tenant, once. Reads come first.
var calls = []call{
	{"GetMigration", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetMigration(ctx, t, migrationID(1))
		return err == nil, err
	}},
	{"CurrentMigration", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.CurrentMigration(ctx, t)
		return err == nil, err
	}},
	{"ListMigrations", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		page, total, err := s.ListMigrations(ctx, t, "", 0, 10)
		return len(page)+total > 0, err
	}},
	{"GetDrop", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetDrop(ctx, t, dropID(1))
		return err == nil, err
	}},
	{"ListDrops", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		page, err := s.ListDrops(ctx, t, migrationID(1), 0, 10)
		return len(page) > 0, err
	}},
	{"GetLedgerRow", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetLedgerRow(ctx, t, migrationID(1), dropID(1), 0)
		return err == nil, err
	}},
	{"WalkLedger", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		err = s.WalkLedger(ctx, t, migrationID(1), dropID(1), 0, func(migrate.LedgerRow) error { found = true; return nil })
		return found, err
	}},
	{"WalkRejections", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		err = s.WalkRejections(ctx, t, migrationID(1), dropID(1), 500, func(migrate.Rejection) error { found = true; return nil })
		return found, err
	}},
	{"WalkDuplicates", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		err = s.WalkDuplicates(ctx, t, migrationID(1), dropID(1), 500, func(migrate.Duplicate) error { found = true; return nil })
		return found, err
	}},
	{"DropTally", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		tally, err := s.DropTally(ctx, t, migrationID(1), dropID(1))
		return tally != (migrate.Tally{}), err
	}},
	{"ComponentTallies", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		tallies, err := s.ComponentTallies(ctx, t, migrationID(1))
		return tallies[people] != (migrate.Tally{}), err
	}},
	{"GetEntity", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetEntity(ctx, t, migrationID(1), keyOf(1))
		return err == nil, err
	}},
	{"HasEntities", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		has, err := s.HasEntities(ctx, t, migrationID(1), []migrate.EntityKey{keyOf(1)})
		return len(has) == 1 && has[0], err
	}},
	{"WalkBucket", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		q := migrate.BucketQuery{Component: people, Bucket: migrate.BucketOf(refID(1), buckets)}
		err = s.WalkBucket(ctx, t, migrationID(1), q, func(*migrate.Entity) error { found = true; return nil })
		return found, err
	}},
	{"GetJob", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetJob(ctx, t, jobID(1))
		return err == nil, err
	}},
	{"ListJobs", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		page, total, err := s.ListJobs(ctx, t, migrationID(1), 0, 10)
		return len(page)+total > 0, err
	}},
	{"ListUnits", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		units, err := s.ListUnits(ctx, t, jobID(1))
		return len(units) > 0, err
	}},
	{"GetUnit", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetUnit(ctx, t, jobID(1), newUnit(0, people, 0).UnitKey)
		return err == nil, err
	}},
	{"WalkIssues", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		err = s.WalkIssues(ctx, t, jobID(1), migrate.IssueCursor{}, func(migrate.Issue) error { found = true; return nil })
		return found, err
	}},
	{"GetIssue", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, err := s.GetIssue(ctx, t, jobID(1), keyOf(1))
		return err == nil, err
	}},
	{"WalkClaims", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		err = s.WalkClaims(ctx, t, jobID(1), func(migrate.Claim) error { found = true; return nil })
		return found, err
	}},
	{"WalkLog", func(ctx context.Context, s Store, t migrate.TenantID) (found bool, err error) {
		err = s.WalkLog(ctx, t, migrationID(1), 0, func(int64, migrate.LogEntry) error { found = true; return nil })
		return found, err
	}},
}

// changes lists the methods that change something, with arguments that fit the prepared world.
var changes = []call{
	{"CreateMigration", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		err := s.CreateMigration(ctx, t, newMigration(2))
		return err == nil, err
	}},
	{"AdvanceMigration", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		m := must(s.GetMigration(context.WithoutCancel(ctx), acme, migrationID(1)))
		_, err := s.AdvanceMigration(ctx, t, m, nil)
		return err == nil, err
	}},
	{"CreateDrop", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		_, _, err := s.CreateDrop(ctx, t, newDrop(migrationID(1), 5))
		return err == nil, err
	}},
	{"AdvanceDrop", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		d := must(s.GetDrop(context.WithoutCancel(ctx), acme, dropID(1)))
		_, err := s.AdvanceDrop(ctx, t, d)
		return err == nil, err
	}},
	{"BeginChunk", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		d := must(s.GetDrop(context.WithoutCancel(ctx), acme, dropID(1)))
		w, err := s.BeginChunk(ctx, t, refOf(newMigration(1), d, 1000))
		if err != nil {
			return false, err
		}
		defer w.Abort()
		if err := w.Add(recordOf(50, 1, 1000)); err != nil {
			return false, err
		}
		_, err = w.Commit(ctx, 1100, migrate.PartRead{})
		return err == nil, err
	}},
	{"CreateUnits", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		return false, s.CreateUnits(ctx, t, jobID(1), []migrate.Unit{newUnit(9, people, 0)})
	}},
	{"Checkpoint", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		u := must(s.GetUnit(context.WithoutCancel(ctx), acme, jobID(1), newUnit(0, people, 0).UnitKey))
		_, err := s.Checkpoint(ctx, t, migrationID(1), 1, u, migrate.Findings{Issues: []migrate.Issue{newIssue(people, folk, 60)}})
		return err == nil, err
	}},
	{"PutIssues", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		return false, s.PutIssues(ctx, t, jobID(1), []migrate.Issue{newIssue(people, folk, 70)})
	}},
	{"AppendLog", func(ctx context.Context, s Store, t migrate.TenantID) (bool, error) {
		return false, s.AppendLog(ctx, t, migrationID(1), "by another", []migrate.LogEntry{newEntry(5)})
	}},
}

// world prepares something for every call to find.
func (e *env) world() error {
	m, d, err := e.staged(3)
	if err != nil {
		return err
	}
	w, err := e.BeginChunk(e.ctx, acme, refOf(m, d, 500))
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := first(w.Add(recordOf(1, 1, 500)), w.Reject(migrate.Rejection{Offset: 510})); err != nil {
		return err
	}
	if _, err := w.Commit(e.ctx, 600, migrate.PartRead{}); err != nil {
		return err
	}
	if err := e.start(must(e.GetMigration(e.ctx, acme, m.ID)), 1); err != nil {
		return err
	}
	if err := e.CreateUnits(e.ctx, acme, jobID(1), []migrate.Unit{newUnit(0, people, 0)}); err != nil {
		return err
	}
	_, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, newUnit(0, people, 0), migrate.Findings{
		Issues: []migrate.Issue{newIssue(people, folk, 1)}, Claims: []migrate.Claim{newClaim("RULE", "k", 1)},
	})
	return first(err, e.AppendLog(e.ctx, acme, m.ID, "first", []migrate.LogEntry{newEntry(0)}))
}

// snapshot gives all that the tenant's reads find, for comparing.
func (e *env) snapshot(t migrate.TenantID) (map[string]any, error) {
	all := map[string]any{}
	m, err := e.GetMigration(e.ctx, t, migrationID(1))
	if err != nil {
		return nil, err
	}
	all["migration"] = m
	all["drops"] = must(e.ListDrops(e.ctx, t, m.ID, 0, 100))
	all["jobs"], _, _ = e.ListJobs(e.ctx, t, m.ID, 0, 100)
	all["units"] = must(e.ListUnits(e.ctx, t, jobID(1)))
	all["issues"] = must(e.issues(jobID(1)))
	all["claims"] = must(e.claims(jobID(1)))
	all["log"] = must(e.log(m.ID, 0))
	all["staged"] = must(e.everything(m.ID, people))
	all["tallies"] = must(e.ComponentTallies(e.ctx, t, m.ID))
	all["tally"] = must(e.DropTally(e.ctx, t, m.ID, dropID(1)))
	all["rejections"] = must(e.rejections(m.ID, dropID(1), 500))
	all["duplicates"] = must(e.duplicates(m.ID, dropID(1), 500))
	all["executions"] = must(e.ListExecutions(e.ctx))
	return all, nil
}
