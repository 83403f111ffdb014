package storetest

import (
	"bytes"
	"cmp"
	"slices"

	"landfall/internal/migrate"
)

var findings = []Case{
	{"Findings/IssuesInOrder", issuesInOrder},
	{"Findings/RepeatedChangesNothing", repeatedFindings},
	{"Findings/PutIssues", putIssues},
	{"Findings/ClaimsInOrder", claimsInOrder},
}

func newIssue(c migrate.ComponentName, name migrate.CollectionName, id int) migrate.Issue {
	return migrate.Issue{Component: c, Collection: name, ID: refID(id), Status: migrate.StagingValidationFailure,
		Source: migrate.Source{Seq: 1, Offset: int64(id)}, Faults: []migrate.Fault{{Field: "f", Code: migrate.InvalidValue, Message: "m"}}}
}

func (e *env) issues(job migrate.JobID) ([]migrate.Issue, error) {
	return collect(func(yield func(migrate.Issue) error) error {
		return e.WalkIssues(e.ctx, acme, job, migrate.IssueCursor{}, yield)
	})
}

func (e *env) claims(job migrate.JobID) ([]migrate.Claim, error) {
	return collect(func(yield func(migrate.Claim) error) error { return e.WalkClaims(e.ctx, acme, job, yield) })
}

func issuesInOrder(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	var want []migrate.Issue
	for _, c := range []migrate.ComponentName{people, loans} {
		for _, id := range []int{9, 1, 300} {
			for _, name := range []migrate.CollectionName{"z", folk, folk + "-x"} {
				want = append(want, newIssue(c, name, id))
			}
		}
	}
	for _, i := range want {
		if u, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, u, migrate.Findings{Issues: []migrate.Issue{i}}); err != nil {
			return err
		}
	}
	slices.SortFunc(want, func(a, b migrate.Issue) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), bytes.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Collection, b.Collection))
	})
	return resumable(e, "issues", want, func(after *migrate.Issue, yield func(migrate.Issue) error) error {
		var cursor migrate.IssueCursor
		if after != nil {
			cursor = migrate.IssueCursor{Component: after.Component, ID: after.ID, Collection: after.Collection}
		}
		return e.WalkIssues(e.ctx, acme, jobID(1), cursor, yield)
	})
}

func repeatedFindings(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	f := migrate.Findings{
		Issues: []migrate.Issue{newIssue(people, folk, 1), newIssue(people, folk, 2)},
		Claims: []migrate.Claim{newClaim("RULE", "k", 1), newClaim("RULE", "k", 2)},
	}
	for range 3 {
		if u, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, u, f); err != nil {
			return err
		}
	}
	issues, err := e.issues(jobID(1))
	if err := first(err, e.same("the issues", issues, f.Issues)); err != nil {
		return err
	}
	claims, err := e.claims(jobID(1))
	return first(err, e.same("the claims", claims, f.Claims))
}

func putIssues(e *env) error {
	if _, _, err := e.unit(); err != nil {
		return err
	}
	want := []migrate.Issue{newIssue(people, folk, 1), newIssue(people, folk, 2)}
	for range 2 {
		if err := e.PutIssues(e.ctx, acme, jobID(1), want); err != nil {
			return err
		}
	}
	got, err := e.issues(jobID(1))
	if err := first(err, e.same("the issues", got, want)); err != nil {
		return err
	}
	one, err := e.GetIssue(e.ctx, acme, jobID(1), keyOf(2))
	if err := first(err, e.same("one issue", one, want[1])); err != nil {
		return err
	}
	_, err = e.GetIssue(e.ctx, acme, jobID(1), keyOf(3))
	if err := refused("an issue that is not there", err, migrate.NotFound, ""); err != nil {
		return err
	}
	none, err := e.issues(jobID(2))
	return first(err, e.same("the issues of another job", none, []migrate.Issue(nil)))
}

func newClaim(rule migrate.FaultCode, k string, id int) migrate.Claim {
	return migrate.Claim{Rule: rule, Key: k, Component: people, Collection: folk, ID: refID(id), Field: "f", Message: "m",
		Source: migrate.Source{Seq: 1, Offset: int64(id)}}
}

func claimsInOrder(e *env) error {
	m, u, err := e.unit()
	if err != nil {
		return err
	}
	var want []migrate.Claim
	for _, rule := range []migrate.FaultCode{"A", "A_B", "B"} {
		for _, k := range []string{"", "\x00", "\x00\x01", "a", "a\x00b", "ab", "ü"} {
			for _, id := range []int{1, 2, 256} {
				want = append(want, newClaim(rule, k, id))
			}
		}
	}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	for part := range slices.Chunk(shuffled, 20) {
		if u, err = e.Checkpoint(e.ctx, acme, m.ID, m.Epoch, u, migrate.Findings{Claims: part}); err != nil {
			return err
		}
	}
	got, err := e.claims(jobID(1))
	if err := first(err, e.same("the claims", got, want)); err != nil {
		return err
	}
	if err := e.WalkClaims(e.ctx, acme, jobID(1), func(migrate.Claim) error { return errCut }); err != errCut {
		return refused("a walk that was cut", err, "", "")
	}
	return nil
}
